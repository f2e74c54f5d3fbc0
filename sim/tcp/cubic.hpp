// CUBIC's congestion avoidance, RFC 9438, in the integers of tcp_cubic.c; HyStart is left out: it
// ends slow start early on paths whose delay grows with load, and the wires here have no queues.
#pragma once
#include <cstdint>

#include "trace/time.hpp"

namespace tcp {

struct Cubic {
    std::uint32_t per_increase = 0; // acknowledged segments for one more in the window
    std::uint32_t last_most = 0;    // window just before the last reduction
    std::uint32_t last_cwnd = 0, origin = 0;
    std::int64_t last_time = 0, epoch = 0; // in jiffies; epoch 0: none
    std::uint32_t shortest = 0;            // round trip in microseconds
    std::uint32_t k = 0;                   // 1/1024 s until `origin` is reached
    std::uint32_t acked = 0;
    std::uint32_t reno = 0; // what Reno's window would be
    friend bool operator==(const Cubic&, const Cubic&) = default;
};

void cubic_round_trip(Cubic&, trace::Duration);
std::uint32_t cubic_threshold(Cubic&, std::uint32_t cwnd);
// Sets per_increase.
void cubic_update(Cubic&, std::uint32_t cwnd, std::uint32_t acked, trace::Instant now);

} // namespace tcp
