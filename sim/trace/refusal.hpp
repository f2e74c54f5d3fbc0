// The second table: which call is refused in which state, with which errno (KERNEL: measured on
// Linux 6.18).
#pragma once
#include <cstdint>
#include <optional>
#include <span>

#include "call.hpp"
#include "rule.hpp"
#include "state.hpp"

namespace trace {

// What else must be true for a row to apply; several may hold at once, the first matching row
// decides.
enum class Condition : std::uint8_t {
    always,
    error_pending, // SO_ERROR is set: the next call takes it
    never_connected,
    was_connected, // CLOSED after a life as a connection
    shut_wr,       // the sending direction is closed
    nothing_to_do, // the call would block and the descriptor is non-blocking
    disconnecting, // shut down after a connect() that was not asked for its end (SS_DISCONNECTING)
};

// The facts about one socket that the conditions ask for.
struct CallContext {
    bool error_pending = false;
    bool was_connected = false;
    bool shut_wr = false;
    bool would_block = false; // the call cannot finish now
    bool nonblocking = false;
    bool disconnecting = false;
    Errno pending_error = Errno::ok;
};

struct Refusal {
    State state;
    Call call;
    Condition condition;
    Errno error; // ok stands for "the pending error itself"
    Rule why;
};

std::span<const Refusal> refusals();

// The errno a call gets right away in this state; nullopt: it is legal (and may block).
std::optional<Refusal> refused(State, Call, const CallContext&);

} // namespace trace
