// On ImGui's foreground list.
#include "ui/overlay.hpp"

#include "ui/canvas.hpp"
#include "ui/compat.hpp"
#include "ui/screen.hpp"

#include <utility>

namespace ui {

void spotlight(Screen& screen, Vec centre, float radius) {
    ImDrawList* const below = std::exchange(screen.draw, ImGui::GetForegroundDrawList());
    // A ring so wide that it reaches beyond every corner.
    const float wide = screen.area.w + screen.area.h;
    circle(screen, centre, (radius + wide / 2) / screen.scale, with_alpha(screen.theme.text, 110),
           wide / screen.scale);
    screen.draw = below;
}

} // namespace ui
