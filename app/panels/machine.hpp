// The state machine view: the RFC's figure, drawn from the table that the connections execute.
#pragma once

#include "trace/state.hpp"
#include "ui/geometry.hpp"
#include "view/command.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

struct MachineState {
    trace::State from = trace::State::closed,
                 to = trace::State::closed; // the edge whose list is open
};

void machine(ui::Screen&, const view::Frame&, view::Commands&, MachineState&, ui::Rect area);

} // namespace panels
