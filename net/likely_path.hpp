// What must have happened between two looks at a socket: the rows of the transition table from one
// state to the other.
#pragma once

#include "trace/call.hpp"
#include "trace/segment.hpp"
#include "trace/state.hpp"
#include "trace/transition.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace net {

// Where the other end is when this one is no more. Whoever closes second ends because the first,
// then in TIME_WAIT, has acknowledged its FIN: without such a TIME_WAIT it was no orderly close.
enum class FarEnd : std::uint8_t { not_asked, in_time_wait, elsewhere, not_to_be_seen };

// What happened to a socket just before the look, as far as it was seen.
struct Stimulus {
    std::optional<trace::Segment> arrived;
    std::optional<trace::Call> call;
    std::optional<trace::Rule> abort; // why a RST leaves and no FIN: unread data, SO_LINGER 0, …
    bool retransmitting = false;      // the socket's last look showed repetitions
    bool peer_aborted = false;        // the other end did so
    bool was_request = false;         // a half-open request that never became a socket
    bool one_step = false;            // the kernel has told this very transition
    bool no_time_wait = false;        // tcp_time_wait() found no room: TCPTimeWaitOverflow rose
    bool cannot_time_out = false;     // no timer of it could end it by now
    FarEnd far = FarEnd::not_asked;
};

struct Leg {
    trace::State from = trace::State::closed;
    trace::State to = trace::State::closed;
    trace::Trigger trigger = trace::Trigger::close_call;
    trace::Rule rule = trace::Rule::observed;
};

struct LikelyPath {
    std::vector<Leg> legs;         // in order; empty when the table knows no way
    bool has_alternatives = false; // another way is as short: this is one of them
    bool is_unknown = false;       // it ended, in which of several ways nobody knows
};

// One row that fits what was seen best, or else the shortest way. A reset or timeout is supposed
// only with a reason.
LikelyPath likely_path(trace::State from, trace::State to, const Stimulus& seen);
bool leads_to_time_wait(trace::State); // unless there is no room for one

} // namespace net
