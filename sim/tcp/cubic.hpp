// CUBIC's congestion avoidance, RFC 9438, in the integers of tcp_cubic.c, and what HyStart remembers.
#pragma once
#include <cstdint>

#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Cubic {
    std::uint32_t per_increase = 0; // acknowledged segments for one more in the window
    std::uint32_t last_most = 0;    // window just before the last reduction
    std::uint32_t last_cwnd = 0, origin = 0;
    std::uint32_t last_time = 0, epoch = 0; // in jiffies; epoch 0: none
    std::uint32_t shortest = 0;            // round trip in microseconds
    std::uint32_t k = 0;                   // 1/1024 s until `origin` is reached
    std::uint32_t acked = 0;
    std::uint32_t reno = 0; // what Reno's window would be
    // HyStart: of this round trip, in microseconds.
    std::uint32_t round_start = 0, last_ack = 0;
    std::uint32_t round_shortest = 0;
    trace::Seq round_end;
    std::uint8_t samples = 0;
    bool found = false; // slow start was ended
    friend bool operator==(const Cubic&, const Cubic&) = default;
};

std::uint32_t cubic_threshold(Cubic&, std::uint32_t cwnd);
// Sets per_increase.
void cubic_update(Cubic&, std::uint32_t cwnd, std::uint32_t acked, trace::Instant now);

} // namespace tcp
