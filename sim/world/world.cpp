// One step: the least due thing happens, everything it causes on its host happens, segments leave.
#include "world.hpp"

#include <algorithm>
#include <cassert>

#include "invariants.hpp"
#include "tcp/time_wait.hpp"
#include "tcp/timeout.hpp"
#include "turn.hpp"

namespace world {
namespace {

void timer_of_request(Turn& t, Slot slot) {
    Contents& w = t.w;
    tcp::Request& r = w.requests[slot];
    t.journal.begin_beat(r.host, r.resend.by);
    const Slot l = w.sockets[r.listener].listener;
    if (l == no_slot) { // the listener was closed: the entry only waited to be found out
        forget_request(t, slot);
        return;
    }
    auto m = t.moment(r.host);
    if (tcp::timer_fires(r, w.listeners[l], m) == tcp::Fate::stays)
        reindex(w, DueKind::request, slot);
    else
        remove_request(t, slot);
}

[[gnu::noinline]] void happen(Turn& t, Due due) {
    Contents& w = t.w;
    switch (due.kind) {
    case DueKind::segment: break; // as mostly: not from here
    case DueKind::connection: {
        auto& held = w.connections.all[due.slot];
        held.due = Deadlines::nothing;
        t.journal.begin_beat(held.record.host, trace::none);
        auto m = t.moment(held.record.host);
        const trace::State before_this = held.record.status.state();
        tcp::timer_fires(held.record, m, w.wheel());
        if (before_this == trace::State::syn_recv && held.record.status.state() != before_this)
            leaves_syn_recv(t, due.slot);
        settle(t, due.slot);
        break;
    }
    case DueKind::request:
        w.requests.all[due.slot].due = Deadlines::nothing;
        timer_of_request(t, due.slot);
        break;
    case DueKind::flood:
        w.floods.all[due.slot].due = Deadlines::nothing;
        flood_goes_on(t, due.slot);
        break;
    case DueKind::wake: woken_thread_runs(t, due.slot); break;
    case DueKind::time_wait: {
        auto& held = w.time_waits.all[due.slot];
        held.due = Deadlines::nothing;
        t.journal.begin_beat(held.record.host, held.record.clock.by);
        auto m = t.moment(held.record.host);
        tcp::time_wait_expires(held.record, m);
        remove_time_wait(t, due.slot);
        break;
    }
    }
}

// Whatever nobody has touched for a while takes less room.
[[gnu::noinline]] void rest(Contents& w) {
    w.sockets.rest();
    w.connections.all.rest();
    w.time_waits.all.rest();
}

} // namespace

World::World() = default;
World::World(Contents&& c) : contents_(std::move(c)) {}

void World::set_way(tcp::Way way, bool yes) {
    for (Host& host : contents_.hosts)
        host.stack.ways = host.stack.ways.with(way, yes);
}

void World::play_in(const Manner& manner) {
    set_ties(manner.ties);
    if (manner.timers)
        set_timers(*manner.timers, manner.phase);
    if (manner.reno)
        set_way(tcp::Way::cubic, false);
    if (manner.by_packet_socket)
        for (Host& host : contents_.hosts) {
            host.stack.before_header = 16 + 14;
            host.stack.given_back = 14;
        }
}

std::optional<trace::Instant> World::next_due() const {
    return contents_.deadlines.first();
}

void World::step(trace::Trace* log, Happened* happened) {
    assert(!contents_.deadlines.empty());
    step_by(trace::never, log, happened);
}

bool World::step_by(trace::Instant limit, trace::Trace* log, Happened* happened) {
    Contents& w = contents_;
    Due due;
    if (w.deadlines.segment_is_next(limit, w.ties)) {
        due = w.deadlines.pop_segment();
    } else if (const std::optional<Due> next = w.deadlines.pop_other_by(limit, w.ties)) {
        due = *next;
    } else {
        if (limit != trace::never)
            w.now = std::max(w.now, limit);
        return false;
    }
    w.now = due.at;
    tcp::Journal journal(w.recorded, log, w.now, happened ? happened->tape : nullptr);
    Turn t{w, journal, happened};
    const std::uint32_t beats = w.recorded.beats;
    if (due.kind == DueKind::segment)
        segment_is_due(t, due.slot);
    else
        happen(t, due);
    put_on_wires(t);
    if ((beats ^ w.recorded.beats) >> 13 != 0) [[unlikely]]
        rest(w);
    return true;
}

void World::wait_until(trace::Instant t) {
    assert(contents_.now <= t);
    contents_.now = t;
}

void World::advance(trace::Instant t, trace::Trace* log) {
    for (auto next = next_due(); next && *next <= t; next = next_due())
        step(log);
    if (t > contents_.now)
        contents_.now = t;
}

trace::CallId World::submit(const scenario::Action& action, trace::Trace* log,
                            const scenario::Woken& woken) {
    tcp::Journal journal(contents_.recorded, log, contents_.now);
    Turn t{contents_, journal};
    const trace::CallId id = perform(t, action);
    if ((woken.waits.ns > 0 || woken.returns != trace::never) && id != trace::none)
        delay_wake(contents_, id, woken);
    put_on_wires(t);
    return id;
}

std::size_t World::bytes() const {
    const Contents& w = contents_;
    const auto array = [](const auto& v) { return v.capacity() * sizeof(v[0]); };
    std::size_t sum = sizeof(World) + w.sockets.bytes() + array(w.connections.all) +
                      array(w.requests.all) + array(w.time_waits.all) + array(w.listeners.all) +
                      array(w.flying.all) + w.deadlines.bytes() + w.flows.bytes();
    for (const auto& held : w.connections.all)
        sum += array(held.record.sent) + array(held.record.out_of_order);
    for (const Host& h : w.hosts)
        sum += sizeof(Host) + array(h.names) + array(h.calls) + h.ports.bytes();
    return sum;
}

std::optional<trace::Cookie> World::find(const scenario::SocketName& name) const {
    return world::find(contents_, name);
}

} // namespace world
