// A picture as SVG: drawn as in the window, with the fonts of this machine; no display, no OpenGL.
#pragma once

#include "ui/screen.hpp"

#include <functional>
#include <string>

namespace window {

struct SvgOptions {
    float width = 1000;
    ui::ThemeName theme = ui::ThemeName::light;
    std::string title;
};

// `draw` returns how high the picture is.
std::string draw_svg(const SvgOptions&, const std::function<float(ui::Screen&)>& draw);

} // namespace window
