// CUBIC's congestion avoidance, RFC 9438, in the integers of tcp_cubic.c, and what HyStart
// remembers.
#pragma once
#include <cstdint>

#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

inline constexpr std::int64_t hz = 250; // CONFIG_HZ of the distributions
// The kernel's tcp_jiffies32; never 0, which means "none".
constexpr std::uint32_t jiffies(trace::Instant t) {
    return static_cast<std::uint32_t>(t.ns / (1'000'000'000 / hz)) + 1;
}

struct Cubic {
    std::uint32_t per_increase = 0; // acknowledged segments for one more in the window
    std::uint32_t last_most = 0;    // window just before the last reduction
    std::uint32_t last_cwnd = 0, origin = 0;
    std::uint32_t last_time = 0, epoch = 0; // in jiffies; epoch 0: none
    std::uint32_t shortest = 0;             // round trip in microseconds
    std::uint32_t k = 0;                    // 1/1024 s until `origin` is reached
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
