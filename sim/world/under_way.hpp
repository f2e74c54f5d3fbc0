// Segments under way: what the wires and the verdicts on them share.
#pragma once
#include "turn.hpp"

namespace world {

void note_on_wire(Turn&, trace::EventKind, const Flying&, trace::Rule);
// nullptr: from or to nobody.
Wire* wire_between(Contents&, trace::HostId from, trace::HostId to);
// One more is under way.
void launch(Turn&, const Flying&);
// When the machine handed over what here would be due then. That may have left a moment earlier or
// later than here: the very instant counts, for what comes one after another stays in its order.
trace::Instant handed_over(const scenario::Handover& real, trace::Instant due, trace::Instant now);

// The verdict of a rule, if there is one whose turn it is.
void obey(Turn&, Slot, trace::Duration delay);

} // namespace world
