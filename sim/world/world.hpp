// The world as a value: hosts, wires, everything that is due. Copy it to keep an instant, compare
// it with ==, replay the same inputs and get the same trace, bit for bit.
//
// It holds no trace: whoever steps it hands in the log that it appends to (or nullptr, to replay
// without recording). How much has been recorded is part of the value, so a replay numbers its
// events, segments, calls and sockets as the first time.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "by_hand.hpp"
#include "contents.hpp"
#include "manner.hpp"
#include "program.hpp"
#include "scenario/action.hpp"
#include "scenario/scenario.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"
#include "trace/time.hpp"

namespace world {

class World {
public:
    World(); // no hosts at all
    explicit World(Contents&&);

    trace::Instant now() const { return contents_.now; }
    // When something happens by itself next; nullopt: nothing ever will.
    std::optional<trace::Instant> next_due() const;
    // Time jumps to the next due thing and exactly that happens. REQUIRES: next_due() has a value.
    void step(trace::Trace* log, Happened* = nullptr);
    // The same if something is due at or before `limit`; otherwise it is `limit` now, and false.
    bool step_by(trace::Instant limit, trace::Trace* log, Happened* = nullptr);
    // Time passes, nothing happens. REQUIRES: now() <= t, nothing due before t (at t is allowed).
    void wait_until(trace::Instant t);
    // Everything due at or before t happens, then it is t.
    void advance(trace::Instant t, trace::Trace* log);
    // At this instant, from outside. Returns the last call that it made, trace::none if none.
    // `woken`: when a thread that sleeps in it gets a processor.
    trace::CallId submit(const scenario::Action&, trace::Trace* log,
                         const scenario::Woken& woken = {});
    trace::CallId submit(const ByHand&, trace::Trace* log);
    // A program's call on a socket by its cookie; it never waits.
    ProgramResult call(const ProgramCall&, trace::Trace* log, Happened* = nullptr);
    // getsockopt(SO_ERROR): the pending error, which is then no longer pending.
    trace::Errno take_error(trace::Cookie);
    // poll() for writing: a descriptor without room remembers that it was asked.
    void ask_for_room(trace::Cookie);

    std::optional<trace::Cookie> find(const scenario::SocketName&) const;
    // What a log holds after this instant: cut a log to these counts and it is the log of this
    // world.
    Recorded recorded() const { return contents_.recorded; }
    // An exact tie of a timer with an arrival can be played either way.
    void set_ties(Ties t) { contents_.ties = t; }
    // From now on timers fire as exactly, or as late, as this.
    void set_timers(Timers t, trace::Duration phase = {}) {
        contents_.timers = t;
        contents_.wheel_phase = phase;
        for (Host& host : contents_.hosts)
            host.stack.wheel = contents_.wheel();
    }

    void play_in(const Manner&); // before it plays
    // Before it plays: every host goes this way, or does not, whatever its profile says.
    void set_way(tcp::Way, bool);

    // About how much memory a copy takes.
    std::size_t bytes() const;

    const Contents& contents() const { return contents_; }
    friend bool operator==(const World&, const World&) = default;

private:
    Contents contents_;
};

// The world that a scenario's header describes, at t = 0 (its parser asked known()).
// Also names the hosts in the log.
World make_world(const scenario::Scenario&, trace::Trace* log);

// What there is now, as views and expectations see it.
trace::Snapshot project(const World&);

} // namespace world
