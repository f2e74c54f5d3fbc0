// When a woken thread gets a processor: at once, unless somebody knows better, as recordings do.
#pragma once
#include <array>
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

// How one read() falls among the segments of a burst, counted in segments. While it copies it holds
// the socket: what arrives then waits in the backlog until it looks there or gives the socket back
// (lock_sock(), tcp_add_backlog(), release_sock()).
struct Grip {
    std::uint8_t after = 0;              // so many have come when it begins; 0: as it is woken
    std::array<std::uint8_t, 3> meets{}; // so many come while it copies, and it copies them, too
    std::uint8_t leaves = 0; // so many come after its last look: taken in when it gives back
    bool holds() const { return meets[0] > 0 || leaves > 0; }
    friend bool operator==(const Grip&, const Grip&) = default;
};

} // namespace world
