// Connections are aligned by their names (client#1); numbers by the latest SYN that each side's TCP
// sent.
#include "net/model.hpp"

#include "trace/align.hpp"

namespace net {
namespace {

// The end of the same connection in the other log; itself if it is no connection's.
trace::Endpoint renamed(const trace::Endpoint& end, const trace::Trace& from,
                        const trace::Trace& to) {
    for (const trace::SocketRecord& mine : from.sockets) {
        if (!trace::opens(mine) || mine.local != end)
            continue;
        for (const trace::SocketRecord& theirs : to.sockets)
            if (trace::opens(theirs) && theirs.host == mine.host && theirs.number == mine.number)
                return theirs.local;
    }
    return end;
}

bool is_by_hand(const trace::Trace& log, std::size_t id) {
    for (const trace::Event& e : log.events)
        if (e.kind == trace::EventKind::segment_sent && e.ref == id)
            return e.rule == trace::Rule::made_by_hand;
    return false;
}

// One by hand says what its writer wanted: no TCP counts from there.
const trace::Segment* latest_syn(const trace::Trace& log, const trace::Endpoint& source,
                                 const trace::Endpoint& destination, trace::Instant until) {
    for (std::size_t i = log.segments.size(); i-- > 0;) {
        const trace::SegmentRecord& r = log.segments[i];
        if (r.sent <= until && r.segment.flags.has(trace::flag::syn) &&
            r.segment.source == source && r.segment.destination == destination &&
            !is_by_hand(log, i))
            return &r.segment;
    }
    return nullptr;
}

} // namespace

trace::Segment Model::translated(trace::Segment s, const trace::Trace& kernel,
                                 trace::Instant now) const {
    if (!played_)
        return s;
    const trace::Endpoint source = s.source, destination = s.destination;
    s.source = renamed(source, *played_, kernel);
    s.destination = renamed(destination, *played_, kernel);
    const trace::Segment* ours = latest_syn(*played_, source, destination, now);
    const trace::Segment* real = latest_syn(kernel, s.source, s.destination, now);
    if (ours && real) {
        s.seq = s.seq + static_cast<std::uint32_t>(real->seq - ours->seq);
        if (ours->has_timestamps && real->has_timestamps)
            s.ts_value += real->ts_value - ours->ts_value;
    }
    ours = latest_syn(*played_, destination, source, now);
    real = latest_syn(kernel, s.destination, s.source, now);
    if (ours && real && s.flags.has(trace::flag::ack)) {
        s.ack = s.ack + static_cast<std::uint32_t>(real->seq - ours->seq);
        if (ours->has_timestamps && real->has_timestamps)
            s.ts_echo += real->ts_value - ours->ts_value;
    }
    return s;
}

std::optional<std::uint16_t> Model::listener_of(const trace::Segment& segment,
                                                const trace::Trace& kernel,
                                                trace::Instant now) const {
    if (!played_)
        return std::nullopt;
    const trace::Endpoint source = renamed(segment.source, kernel, *played_);
    std::optional<std::uint16_t> which;
    trace::Duration nearest{};
    for (const trace::Event& e : played_->events) {
        const bool came = e.kind == trace::EventKind::segment_arrived ||
                          e.kind == trace::EventKind::segment_refused;
        if (!came || e.ref >= played_->segments.size() || e.socket >= played_->sockets.size())
            continue;
        const trace::Segment& there = played_->segments[e.ref].segment;
        if (there.source != source || there.destination != segment.destination)
            continue;
        const trace::SocketRecord& taker = played_->sockets[e.socket];
        const trace::Cookie listener = taker.is_listener ? e.socket : taker.listener;
        if (listener >= played_->sockets.size())
            continue;
        const trace::Duration away = e.at < now ? now - e.at : e.at - now;
        if (which && nearest < away)
            continue;
        which = played_->sockets[listener].which;
        nearest = away;
    }
    return which;
}

} // namespace net
