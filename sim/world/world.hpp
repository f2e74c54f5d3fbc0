// The world as a value: hosts, wires, everything that is due. Copy it to keep an instant, compare it
// with ==, replay the same inputs and get the same trace, bit for bit.
//
// It holds no trace: whoever steps it hands in the log that it appends to (or nullptr, to replay
// without recording). How much has been recorded is part of the value, so a replay numbers its events,
// segments, calls and sockets as the first time.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/action.hpp"
#include "scenario/scenario.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"
#include "trace/time.hpp"

namespace world {

// How many records of each kind the log holds after this instant: cut a log to these and it is the
// log of this world. (The next id of each kind.)
struct Recorded {
    std::uint32_t events = 0;
    std::uint32_t segments = 0;
    std::uint32_t calls = 0;
    std::uint32_t sockets = 0;
    std::uint32_t beats = 0;
    friend bool operator==(const Recorded&, const Recorded&) = default;
};

class World {
public:
    trace::Instant now() const;
    // When something happens by itself next; nullopt: nothing ever will.
    std::optional<trace::Instant> next_due() const;
    // Time jumps to the next due thing and exactly that happens. REQUIRES: next_due() has a value.
    void step(trace::Trace* log);
    // Time passes, nothing happens. REQUIRES: now() <= t, nothing due before t (at t is allowed).
    void wait_until(trace::Instant t);
    // Everything due at or before t happens, then it is t.
    void advance(trace::Instant t, trace::Trace* log);
    // At this instant, from outside. Returns the last call that it made, trace::none if none.
    trace::CallId submit(const scenario::Action&, trace::Trace* log);

    std::optional<trace::Cookie> find(const scenario::SocketName&) const;
    Recorded recorded() const;
    std::size_t bytes() const;
    friend bool operator==(const World&, const World&) = default;
};

// The world that a scenario's header describes, at t = 0. REQUIRES: !validate(scenario).
// Also names the hosts in the log.
World make_world(const scenario::Scenario&, trace::Trace* log);

// What the header or a line asks for and this machine does not have (a profile, a sysctl, an option,
// a counter), at its place in the file.
std::optional<scenario::ParseError> validate(const scenario::Scenario&);

// What there is now, as views and expectations see it.
trace::Snapshot project(const World&);

}  // namespace world
