// The sequence view: lanes, arrows and time; segments on the wire can be picked and acted upon.
#pragma once

#include "panels/sequence_label.hpp"
#include "ui/geometry.hpp"
#include "view/command.hpp"
#include "view/frame.hpp"

#include <string>

namespace ui {
struct Screen;
}

namespace panels {

// What the view itself remembers between frames; owned by the window.
struct SequenceState {
    Numbers numbers = Numbers::absolute;
    bool true_scale = false;
    double zoom = 1;       // true scale: how much nearer than "all of it fits"
    bool following = true; // keeps now in sight until the user scrolls
    float scroll = 0;
    std::uint32_t seen_events = 0;
    trace::SegmentId menu = trace::none; // whose menu is open
    std::string delay_text{};            // being typed in the delay menu
};

void sequence(ui::Screen&, const view::Frame&, view::Commands&, SequenceState&, ui::Rect area);

// All of it from the beginning, for a picture: as high as it is returned to be.
float whole_sequence(ui::Screen&, const view::Frame&, ui::Rect place);

} // namespace panels
