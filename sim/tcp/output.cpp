// Segments as they leave: RFC 9293 §3.7 (segmentation), §3.8.6 (windows), tcp_output.c.
#include "output.hpp"

#include <algorithm>

#include "policy.hpp"
#include "rto.hpp"
#include "sack.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

std::uint32_t timestamp(trace::Instant t) {
    return 1000 + static_cast<std::uint32_t>(t.ns / 1'000'000);
}

namespace {

// It is written down, if anybody keeps a log or a tape, and counted if it is a RST.
[[gnu::noinline, gnu::cold]] Left tell_departure(Moment& m, trace::Cookie cookie, Rule why,
                                                 std::uint16_t transmission,
                                                 trace::SegmentId original) {
    const Departure& d = m.departures.back();
    const Left left{d.id, d.sent};
    if (m.journal.log()) {
        trace::SegmentRecord record;
        record.segment = d.segment;
        record.sent = m.now();
        record.from = d.from;
        record.transmission = transmission;
        record.original = original;
        m.journal.record(record);
    } else {
        ++m.journal.recorded().segments;
    }
    trace::Event e;
    e.kind = trace::EventKind::segment_sent;
    e.ref = left.segment;
    e.socket = cookie;
    e.rule = why;
    m.journal.note(e);
    m.journal.left_to_record(d.segment, cookie);
    if (d.segment.flags.has(flag::rst))
        m.bump(trace::Counter::OutRsts);
    return left;
}

} // namespace

Left leave(Moment& m, trace::Cookie cookie, Rule why, std::uint16_t transmission,
           trace::SegmentId original, std::uint32_t likeness) {
    Departure& d = m.departures.back();
    Recorded& recorded = m.journal.recorded();
    d.id = recorded.segments;
    d.sent = recorded.events;
    d.from = m.journal.host();
    d.likeness = likeness + transmission - 1u;
    if (transmission == 1) // new numbers, or none: __tcp_transmit_skb()
        m.count_segment(trace::Counter::OutSegs);
    const bool on_tape = m.journal.left(d.segment);
    if (m.journal.log() || on_tape || d.segment.flags.has(flag::rst)) [[unlikely]]
        return tell_departure(m, cookie, why, transmission, original);
    ++recorded.segments;
    ++recorded.events;
    return {d.id, d.sent};
}

Left depart(const Segment& s, trace::Cookie cookie, Rule why, Moment& m, std::uint16_t transmission,
            trace::SegmentId original, std::uint32_t likeness) {
    if (m.departures.is_full()) [[unlikely]]
        m.departures.make_room();
    m.departures.add().segment = s;
    return leave(m, cookie, why, transmission, original, likeness);
}

Segment& new_segment(Connection& c, trace::Flags flags, Seq seq, std::uint32_t length, Moment& m) {
    const std::uint16_t window = announce_window(c, m);
    return new_segment(c, flags, seq, length, window, m);
}

namespace {

// What calls others in between is rare and apart, here and below: the rest needs no register saved.
[[gnu::noinline]] Segment& with_more(Connection& c, Segment& s) {
    if (s.flags.has(flag::ack) && c.agreed.sack)
        tell_blocks(c, s);
    if (!c.urgent.empty())
        announce_urgent(c, s);
    if (c.ecn.tells)
        tell_marks(c, s);
    return s;
}

[[gnu::noinline, gnu::cold]] Segment& new_segment_in_more(Connection& c, trace::Flags flags,
                                                          Seq seq, std::uint32_t length,
                                                          std::uint16_t window, Moment& m) {
    m.departures.make_room();
    return new_segment(c, flags, seq, length, window, m);
}

} // namespace

Segment& new_segment(Connection& c, trace::Flags flags, Seq seq, std::uint32_t length,
                     std::uint16_t window, Moment& m) {
    if (m.departures.is_full()) [[unlikely]]
        return new_segment_in_more(c, flags, seq, length, window, m);
    Segment& s = m.departures.add().segment;
    s.source = c.local;
    s.destination = c.remote;
    s.seq = seq;
    s.length = length;
    s.flags = flags;
    s.window = window;
    s.fragmentable = c.path.fragments;
    c.path.stale = false; // ip_queue_xmit() looks for the way
    if (flags.has(flag::ack)) {
        s.ack = c.rcv.nxt;
        ack_has_left(c);
    }
    if (c.agreed.timestamps) {
        s.has_timestamps = true;
        s.ts_value = timestamp(m.now());
        s.ts_echo = c.ts_recent;
    }
    if (!c.told.empty() || !c.urgent.empty() || c.ecn.tells) [[unlikely]]
        return with_more(c, s);
    return s;
}

namespace {

void note_sent(Connection& c, Seq begin, Seq end, trace::Instant now, trace::SegmentId id,
               bool pushed = false) {
    c.sent.push_back({begin, end, now, id, 1, true, pushed});
}

} // namespace

void send_ack(Connection& c, Moment& m, Rule why) {
    const Segment& s = new_segment(c, flag::ack, acceptable_seq(c), 0, m);
    const bool same = s.seq == c.last_ack_seq && s.ack == c.last_ack_ack;
    c.same_acks = same ? static_cast<std::uint16_t>(c.same_acks + 1) : std::uint16_t{0};
    c.last_ack_seq = s.seq;
    c.last_ack_ack = s.ack;
    leave(m, c.cookie, why, 1, trace::none, c.same_acks);
}

Left send_probe(Connection& c, Moment& m, Rule why) {
    new_segment(c, flag::ack, c.snd.una - 1, 0, m);
    ++c.same_acks;
    return leave(m, c.cookie, why, 1, trace::none, c.same_acks);
}

void send_active_reset(Connection& c, Moment& m, Rule why) {
    new_segment(c, flag::rst | flag::ack, acceptable_seq(c), 0, m);
    leave(m, c.cookie, why);
}

void send_reset_for(const Segment& in, trace::Cookie cookie, Rule why, Moment& m) {
    if (in.flags.has(flag::rst))
        return;
    Segment s;
    s.source = in.destination;
    s.destination = in.source;
    if (in.flags.has(flag::ack)) {
        s.flags = flag::rst;
        s.seq = in.ack;
    } else {
        s.flags = flag::rst | flag::ack;
        s.ack = in.seq + seg_len(in);
    }
    depart(s, cookie, why, m, 1, trace::none, m.journal.answering());
}

void send_syn(Connection& c, Moment& m, Rule why, bool with_ack) {
    Segment s;
    s.source = c.local;
    s.destination = c.remote;
    s.seq = c.snd.iss;
    s.flags = with_ack ? flag::syn | flag::ack : flag::syn;
    s.flags = s.flags |
              (with_ack ? flags_of_crossed_syn_ack(c) : flags_of_syn(c, !c.sent.empty(), m.stack));
    if (with_ack)
        s.ack = c.rcv.nxt;
    s.window = static_cast<std::uint16_t>(std::min(c.rcv.wnd, 65535u));
    look_at_path(c, m);
    c.path.advertised = std::min(c.path.advertised, advertised_mss(c.options, c.path.mtu));
    s.mss = c.path.advertised; // tcp_advertise_mss()
    s.fragmentable = c.path.fragments;
    s.sack_permitted = c.agreed.sack;
    s.has_timestamps = c.agreed.timestamps;
    if (s.has_timestamps) {
        s.ts_value = timestamp(m.now());
        s.ts_echo = with_ack ? c.ts_recent : 0;
    }
    const bool scales = c.agreed.scaling || c.agreed.receive_scale > 0;
    s.window_scale = scales ? c.agreed.receive_scale : std::int8_t{-1};
    const bool answers = with_ack && why == Rule::simultaneous_open;
    const bool again = !c.sent.empty();
    if (!again && !with_ack)
        fill_syn(c, s);
    // The SYN+ACK of a simultaneous open has the SYN's number, but answers: no retransmission, and
    // its round trip is measured (tcp_send_synack()).
    if (again && !answers)
        ++c.sent.front().transmissions;
    const std::uint16_t transmission = again ? c.sent.front().transmissions : std::uint16_t{1};
    const trace::SegmentId original = transmission > 1 ? c.sent.front().first : trace::none;
    const Left left = depart(s, c.cookie, why, m, transmission, original);
    if (again && answers && transmission == 1)
        m.uncount_segment(trace::Counter::OutSegs); // its number is not new: __tcp_transmit_skb()
    if (again && c.fast_open.passive) [[unlikely]]
        m.count_segment(trace::Counter::OutSegs); // tcp_make_synack()
    if (again)
        c.sent.front().at = m.now();
    else
        note_sent(c, c.snd.iss, c.snd.iss + 1, m.now(), left.segment);
    if (!again && s.length > 0) {
        c.snd.nxt = c.snd.end = c.snd.iss + 1 + s.length;
        start_send_queue(c);
        c.queue.small = c.snd.iss; // what a SYN carries is nothing that Nagle waits for
        // Its own segment, should it have to be sent again: tcp_send_syn_data() pushes it.
        note_sent(c, c.snd.iss + 1, c.snd.nxt, m.now(), left.segment, true);
    }
    if (again && !answers) {
        ++c.recovery.repeats;
        m.bump(trace::Counter::RetransSegs);
        m.bump(trace::Counter::TCPSynRetrans);
    }
    c.resend.by = left.event;
}

Segment synack_of(const Request& r, const Moment& m) {
    Segment s;
    s.source = r.local;
    s.destination = r.remote;
    s.seq = r.iss;
    s.ack = r.irs + 1;
    s.flags = flag::syn | flag::ack;
    if (r.ecn)
        s.flags = s.flags | flag::ece;
    s.window = static_cast<std::uint16_t>(std::min(r.window, 65535u));
    s.mss = r.mss;
    s.sack_permitted = r.agreed.sack;
    s.has_timestamps = r.agreed.timestamps;
    if (s.has_timestamps) {
        s.ts_value = timestamp(m.now());
        s.ts_echo = r.ts_recent;
    }
    s.window_scale = r.agreed.scaling ? r.agreed.receive_scale : std::int8_t{-1};
    if (r.gives_fastopen_cookie) {
        s.fastopen = 8;
        s.fastopen_cookie = r.fastopen_cookie;
    }
    return s;
}

void send_synack(Request& r, Moment& m, Rule why) {
    const Segment s = synack_of(r, m);
    const bool again = r.first != trace::none;
    r.last_ts = s.ts_value;
    if (!again)
        r.first_ts = s.ts_value;
    if (again)
        ++r.synacks_resent;
    const Left left =
        depart(s, r.cookie, why, m, static_cast<std::uint16_t>(r.synacks_resent + 1), r.first);
    if (!again)
        r.first = left.segment;
    r.resend.by = left.event;
    if (again) {
        m.count_segment(trace::Counter::OutSegs); // each, where it is made: tcp_make_synack()
        m.bump(trace::Counter::RetransSegs);
        m.bump(trace::Counter::TCPSynRetrans);
    }
}

} // namespace tcp
