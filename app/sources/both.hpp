// One script in both worlds: played by the simulator and by the real kernel, and what differs
// first.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "net/stage.hpp"
#include "scenario/runner.hpp"
#include "trace/compare.hpp"
#include "world/manner.hpp"

namespace sources {

// Lines, deliveries and threads that are later than this can change the order of things.
inline constexpr auto too_late = trace::milliseconds(4);

// A play of a script, to its end.
struct Play {
    scenario::Report report;
    trace::Trace trace;
    trace::Snapshot end;
};
Play play_simulated(const scenario::Scenario&);

struct KernelOptions {
    std::string helper; // where twomsl-lab lies; "": beside this program
    int tries = 3;      // of a comparison that the machine was too busy for
    std::function<void(const trace::Trace&, const trace::Snapshot&)> on_progress;
    // Called with the stage before it plays, so that somebody else may stop it, and with nullptr
    // when it is over.
    std::function<void(net::KernelStage*)> on_stage;
};
struct KernelPlay : Play {
    net::Pace pace;      // what the machine decided, and not the script
    std::string failure; // why this machine cannot, in one sentence; "" when it did
    std::string scope;   // what is seen and how
    std::string congestion_control;
    trace::Duration lateness; // of the lines and the wire: how busy the machine was
};
KernelPlay play_on_kernel(const scenario::Scenario&, const KernelOptions& = {});

// Why a comparison with the kernel underneath would be unfair: the script's profile is another
// stack. "" when it is not.
std::string other_profile(const scenario::Scenario&);

// A play of the simulator that a play of the kernel is held against.
struct Match {
    Play simulated;
    std::optional<trace::Difference> difference; // names and times as in the kernel's trace
    // What was expected held in both worlds, or failed for nothing but the machine's lateness.
    bool held = false;
    scenario::Scenario script; // that was simulated, in this manner
    world::Manner manner;
    [[nodiscard]] bool agrees() const { return !difference && held; }
};
struct Comparison : Match {
    KernelPlay kernel;
};
// Plays the script on the kernel (again, if the machine was too busy to play it in time), and in
// the simulator for as long.
Comparison play_both(const scenario::Scenario&, const KernelOptions& = {});
// Of two plays of one script so far. `until`: what the kernel has told; `lateness`: of its lines
// and its wire.
std::optional<trace::Difference> first_difference(const trace::Trace& kernel,
                                                  const trace::Trace& simulated,
                                                  trace::Instant until, trace::Duration lateness);
// The play of the simulator that comes nearest: ties and timers can be played in more than one way
// that a kernel shows, and where the machine was late the simulator can be so, too.
Match match(const scenario::Scenario&, const KernelPlay&);

// "At 1.22 s, segments client#1>server:80: ack: the kernel 101, the simulator 1."
std::string sentence(const trace::Difference&, const std::string& language);
// The rule that the simulator followed there, with its source; "" where it did nothing.
std::string rule_sentence(const trace::Difference&, const std::string& language);
std::string explained(const trace::Difference&, const std::string& language); // both

} // namespace sources
