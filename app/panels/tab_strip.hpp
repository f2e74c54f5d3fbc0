// A small window's tabs: which one of the views is in front. And the line that says what the user
// should know.
#pragma once

#include "panels/window_layout.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

struct TabState {
    std::size_t front = 0;
};
void tab_strip(ui::Screen&, const view::Frame&, TabState&, const WindowLayout&);

// A message for the user, or what the source can and cannot show. 0: nothing to say.
float notice_height(ui::Screen&, const view::Frame&, float width);
void notice(ui::Screen&, const view::Frame&, ui::Rect area);

} // namespace panels
