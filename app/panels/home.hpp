// The home screen: the doors and the list of lessons.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

void home(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect area);

} // namespace panels
