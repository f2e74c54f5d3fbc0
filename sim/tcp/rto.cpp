// srtt + max(4 * rttvar, floor); the kernel keeps 4 * rttvar, as here, floored per window of
// samples.
#include "rto.hpp"

#include <algorithm>

#include "jiffy.hpp"
#include "policy.hpp"

namespace tcp {

using trace::Duration;

void round_trip_measured(RoundTrip& r, Duration sample, Seq una, Seq nxt, const Stack& stack) {
    const Duration floor = rto_margin(stack, r.measured ? r.srtt : sample, r.bounds);
    if (!r.measured) { // RFC 6298 §2.2
        r.measured = true;
        r.srtt = sample;
        r.deviation = sample * 2;
        r.variation = std::max(r.deviation, floor);
        r.deviation_most = r.variation;
        r.window = nxt;
    } else { // RFC 6298 §2.3: gains of 1/8 and 1/4, tcp_rtt_estimator()
        Duration error = sample - r.srtt;
        r.srtt = r.srtt + error / 8;
        if (error < Duration{}) {
            error = Duration{} - error - r.deviation / 4;
            if (error > Duration{})
                error = error / 8; // a shorter sample raises the doubt less
        } else {
            error = error - r.deviation / 4;
        }
        r.deviation = r.deviation + error;
        if (r.deviation > r.deviation_most) {
            r.deviation_most = r.deviation;
            r.variation = std::max(r.variation, r.deviation_most);
        }
        if (after(una, r.window)) { // once per round trip the doubt may shrink
            if (r.deviation_most < r.variation)
                r.variation = r.variation - (r.variation - r.deviation_most) / 4;
            r.window = nxt;
            r.deviation_most = floor;
        }
    }
    r.backoff = 0;
    r.rto = base_rto(r, stack);
}

Duration base_rto(const RoundTrip& r, const Stack& stack) {
    if (!r.measured)
        return r.variation > Duration{} ? r.variation : initial_rto(stack);
    return std::min(clock_granule(stack, r.srtt + r.variation), rto_max(stack, r.bounds));
}

void assume_round_trip(RoundTrip& r, const Stack& stack) {
    r.variation = r.deviation = r.deviation_most = fallback_rto(stack);
    r.backoff = 0;
    r.rto = fallback_rto(stack);
}

trace::Duration backed_off(const RoundTrip& r, const Stack& stack) {
    return std::min(base_rto(r, stack) * (std::int64_t{1} << std::min<int>(r.backoff, 30)),
                    rto_max(stack, r.bounds));
}

void keep_bounds(Options& o, const Stack& stack) {
    if (!stack.goes(Way::jiffies))
        return;
    if (o.limits.empty())
        o.limits.push_back({});
    TimerBounds& t = o.limits.front().timers;
    const std::int64_t least = jiffies_in(rto_min(stack, t));
    t.rto_least = static_cast<std::uint16_t>(std::min<std::int64_t>(least, 65535));
    t.rto_most = static_cast<std::uint32_t>(rto_max(stack, t).ns / 1'000'000);
    std::uint16_t& reordering = o.limits.front().reordering;
    reordering = static_cast<std::uint16_t>(usual_reordering(stack, o.limits.front()));
}

void wait_evenly(RoundTrip& r, const Stack& stack) {
    r.backoff = 0;
    r.rto =
        std::min(std::max(base_rto(r, stack), rto_min(stack, r.bounds)), rto_max(stack, r.bounds));
}

void back_off(RoundTrip& r, const Stack& stack) {
    ++r.backoff;
    r.rto = std::min(r.rto * 2, rto_max(stack, r.bounds));
}

} // namespace tcp
