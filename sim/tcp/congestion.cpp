// The window grows with what arrives and shrinks with what is lost.
#include "congestion.hpp"

#include <algorithm>

#include "hystart.hpp"
#include "moment.hpp"
#include "policy.hpp"
#include "window.hpp"

namespace tcp {

using trace::Duration;

namespace {

bool in_slow_start(const Congestion& g) {
    return g.cwnd < g.ssthresh;
}

// tcp_is_cwnd_limited(): in slow start the window may reach twice what was in use.
bool is_limiting(const Congestion& g) {
    return g.limits || (in_slow_start(g) && g.cwnd < 2 * g.most_out);
}

// The program does not fill the window: RFC 7661's worry, tcp_cwnd_application_limited().
void decay(Connection& c, Moment& m) {
    Congestion& g = c.congestion;
    if (c.recovery.phase == Phase::open) {
        const std::uint32_t used = std::max(g.used, initial_window(m.stack, c.agreed.mss));
        if (used < g.cwnd) {
            g.ssthresh = current_threshold(c);
            g.cwnd = (g.cwnd + used) / 2;
        }
        g.used = 0;
    }
    g.stamp = m.now();
}

} // namespace

std::uint32_t in_flight(const Connection& c) {
    const Recovery& r = c.recovery;
    // The SYN+ACK of a passive Fast Open belongs to its request, not to what the window counts.
    const bool syn = c.fast_open.passive && !c.sent.empty() && c.sent.front().begin == c.snd.iss;
    const auto out = static_cast<std::uint32_t>(c.sent.size()) - (syn ? 1u : 0u);
    return out - std::min(out, r.sacked + r.lost) + r.resent;
}

void update_pacing(Connection& c, const Stack& stack) {
    Congestion& g = c.congestion;
    if (c.rtt.srtt <= Duration{})
        return;
    const std::uint64_t share = pacing_percent(stack, g.cwnd < g.ssthresh / 2);
    const std::uint64_t window = std::max<std::uint64_t>(g.cwnd, c.sent.size());
    g.paced = std::uint64_t{mss_now(c)} * window * share / 100;
    g.paced_over = c.rtt.srtt;
}

std::uint64_t pacing_rate(const Congestion& g) {
    if (g.paced_over <= Duration{})
        return ~std::uint64_t{0};
    return g.paced * 1'000'000'000 / static_cast<std::uint64_t>(g.paced_over.ns);
}

std::uint32_t congestion_room(const Connection& c, std::uint32_t out) {
    return c.congestion.cwnd > out ? c.congestion.cwnd - out : 0;
}

std::uint32_t congestion_room(const Connection& c) {
    return congestion_room(c, in_flight(c));
}

void start_congestion(Connection& c, std::uint32_t repeated, Moment& m) {
    static constexpr Congestion fresh{};
    Congestion& g = c.congestion;
    g = fresh; // not from the stack, from where it would be read before it is written
    g.stamp = g.last_data = m.now();
    g.cwnd = initial_window(m.stack, c.agreed.mss);
    reset_cubic(c, m);
    if (repeated > 1) // tcp_init_transfer(): one repetition may have been early, two are not
        g.cwnd = 1;
}

void data_after_pause(Connection& c, Moment& m) {
    Congestion& g = c.congestion;
    const Duration pause = m.since(g.last_data);
    if (!restarts_after_idle(m.stack) || !c.sent.empty() || pause <= c.rtt.rto)
        return;
    // tcp_cwnd_restart()
    const std::uint32_t restart = std::min(initial_window(m.stack, c.agreed.mss), g.cwnd);
    g.ssthresh = current_threshold(c);
    for (Duration left = pause - c.rtt.rto; left > Duration{} && g.cwnd > restart;
         left = left - c.rtt.rto)
        g.cwnd /= 2;
    g.cwnd = std::max(g.cwnd, restart);
    g.stamp = m.now();
    g.used = 0;
}

void note_window_use(Connection& c, std::uint32_t segments, bool limited, Moment& m) {
    Congestion& g = c.congestion;
    const auto out = static_cast<std::uint32_t>(c.sent.size());
    if (!before(c.snd.una, g.used_until) || limited || (!g.limits && out > g.most_out)) {
        g.limits = limited;
        g.most_out = out;
        g.used_until = c.snd.nxt;
    }
    if (is_limiting(g)) {
        g.used = 0;
        g.stamp = m.now();
    } else {
        g.used = std::max(g.used, out);
        if (restarts_after_idle(m.stack) && m.since(g.stamp) >= c.rtt.rto)
            decay(c, m);
    }
    if (segments > 0 && is_reducing(c))
        g.sent += segments;
}

std::uint32_t threshold_after_loss(Connection& c, const Stack& stack) {
    if (grows_by_cubic(stack))
        return cubic_threshold(c.congestion.cubic, c.congestion.cwnd);
    return std::max(c.congestion.cwnd / 2, 2u); // RFC 5681 §3.1, equation 4
}

std::uint32_t current_threshold(const Connection& c) {
    const Congestion& g = c.congestion;
    return is_reducing(c) ? g.ssthresh : std::max(g.ssthresh, (g.cwnd / 2) + (g.cwnd / 4));
}

bool is_reducing(const Connection& c) {
    return c.recovery.phase == Phase::cwr || c.recovery.phase == Phase::recovery;
}

void begin_reduction(Connection& c, const Stack& stack) {
    Congestion& g = c.congestion;
    c.recovery.high = c.snd.nxt;
    c.recovery.probed = false;
    g.counted = 0;
    g.old_cwnd = g.cwnd;
    g.delivered = g.sent = 0;
    g.ssthresh = threshold_after_loss(c, stack);
    c.ecn.owes_cwr = c.ecn.on && !c.ecn.accurate;
}

[[gnu::noinline]] void reduce(Connection& c, std::uint32_t delivered, bool lost, bool advanced) {
    Congestion& g = c.congestion;
    if (delivered == 0 || g.old_cwnd == 0)
        return;
    g.delivered += delivered;
    const auto signed_of = [](std::uint32_t v) { return static_cast<std::int64_t>(v); };
    const std::int64_t room = signed_of(g.ssthresh) - signed_of(in_flight(c));
    std::int64_t more = 0;
    if (room < 0) { // in proportion to what arrives
        more = (signed_of(g.ssthresh) * g.delivered + g.old_cwnd - 1) / g.old_cwnd - g.sent;
    } else { // slow start back to the threshold
        more = std::max(signed_of(g.delivered) - g.sent, signed_of(delivered));
        if (advanced && !lost)
            ++more;
        more = std::min(more, room);
    }
    more = std::max<std::int64_t>(more, g.sent != 0 ? 0 : 1); // the fast retransmit itself
    g.cwnd = in_flight(c) + static_cast<std::uint32_t>(more);
}

void end_reduction(Connection& c, Moment& m) {
    Congestion& g = c.congestion;
    if (g.ssthresh < Congestion::no_threshold &&
        (c.recovery.phase == Phase::cwr || c.recovery.can_undo)) {
        g.cwnd = g.ssthresh;
        g.stamp = m.now();
    }
}

void undo_reduction(Connection& c, Moment& m) {
    Congestion& g = c.congestion;
    if (g.old_ssthresh != 0) {
        g.cwnd = std::max(g.cwnd, g.old_cwnd);
        if (g.old_ssthresh > g.ssthresh)
            c.ecn.owes_cwr = false;
        g.ssthresh = std::max(g.ssthresh, g.old_ssthresh);
    }
    g.stamp = m.now();
    c.recovery.can_undo = false;
    c.recovery.rack.advanced = true;
}

void grow_window(Connection& c, std::uint32_t delivered, Moment& m) {
    Congestion& g = c.congestion;
    g.stamp = m.now();
    if (!is_limiting(g))
        return;
    if (in_slow_start(g)) {
        const std::uint32_t larger = std::min(g.cwnd + delivered, g.ssthresh);
        delivered -= larger - g.cwnd;
        g.cwnd = larger;
        if (delivered == 0)
            return;
    }
    std::uint32_t per_increase = g.cwnd; // RFC 5681: one segment per round trip
    if (grows_by_cubic(m.stack)) {
        cubic_update(g.cubic, g.cwnd, delivered, m.now());
        per_increase = g.cubic.per_increase;
    }
    // tcp_cong_avoid_ai()
    if (g.counted >= per_increase) {
        g.counted = 0;
        ++g.cwnd;
    }
    g.counted += delivered;
    g.cwnd += g.counted / per_increase;
    g.counted %= per_increase;
}

} // namespace tcp
