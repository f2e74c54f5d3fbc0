// For a room: one picture large, the narration under it, a clicker's keys, the mouse as a
// spotlight.
#pragma once

#include "panels/host_panel.hpp"
#include "panels/machine.hpp"
#include "panels/sequence.hpp"
#include "ui/geometry.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

struct PresenterState {
    bool black = false; // the audience is to look at the teacher
    ui::Vec mouse{-1, -1};
    double moved = -100; // when the mouse was moved last
};

void presenter(ui::Screen&, const view::Frame&, view::Commands&, PresenterState&, SequenceState&,
               MachineState&, HostPanelState&);

} // namespace panels
