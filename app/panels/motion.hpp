// What the newest beat changed, for the drawing of the change: from which state, from which queue.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <optional>

namespace panels {

// 0..1, eased; 1 at rest and whenever nothing shall move.
float progress(const view::Frame&);

// The transition of this socket in the newest beat.
std::optional<trace::State> state_before(const view::Frame&, trace::Cookie);
// This socket was touched by the newest beat: its state, its timers or its call.
bool touched(const view::Frame&, trace::Cookie);
// The newest beat moved the length of this listener's queue up (+1) or down (-1); 0: it did not.
int queue_moved(const view::Frame&, trace::Cookie listener, trace::Queue);
// The connection that an accept() of the newest beat took out of this listener's queue.
trace::Cookie just_accepted(const view::Frame&, trace::Cookie listener);

inline ui::Rect between(const ui::Rect& from, const ui::Rect& to, float share) {
    const auto mix = [share](float a, float b) { return a + (b - a) * share; };
    return {mix(from.x, to.x), mix(from.y, to.y), mix(from.w, to.w), mix(from.h, to.h)};
}

} // namespace panels
