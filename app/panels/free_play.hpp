// The strip above free play: what time does, the wires, more hosts. It stands where a lesson has
// its pane.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

float free_play_bar_height(ui::Screen&, const view::Frame&, float width);
void free_play_bar(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect area);

} // namespace panels
