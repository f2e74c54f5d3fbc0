// One frame of ImGui with our screen around it, up to the draw data.
#pragma once

#include "ui/screen.hpp"

#include <functional>
#include <vector>

namespace window {

// Builds the fonts when needed and draws the frame again if it used characters not built before, so
// that no picture with missing characters is ever shown. `backends` are their NewFrame calls.
void draw_frame(ui::Screen&, std::vector<ui::KeyPress> keys, const std::function<void()>& backends,
                const std::function<void(ui::Screen&)>& draw);

} // namespace window
