// Frames and the font texture.
#include "window/imgui_frame.hpp"

#include "ui/compat.hpp"

#include <imgui_impl_opengl3.h>

#include <utility>

namespace window {

void draw_frame(ui::Screen& screen, std::vector<ui::KeyPress> keys,
                const std::function<void()>& backends,
                const std::function<void(ui::Screen&)>& draw) {
    constexpr int attempts = 3;
    for (int attempt = 0; attempt < attempts; ++attempt) {
        if (screen.fonts.stale()) {
            screen.fonts.build();
            if constexpr (!ui::compat::atlas_is_dynamic) {
                // The next NewFrame makes them again, with the new texture.
                ImGui_ImplOpenGL3_DestroyDeviceObjects();
            }
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
