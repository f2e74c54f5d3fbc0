// Departures get their fate and their due time.
#include "wire.hpp"

#include <algorithm>

#include "turn.hpp"
#include "under_way.hpp"

namespace world {

using trace::EventKind;
using trace::Rule;

namespace {

std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

} // namespace

double chance(const Wire& wire, const trace::Segment& s, std::uint32_t likeness) {
    std::uint64_t h = mix(wire.seed);
    h = mix(h ^ (std::uint64_t{wire.from} << 8 | wire.to));
    h = mix(h ^ (std::uint64_t{s.source.address.raw} << 32 | s.destination.address.raw));
    h = mix(h ^ (std::uint64_t{s.source.port} << 16 | s.destination.port));
    h = mix(h ^ (std::uint64_t{s.seq.raw} << 32 | s.length));
    h = mix(h ^ (std::uint64_t{s.ack.raw} << 8 | s.flags.bits));
    h = mix(h ^ likeness);
    return static_cast<double>(h >> 11) * 0x1.0p-53;
}

void note_on_wire(Turn& t, EventKind kind, const Flying& f, Rule rule) {
    trace::Event e;
    e.kind = kind;
    e.ref = f.id;
    e.rule = rule;
    t.journal.note_on_wire(e, f.sent_event);
}

Wire* wire_between(Contents& w, trace::HostId from, trace::HostId to) {
    return from < w.hosts.size() && to < w.hosts.size() ? &w.wires[from * w.hosts.size() + to]
                                                        : nullptr;
}

namespace {

// Whose address it is; of a segment that leaves a host mostly the next one's.
trace::HostId host_at(const Contents& w, trace::Address a, trace::HostId from = trace::no_host) {
    const std::size_t next = from + std::size_t{1};
    if (next < w.hosts.size() && w.hosts[next].has(a))
        return static_cast<trace::HostId>(next);
    for (std::size_t i = 0; i < w.hosts.size(); ++i)
        if (w.hosts[i].has(a))
            return static_cast<trace::HostId>(i);
    return trace::no_host;
}

// One that was not under way before.
void set_off(Contents& w, Slot slot, Held<Flying>& held) {
    if (held.record.held) [[unlikely]]
        return;
    held.at = held.record.due;
    w.deadlines.add(held.due, std::max(held.at, w.now), DueKind::segment, slot);
}

} // namespace

void launch(Turn& t, const Flying& f) {
    const Slot slot = t.w.flying.add();
    t.w.flying[slot] = f;
    set_off(t.w, slot, t.w.flying.all[slot]);
}

trace::Instant handed_over(const scenario::Handover& real, trace::Instant due, trace::Instant now) {
    constexpr trace::Duration a_moment = trace::milliseconds(2);
    const trace::Instant late = due + real.late;
    if (real.at == trace::never || late - real.at > a_moment || real.at - late > a_moment)
        return late;
    return std::max(real.at, now);
}

namespace {

Rule why_lost(const Flying& f) {
    switch (f.fate) {
    case Fate::lost_by_hand: return Rule::wire_lost_by_hand;
    case Fate::too_large: return Rule::wire_too_large;
    case Fate::unreachable:
        return f.icmp.wants_fragments() ? Rule::wire_wants_fragments : Rule::wire_unreachable;
    case Fate::lost_by_chance:
    case Fate::arrives:
    case Fate::told: break;
    }
    return Rule::wire_lost_by_chance;
}

// The router half-way tells the sender what became of it.
void send_back(Turn& t, const Flying& f) {
    Flying message = f;
    const Wire* back = wire_between(t.w, f.to, f.from);
    std::swap(message.from, message.to);
    message.fate = Fate::told;
    message.sent = t.w.now;
    message.due = t.w.now + (back ? back->delay : trace::Duration{}) / 2;
    message.sent_event = t.w.recorded.events - 1; // the loss
    launch(t, message);
}

// When the last bit of it is on a line of limited rate: headers of 40 bytes, framing of 2.
trace::Instant clocked_out(Wire& wire, const trace::Segment& s, trace::Instant now) {
    if (wire.rate == 0)
        return now;
    if (wire.busy.rate != wire.rate || wire.busy.length != s.length) {
        const std::int64_t bits = (std::int64_t{s.length} + 42) * 8;
        wire.busy = {wire.rate, s.length, trace::nanoseconds(bits * 1'000'000'000 / wire.rate)};
    }
    wire.free_from = std::max(wire.free_from, now) + wire.busy.time;
    return wire.free_from;
}

void come_late(Flying& f, Wire& wire, trace::Instant now) {
    if (wire.taken == wire.late.size())
        return;
    const scenario::Handover& real = wire.late[wire.taken++];
    if (f.held)
        f.left = f.left + real.late;
    else if (f.fate == Fate::arrives)
        f.due = handed_over(real, f.due, now);
}

// The way that a segment takes: mostly the one that the host's last one took.
[[gnu::noinline]] void find_route(Contents& w, Route& route, const tcp::Departure& d) {
    const trace::Address address = d.segment.destination.address;
    const trace::HostId to = host_at(w, address, d.from);
    const Wire* wire = wire_between(w, d.from, to);
    route = {d.from, to, address,
             wire ? static_cast<std::uint32_t>(wire - w.wires.data()) : Route::none};
}
const Route& route_of(Contents& w, const tcp::Departure& d) {
    Route& route = w.routes.of[d.from % w.routes.of.size()];
    if (route.address != d.segment.destination.address || route.from != d.from) [[unlikely]]
        find_route(w, route, d);
    return route;
}

// Apart, as all that is rare.
[[gnu::noinline]] void depart_under_rules(Turn& t, Slot slot, Wire& wire) {
    Contents& w = t.w;
    if (!w.rules.empty())
        obey(t, slot, wire.delay);
    if (!wire.late.empty())
        come_late(w.flying[slot], wire, w.now); // a rule may have moved it
    set_off(w, slot, w.flying.all[slot]);
}

void depart(Turn& t, const tcp::Departure& d, const Route& route) {
    Contents& w = t.w;
    const Slot slot = w.flying.add();
    Held<Flying>& held = w.flying.all[slot];
    Flying& f = held.record;
    f.segment = d.segment;
    f.id = d.id;
    f.sent_event = d.sent;
    f.sent = w.now;
    f.left = {};
    f.likeness = d.likeness;
    f.fate = Fate::arrives;
    f.held = false;
    f.hold_order = 0;
    f.rule = Rule::wire_delivers;
    f.from = route.from;
    f.to = route.to;
    if (auto* log = t.journal.log()) [[unlikely]]
        log->segments[d.id].to = f.to;
    if (route.wire != Route::none) {
        Wire& wire = w.wires[route.wire];
        f.due = clocked_out(wire, d.segment, w.now) + wire.delay;
        if (wire.loss > 0 && chance(wire, d.segment, d.likeness) < wire.loss) {
            f.fate = Fate::lost_by_chance;
            f.due = w.now + wire.delay / 2;
        }
        if (!w.rules.empty() || !wire.late.empty()) [[unlikely]] {
            depart_under_rules(t, slot, wire);
            return;
        }
    } else { // no host has the address: gone
        f.due = w.now;
        f.fate = Fate::lost_by_chance;
    }
    set_off(w, slot, held);
}

} // namespace

void departures_go(Turn& t) {
    for (const tcp::Departure& d : t.w.departures)
        depart(t, d, route_of(t.w, d));
    t.w.departures.clear();
}

void put_in(Turn& t, const trace::Segment& s) {
    t.journal.begin_beat(trace::no_host, trace::none);
    trace::SegmentRecord record;
    record.segment = s;
    record.sent = t.w.now;
    record.to = host_at(t.w, s.destination.address);
    Flying f;
    f.segment = s;
    f.id = t.journal.record(record);
    f.to = record.to;
    f.sent = f.due = t.w.now;
    trace::Event e;
    e.kind = EventKind::segment_sent;
    e.ref = f.id;
    e.rule = Rule::made_by_hand;
    f.sent_event = t.journal.note(e);
    if (f.to == trace::no_host)
        f.fate = Fate::lost_by_chance;
    launch(t, f);
}

namespace {

// It is lost, or an ICMP message.
[[gnu::noinline]] void other_fate_is_due(Turn& t, Slot slot) {
    const Flying f = t.w.flying[slot];
    t.w.flying.remove(slot);
    if (f.fate == Fate::told) {
        deliver_icmp(t, f.to, f.segment, f.id, f.icmp, f.sent_event);
        return;
    }
    t.journal.begin_beat(trace::no_host, f.sent_event);
    note_on_wire(t, EventKind::segment_lost, f,
                 f.to == trace::no_host ? Rule::address_of_nobody : why_lost(f));
    if (f.fate == Fate::unreachable)
        send_back(t, f);
}

} // namespace

void segment_is_due(Turn& t, Slot slot) {
    Held<Flying>& held = t.w.flying.all[slot];
    held.due = Deadlines::nothing;
    if (held.record.fate != Fate::arrives) [[unlikely]] {
        other_fate_is_due(t, slot);
        return;
    }
    deliver(t, held.record); // nothing takes off before it has arrived
    t.w.flying.remove(slot, held);
}

} // namespace world
