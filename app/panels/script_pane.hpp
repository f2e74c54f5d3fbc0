// Free play's side pane: everything done so far, as lines of a scenario file; to copy, save and
// open.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <string>

namespace ui {
struct Screen;
}

namespace panels {

struct ScriptState {
    std::string path = "my.twomsl";
};

void script_pane(ui::Screen&, const view::Frame&, view::Commands&, ScriptState&, ui::Rect area);

} // namespace panels
