// Frames and the font texture.
#include "window/imgui_frame.hpp"

#include "ui/compat.hpp"

#include <utility>

namespace window {

void draw_frame(ui::Screen& screen, std::vector<ui::KeyPress> keys,
                const std::function<void()>& backends,
                const std::function<void(ui::Screen&)>& draw) {
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (screen.fonts.stale()) {
            screen.fonts.build();
            ui::compat::renew_font_texture();
        }
        backends();
        ImGui::NewFrame();
        ui::begin_frame(screen, std::exchange(keys, {}));
        draw(screen);
        ui::end_frame(screen);
        if (!screen.fonts.stale() || attempt + 1 == attempts) {
            break;
        }
        ImGui::EndFrame();
    }
    ImGui::Render();
}

} // namespace window
