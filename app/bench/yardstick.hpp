// What an event costs on this machine, at this moment, in the plainest simulation that the standard
// library makes: by it a slower machine is told from slower code.
#pragma once
#include <cstdint>

namespace bench {

// Nanoseconds of processor time for each of `events` events among so many flows.
double yardstick(std::uint64_t events, std::uint32_t flows);

} // namespace bench
