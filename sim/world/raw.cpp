// What a raw socket sends: single segments, and floods of SYNs from addresses that nobody has.
#include "turn.hpp"

namespace world {

namespace {

void send_raw(Turn& t, trace::HostId host, const trace::Segment& s) {
    t.journal.begin_beat(host, trace::none);
    trace::SegmentRecord record;
    record.segment = s;
    record.sent = t.w.now;
    record.from = host;
    tcp::Departure d;
    d.segment = s;
    d.id = t.journal.record(record);
    d.from = host;
    trace::Event e;
    e.kind = trace::EventKind::segment_sent;
    e.ref = d.id;
    e.rule = trace::Rule::made_by_hand;
    d.sent = t.journal.note(e);
    t.journal.left(s, trace::none);
    t.w.departures.push_back(d);
}

// The i-th SYN: another address of 198.18.0.0/15 (RFC 2544, given to tests) and another number each
// time, the options that a client has.
trace::Segment nth_syn(trace::Endpoint to, std::uint32_t i) {
    trace::Segment s;
    s.source = {{0xc6120001u + i}, static_cast<std::uint16_t>(20000 + i % 40000)};
    s.destination = to;
    s.seq = {1000 + 100000 * i};
    s.flags = trace::flag::syn;
    s.window = 64240;
    s.mss = 1460;
    s.sack_permitted = true;
    s.window_scale = 7;
    s.has_timestamps = true;
    s.ts_value = 1000;
    return s;
}

} // namespace

void apply(Turn& t, const scenario::Raw& raw) {
    send_raw(t, raw.host, raw.segment);
}

void apply(Turn& t, const scenario::Flood& flood) {
    FloodGoing going;
    going.what = flood;
    going.due = t.w.now;
    const Slot slot = t.w.floods.add(std::move(going));
    flood_goes_on(t, slot);
}

void flood_goes_on(Turn& t, Slot slot) {
    FloodGoing& f = t.w.floods[slot];
    // Without a pause between them all leave at once.
    do {
        send_raw(t, f.what.host, nth_syn(f.what.to, f.sent++));
    } while (f.what.every.ns == 0 && f.sent < f.what.count);
    if (f.sent == f.what.count) {
        t.w.floods.remove(slot);
        return;
    }
    f.due = f.due + f.what.every;
    reindex(t.w, DueKind::flood, slot);
}

} // namespace world
