// The states as the kernel's tracepoint sock:inet_sock_set_state shows them.
//
// A half-open connection is no socket yet: LISTEN -> SYN_RECV -> ESTABLISHED show together when the
// final ACK makes it one. Where a small record takes over (TIME_WAIT, or the FIN_WAIT_2 of an
// orphan), the socket goes to CLOSE, and what happens to the record is not traced.
#pragma once
#include <vector>

#include "event.hpp"

namespace trace {

struct TracedState {
    Instant at;
    HostId host = no_host;
    Cookie socket = none;
    State from = State::closed, to = State::closed;
    Rule rule = Rule::none;
    EventId event = none;
    friend bool operator==(const TracedState&, const TracedState&) = default;
};

// `events` of them, from the start.
std::vector<TracedState> kernel_view(const Trace&, std::size_t events);

} // namespace trace
