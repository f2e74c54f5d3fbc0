// What each stack answers about a listener: its two queues, its half-open requests.
#include "policy.hpp"

#include <algorithm>
#include <bit>

namespace tcp {

using trace::Duration;
using trace::seconds;
using S = Sysctl;

namespace {

// How many half-open requests there may be by the listener's own limit:
// inet_csk_reqsk_queue_is_full(). Before 4.4 a power of two of its own, reqsk_queue_alloc().
std::uint32_t syn_queue_bound(const Stack& s, std::uint32_t limit) {
    if (s.goes(Way::syn_queue_follows_backlog))
        return s.goes(Way::one_more_half_open) ? limit + 1 : limit;
    const auto asked =
        static_cast<std::uint32_t>(std::min<std::int64_t>(limit, s[S::tcp_max_syn_backlog]));
    return std::bit_ceil(std::max(asked, 8u) + 1);
}

} // namespace

std::uint32_t listen_limit(const Stack& s, std::int64_t backlog) {
    // The kernel reads the int as unsigned, so a negative backlog is huge.
    const auto asked = static_cast<std::uint32_t>(
        static_cast<std::int32_t>(std::clamp<std::int64_t>(backlog, INT32_MIN, INT32_MAX)));
    const auto limit = static_cast<std::uint32_t>(std::min<std::int64_t>(asked, s[S::somaxconn]));
    return s.goes(Way::two_queues) ? limit : std::max(limit, 1u); // inet_listen(): a BSDism
}

std::uint32_t accept_queue_fits(const Stack& s, std::uint32_t limit) {
    if (!s.goes(Way::one_more_fits))
        return std::max(limit, 1u);
    return limit + 1; // full means length > limit
}

std::uint32_t syn_queue_fits(const Stack& s, std::uint32_t limit) {
    if (!s.goes(Way::listener_spawns_request) || !s.goes(Way::two_queues))
        return std::max(limit, 1u);
    if (s[S::tcp_syncookies] == 2)
        return 0; // every SYN is answered by a cookie
    if (s[S::tcp_syncookies] != 0)
        return syn_queue_bound(s, limit); // tcp_max_syn_backlog is not looked at
    const std::uint32_t m = max_syn_backlog_bounds(s, limit);
    return m == 0 ? syn_queue_bound(s, limit) : m - (m >> 2) + 1;
}

std::uint32_t max_syn_backlog_bounds(const Stack& s, std::uint32_t limit) {
    const auto m = static_cast<std::uint32_t>(s[S::tcp_max_syn_backlog]);
    const bool applies = s.goes(Way::listener_spawns_request) && s.goes(Way::two_queues) &&
                         s[S::tcp_syncookies] == 0;
    return applies && m - (m >> 2) + 1 < syn_queue_bound(s, limit) ? m : 0;
}

bool accept_queue_refuses_syn(const Stack& s, std::uint32_t limit, std::uint32_t finished,
                              std::uint32_t young) {
    if (!s.goes(Way::two_queues) || finished < accept_queue_fits(s, limit))
        return false;
    return s.goes(Way::full_queue_drops_every_syn) || young > 1;
}

bool accept_queue_refuses_ack(const Stack& s, std::uint32_t limit, std::uint32_t finished) {
    // With one count the place was taken when the SYN came.
    return s.goes(Way::two_queues) && finished >= accept_queue_fits(s, limit);
}

FullSynQueue full_syn_queue(const Stack& s, std::uint32_t limit, std::uint32_t half_open,
                            std::uint32_t finished) {
    if (!s.goes(Way::listener_spawns_request))
        return FullSynQueue::has_room;
    if (!s.goes(Way::two_queues)) // sk->ack_backlog counts both
        return half_open + finished < std::max(limit, 1u) ? FullSynQueue::has_room
                                                          : FullSynQueue::drops_uncounted;
    const std::int64_t cookies = s[S::tcp_syncookies];
    if (cookies != 2 && half_open < syn_queue_bound(s, limit))
        return FullSynQueue::has_room;
    return cookies == 0 ? FullSynQueue::drops : FullSynQueue::answers_with_cookie;
}

bool three_quarters_taken(const Stack& s, std::uint32_t half_open) {
    if (!s.goes(Way::listener_spawns_request) || !s.goes(Way::two_queues))
        return false;
    const std::int64_t m = s[S::tcp_max_syn_backlog];
    return s[S::tcp_syncookies] == 0 && m - std::int64_t{half_open} < (m >> 2);
}

std::uint32_t synack_retries(const Stack& s, std::uint32_t set, std::uint32_t limit,
                             std::uint32_t half_open, std::uint32_t young) {
    auto retries = set != 0 ? set : static_cast<std::uint32_t>(s[S::tcp_synack_retries]);
    if (!s.goes(Way::old_requests_thinned))
        return retries;
    const bool crowded = s.goes(Way::syn_queue_follows_backlog)
                             ? std::uint64_t{half_open} * 2 > std::max(8u, limit)
                             : half_open >= syn_queue_bound(s, limit) / 2;
    if (crowded) {
        std::uint64_t crowd = std::uint64_t{young} * 2;
        while (retries > 2) {
            if (half_open < crowd)
                break;
            --retries;
            crowd *= 2;
        }
    }
    return retries;
}

std::uint8_t deferred_timeouts(const Stack& s, std::int64_t asked) {
    if (asked <= 0)
        return 0;
    std::uint8_t timeouts = 1;
    Duration period = initial_rto(s);
    while (seconds(std::min<std::int64_t>(asked, INT32_MAX)) > period && timeouts < 255) {
        period = period + synack_interval(s, timeouts);
        ++timeouts;
    }
    return timeouts;
}

Duration synack_interval(const Stack& s, std::uint32_t repetitions) {
    // TCP_RTO_MAX: tcp_rto_max_ms does not reach as far as half-open requests.
    return std::min(initial_rto(s) * (std::int64_t{1} << std::min(repetitions, 16u)), seconds(120));
}

} // namespace tcp
