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

// The listener that the story is about: the one picked in another view, else `chosen`, else the one
// that the lesson points at, else the one whose queue changed last. Null: nobody listens.
struct Followed {
    const trace::HostView* host = nullptr;
    const trace::ListenerView* listener = nullptr;
};
Followed listener_in_focus(const view::Frame&, trace::Cookie chosen = trace::none);

void queues(ui::Screen&, const view::Frame&, view::Commands&, QueuesState&, ui::Rect area);

} // namespace panels
