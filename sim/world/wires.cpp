// Departures get their fate and their due time; verdicts by rule and by hand.
#include "wire.hpp"

#include <algorithm>

#include "turn.hpp"

namespace world {

using trace::EventKind;
using trace::Rule;
using What = scenario::WireRule::What;

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

namespace {

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

// The first rule whose turn it is with this segment decides; all that match count it.
std::optional<scenario::WireRule> judge(Contents& w, const Flying& f) {
    std::optional<scenario::WireRule> verdict;
    for (std::size_t i = 0; i < w.rules.size();) {
        ActiveRule& a = w.rules[i];
        const bool matches =
            a.rule.from == f.from && a.rule.to == f.to && scenario::is_about(a.rule, f.segment);
        if (!matches) {
            ++i;
            continue;
        }
        ++a.seen;
        const bool its_turn = !a.rule.nth || a.seen == *a.rule.nth;
        if (its_turn && !verdict)
            verdict = a.rule;
        if (a.rule.nth && a.seen >= *a.rule.nth)
            w.rules.erase(w.rules.begin() + static_cast<std::ptrdiff_t>(i));
        else
            ++i;
    }
    return verdict;
}

// One that was not under way before.
void set_off(Contents& w, Slot slot, Held<Flying>& held) {
    if (held.record.held) [[unlikely]]
        return;
    held.at = held.record.due;
    w.deadlines.add(held.due, std::max(held.at, w.now), DueKind::segment, slot);
}

void launch(Turn& t, const Flying& f) {
    const Slot slot = t.w.flying.add();
    t.w.flying[slot] = f;
    set_off(t.w, slot, t.w.flying.all[slot]);
}

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

// A copy made by the wire is a segment of its own.
void duplicate(Turn& t, const Flying& f, trace::Instant arrives) {
    Flying copy = f;
    trace::SegmentRecord record;
    record.segment = f.segment;
    record.sent = t.w.now;
    record.from = f.from;
    record.to = f.to;
    record.original = f.id;
    record.copy = true;
    copy.id = t.journal.record(record);
    trace::Event e;
    e.kind = EventKind::segment_sent;
    e.ref = copy.id;
    e.rule = Rule::wire_duplicated;
    copy.sent_event = t.journal.note_on_wire(e, f.sent_event);
    copy.sent = t.w.now;
    copy.due = arrives;
    copy.fate = Fate::arrives;
    copy.likeness = f.likeness + 1;
    copy.held = false;
    launch(t, copy);
}

void hold(Turn& t, Flying& f) {
    f.held = true;
    f.left = f.due - t.w.now;
    f.hold_order = t.w.holds++;
    note_on_wire(t, EventKind::segment_held, f, Rule::wire_held);
}

void release(Turn& t, Slot slot) {
    Flying& f = t.w.flying[slot];
    f.held = false;
    f.due = t.w.now + f.left;
    f.rule = Rule::wire_released;
    note_on_wire(t, EventKind::segment_released, f, Rule::wire_released);
    reindex(t.w, DueKind::segment, slot);
}

// Only whose sender understands it is marked: RFC 3168 §5.
void mark(Turn& t, Flying& f) {
    if (f.segment.ecn == trace::Ecn::not_capable)
        return;
    f.segment.ecn = trace::Ecn::congestion;
    f.rule = Rule::wire_marked;
    if (auto* log = t.journal.log())
        log->segments[f.id].segment.ecn = f.segment.ecn;
}

void remove_flying(Contents& w, Slot slot) {
    if (w.flying.all[slot].due != Deadlines::nothing)
        w.deadlines.remove(w.flying.all[slot].due);
    w.flying.remove(slot);
}

// When the machine handed over what here would be due then. That may have left a moment earlier or
// later than here: the very instant counts, for what comes one after another stays in its order.
trace::Instant handed_over(const scenario::Handover& real, trace::Instant due, trace::Instant now) {
    constexpr trace::Duration a_moment = trace::milliseconds(2);
    const trace::Instant late = due + real.late;
    if (real.at == trace::never || late - real.at > a_moment || real.at - late > a_moment)
        return late;
    return std::max(real.at, now);
}

// The verdict of a rule, if there is one whose turn it is.
void obey(Turn& t, Slot slot, trace::Duration delay) {
    Contents& w = t.w;
    const auto rule = judge(w, w.flying[slot]);
    if (!rule)
        return;
    Flying& f = w.flying[slot];
    switch (rule->what) {
    case What::drop:
        f.fate = Fate::lost_by_hand;
        f.due = w.now + delay / 2;
        break;
    case What::delay:
        if (f.fate == Fate::arrives) {
            f.due = w.now + rule->time;
            f.rule = Rule::wire_delayed;
        }
        break;
    case What::duplicate: {
        const Flying original = f; // the copy may move the records
        trace::Instant due = w.now + delay;
        if (const Wire* wire = wire_between(w, f.from, f.to);
            wire && wire->taken < wire->late.size()) [[unlikely]]
            due = handed_over(wire->late[wire->taken], due, w.now);
        duplicate(t, original, due + rule->time);
        break;
    }
    case What::unreachable:
        f.fate = Fate::unreachable;
        f.icmp = rule->icmp;
        f.due = w.now + delay / 2;
        break;
    case What::narrow:
        f.fate = rule->silent ? Fate::too_large : Fate::unreachable;
        f.icmp = rule->icmp;
        f.due = w.now + delay / 2;
        break;
    case What::mark: mark(t, f); break;
    case What::hold: hold(t, f); break;
    case What::pass:
    case What::release: break;
    }
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

void apply(Turn& t, const scenario::WireRule& rule) {
    Contents& w = t.w;
    if (rule.what == What::pass) {
        std::erase_if(w.rules, [&](const ActiveRule& a) { return scenario::ends(rule, a.rule); });
        return;
    }
    if (rule.what != What::release) {
        w.rules.push_back({rule, 0});
        return;
    }
    // The nth of those held, oldest hold first.
    std::vector<Slot> held;
    for (Slot s = 0; s < w.flying.all.size(); ++s) {
        const auto& f = w.flying.all[s];
        if (f.used && f.record.held && f.record.from == rule.from && f.record.to == rule.to &&
            trace::is_kind(f.record.segment, rule.kind))
            held.push_back(s);
    }
    std::sort(held.begin(), held.end(),
              [&](Slot a, Slot b) { return w.flying[a].hold_order < w.flying[b].hold_order; });
    if (!rule.nth) {
        for (Slot s : held)
            release(t, s);
    } else if (*rule.nth >= 1 && *rule.nth <= held.size()) {
        release(t, held[*rule.nth - 1]);
    }
}

void apply(Turn& t, const scenario::Verdict& v) {
    using V = scenario::Verdict::What;
    Contents& w = t.w;
    for (Slot s = 0; s < w.flying.all.size(); ++s) {
        if (!w.flying.all[s].used || w.flying[s].id != v.segment || w.flying[s].fate == Fate::told)
            continue;
        Flying& f = w.flying[s];
        switch (v.what) {
        case V::drop: {
            const Flying gone = f;
            remove_flying(w, s);
            note_on_wire(t, EventKind::segment_lost, gone, Rule::wire_lost_by_hand);
            return;
        }
        case V::delay:
            f.rule = Rule::wire_delayed;
            if (f.held)
                f.left = f.left + v.time;
            else
                f.due = f.due + v.time;
            break;
        case V::duplicate: {
            const Flying original = f;
            duplicate(t, original, (original.held ? w.now + original.left : original.due) + v.time);
            return;
        }
        case V::mark: mark(t, f); return;
        case V::hold:
            if (!f.held)
                hold(t, f);
            break;
        case V::release:
            if (f.held)
                release(t, s);
            return;
        }
        reindex(w, DueKind::segment, s);
        return;
    }
}

} // namespace world
