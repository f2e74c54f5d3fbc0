// Where the kernel's clock tick stands, on which its timers fire.
#pragma once

#include "trace/time.hpp"

#include <cstdint>
#include <optional>

namespace net {

// How far the kernel's timer wheel had turned at this instant of CLOCK_MONOTONIC, where there are
// 250 ticks a second; nullopt: there are not, or it cannot be told. Takes some 20 ms the first
// time.
std::optional<trace::Duration> wheel_phase(std::int64_t monotonic_ns);

} // namespace net
