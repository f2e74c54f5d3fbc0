// A verdict on one segment that is on the wire now, said so that a file can say it again.
#pragma once
#include <optional>

#include "scenario.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace scenario {

// The segment that is meant: the nth of its kind on that wire, in the order of leaving. nullopt:
// there is none.
std::optional<Verdict> resolve(const FlyingVerdict&, const trace::Snapshot&, const trace::Trace&);
// The other way. nullopt: that segment is not on the wire.
std::optional<FlyingVerdict> describe(const Verdict&, const trace::Snapshot&, const trace::Trace&);

} // namespace scenario
