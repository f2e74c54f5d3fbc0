// An ImGui context that nobody looks at: it measures, the sheet keeps.
#include "window/svg.hpp"

#include "ui/compat.hpp"
#include "ui/sheet.hpp"

namespace window {

std::string draw_svg(const SvgOptions& options, const std::function<float(ui::Screen&)>& draw) {
    IMGUI_CHECKVERSION();
    ImGui::CreateContext();
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr;
    io.DeltaTime = 1.0f / 60;
    io.DisplaySize = {options.width, options.width};
    ui::Screen screen;
    screen.theme = ui::theme(options.theme);
    screen.fonts.find();
    screen.fonts.set_scale(1);
    ui::Sheet sheet;
    std::string picture;
    constexpr int attempts = 4; // each may find characters that are not built yet
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (screen.fonts.stale()) {
            screen.fonts.build();
            io.Fonts->SetTexID(ImTextureID(1));
        }
        ImGui::NewFrame();
        ui::begin_frame(screen, {});
        screen.sheet = &sheet;
        const float height = draw(screen);
        screen.sheet = nullptr;
        ui::end_frame(screen);
        ImGui::EndFrame();
        picture = sheet.take({options.width, height}, screen.theme.panel, options.title);
        if (!screen.fonts.stale())
            break;
    }
    ImGui::DestroyContext();
    return picture;
}

} // namespace window
