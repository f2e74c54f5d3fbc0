// An accented frame just inside the panel's border.
#include "panels/pointing.hpp"

#include "ui/canvas.hpp"
#include "ui/screen.hpp"

namespace panels {

void point_at_panel(ui::Screen& screen, const view::Frame& frame, std::string_view name,
                    const ui::Rect& area) {
    if (!frame.lesson || frame.lesson->highlight.what != view::Highlight::What::panel ||
        frame.lesson->highlight.panel != name) {
        return;
    }
    ui::outline(screen, area, screen.theme.accent_border, 6, 4);
    ui::outline(screen, area, screen.theme.accent, 6, 2);
}

} // namespace panels
