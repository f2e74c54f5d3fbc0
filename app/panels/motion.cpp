// What the newest beat changed.
#include "panels/motion.hpp"

#include <algorithm>
#include <span>

namespace panels {
namespace {

std::span<const trace::Event> newest(const view::Frame& frame) {
    const auto& events = frame.trace->events;
    const std::size_t end = std::min<std::size_t>(frame.visible_events, events.size());
    const std::size_t begin = std::min<std::size_t>(frame.motion.fresh, end);
    return std::span(events).subspan(begin, end - begin);
}

} // namespace

float progress(const view::Frame& frame) {
    if (!frame.motion.moving || frame.reduced_motion)
        return 1;
    const auto t = static_cast<float>(std::clamp(frame.motion.progress, 0.0, 1.0));
    return t * t * (3 - 2 * t);
}

std::optional<trace::State> state_before(const view::Frame& frame, trace::Cookie socket) {
    for (const auto& event : newest(frame))
        if (event.kind == trace::EventKind::transition && event.socket == socket)
            return event.from;
    return std::nullopt;
}

bool touched(const view::Frame& frame, trace::Cookie socket) {
    const auto events = newest(frame);
    return std::any_of(events.begin(), events.end(), [&](const trace::Event& e) {
        return e.socket == socket && e.kind == trace::EventKind::transition;
    });
}

int queue_moved(const view::Frame& frame, trace::Cookie listener, trace::Queue queue) {
    const auto changed = [&](const trace::Event& e) {
        return e.kind == trace::EventKind::queue_changed && e.socket == listener &&
               e.queue() == queue;
    };
    const auto fresh = newest(frame);
    const auto last = std::find_if(fresh.rbegin(), fresh.rend(), changed);
    if (last == fresh.rend())
        return 0;
    const auto& events = frame.trace->events;
    for (std::size_t i = static_cast<std::size_t>(fresh.data() - events.data()); i-- > 0;)
        if (changed(events[i]))
            return last->value > events[i].value ? 1 : last->value < events[i].value ? -1 : 0;
    return last->value > 0 ? 1 : 0;
}

trace::Cookie just_accepted(const view::Frame& frame, trace::Cookie listener) {
    for (const auto& event : newest(frame)) {
        if (event.kind != trace::EventKind::call_returned || event.ref >= frame.trace->calls.size())
            continue;
        const auto& call = frame.trace->calls[event.ref];
        if (call.call == trace::Call::accept && call.socket == listener && event.value >= 0)
            return call.accepted;
    }
    return trace::none;
}

} // namespace panels
