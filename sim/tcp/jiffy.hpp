// The tick in which Linux counts timeouts.
#pragma once
#include "trace/time.hpp"

namespace tcp {

inline constexpr trace::Duration jiffy = trace::milliseconds(4); // HZ=250

// How many it takes to last so long: usecs_to_jiffies(), msecs_to_jiffies().
constexpr std::int64_t jiffies_in(trace::Duration d) {
    return (d.ns + jiffy.ns - 1) / jiffy.ns;
}

} // namespace tcp
