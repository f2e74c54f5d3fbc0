// Recordings of which only the first rows were kept: the rest of their input follows a rule, and
// what was counted and derived is compared.
#pragma once
#include "bench.hpp"
#include "recording.hpp"
#include "trace/story.hpp"

namespace oracle {

// With all calls and hand-made segments.
Recording whole(const Recording&);
// What it counts and derives, as recorded and as the world on the bench has it at its end.
void tell_counts(const Recording&, const Bench&, trace::Story& expected, trace::Story& got);

} // namespace oracle
