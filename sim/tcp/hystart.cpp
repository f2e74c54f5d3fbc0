// hystart_update(), with the parameters that the module has by default.
#include "hystart.hpp"

#include <algorithm>

#include "moment.hpp"
#include "policy.hpp"
#include "window.hpp"

namespace tcp {

using trace::Duration;

namespace {

constexpr std::uint32_t low_window = 16; // hystart_low_window
constexpr std::uint8_t least_samples = 8;
constexpr std::uint32_t train_gap_us = 2000; // hystart_ack_delta_us
constexpr std::uint32_t least_growth_us = 4000, most_growth_us = 16000;
constexpr std::uint32_t no_round_trip = 0xffffffff;

std::uint32_t microseconds(trace::Instant t) {
    return static_cast<std::uint32_t>(t.ns / 1000);
}

// hystart_ack_delay(): what a peer that joins segments may add.
std::uint32_t joining_delay(const Connection& c) {
    const std::uint64_t rate = pacing_rate(c.congestion);
    return rate == 0 ? 0
                     : static_cast<std::uint32_t>(
                           std::min<std::uint64_t>(1000, largest_buffer * 4 * 1'000'000 / rate));
}

// hystart_update()
bool finds_the_end(Connection& c, std::uint32_t delay, const Moment& m) {
    Cubic& q = c.congestion.cubic;
    if (after(c.snd.una, q.round_end))
        begin_hystart_round(c, m);
    if (c.congestion.cwnd < low_window)
        return false;
    bool found = false;
    const std::uint32_t now = microseconds(m.now());
    if (now - q.last_ack <= train_gap_us) {
        q.last_ack = now;
        if (now - q.round_start > (q.shortest + joining_delay(c)) / 2)
            found = true;
    }
    q.round_shortest = std::min(q.round_shortest, delay);
    if (q.samples < least_samples)
        ++q.samples;
    else if (q.round_shortest >
             q.shortest + std::clamp(q.shortest / 8, least_growth_us, most_growth_us))
        found = true;
    return found;
}

} // namespace

void begin_hystart_round(Connection& c, const Moment& m) {
    Cubic& q = c.congestion.cubic;
    q.round_start = q.last_ack = microseconds(m.now());
    q.round_end = c.snd.nxt;
    q.round_shortest = no_round_trip;
    q.samples = 0;
}

void reset_cubic(Connection& c, const Moment& m) {
    c.congestion.cubic = {};
    begin_hystart_round(c, m);
}

void cubic_acked(Connection& c, Duration round_trip, Moment& m) {
    Congestion& g = c.congestion;
    Cubic& q = g.cubic;
    if (q.epoch != 0 && jiffies(m.now()) - q.epoch < hz)
        return; // samples right after a recovery
    const auto us = static_cast<std::uint32_t>(std::max<std::int64_t>(round_trip.ns / 1000, 1));
    if (q.shortest == 0 || us < q.shortest)
        q.shortest = us;
    if (!grows_by_cubic(m.stack) || q.found || g.cwnd >= g.ssthresh || !finds_the_end(c, us, m))
        return;
    q.found = true;
    g.ssthresh = g.cwnd;
    m.explain(trace::Rule::hystart_ends_slow_start);
}

void cubic_resumes(Connection& c, const Moment& m) {
    Cubic& q = c.congestion.cubic;
    const std::uint32_t now = jiffies(m.now()), pause = now - jiffies(c.congestion.last_data);
    if (q.epoch != 0 && pause != 0)
        q.epoch = std::min(q.epoch + pause, now);
}

} // namespace tcp
