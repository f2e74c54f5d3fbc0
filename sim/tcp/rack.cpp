// The order of sending is the order of time; the list is searched as it stands.
#include "rack.hpp"

#include <algorithm>

#include "output.hpp"
#include "policy.hpp"
#include "scoreboard.hpp"

namespace tcp {

using trace::Duration;

namespace {

constexpr std::uint8_t recoveries_widened = 16; // TCP_RACK_RECOVERY_THRESH

bool sent_after(trace::Instant a, trace::Instant b, std::uint32_t a_order, std::uint32_t b_order) {
    return a > b || (a == b && a_order > b_order);
}

// tcp_rack_reo_wnd()
Duration late_window(const Connection& c, const Stack& stack) {
    const Recovery& r = c.recovery;
    if (!r.reordering_seen) {
        if (r.phase == Phase::recovery || r.phase == Phase::loss)
            return {};
        if (r.sacked >= r.reordering && duplicates_end_late_window(stack))
            return {};
    }
    return std::min(r.shortest / 4 * r.rack.steps, c.rtt.srtt);
}

} // namespace

void rack_advance(Connection& c, const Sent& t, const Moment& m) {
    Rack& k = c.recovery.rack;
    const Duration took = m.now() - t.at;
    if (t.transmissions > 1 && took < c.recovery.shortest)
        return; // which copy arrived is not known
    k.advanced = true;
    k.round_trip = took;
    if (sent_after(t.at, k.sent, t.order, k.order)) {
        k.sent = t.at;
        k.order = t.order;
    }
}

Duration rack_time_left(const Connection& c, const Sent& t, Duration window, const Moment& m) {
    return c.recovery.rack.round_trip + window - (m.now() - t.at);
}

Duration rack_detect_loss(Connection& c, Moment& m) {
    const Rack& k = c.recovery.rack;
    const Duration window = late_window(c, m.stack);
    Duration wait{};
    for (Sent& t : c.sent) {
        if (t.sacked || t.unwatched || (t.lost && !t.resent) ||
            !sent_after(k.sent, t.at, k.order, t.order))
            continue;
        const Duration left = rack_time_left(c, t, window, m);
        if (left <= Duration{}) {
            mark_lost(c, t, m);
            t.unwatched = true; // tcp_tsorted_anchor
        } else {
            wait = std::max(wait, left);
        }
    }
    return wait;
}

bool rack_mark_lost(Connection& c, Moment& m) {
    if (!c.recovery.rack.advanced)
        return false;
    c.recovery.rack.advanced = false;
    const Duration wait = rack_detect_loss(c, m);
    if (wait <= Duration{})
        return false;
    start_late_timer(c, clock_granule(m.stack, wait + least_timeout(m.stack)), m);
    return true;
}

void rack_adapt(Connection& c, const Stack& stack) {
    if (!late_window_widens(stack))
        return;
    Rack& k = c.recovery.rack;
    if (before(c.snd.una, k.widened_at))
        k.duplicate_seen = false; // once per round trip
    if (k.duplicate_seen) {
        k.steps = static_cast<std::uint8_t>(std::min(255, k.steps + 1));
        k.duplicate_seen = false;
        k.widened_at = c.snd.nxt;
        k.keep = recoveries_widened;
    } else if (k.keep == 0) {
        k.steps = 1;
    }
}

} // namespace tcp
