// When a woken thread gets a processor: at once, unless somebody knows better, as recordings do.
#pragma once
#include <cstdint>

#include "trace/time.hpp"

namespace world {

struct Scheduling {
    trace::Duration latency; // so long after it was woken
    // One that is woken no more than `most` before `until` runs then, or as soon as there are
    // `enough` bytes to read; if there never are, `most` after it.
    trace::Instant until;
    trace::Duration most;
    std::uint32_t enough = 0;
    friend bool operator==(const Scheduling&, const Scheduling&) = default;
};

} // namespace world
