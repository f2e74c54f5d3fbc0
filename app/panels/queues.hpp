// Queues over time: both queues of a listener, their limits and what was refused because of them,
// on one time axis.
#pragma once

#include "trace/event.hpp"
#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <optional>

namespace ui {
struct Screen;
}

namespace panels {

struct QueuesState {
    trace::Cookie listener = trace::none; // the one chosen of several
    std::optional<trace::Instant> asked;  // while it is dragged
};

void queues(ui::Screen&, const view::Frame&, view::Commands&, QueuesState&, ui::Rect area);

} // namespace panels
