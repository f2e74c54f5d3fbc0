// The keys of the window, in one list: what each does, and the page that F1 shows.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

// Performs what is pressed and not taken by a panel: call after all panels are drawn.
void keys(ui::Screen&, const view::Frame&, view::Commands&);

struct KeysHelpState {
    bool shown = false;
};
void keys_help(ui::Screen&, const view::Frame&, view::Commands&, KeysHelpState&);

} // namespace panels
