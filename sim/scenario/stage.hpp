// Where a script plays: a simulated world or a real kernel. Asynchronous: results are events in the
// trace.
#pragma once
#include <optional>
#include <string>

#include "action.hpp"
#include "lateness.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace scenario {

class Stage {
public:
    virtual ~Stage() = default;
    // Everything due at or before t has happened when this returns, effects of earlier actions
    // included.
    virtual void advance(trace::Instant t) = 0;
    // The thread that makes the next call gets a processor so long after it is woken: to play again
    // what a busy machine played. Only threads of an invented world obey.
    virtual void wakes_late(const Woken&) {}
    // At the present instant. Calls of a busy thread wait for it. Returns the CallId of the last
    // call it made, none if none.
    virtual trace::CallId submit(const Action&) = 0;
    virtual trace::Snapshot snapshot() const = 0;
    virtual const trace::Trace& trace() const = 0;
    virtual trace::Instant now() const { return snapshot().now; }
    // Timers are exact, and what is due at an instant has happened then. Those of a real kernel are
    // late, never early, and it takes time to see what they did.
    virtual bool exact() const { return true; }
    // When something happens by itself next.
    virtual std::optional<trace::Instant> next_due() const { return snapshot().next_due; }
    // Why it plays no further (its memory is used up), in one sentence; "" while it does.
    virtual std::string stopped() const { return {}; }
    // The socket that a script's name stands for now; nullopt: nothing is left of it, or not yet
    // there.
    virtual std::optional<trace::Cookie> find(const SocketName&) const = 0;
};

} // namespace scenario
