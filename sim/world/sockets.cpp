// Records come, change kind and go; the flow table, the deadlines and the queues follow them.
#include <algorithm>
#include <utility>

#include "invariants.hpp"
#include "tcp/policy.hpp"
#include "tcp/time_wait.hpp"
#include "tcp/timeout.hpp"
#include "turn.hpp"

namespace world {

using S = trace::State;

trace::Cookie new_socket(Turn& t, const Socket& s) {
    const trace::Cookie cookie = t.journal.recorded().sockets;
    if (t.journal.log()) [[unlikely]] {
        trace::SocketRecord record;
        record.host = s.host;
        record.local = s.local;
        record.remote = s.remote;
        record.listener = s.parent;
        record.number = s.number;
        record.is_listener = s.listener != no_slot;
        record.which = s.listener != no_slot ? t.w.listeners[s.listener].which : std::uint16_t{0};
        t.journal.record(record);
    } else {
        ++t.journal.recorded().sockets;
    }
    t.w.sockets.push_back(s);
    t.journal.note([&] {
        trace::Event e;
        e.kind = trace::EventKind::socket_created;
        e.socket = cookie;
        e.host = s.host;
        e.value = s.parent == trace::none ? -1 : static_cast<std::int64_t>(s.parent);
        return e;
    });
    return cookie;
}

namespace {

[[gnu::noinline, gnu::cold]] trace::Instant on_kernel_wheel(const Contents& w,
                                                            const tcp::Connection& c) {
    return tcp::next_deadline(c, w.wheel());
}

trace::Instant next_deadline(const Contents& w, const tcp::Connection& c) {
    return w.timers == Timers::by_wheel ? on_kernel_wheel(w, c) : tcp::next_deadline(c);
}

template <class Record>
[[gnu::always_inline]] inline void put_due(Contents& w, Held<Record>& held, DueKind kind, Slot slot,
                                           trace::Instant at) {
    at = std::max(at, w.now);
    if (held.due != Deadlines::nothing)
        w.deadlines.move(held.due, at);
    else
        w.deadlines.add(held.due, at, kind, slot);
}

template <class Record>
[[gnu::noinline]] void change_due(Contents& w, Held<Record>& held, DueKind kind, Slot slot,
                                  trace::Instant at) {
    held.at = at;
    if (at == trace::never) {
        const Deadlines::Handle was = std::exchange(held.due, Deadlines::nothing);
        if (was != Deadlines::nothing)
            w.deadlines.remove(was);
    } else {
        put_due(w, held, kind, slot, at);
    }
}

// Mostly there is nothing to change.
template <class Record>
void set_due(Contents& w, Held<Record>& held, DueKind kind, Slot slot, trace::Instant at) {
    if (held.at != at || (held.due == Deadlines::nothing && at != trace::never))
        change_due(w, held, kind, slot, at);
}

// From connection to the small record: TIME_WAIT, or an orphan's FIN_WAIT_2.
void shrink(Turn& t, Slot slot, Socket& s, trace::Duration lasts) {
    Contents& w = t.w;
    auto& held = w.connections.all[slot];
    tcp::Connection& c = held.record;
    auto m = t.moment(c.host);
    s.time_wait = w.time_waits.add();
    if (auto* log = t.journal.log())
        log->sockets[c.cookie].small_from = static_cast<trace::EventId>(log->events.size());
    tcp::leave_behind(w.time_waits[s.time_wait], c, lasts, m);
    ++w.hosts[c.host].waiting;
    time_wait_holds_port(w, s, c.orphan);
    reindex(w, DueKind::time_wait, s.time_wait);
    if (!c.orphan) {
        tcp::bury(c, trace::Errno::ok);
        return;
    }
    set_due(w, held, DueKind::connection, slot, trace::never);
    w.connections.remove(slot);
    s.connection = no_slot;
}

// CLOSED without TIME_WAIT, and what still comes is reset.
[[gnu::cold]] void end_at_once(Turn& t, tcp::Connection& c) {
    auto m = t.moment(c.host);
    m.bump(trace::Counter::TCPTimeWaitOverflow);
    const auto over =
        c.status.state() == S::time_wait ? trace::Trigger::time_wait_over : trace::Trigger::gave_up;
    tcp::advance(c.status, c.cookie, over, m, trace::Rule::time_wait_overflow);
    tcp::bury(c, trace::Errno::ok);
    t.w.flows.remove(flow_of(t.w.sockets[c.cookie]), c.cookie);
}

// tcp_time_wait() may find no room.
bool overflows(Turn& t, tcp::Connection& c) {
    const Host& h = t.w.hosts[c.host];
    if (tcp::room_in_time_wait(h.stack, h.waiting))
        return false;
    end_at_once(t, c);
    return true;
}

} // namespace

void reindex(Contents& w, DueKind kind, Slot slot) {
    switch (kind) {
    case DueKind::segment: {
        auto& held = w.flying.all[slot];
        set_due(w, held, kind, slot, held.record.held ? trace::never : held.record.due);
        break;
    }
    case DueKind::connection: {
        auto& held = w.connections.all[slot];
        set_due(w, held, kind, slot, next_deadline(w, held.record));
        break;
    }
    case DueKind::request: {
        auto& held = w.requests.all[slot];
        set_due(w, held, kind, slot, w.wheel().fires(held.record.resend));
        break;
    }
    case DueKind::flood: {
        auto& held = w.floods.all[slot];
        set_due(w, held, kind, slot, held.record.due);
        break;
    }
    case DueKind::time_wait: {
        auto& held = w.time_waits.all[slot];
        set_due(w, held, kind, slot, w.wheel().fires(held.record.clock));
        break;
    }
    case DueKind::wake: break; // has no record: it is due at once
    }
}

void gone_if_nothing_is_left(Turn& t, trace::Cookie cookie) {
    const Socket& s = t.w.sockets[cookie];
    if (s.connection != no_slot || s.request != no_slot || s.time_wait != no_slot ||
        s.listener != no_slot)
        return;
    t.journal.note([&] {
        trace::Event e;
        e.kind = trace::EventKind::socket_gone;
        e.socket = cookie;
        e.host = s.host;
        return e;
    });
    if (s.number == 0 && s.fd < 0) // no name and no descriptor leads to it
        t.w.sockets.forget(cookie);
}

namespace {

// TIME_WAIT, the end of an orphan, CLOSED: what the state of a connection means for its records.
void settle_state(Turn& t, Slot slot, tcp::Connection& c, Socket& s) {
    Contents& w = t.w;
    const S state = c.status.state();
    if (s.time_wait != no_slot) {
        // the small record goes on by itself
    } else if (state == S::time_wait) {
        if (!overflows(t, c))
            shrink(t, slot, s, tcp::time_wait_length(w.hosts[c.host].stack));
    } else if (state == S::fin_wait_2 && c.orphan) {
        const tcp::OrphanWait wait =
            tcp::orphan_fin_wait_2(w.hosts[c.host].stack, c.options, c.rtt.rto);
        const bool waiting = c.keep.kind == trace::Timer::fin_wait_2;
        if (wait.limited && wait.waits > trace::Duration{} &&
            !(waiting && c.keep.repetitions > 0)) {
            if (!waiting || !c.keep.runs())
                c.keep = {w.now + wait.waits, w.now, t.journal.cause(), trace::Timer::fin_wait_2,
                          0};
        } else if (wait.limited && !(waiting && c.keep.runs()) && !overflows(t, c)) {
            shrink(t, slot, s, wait.lingers);
        }
    } else if (state == S::closed) {
        w.flows.remove(flow_of(s), c.cookie);
    }
}

// Whether the connection's record is gone (out of the way of those that go on). One that its
// program let go, or that never had one, ends with its state; one in an accept queue waits there
// for accept(), CLOSED or not.
bool settle_end(Turn& t, Slot slot, Held<tcp::Connection>& held, Socket& s) {
    Contents& w = t.w;
    tcp::Connection& c = held.record;
    const trace::Cookie cookie = c.cookie;
    settle_state(t, slot, c, s);
    if (s.connection == no_slot)
        return true;
    const bool closed = c.status.state() == S::closed;
    // tcp_set_state(): only a port that the program has bound outlives the connection.
    if (closed && !port_is_bound(w, s))
        let_port_go(w, s);
    if (!c.orphan || (!closed && s.time_wait == no_slot))
        return false;
#ifndef NDEBUG
    stop_if_broken(w, c, t.journal.log());
#endif
    set_due(w, held, DueKind::connection, slot, trace::never);
    w.connections.remove(slot);
    s.connection = no_slot;
    let_port_go(w, s);
    gone_if_nothing_is_left(t, cookie);
    return true;
}

} // namespace

namespace {

void tell_ready(Turn& t, trace::Cookie cookie, Slot slot, const Socket& s) {
    if (s.number != 0)
        wake(t, cookie);
    else if (t.happened && s.fd >= 0) // its program goes by cookies
        t.happened->ready.push_back({cookie, slot});
}

[[gnu::noinline]] void settle_with_end(Turn& t, Slot slot, Held<tcp::Connection>& held, Socket& s,
                                       bool may_end) {
    const trace::Cookie cookie = held.record.cookie;
    if (!may_end || !settle_end(t, slot, held, s)) {
        set_due(t.w, held, DueKind::connection, slot, next_deadline(t.w, held.record));
#ifndef NDEBUG
        stop_if_broken(t.w, held.record, t.journal.log());
#endif
    }
    tell_ready(t, cookie, slot, s);
}

} // namespace

void settle(Turn& t, Slot slot) {
    auto& held = t.w.connections.all[slot];
    if (held.used) // else a call that it woke has ended it
        settle(t, slot, held, t.w.sockets[held.record.cookie]);
}

void settle(Turn& t, Slot slot, Held<tcp::Connection>& held, Socket& s) {
    tcp::Connection& c = held.record;
    const S state = c.status.state();
    t.w.connections.all.used(slot);
    const bool may_end = c.orphan || state == S::time_wait || state == S::closed;
    Happened* const h = t.happened;
    // What has to call others in between is apart: so the many that go on need no register saved.
    if (may_end || s.number != 0 || t.w.timers == Timers::by_wheel ||
        (h && h->ready.size() == h->ready.capacity())) {
        settle_with_end(t, slot, held, s, may_end);
        return;
    }
#ifndef NDEBUG
    stop_if_broken(t.w, c, t.journal.log());
#endif
    if (h && s.fd >= 0)
        h->ready.push_back({c.cookie, slot});
    set_due(t.w, held, DueKind::connection, slot, tcp::next_deadline(c));
}

void leave_syn_queue(Turn& t, const tcp::Request& r) {
    const Slot l = r.listener == trace::none ? no_slot : t.w.sockets[r.listener].listener;
    if (l == no_slot)
        return;
    tcp::Listener& listener = t.w.listeners[l];
    auto& queue = listener.syn_queue;
    const auto at = std::find(queue.begin(), queue.end(), r.cookie);
    if (at == queue.end())
        return;
    queue.erase(at);
    if (r.resend.repetitions == 0 && listener.young > 0)
        --listener.young;
    queue_changed(t, listener, trace::Queue::syn);
}

void remove_request(Turn& t, Slot slot) {
    Contents& w = t.w;
    const tcp::Request r = w.requests[slot];
    leave_syn_queue(t, r);
    w.flows.remove(flow_of(w.sockets[r.cookie]), r.cookie);
    set_due(w, w.requests.all[slot], DueKind::request, slot, trace::never);
    w.requests.remove(slot);
    w.sockets[r.cookie].request = no_slot;
    gone_if_nothing_is_left(t, r.cookie);
}

void forget_request(Turn& t, Slot slot) {
    tcp::Request& r = t.w.requests[slot];
    auto m = t.moment(r.host);
    tcp::advance(r.status, r.cookie, trace::Trigger::gave_up, m,
                 trace::Rule::listener_closed_forgets_requests);
    remove_request(t, slot);
}

void remove_time_wait(Turn& t, Slot slot) {
    Contents& w = t.w;
    auto& held = w.time_waits.all[slot];
    const trace::Cookie cookie = held.record.cookie;
    const tcp::Status status = held.record.status;
    Socket& s = w.sockets[cookie];
    w.flows.remove(flow_of(s), cookie);
    set_due(w, held, DueKind::time_wait, slot, trace::never);
    w.time_waits.remove(slot);
    s.time_wait = no_slot;
    --w.hosts[s.host].waiting;
    time_wait_lets_port_go(w, s);
    // A program that still holds the descriptor sees what became of it.
    if (s.connection != no_slot)
        w.connections[s.connection].status = status;
    gone_if_nothing_is_left(t, cookie);
}

void queue_changed(Turn& t, const tcp::Listener& l, trace::Queue queue) {
    t.journal.note([&] {
        trace::Event e;
        e.kind = trace::EventKind::queue_changed;
        e.socket = l.cookie;
        e.host = l.host;
        e.what = static_cast<std::uint8_t>(queue);
        e.value = static_cast<std::int64_t>(queue == trace::Queue::syn ? l.syn_queue.size()
                                                                       : l.accept_queue.size());
        e.limit = static_cast<std::int32_t>(std::min<std::uint32_t>(l.limit, INT32_MAX));
        return e;
    });
}

} // namespace world
