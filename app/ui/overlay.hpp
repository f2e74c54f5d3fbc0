// Drawn over everything that the window shows, scrolling regions and menus too.
#pragma once

#include "ui/geometry.hpp"

namespace ui {

struct Screen;

// All but a circle is darkened. `radius` is in window pixels.
void spotlight(Screen&, Vec centre, float radius);

} // namespace ui
