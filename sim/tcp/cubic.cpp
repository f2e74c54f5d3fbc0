// bictcp_update(), cubictcp_recalc_ssthresh().
#include "cubic.hpp"

#include <algorithm>

#include "jiffy.hpp"

namespace tcp {

static_assert(jiffy * hz == trace::seconds(1));
namespace {

constexpr std::uint32_t beta = 717, scale = 1024; // 0.7
constexpr std::uint32_t units_shift = 10;         // BICTCP_HZ
constexpr std::uint64_t cube_rtt_scale = 41 * 10; // C = 0.4
constexpr std::uint64_t cube_factor = (std::uint64_t{1} << (10 + 3 * units_shift)) / cube_rtt_scale;
constexpr std::uint32_t reno_scale = 8 * (scale + beta) / 3 / (scale - beta);

std::uint32_t cube_root(std::uint64_t a) {
    std::uint64_t low = 0, high = 2642246; // cube root of 2^64
    while (low < high) {
        const std::uint64_t middle = (low + high + 1) / 2;
        if (middle * middle * middle <= a)
            low = middle;
        else
            high = middle - 1;
    }
    return static_cast<std::uint32_t>(low);
}

void begin_epoch(Cubic& c, std::uint32_t cwnd, std::uint32_t acked, std::uint32_t now) {
    c.epoch = now;
    c.acked = acked;
    c.reno = cwnd;
    if (c.last_most <= cwnd) {
        c.k = 0;
        c.origin = cwnd;
    } else {
        c.k = cube_root(cube_factor * (c.last_most - cwnd));
        c.origin = c.last_most;
    }
}

// At least as fast as Reno would be.
void be_friendly(Cubic& c, std::uint32_t cwnd) {
    const std::uint32_t step = std::max((cwnd * reno_scale) >> 3, 1u);
    while (c.acked > step) {
        c.acked -= step;
        ++c.reno;
    }
    if (c.reno > cwnd)
        c.per_increase = std::min(c.per_increase, cwnd / (c.reno - cwnd));
    c.per_increase = std::max(c.per_increase, 2u);
}

} // namespace

std::uint32_t cubic_threshold(Cubic& c, std::uint32_t cwnd) {
    c.epoch = 0;
    // Fast convergence: make room for others.
    c.last_most = cwnd < c.last_most ? cwnd * (scale + beta) / (2 * scale) : cwnd;
    return std::max(cwnd * beta / scale, 2u);
}

void cubic_update(Cubic& c, std::uint32_t cwnd, std::uint32_t acked, trace::Instant at) {
    const std::uint32_t now = jiffies(at);
    c.acked += acked;
    if (c.last_cwnd == cwnd && now - c.last_time <= static_cast<std::uint32_t>(hz / 32))
        return;
    if (c.epoch != 0 && now == c.last_time) {
        be_friendly(c, cwnd);
        return;
    }
    c.last_cwnd = cwnd;
    c.last_time = now;
    if (c.epoch == 0)
        begin_epoch(c, cwnd, acked, now);
    const std::int64_t round_trip = (std::int64_t{c.shortest} * hz + 999'999) / 1'000'000;
    const auto t = static_cast<std::uint64_t>(
        ((std::int64_t{now - c.epoch} + round_trip) << units_shift) / hz);
    const std::uint64_t away = t < c.k ? c.k - t : t - c.k;
    const auto change = static_cast<std::uint32_t>(std::min<std::uint64_t>(
        (cube_rtt_scale * away * away * away) >> (10 + 3 * units_shift), 0x3fffffff));
    const std::uint32_t target =
        t < c.k ? c.origin - std::min(change, c.origin) : c.origin + change;
    c.per_increase = target > cwnd ? cwnd / (target - cwnd) : 100 * cwnd;
    if (c.last_most == 0)
        c.per_increase = std::min(c.per_increase, 20u);
    be_friendly(c, cwnd);
}

} // namespace tcp
