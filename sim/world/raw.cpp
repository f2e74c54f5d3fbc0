// What a raw socket sends: single segments, and floods of SYNs from addresses that nobody has.
#include "scenario/flood.hpp"
#include "turn.hpp"

namespace world {

namespace {

void send_raw(Turn& t, trace::HostId host, const trace::Segment& s) {
    t.journal.begin_beat(host, trace::none);
    trace::SegmentRecord record;
    record.segment = s;
    record.sent = t.w.now;
    record.from = host;
    if (t.w.departures.is_full())
        t.w.departures.make_room();
    tcp::Departure& d = t.w.departures.add();
    d.segment = s;
    d.id = t.journal.record(record);
    d.from = host;
    trace::Event e;
    e.kind = trace::EventKind::segment_sent;
    e.ref = d.id;
    e.rule = trace::Rule::made_by_hand;
    d.sent = t.journal.note(e);
    if (t.journal.left(s))
        t.journal.left_to_record(s, trace::none);
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
        send_raw(t, f.what.host, scenario::nth_syn(f.what.to, f.sent++));
    } while (f.what.every.ns == 0 && f.sent < f.what.count);
    if (f.sent == f.what.count) {
        t.w.floods.remove(slot);
        return;
    }
    f.due = f.due + f.what.every;
    reindex(t.w, DueKind::flood, slot);
}

} // namespace world
