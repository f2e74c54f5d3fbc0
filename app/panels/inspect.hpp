// The header inspector: the segment that was asked for, field by field and byte by byte.
#pragma once

#include "ui/geometry.hpp"
#include "view/command.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

struct InspectState {
    int field = -1; // the field that is lit, by the mouse or the keyboard
};

// Draws nothing unless a segment is inspected.
void inspect(ui::Screen&, const view::Frame&, view::Commands&, InspectState&, ui::Rect area);

} // namespace panels
