// Why?: what happened, newest first, each with its rule; a click walks the chain of causes.
#pragma once

#include "panels/why_lines.hpp"
#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <string>

namespace ui {
struct Screen;
}

namespace panels {

struct WhyState {
    WhyLines lines;
    std::string filter;
};

void why_list(ui::Screen&, const view::Frame&, view::Commands&, WhyState&, ui::Rect area);

} // namespace panels
