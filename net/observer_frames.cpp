// What is recorded about each frame: leaving, repeated, held, lost, refused.
#include "net/observer.hpp"

#include "net/frame.hpp"

#include <algorithm>

namespace net {
namespace {

constexpr std::size_t segments_remembered = 512; // how far back a repetition looks for its original

} // namespace

void Observer::record_departure(WireFrame& frame) {
    Host& host = hosts_[frame.from];
    trace::SegmentRecord record;
    record.segment = frame.segment;
    record.sent = frame.sent;
    record.from = frame.from;
    record.to = frame.to;
    const auto& known = recorder_.trace().segments;
    for (std::size_t i = known.size(); i-- > 0 && known.size() - i < segments_remembered;) {
        if (known[i].from != frame.from || known[i].copy || trace::seg_len(frame.segment) == 0)
            continue;
        if (!is_same_segment(known[i].segment, frame.segment))
            continue;
        record.transmission = static_cast<std::uint16_t>(known[i].transmission + 1);
        record.original =
            known[i].original == trace::none ? static_cast<trace::SegmentId>(i) : known[i].original;
        break;
    }
    const bool is_answer =
        record.transmission == 1 ||
        (hosts_[frame.from].seen.arrived && host.cause != trace::none &&
         frame.sent - recorder_.trace().events[host.cause].at < trace::milliseconds(2));
    if (!is_answer) { // nobody asked for it: a timer of the kernel did
        host.beat = recorder_.new_beat();
        stimulate(frame.from, trace::none, {});
    }
    look(frame.from, frame.sent);
    const auto socket = mirror_.owner(frame.from, frame.segment.source, frame.segment.destination);
    const Life* life = mirror_.find(socket);
    trace::Event event;
    event.at = frame.sent;
    event.host = frame.from;
    event.socket = socket;
    if (!is_answer) {
        const bool is_request = life && life->kind == trace::RecordKind::request;
        event.kind = trace::EventKind::timer_fired;
        event.what = static_cast<std::uint8_t>(is_request ? trace::Timer::syn_ack
                                                          : trace::Timer::retransmit);
        event.value = record.transmission - 1;
        event.rule = is_request ? trace::Rule::synack_retransmitted
                     : frame.segment.flags.has(trace::flag::syn)
                         ? trace::Rule::syn_retransmitted
                         : trace::Rule::retransmission_timeout;
        host.cause = recorder_.add(event);
    }
    frame.id = recorder_.add(record, headers_in(frame.bytes));
    event.kind = trace::EventKind::segment_sent;
    event.what = 0;
    event.value = 0;
    event.cause = host.cause;
    event.ref = frame.id;
    if (is_answer)
        event.rule = trace::Rule::observed;
    recorder_.add(event);
    mirror_.note_sent(frame.from, frame.segment);
}

void Observer::put_on_wire(trace::EventKind kind, trace::Rule rule, const WireFrame& frame) {
    trace::Event event;
    event.at = now();
    event.kind = kind;
    event.rule = rule;
    event.ref = frame.id;
    event.host = frame.from;
    event.cause = recorder_.trace().events.empty()
                      ? trace::none
                      : static_cast<trace::EventId>(recorder_.trace().events.size() - 1);
    if (event.cause != trace::none && recorder_.trace().events[event.cause].ref != frame.id)
        event.cause = trace::none;
    recorder_.add(event);
    mirror_.touch();
}

void Observer::apply_verdict(const Verdict& verdict, const WireFrame& frame) {
    switch (verdict.fate) {
    case Fate::in_flight: break;
    case Fate::held:
        put_on_wire(trace::EventKind::segment_held, trace::Rule::wire_held, frame);
        break;
    case Fate::lost_by_rule:
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_lost_by_hand, frame);
        break;
    case Fate::unreachable:
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_unreachable, frame);
        break;
    case Fate::too_large:
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_too_large, frame);
        break;
    case Fate::too_large_told:
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_wants_fragments, frame);
        break;
    case Fate::lost_by_chance:
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_lost_by_chance, frame);
        break;
    // The first transmission is still held, and one is enough.
    case Fate::merged:
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_held, frame);
        break;
    }
    if (verdict.marked)
        recorder_.mark_congestion(frame.id);
    if (verdict.duplicate_after)
        if (const WireFrame* there = wire_.find(frame.id))
            duplicate(*there, (there->held ? now() : there->due) + *verdict.duplicate_after);
}

void Observer::duplicate(const WireFrame& frame, trace::Instant due) {
    trace::SegmentRecord record = recorder_.trace().segments[frame.id];
    record.original = record.original == trace::none ? frame.id : record.original;
    record.copy = true;
    WireFrame copy = frame;
    copy.due = due;
    copy.held = false;
    copy.place.reset();
    copy.id = recorder_.add(record, headers_in(frame.bytes));
    put_on_wire(trace::EventKind::segment_sent, trace::Rule::wire_duplicated, copy);
    wire_.insert(std::move(copy));
}

// A listener counts what it refuses (sk_drops). If the count grew while this frame was handed over,
// it was this frame.
std::optional<trace::Rule> Observer::refusal(const WireFrame& frame,
                                             const std::vector<SocketRow>& rows) {
    const Life* listener = mirror_.find_listener(frame.to, frame.segment.destination);
    if (!listener || !listener->present || frame.segment.flags.has(trace::flag::rst))
        return std::nullopt;
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const SocketRow& one) {
        return one.cookie == listener->kernel_cookie;
    });
    if (row == rows.end() || row->drops.value_or(0) <= listener->row.drops.value_or(0))
        return std::nullopt;
    const bool accept_queue_full = row->recv_queue > row->send_queue; // sk_acceptq_is_full()
    Life* request =
        mirror_.find(mirror_.owner(frame.to, frame.segment.destination, frame.segment.source));
    if (!frame.segment.flags.has(trace::flag::syn)) {
        if (!accept_queue_full)
            return std::nullopt;
        if (request)
            request->third_ack_refused = true;
        return trace::Rule::accept_queue_full_ignores_ack;
    }
    // tcp_v4_rcv() counts a repeated SYN as dropped as well, though tcp_check_req() has answered
    // it.
    if (request && request->present)
        return std::nullopt;
    return accept_queue_full ? trace::Rule::accept_queue_full_drops_syn
                             : trace::Rule::syn_queue_full_drops_syn;
}

} // namespace net
