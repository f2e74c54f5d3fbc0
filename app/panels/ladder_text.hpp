// The ladder as text: one line for each segment and each change of state, for reading and for
// copying.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <string>
#include <vector>

namespace ui {
struct Screen;
}

namespace panels {

struct LadderLine {
    trace::Instant at;
    trace::EventId event = trace::none;
    std::string who, what, end;
    bool refused = false;
};
// Segments with their ending, and transitions, among the visible events.
std::vector<LadderLine> ladder_lines(const view::Frame&);
// The same as one text, columns aligned by blanks.
std::string ladder_as_text(const std::vector<LadderLine>&);

void ladder_text(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect area);

} // namespace panels
