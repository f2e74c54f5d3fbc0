// What each stack answers, by the ways it goes (way.hpp): timers, closing, small rules. Listeners
// (policy_listener.cpp) and data (policy_data.cpp) have files of their own.
#include "policy.hpp"

#include <algorithm>
#include <bit>

#include "jiffy.hpp"
#include "limits.hpp"

namespace tcp {

using trace::Duration;
using trace::milliseconds;
using trace::seconds;
using S = Sysctl;

namespace {

// tcp_model_timeout(): the time that `boundary` back-offs from `base` take, doubling up to the
// maximum.
Duration modelled_time(Duration base, std::int64_t boundary, Duration most) {
    std::int64_t threshold =
        std::bit_width(static_cast<std::uint64_t>(std::max<std::int64_t>(most.ns / base.ns, 1))) -
        1;
    if (boundary <= threshold)
        return base * ((std::int64_t{2} << boundary) - 1);
    return base * ((std::int64_t{2} << threshold) - 1) + most * (boundary - threshold);
}

// tcp_orphan_retries(): 0 stands for 8 while the connection may be alive.
std::int64_t orphan_retries(const Stack& s, bool alive) {
    const std::int64_t n = s[S::tcp_orphan_retries];
    return n == 0 && alive ? 8 : n;
}

} // namespace

trace::Policies policies(const Stack& s) {
    if (!s.goes(Way::listener_spawns_request))
        return trace::rfc_policies;
    return s.goes(Way::no_time_wait) ? trace::no_time_wait_policies : trace::linux_policies;
}

bool fastopen_client(const Stack& s) {
    return (s[S::tcp_fastopen] & 1) != 0;
}
bool fastopen_client_without_cookie(const Stack& s) {
    return (s[S::tcp_fastopen] & 4) != 0;
}
bool fastopen_server(const Stack& s) {
    return (s[S::tcp_fastopen] & 2) != 0;
}
bool fastopen_server_without_cookie(const Stack& s) {
    return (s[S::tcp_fastopen] & 0x200) != 0;
}
bool fastopen_without_option(const Stack& s) {
    return (s[S::tcp_fastopen] & 0x402) == 0x402;
}

std::uint32_t fastopen_synack_retries(const Stack& s, std::uint32_t set) {
    return set != 0 ? set : static_cast<std::uint32_t>(s[S::tcp_synack_retries]) + 1;
}

Duration initial_rto(const Stack& s) {
    return seconds(s.goes(Way::first_rto_one_second) ? 1 : 3); // RFC 6298 §2.1, RFC 1122 §4.2.3.1
}

Duration rto_max(const Stack& s, const TimerBounds& bounds) {
    return milliseconds(bounds.rto_most != 0 ? bounds.rto_most : s[S::tcp_rto_max_ms]);
}

// Its sysctl is read by tcp_init_sock(), as whole ticks.
Duration rto_min(const Stack& s, const TimerBounds& bounds) {
    if (bounds.rto_least != 0)
        return jiffy * bounds.rto_least;
    const Duration least = trace::microseconds(s[S::tcp_rto_min_us]);
    return s.goes(Way::jiffies) ? jiffy * jiffies_in(least) : least;
}

Duration rto_margin(const Stack& s, Duration srtt, const TimerBounds& bounds) {
    const Duration least = rto_min(s, bounds);
    return s.goes(Way::rto_margin_over_srtt) ? least : std::max(least - srtt, jiffy);
}

Duration clock_granule(const Stack& s, Duration d) {
    if (!s.goes(Way::jiffies))
        return d;
    // A measured round trip is always a little longer than the wire's delay, so a timeout that
    // would fall exactly on a jiffy is rounded to the next: 20 ms + 200 ms is 224 ms.
    return jiffy * (d.ns / jiffy.ns + 1);
}

bool backs_off(const Stack& s, trace::State state, std::uint32_t expiries) {
    return state != trace::State::syn_sent || expiries > s[S::tcp_syn_linear_timeouts];
}

bool retried_for_long(const Stack& s, std::uint32_t retransmissions, Duration elapsed,
                      const TimerBounds& bounds) {
    return retransmissions > 0 &&
           elapsed >= modelled_time(milliseconds(200), s[S::tcp_retries1], rto_max(s, bounds));
}

bool gives_up(const Stack& s, const Options& o, trace::State state, bool orphan,
              std::uint32_t retransmissions, Duration elapsed, Duration rto) {
    const bool opening = state == trace::State::syn_sent || state == trace::State::syn_recv;
    std::int64_t boundary = s[S::tcp_retries2];
    if (opening) {
        boundary = o.syn_count != 0 ? o.syn_count : s[S::tcp_syn_retries];
        const std::int64_t linear =
            state == trace::State::syn_sent ? s[S::tcp_syn_linear_timeouts] : 0;
        if (retransmissions >= boundary + linear)
            return true;
    } else if (orphan) {
        boundary = orphan_retries(s, rto < rto_max(s, limits(o).timers));
    }
    if (retransmissions == 0)
        return false; // retransmits_timed_out()
    if (o.user_timeout > Duration{})
        return elapsed >= o.user_timeout;
    // Always modelled from 200 ms (TCP_RTO_MIN), whatever the real timeout is; a SYN from 1 s.
    const Duration base = opening ? initial_rto(s) : milliseconds(200);
    return elapsed >= modelled_time(base, boundary, rto_max(s, limits(o).timers));
}

std::uint32_t probe_limit(const Stack& s, bool orphan, Duration interval,
                          const TimerBounds& bounds) {
    if (!orphan)
        return static_cast<std::uint32_t>(s[S::tcp_retries2]);
    return static_cast<std::uint32_t>(orphan_retries(s, interval < rto_max(s, bounds)));
}

bool waits_evenly(const Stack& s, const Options& o, trace::State state, std::size_t outstanding,
                  std::uint32_t retransmissions) {
    constexpr std::uint32_t most = 6; // TCP_THIN_LINEAR_RETRIES
    return state == trace::State::established && retransmissions <= most && outstanding < 4 &&
           (o.thin_linear || s[S::tcp_thin_linear_timeouts] != 0);
}

Duration probe_timeout(const Stack& s, bool sack, bool measured, Duration srtt,
                       bool one_outstanding, const TimerBounds& bounds) {
    if (!s.goes(Way::tail_loss_probe) || !sack || s[S::tcp_early_retrans] < 3)
        return {};
    if (!measured)
        return initial_rto(s);
    if (!s.goes(Way::short_probe_timeout)) {
        // TCP_DELACK_MAX is 200 ms.
        const Duration alone = one_outstanding ? srtt + srtt / 2 + milliseconds(200) : Duration{};
        return clock_granule(s, std::max({srtt * 2, alone, milliseconds(10)}));
    }
    // One segment alone may wait for a delayed ACK.
    const Duration margin = one_outstanding ? rto_margin(s, srtt, bounds) : least_timeout(s);
    return clock_granule(s, srtt * 2 + margin);
}

Duration least_timeout(const Stack&) {
    return milliseconds(2);
}

std::uint32_t initial_window(const Stack& s, std::uint32_t mss) {
    if (!s.goes(Way::listener_spawns_request))
        return mss > 2190 ? 2 : mss > 1095 ? 3 : 4;
    return 10;
}

bool grows_by_cubic(const Stack& s) {
    return s.goes(Way::cubic);
}

bool restarts_after_idle(const Stack& s) {
    return s[S::tcp_slow_start_after_idle] != 0;
}

bool detects_spurious_timeouts(const Stack& s) {
    return s[S::tcp_frto] != 0 && s.goes(Way::listener_spawns_request);
}

Duration fallback_rto(const Stack&) {
    return seconds(3);
} // TCP_TIMEOUT_FALLBACK

Duration keepalive_idle(const Stack& s, const Options& o) {
    return seconds(o.keep_idle != 0 ? o.keep_idle : s[S::tcp_keepalive_time]);
}

Duration keepalive_interval(const Stack& s, const Options& o) {
    return seconds(o.keep_interval != 0 ? o.keep_interval : s[S::tcp_keepalive_intvl]);
}

bool keepalive_gives_up(const Stack& s, const Options& o, std::uint32_t probes, Duration idle) {
    if (o.user_timeout > Duration{})
        return probes > 0 && idle >= o.user_timeout;
    return probes >= (o.keep_count != 0 ? o.keep_count : s[S::tcp_keepalive_probes]);
}

Duration syn_again_soon(const Stack&) {
    return jiffy * 2;
}

bool syn_is_enough(const Stack& s) {
    return s.goes(Way::syn_is_enough);
}

bool ack_of_isn_establishes(const Stack& s) {
    return s.goes(Way::ack_of_isn_establishes);
}

bool rst_before_fin_counts(const Stack& s) {
    return s.goes(Way::rst_before_fin_counts);
}

bool shutdown_waits_for_establishing(const Stack& s) {
    return s.goes(Way::shutdown_waits_for_establishing);
}

bool scales_after_crossed_syns(const Stack& s) {
    return s.goes(Way::scales_after_crossed_syns);
}

bool rst_beyond_sacked_counts(const Stack& s) {
    return s.goes(Way::rst_beyond_sacked_counts);
}

bool near_rst_spares_request(const Stack& s) {
    return s.goes(Way::near_rst_spares_request);
}

bool syn_ack_makes_ecn_accurate(const Stack& s) {
    return s.goes(Way::syn_ack_makes_ecn_accurate);
}

bool overtaken_ack_unanswered(const Stack& s) {
    return s.goes(Way::overtaken_ack_unanswered);
}

Duration answer_interval(const Stack& s) {
    const Duration least = milliseconds(s[S::tcp_invalid_ratelimit]);
    return s.goes(Way::jiffies) ? jiffy * jiffies_in(least) : least;
}

Duration time_wait_length(const Stack& s) {
    return seconds(s[S::tcp_tw_timeout]);
}

trace::Counter stale_in_time_wait(const Stack& s) {
    return s.goes(Way::stale_counted_apart_in_time_wait) ? trace::Counter::PAWSTimewait
                                                         : trace::Counter::PAWSEstab;
}

bool reuses_time_wait(const Stack& s, bool loopback, trace::Instant entered, trace::Instant now) {
    const std::int64_t reuse = s[S::tcp_tw_reuse];
    if (reuse == 0 || (reuse == 2 && !loopback))
        return false;
    // Both clocks are looked at in their own ticks, and the later one must have passed.
    const std::int64_t tick =
        (s.goes(Way::reuse_delay_in_milliseconds) ? milliseconds(1) : seconds(1)).ns;
    const std::int64_t delay = milliseconds(s[S::tcp_tw_reuse_delay]).ns / tick;
    return now.ns / tick > entered.ns / tick + delay;
}

bool freed_port_serves_connect_again(const Stack& s) {
    return s.goes(Way::freed_port_serves_connect_again);
}

bool room_in_time_wait(const Stack& s, std::size_t waiting) {
    return static_cast<std::int64_t>(waiting) < s[S::tcp_max_tw_buckets];
}

OrphanWait orphan_fin_wait_2(const Stack& s, const Options& o, Duration rto) {
    if (!s.goes(Way::orphan_fin_wait_2_ends))
        return {};
    const Duration least = rto * 4 - rto / 2;
    const Duration total =
        std::max(seconds(o.linger2 > 0 ? o.linger2 : s[S::tcp_fin_timeout]), least);
    if (total <= seconds(60) || !s.goes(Way::long_fin_wait_2_in_two_parts))
        return {true, {}, total};
    return {true, total - seconds(60), std::max(total - seconds(60), least)};
}

} // namespace tcp
