// Calls that a recording leaves out: of a program that writes until EAGAIN only the first and the
// last writes are rows, and the sum of all is derived; of one that reads at a steady pace some in
// the middle are missing, of one that sleeps in between all but the first.
#pragma once
#include <vector>

#include "recording.hpp"

namespace oracle {

// The calls in between, evenly spread over the gap; their results are not known.
std::vector<CallRow> left_out(const Recording&);

} // namespace oracle
