// The tracepoint's view of a log.
#include "kernel_view.hpp"

namespace trace {
namespace {

struct Life {
    State state = State::closed;
    bool is_request = false; // half-open, and not traced yet
    bool is_orphan = false;
    bool is_small = false; // a small record, not traced any more
};

bool closes(const Trace& trace, const Event& e) {
    return e.kind == EventKind::call_entered && e.ref < trace.calls.size() &&
           trace.calls[e.ref].call == Call::close;
}

bool fin_wait_2_timer(const Event& e) {
    return e.kind == EventKind::timer_fired && e.timer() == Timer::fin_wait_2;
}

// A small record takes over (tcp_time_wait()) before anything else happens to the socket: at once,
// or, with a long tcp_fin_timeout, when its first timer fires.
bool shrinks_after(const Trace& trace, std::size_t at) {
    const Cookie socket = trace.events[at].socket;
    const EventId from = trace.sockets[socket].small_from;
    if (from == none || from <= at)
        return false;
    for (std::size_t i = at + 1; i < from && i < trace.events.size(); ++i) {
        const Event& e = trace.events[i];
        if (e.socket == socket &&
            (e.kind == EventKind::transition || closes(trace, e) || fin_wait_2_timer(e)))
            return false;
    }
    return true;
}

} // namespace

std::vector<TracedState> kernel_view(const Trace& trace, std::size_t events) {
    std::vector<TracedState> seen;
    std::vector<Life> lives(trace.sockets.size());
    for (std::size_t i = 0; i < events && i < trace.events.size(); ++i) {
        const Event& e = trace.events[i];
        if (e.socket >= lives.size())
            continue;
        Life& life = lives[e.socket];
        if (life.is_small)
            continue;
        const auto show = [&](State from, State to) {
            if (from != to)
                seen.push_back({e.at, e.host, e.socket, from, to, e.rule, static_cast<EventId>(i)});
        };
        if (life.is_request && i >= trace.sockets[e.socket].child_from) {
            life.is_request = false;
            show(State::listen, State::syn_recv);
        }
        if (closes(trace, e))
            life.is_orphan = true;
        if (e.kind == EventKind::transition) {
            life.state = e.to;
            const bool passive = trace.sockets[e.socket].listener != none;
            // A Fast Open makes a socket at once (tcp_fastopen_create_child()).
            if (passive && e.to == State::syn_recv && e.rule == Rule::fastopen_data_taken) {
                show(State::listen, State::syn_recv);
            } else if (passive && e.to == State::syn_recv) {
                life.is_request = true;
            } else if (life.is_request) {
                life.is_request = false;
                if (e.to == State::closed)
                    continue;
                show(State::listen, State::syn_recv);
                show(State::syn_recv, e.to);
            } else if (e.to == State::time_wait) {
                show(e.from, State::closed);
                life.is_small = true;
            } else {
                show(e.from, e.to);
            }
        }
        const bool may_shrink = life.state == State::fin_wait_2 && life.is_orphan && !life.is_small;
        const bool asked =
            e.kind == EventKind::transition || closes(trace, e) || fin_wait_2_timer(e);
        if (may_shrink && asked && shrinks_after(trace, i)) {
            show(State::fin_wait_2, State::closed);
            life.is_small = true;
        }
    }
    return seen;
}

} // namespace trace
