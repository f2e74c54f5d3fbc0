// The frame around the panel that a lesson's step points at.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <string_view>

namespace ui {
struct Screen;
}

namespace panels {

// `name` as scenario files call the panel. Draws nothing unless it is the one.
void point_at_panel(ui::Screen&, const view::Frame&, std::string_view name, const ui::Rect& area);

} // namespace panels
