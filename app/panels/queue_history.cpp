// One walk over the log.
#include "panels/queue_history.hpp"

#include <algorithm>

namespace panels {

RefusedBy refused_by(trace::Rule rule) {
    // Not a switch: there are some hundred rules, and six of them speak of queues.
    if (rule == trace::Rule::syn_queue_full_drops_syn ||
        rule == trace::Rule::syn_queue_three_quarters)
        return RefusedBy::syn_queue;
    if (rule == trace::Rule::accept_queue_full_drops_syn ||
        rule == trace::Rule::accept_queue_full_ignores_ack ||
        rule == trace::Rule::accept_queue_full_resets ||
        rule == trace::Rule::cookie_meets_full_accept_queue || rule == trace::Rule::one_count_full)
        return RefusedBy::accept_queue;
    return RefusedBy::neither;
}

bool refused_at(const trace::Trace& trace, const trace::Event& event, trace::Cookie listener) {
    if (event.kind != trace::EventKind::segment_refused || event.ref >= trace.segments.size() ||
        listener >= trace.sockets.size())
        return false;
    const trace::SocketRecord& told = trace.sockets[listener];
    if (event.host != told.host ||
        trace.segments[event.ref].segment.destination.port != told.local.port)
        return false;
    if (event.socket >= trace.sockets.size())
        return true;
    const trace::SocketRecord& taker = trace.sockets[event.socket];
    return (taker.is_listener ? event.socket : taker.listener) == listener;
}

QueueHistory queue_history(const trace::Trace& trace, std::uint32_t visible_events,
                           trace::Cookie listener) {
    QueueHistory history;
    if (listener >= trace.sockets.size())
        return history;
    const auto end = std::min<std::size_t>(visible_events, trace.events.size());
    for (std::size_t i = 0; i < end; ++i) {
        const trace::Event& e = trace.events[i];
        const auto id = static_cast<trace::EventId>(i);
        if (e.kind == trace::EventKind::queue_changed && e.socket == listener) {
            const bool syn = e.queue() == trace::Queue::syn;
            const QueueStep step{e.at, static_cast<std::uint32_t>(e.value),
                                 static_cast<std::uint32_t>(std::max(e.limit, 0)), id};
            auto& steps = syn ? history.syn : history.accept;
            steps.push_back(step);
        } else if (const RefusedBy by = refused_by(e.rule);
                   by != RefusedBy::neither && refused_at(trace, e, listener)) {
            (by == RefusedBy::syn_queue ? history.syn_drops : history.accept_drops)
                .push_back({e.at, id});
        }
    }
    return history;
}

std::uint32_t length_at(const std::vector<QueueStep>& steps, trace::Instant at) {
    const auto after =
        std::upper_bound(steps.begin(), steps.end(), at,
                         [](trace::Instant t, const QueueStep& step) { return t < step.at; });
    return after == steps.begin() ? 0 : (after - 1)->length;
}

} // namespace panels
