// tcp_input.c and tcp_output.c on acknowledging: quick ACKs at first, delayed ones when the
// exchange is interactive or the window does not move.
#include "acknowledging.hpp"

#include <algorithm>
#include <utility>

#include "headers.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "receive_memory.hpp"
#include "window.hpp"

namespace tcp {

using trace::Duration;
using trace::Rule;

namespace {

constexpr Duration least_delay = trace::milliseconds(40); // TCP_ATO_MIN
constexpr std::uint8_t duplicates_sent = 3;               // TCP_FASTRETRANS_THRESH
// A wait longer than that is for ever.
constexpr Duration longest_wait = trace::seconds(1'000'000'000);
// TCP_MSS_DEFAULT, TCP_MIN_MSS: a segment below the first is not taken for a full one ...
constexpr std::uint32_t default_mss = 536, least_mss = 88;

void more_quickacks(Connection& c, std::uint8_t most = most_quickacks) {
    std::uint32_t n = c.rcv.wnd / (2u * c.acks.mss);
    if (n == 0)
        n = 2;
    n = std::min<std::uint32_t>(n, most);
    c.acks.quick = std::max(c.acks.quick, static_cast<std::uint8_t>(n));
}

bool in_quickack_mode(const Connection& c, const Stack& stack) {
    return c.acks.quick > 0 && !is_interactive(c, stack);
}

// tcp_send_delayed_ack()
void delay_ack(Connection& c, Moment& m) {
    Acknowledging& a = c.acks;
    const AckDelay bounds = ack_delay(m.stack, c.rtt.bounds);
    Duration wait = a.ato;
    if (wait > least_delay) {
        Duration most =
            is_interactive(c, m.stack) || a.pushed ? bounds.most : bounds.most_of_streams;
        if (c.rtt.measured)
            most = std::min(most, std::max(c.rtt.srtt, least_delay));
        wait = std::min(wait, most);
    }
    wait = std::min(wait, bounds.most);
    // A wait of no jiffies lasts until the next one.
    trace::Instant due = m.now() + std::max(wait, bounds.granule);
    if (c.acknowledge.runs()) {
        if (c.acknowledge.due <= m.now() + wait / 4) {
            send_ack(c, m, a.why);
            return;
        }
        due = std::min(due, c.acknowledge.due);
    }
    c.acknowledge = {due, m.now(), m.journal.cause(), trace::Timer::delayed_ack, 0};
}

// A gap is open and three duplicates have told so: one ACK for several more, after a short while.
[[gnu::noinline]] void compress_ack(Connection& c, Moment& m) {
    Acknowledging& a = c.acks;
    if (!c.agreed.sack || a.compressed >= m.stack[Sysctl::tcp_comp_sack_nr]) {
        send_ack(c, m, a.why);
        return;
    }
    if (a.compressed_at != c.rcv.nxt) {
        a.compressed_at = c.rcv.nxt;
        a.duplicates = 0;
    }
    if (a.duplicates < duplicates_sent) {
        ++a.duplicates;
        send_ack(c, m, a.why);
        return;
    }
    ++a.compressed;
    if (a.compressed > 1)
        return;
    // Of the round trip as the receiver sees it; while it has seen none there is nothing to wait.
    Duration rtt = c.memory.round_trip;
    if (c.rtt.measured && c.rtt.srtt < rtt)
        rtt = c.rtt.srtt;
    const Duration most{m.stack[Sysctl::tcp_comp_sack_delay_ns]};
    // How much later the timer may come, and with nothing else to do does.
    const Duration slack{m.stack[Sysctl::tcp_comp_sack_slack_ns]};
    const trace::Instant due = m.now() + std::min(most, rtt / 20) + std::min(slack, longest_wait);
    if (!c.acknowledge.runs() || due < c.acknowledge.due)
        c.acknowledge = {due, m.now(), m.journal.cause(), trace::Timer::delayed_ack, 0};
}

} // namespace

void measure_mss(Connection& c, std::uint32_t length, trace::Flags flags, std::uint32_t memory) {
    // TCP_REMNANT: the end of something, which says nothing of what fits.
    namespace flag = trace::flag;
    constexpr trace::Flags ends = flag::fin | flag::syn | flag::psh | flag::urg;
    const bool remnant = (flags.bits & ends.bits) != 0;
    Acknowledging& a = c.acks;
    const std::uint16_t last = a.last_length;
    a.last_length = 0;
    if (length >= a.mss) {
        if (length != a.mss)
            measure_ratio(c, length, memory);
        a.mss = static_cast<std::uint16_t>(std::min<std::uint32_t>(length, own_mss(c)));
        a.pushed = a.pushed || flags.has(flag::psh);
        return;
    }
    const std::uint32_t with_options = length + usual_options(c.agreed.timestamps);
    if (with_options >= default_mss || (with_options >= least_mss && !remnant)) {
        a.last_length = static_cast<std::uint16_t>(length);
        if (length == last) { // twice the same: that may be all the peer ever puts in one
            a.mss = static_cast<std::uint16_t>(length);
            return;
        }
    }
    a.pushed_twice = a.pushed_twice || a.pushed;
    a.pushed = true;
}

bool is_interactive(const Connection& c, const Stack& stack) {
    return c.acks.pingpong > 0 && c.acks.pingpong >= stack[Sysctl::tcp_pingpong_thresh];
}

void become_interactive(Connection& c, const Stack& stack) {
    c.acks.pingpong =
        static_cast<std::uint8_t>(std::max<std::int64_t>(stack[Sysctl::tcp_pingpong_thresh], 1));
}

void schedule_ack(Connection& c, Rule why) {
    c.acks.scheduled = true;
    c.acks.why = why;
}

void enter_quickack_mode(Connection& c, std::uint8_t most) {
    more_quickacks(c, most);
    c.acks.pingpong = 0;
    c.acks.ato = least_delay;
}

void schedule_quick_ack(Connection& c, Rule why) {
    enter_quickack_mode(c);
    schedule_ack(c, why);
}

void data_arrived(Connection& c, const trace::Segment& s, std::uint32_t memory, Moment& m) {
    Acknowledging& a = c.acks;
    const std::uint32_t length = s.length;
    schedule_ack(c, Rule::ack_of_data);
    measure_mss(c, length, s.flags, memory);
    measure_round_trip_by_window(c, m);
    const Duration least = least_delay;
    if (a.ato == Duration{}) { // the first data
        more_quickacks(c);
        a.ato = least;
    } else {
        const Duration since = m.since(a.last_data);
        if (since <= least / 2)
            a.ato = a.ato / 2 + least / 2;
        else if (since < a.ato)
            a.ato = std::min(a.ato / 2 + since, c.rtt.rto);
        else if (since > c.rtt.rto)
            more_quickacks(c); // the peer starts anew, slowly
    }
    a.last_data = m.now();
    if (c.ecn.on) [[unlikely]]
        take_codepoint(c, s.ecn, m);
    if (length >= 128 && grow_window(c, length, memory, m.stack))
        a.quick |= 1;
}

void expect_reply(Connection& c, const Moment& m) {
    schedule_ack(c, Rule::fin_arrived);
    if (!acknowledges_at_once(m.stack))
        become_interactive(c, m.stack);
}

void acknowledge_if_due(Connection& c, Moment& m) {
    Acknowledging& a = c.acks;
    if (!a.scheduled)
        return;
    const std::uint32_t fresh = c.rcv.nxt - c.rcv.wup;
    // A program that waits for more than there is (SO_RCVLOWAT) wants the peer to go on.
    const bool two_segments =
        fresh > a.mss && (c.rcv.nxt - c.rcv.copied < limits(c.options).receive_low_water ||
                          window_to_offer(c, m.stack) >= c.rcv.wnd);
    if (acknowledges_at_once(m.stack) || two_segments || in_quickack_mode(c, m.stack) ||
        a.at_once) {
        if (a.from_backlog) [[unlikely]]
            a.deferred = true;
        else
            send_ack(c, m, a.why);
    } else if (c.out_of_order.empty()) {
        delay_ack(c, m);
    } else {
        compress_ack(c, m);
    }
}

void begin_backlog(Connection& c) {
    c.acks.from_backlog = true;
}

void end_backlog(Connection& c, Moment& m) {
    c.acks.from_backlog = false;
    if (std::exchange(c.acks.deferred, false) && c.acks.scheduled)
        send_ack(c, m, c.acks.why);
}

void acknowledge_reading(Connection& c, std::uint32_t copied, Moment& m) {
    const Acknowledging& a = c.acks;
    if (a.scheduled) {
        const bool drained = copied > 0 && c.memory.charged == 0;
        const bool small = a.pushed_twice || (a.pushed && !is_interactive(c, m.stack));
        if (c.rcv.nxt - c.rcv.wup > a.mss || (drained && small)) {
            send_ack(c, m, a.why);
            return;
        }
    }
    if (copied > 0 && !c.shut_rd && update_is_due(c, m.stack))
        send_ack(c, m, Rule::window_update);
}

bool delayed_ack_is_due(Connection& c, Moment& m) {
    Acknowledging& a = c.acks;
    const bool compressed = a.compressed > 0;
    if (!compressed && !a.scheduled)
        return false;
    if (!compressed) {
        if (is_interactive(c, m.stack)) { // no reply came that could have carried it
            a.pingpong = 0;
            a.ato = least_delay;
        } else {
            a.ato = std::min(a.ato * 2, c.rtt.rto);
        }
    }
    const Rule why = a.why == Rule::fin_arrived ? Rule::ack_of_fin_delayed : Rule::ack_delayed;
    send_ack(c, m, why);
    return true;
}

void ack_has_left(Connection& c) {
    Acknowledging& a = c.acks;
    if (a.quick > 0 && a.scheduled && --a.quick == 0)
        a.ato = least_delay; // leaving quick mode deflates it
    a.scheduled = a.pushed = a.pushed_twice = a.at_once = a.no_memory = false;
    a.compressed = 0;
    a.why = Rule::none;
    c.acknowledge.stop();
}

void data_has_left(Connection& c, const Moment& m) {
    Acknowledging& a = c.acks;
    c.congestion.last_data = m.now(); // lsndtime: of what is repeated, and of a probe, too
    if (m.since(a.last_data) < a.ato && a.pingpong < 255)
        ++a.pingpong;
}

void set_quickack(Connection& c, std::int64_t value, Moment& m) {
    if (value == 0) {
        become_interactive(c, m.stack);
        return;
    }
    c.acks.pingpong = 0;
    const trace::State state = c.status.state();
    if ((state != trace::State::established && state != trace::State::close_wait) ||
        !c.acks.scheduled)
        return;
    c.acks.pushed = true;
    acknowledge_reading(c, 1, m);
    if (value % 2 == 0)
        become_interactive(c, m.stack);
}

} // namespace tcp
