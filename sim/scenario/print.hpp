// An action as the line of a scenario file that does it again.
#pragma once
#include <string>

#include "scenario.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace scenario {

// Without its time: "client connect :80", "wire drop client>server * flying 1". The snapshot and
// log are those just before the action: a verdict on a segment is named by its place among those in
// flight.
std::string print(const Action&, const Scenario&, const trace::Snapshot&, const trace::Trace&);
std::string print(const SocketName&, const Scenario&);
// "20ms", "1.5s": as files write times.
std::string print(trace::Icmp); // as `wire unreachable` has it
std::string print(trace::Duration);
// A segment by hand, as `raw` reads it.
std::string print(const trace::Segment&);

} // namespace scenario
