// What a sleeping thread waited for is there: when it runs again, on a machine that may be busy.
#include <algorithm>

#include "tcp/window.hpp"
#include "turn.hpp"

namespace world {

namespace {

// Who made the call may know more of it than who made the thread.
const Scheduling& scheduling(const Thread& thread) {
    const Scheduling& of_call = thread.calls.front().scheduling;
    return of_call.most > trace::Duration{} ? of_call : thread.scheduling;
}

bool found_enough(const Contents& w, const Thread& thread, const Socket& s) {
    const std::uint32_t enough = scheduling(thread).enough;
    return enough > 0 && s.connection != no_slot &&
           tcp::unread(w.connections[s.connection]) >= enough;
}

trace::Instant runs_at(const Contents& w, const Thread& thread, const Socket& s) {
    const Scheduling& how = scheduling(thread);
    const trace::Duration wait = how.until - w.now;
    if (how.enough > 0 && wait <= how.most && trace::Duration{} - wait <= how.most)
        return found_enough(w, thread, s) ? w.now : how.until + how.most;
    if (wait > trace::Duration{} && wait <= how.most)
        return how.until;
    return w.now + std::max(how.latency, thread.calls.front().scheduling.latency);
}

} // namespace

void wake(Turn& t, trace::Cookie cookie) {
    const Socket& s = t.w.sockets[cookie];
    Named& n = t.w.hosts[s.host].names[s.number - 1u];
    if (n.thread.calls.empty() || !n.thread.asleep || n.socket != cookie)
        return;
    if (!t.w.owned.empty() && is_owned(t.w, cookie)) [[unlikely]]
        return;
    if (Grip& grip = n.thread.calls.front().grip; grip.after > 0) [[unlikely]] {
        trace::Instant& over = n.thread.calls.front().burst_over;
        if (over == trace::never)
            t.w.deadlines.add(over = t.w.now + longest_burst, DueKind::wake, cookie);
        if (--grip.after == 0)
            run_thread(t, s.host, s.number);
        return;
    }
    const trace::Instant when = runs_at(t.w, n.thread, s);
    if (when == t.w.now && (found_enough(t.w, n.thread, s) || t.w.deadlines.first() != t.w.now))
        return run_thread(t, s.host, s.number);
    if (n.thread.woken)
        return;
    n.thread.woken = true;
    n.thread.woken_by = t.journal.cause();
    t.w.deadlines.add(when, DueKind::wake, cookie);
}

void woken_thread_runs(Turn& t, trace::Cookie cookie) {
    const Socket& s = t.w.sockets[cookie];
    if (s.listener != no_slot) { // accept() on a busy machine
        const std::uint16_t which = t.w.listeners[s.listener].which;
        Thread& thread = acceptor(t.w.hosts[s.host], which);
        t.journal.begin_beat(s.host, trace::none);
        thread.woken = false;
        return run_main_thread(t, s.host, which);
    }
    if (s.number == 0)
        return; // the listener was closed meanwhile
    Named& n = t.w.hosts[s.host].names[s.number - 1u];
    t.journal.begin_beat(s.host, n.thread.woken_by);
    n.thread.woken = false;
    n.thread.woken_by = trace::none;
    if (!n.thread.calls.empty() && n.thread.calls.front().burst_over == t.w.now) [[unlikely]] {
        n.thread.calls.front().grip.after = 0; // fewer came than were expected
        if (is_owned(t.w, cookie))
            return give_back(t, cookie);
    }
    if (!n.thread.calls.empty() && n.thread.asleep && n.socket == cookie)
        run_thread(t, s.host, s.number);
}

void accept_queue_grew(Turn& t, trace::Cookie listener) {
    if (t.happened)
        t.happened->ready.push_back({listener, no_slot});
    const Socket& s = t.w.sockets[listener];
    const std::uint16_t which =
        s.listener == no_slot ? std::uint16_t{1} : t.w.listeners[s.listener].which;
    Thread& thread = acceptor(t.w.hosts[s.host], which);
    if (thread.calls.empty())
        return;
    if (thread.asleep && thread.calls.front().scheduling.latency.ns > 0) [[unlikely]] {
        if (!thread.woken)
            t.w.deadlines.add(t.w.now + thread.calls.front().scheduling.latency, DueKind::wake,
                              listener);
        thread.woken = true;
        return;
    }
    run_main_thread(t, s.host, which);
}

void delay_wake(Contents& w, trace::CallId call, const scenario::Woken& woken) {
    Scheduling how{woken.waits, {}, {}, woken.found};
    if (woken.returns != trace::never) {
        how.until = woken.returns;
        how.most = trace::milliseconds(2); // what is further away has other reasons
    }
    const auto of = [&](Thread& thread) {
        for (PendingCall& pending : thread.calls)
            if (pending.id == call)
                pending.scheduling = how;
    };
    for (Host& h : w.hosts) {
        of(h.main);
        for (Thread& thread : h.workers)
            of(thread);
        for (Named& n : h.names)
            of(n.thread);
    }
}

} // namespace world
