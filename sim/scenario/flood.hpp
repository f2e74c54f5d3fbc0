// What a flood consists of, in whatever world it rages.
#pragma once
#include "action.hpp"

namespace scenario {

// The i-th SYN: another address of 198.18.0.0/15 (RFC 2544, given to tests) and another number each
// time, the options that a client has.
trace::Segment nth_syn(trace::Endpoint to, std::uint32_t i);

} // namespace scenario
