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

// With a long tcp_fin_timeout an orphan stays a socket for a while (tcp_rcv_state_process()): its
// timer then fires twice, first for the small record to take over, then for the end.
bool waits_as_socket(const Trace& trace, std::size_t from) {
    const Cookie socket = trace.events[from].socket;
    for (std::size_t i = from + 1; i < trace.events.size(); ++i) {
        const Event& e = trace.events[i];
        if (e.socket != socket)
            continue;
        if (e.kind == EventKind::transition)
            return false;
        if (!fin_wait_2_timer(e))
            continue;
        for (++i; i < trace.events.size() && trace.events[i].at == e.at; ++i)
            if (trace.events[i].socket == socket && trace.events[i].kind == EventKind::transition)
                return false;
        return true;
    }
    return false;
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
        const bool asked = e.kind == EventKind::transition || closes(trace, e);
        if (may_shrink && (fin_wait_2_timer(e) || (asked && !waits_as_socket(trace, i)))) {
            show(State::fin_wait_2, State::closed);
            life.is_small = true;
        }
    }
    return seen;
}

} // namespace trace
