// What captured segments add to the books: rungs of the ladder, and the sequence numbers.
#include "net/attach/focus.hpp"

#include "net/frame.hpp"
#include "net/mirror.hpp"

#include <algorithm>

namespace net::attach {
namespace {

constexpr std::size_t segments_remembered = 512; // how far back a repetition looks for its original
constexpr auto answer_within = trace::milliseconds(1);

} // namespace

// Where the numbers began, when nothing moved between the last looks at both ends and this segment.
void Focus::derive_numbers(Followed& from, Followed* to, const permitted::Packet& packet) {
    if (!to || from.numbers.known() || !from.row.info || !to->row.info ||
        !from.row.info->bytes_received || !to->row.info->bytes_received)
        return;
    const std::int64_t last_data = std::max(from.last_data_ns, to->last_data_ns);
    const bool quiet = from.row.send_queue == 0 && to->row.send_queue == 0 &&
                       from.last_look_ns > last_data && to->last_look_ns > last_data &&
                       from.last_look_ns < packet.at_ns && to->last_look_ns < packet.at_ns;
    if (!quiet || from.last_event_ns > from.last_look_ns || to->last_event_ns > to->last_look_ns)
        return;
    from.numbers.derive(packet.segment, *to->row.info->bytes_received,
                        *from.row.info->bytes_received);
    to->numbers.take(from.numbers);
}

// A SYN+ACK tells of a half-open request, which no event of the trace does. (Of a SYN cookie
// nothing is kept: the next look finds that it is not there.)
Followed* Focus::meet_request(const permitted::Packet& packet) {
    const Pair pair = canonical(packet.pair);
    const auto flags = packet.segment.flags;
    const auto side = belongs(pair);
    if (!flags.has(trace::flag::syn) || !flags.has(trace::flag::ack) || !side)
        return nullptr;
    const trace::Instant at = instant(packet.at_ns);
    Followed& made = begin_told(pair, *side, true, 0, at, trace::Certainty::inferred);
    if (made.listener == 0) // nobody listens: both ends have connected at once
        made.state = trace::State::syn_sent;
    made.kind = trace::RecordKind::request;
    made.last_event_ns = packet.at_ns;
    How how;
    how.certainty = trace::Certainty::inferred;
    how.seen.arrived = last_syn_;
    move(made, trace::State::syn_recv, at, how);
    return &followed_.back();
}

// A SYN has the port that its socket did not have when it entered SYN_SENT.
Followed* Focus::meet_client(const permitted::Packet& packet) {
    const Pair pair = canonical(packet.pair);
    const auto side = belongs(pair);
    const bool told = std::any_of(connecting_.begin(), connecting_.end(), [&](const Connecting& c) {
        return c.remote == pair.remote && packet.at_ns - c.at_ns <= answer_within.ns;
    });
    if (!side || !told)
        return nullptr;
    Followed& made =
        begin_told(pair, *side, false, 0, instant(packet.at_ns), trace::Certainty::exact);
    take_connecting(made, pair.remote, packet.at_ns);
    return &made;
}

void Focus::join_to_original(const Pair& pair, trace::SegmentRecord& record) const {
    const auto at = sent_.find(pair);
    if (at == sent_.end())
        return;
    const auto& known = recorder_.trace().segments;
    const auto& sent = at->second;
    for (std::size_t i = sent.size(); i-- > 0 && sent.size() - i <= segments_remembered;) {
        const trace::SegmentRecord& earlier = known[sent[i]];
        if (!is_same_segment(earlier.segment, record.segment))
            continue;
        record.transmission = static_cast<std::uint16_t>(earlier.transmission + 1);
        record.original = earlier.original == trace::none ? sent[i] : earlier.original;
        return;
    }
}

void Focus::note_segment(const permitted::Packet& packet) {
    const Pair pair = canonical(packet.pair);
    const auto flags = packet.segment.flags;
    Followed* from = newest(pair);
    if (!from || (from->gone && flags.has(trace::flag::syn)))
        if (Followed* met = flags.has(trace::flag::ack)   ? meet_request(packet)
                            : flags.has(trace::flag::syn) ? meet_client(packet)
                                                          : nullptr)
            from = met;
    if (flags.has(trace::flag::syn) && !flags.has(trace::flag::ack))
        last_syn_ = packet.segment;
    Followed* to = newest(reversed(pair));
    const auto side = belongs(pair);
    const auto other = belongs(reversed(pair));
    if (!from && !to && !side && !other)
        return;
    const auto is_over = [&](const Followed* end) {
        return end && end->gone && instant(packet.at_ns) - end->since > answer_within;
    };
    if (is_over(from))
        from = nullptr; // what an end that is gone cannot send, somebody without a socket did
    if (is_over(to))
        to = nullptr;
    const Side sends = from                           ? from->side
                       : side                         ? *side
                       : to && to->side == Side::left ? Side::right
                                                      : Side::left;
    trace::SegmentRecord record;
    record.segment = packet.segment;
    record.sent = instant(packet.at_ns);
    record.from = static_cast<trace::HostId>(sends);
    record.to = static_cast<trace::HostId>(sends == Side::left ? Side::right : Side::left);
    const bool takes_room = trace::seg_len(packet.segment) > 0;
    if (takes_room)
        join_to_original(pair, record);
    if (from)
        derive_numbers(*from, to, packet);
    const auto& events = recorder_.trace().events;
    const auto recent = [&](trace::EventId id) {
        return id != trace::none && record.sent - events[id].at <= answer_within;
    };
    trace::Event event;
    event.at = record.sent;
    event.kind = trace::EventKind::segment_sent;
    event.ref = recorder_.add(record, packet.header());
    if (takes_room) {
        auto& sent = sent_[pair];
        if (sent.size() >= 2 * segments_remembered)
            sent.erase(sent.begin(), sent.end() - segments_remembered);
        sent.push_back(event.ref);
    }
    event.host = record.from;
    event.socket = from && !from->gone ? from->cookie : trace::none;
    event.rule = trace::Rule::observed;
    // On another interface than lo one end is far away: when it sent or takes it is not seen.
    event.certainty =
        packet.loopback || packet.leaves ? trace::Certainty::exact : trace::Certainty::inferred;
    if (from) {
        const trace::EventId latest = from->last_arrival == trace::none ? from->last_transition
                                      : from->last_transition == trace::none
                                          ? from->last_arrival
                                          : std::max(from->last_arrival, from->last_transition);
        if (recent(latest))
            event.cause = latest;
    }
    recorder_.use_beat(recorder_.new_beat());
    const trace::EventId sent = recorder_.add(event);
    event.kind = trace::EventKind::segment_arrived;
    event.cause = sent;
    event.host = record.to;
    event.socket = to && !to->gone ? to->cookie : trace::none;
    event.certainty =
        packet.loopback || !packet.leaves ? trace::Certainty::exact : trace::Certainty::inferred;
    recorder_.use_beat(recorder_.new_beat());
    const trace::EventId arrived = recorder_.add(event);
    Change made;
    made.certainty = trace::Certainty::exact;
    made.segment = packet.segment;
    made.transmission = record.transmission;
    if (from) {
        from->numbers.sent(packet.segment);
        from->last_departure = sent;
        made.from_seq = from->numbers.base();
        made.numbers_known = from->numbers.iss().has_value();
    }
    if (to) {
        to->numbers.arrived(packet.segment);
        to->last_arrival = arrived;
        to->arrived = packet.segment;
        made.from_ack = to->numbers.base();
    }
    if (packet.segment.length > 0 || packet.segment.flags.has(trace::flag::fin))
        for (Followed* end : {from, to})
            if (end)
                end->last_data_ns = packet.at_ns;
    made.text = from ? from->name : text(pair.local);
    made.text += " → " + (to ? to->name : text(pair.remote));
    made.at = record.sent;
    made.what = Change::What::segment;
    made.socket = from ? from->name : text(pair.local);
    changes_.push_back(std::move(made));
}

void Focus::note_count(Change::What what, std::uint64_t count, std::int64_t at_ns,
                       std::uint32_t one_of) {
    if (count == 0)
        return;
    Change made;
    made.at = instant(at_ns);
    made.what = what;
    made.socket = text(target_);
    made.value = static_cast<std::int64_t>(count);
    made.limit = one_of;
    made.certainty = trace::Certainty::exact;
    changes_.push_back(std::move(made));
}

} // namespace net::attach
