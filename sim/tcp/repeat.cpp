// Segments leave again merged with their neighbours as far as the MSS goes.
#include "repeat.hpp"

#include <algorithm>

#include "hystart.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "scoreboard.hpp"
#include "window.hpp"

namespace tcp {

using trace::Duration;
using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

namespace {

bool is_whole_buffer(const Connection& c, std::size_t at) {
    return c.sent[at].begins_buffer && (at + 1 == c.sent.size() || c.sent[at + 1].begins_buffer);
}

// tcp_retrans_try_collapse(): following buffers of one segment that fit join this one.
void merge_following(Connection& c, std::size_t at, const Stack& stack) {
    if (stack[Sysctl::tcp_retrans_collapse] == 0)
        return;
    Sent& t = c.sent[at];
    std::size_t next = at + 1;
    while (next < c.sent.size()) {
        const Sent& n = c.sent[next];
        if (t.closed || n.sacked || !is_whole_buffer(c, next) ||
            payload(c, t) + payload(c, n) > mss_now(c) || after(n.end, window_end(c.snd)))
            break;
        t.end = n.end;
        t.pushed = t.pushed || n.pushed;
        t.closed = n.closed;
        t.transmissions = std::max(t.transmissions, n.transmissions);
        uncount(c, n);
        ++next;
    }
    c.sent.erase(c.sent.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                 c.sent.begin() + static_cast<std::ptrdiff_t>(next));
}

// tcp_fragment(): the first `length` bytes become a segment of their own.
void split(Connection& c, std::size_t at, std::uint32_t length) {
    Sent rest = c.sent[at];
    Sent& t = c.sent[at];
    t.end = rest.begin = t.begin + length;
    t.pushed = t.closed = false;
    rest.begins_buffer = true;
    count(c, rest);
    c.sent.insert(c.sent.begin() + static_cast<std::ptrdiff_t>(at) + 1, rest);
}

// How a segment leaves again.
struct Again {
    Rule why = Rule::none;
    trace::Instant stamp; // what it counts as its time
    bool several = false; // the last of a buffer of more: PSH as when it was new
                          // (__tcp_transmit_skb())
};

// __tcp_retransmit_skb(), for one segment.
bool send_again(Connection& c, std::size_t at, Moment& m, const Again& how) {
    c.path.stale = false; // inet_sk_rebuild_header()
    probe_tells_nothing(c);
    look_at_path(c, m);
    // A window that has shrunk keeps back all but the first byte's segment; one that it has shrunk
    // into is cut.
    const Seq begin = c.sent[at].begin, limit = window_end(c.snd);
    if (!before(begin, limit) && begin != c.snd.una)
        return false;
    const std::uint32_t most =
        before(begin, limit) ? std::min<std::uint32_t>(limit - begin, mss_now(c)) : mss_now(c);
    if (payload(c, c.sent[at]) > most)
        split(c, at, most);
    else if (payload(c, c.sent[at]) < most && is_whole_buffer(c, at))
        merge_following(c, at, m.stack);
    Sent& t = c.sent[at];
    const std::uint32_t length = payload(c, t);
    trace::Flags flags = flag::ack;
    if (ends_with_fin(c, t))
        flags = flags | flag::fin;
    if (t.pushed || (length > 0 && how.several)) // a FIN keeps the PSH of the data before it
        flags = flags | flag::psh;
    ++t.transmissions;
    t.unwatched = false;
    if (how.stamp == m.now())
        t.order = ++c.recovery.transmissions;
    else if (t.at != how.stamp) // at one time the order is that of the numbers
        t.order = c.recovery.transmissions;
    t.at = how.stamp;
    ++c.recovery.repeats;
    if (length > 0) {
        if (in_flight(c) == 0)
            cubic_resumes(c, m);
        data_has_left(c, m);
    }
    Segment& s = new_segment(c, flags, t.begin, length, m);
    if (s.has_timestamps)
        s.ts_value = timestamp(how.stamp);
    leave(m, c.cookie, how.why, t.transmissions, t.first);
    m.bump(trace::Counter::RetransSegs);
    return true;
}

// tcp_retransmit_skb()
bool repeat(Connection& c, std::size_t at, Moment& m, const Again& how) {
    if (!send_again(c, at, m, how))
        return false;
    Recovery& r = c.recovery;
    if (!c.sent[at].resent) {
        c.sent[at].resent = true;
        ++r.resent;
    }
    if (c.retransmitting_since == trace::never)
        c.retransmitting_since = how.stamp;
    r.undo_repeats = std::max(r.undo_repeats, 0) + 1;
    return true;
}

// How many segments, from this one on, leave again as one buffer.
std::size_t of_one_buffer(const Connection& c, std::size_t at, std::uint32_t most) {
    const Seq limit = window_end(c.snd);
    std::size_t n = 1;
    while (n < most && at + n < c.sent.size() && !c.sent[at + n].begins_buffer &&
           payload(c, c.sent[at + n - 1]) == mss_now(c) && !after(c.sent[at + n].end, limit) &&
           c.sent[at + n].lost && !c.sent[at + n].resent)
        ++n;
    return n;
}

// tcp_fragment(): what stays behind of its buffer is one of its own.
void cut_behind(Connection& c, std::size_t at) {
    if (at + 1 < c.sent.size())
        c.sent.begin_buffer(c.sent[at + 1]);
}

// Our SYN is not acknowledged, even where a program has closed in SYN_RECV.
bool is_opening(const Connection& c) {
    return c.status.state() == trace::State::syn_sent ||
           (c.snd.una == c.snd.iss && !c.sent.empty() && c.sent.front().begin == c.snd.iss);
}

// tcp_rto_delta_us()
Duration until_timeout(const Connection& c, const Moment& m) {
    return c.sent.front().at + c.rtt.rto - m.now();
}

// Puts the probe in the place of the timeout, which is `timeout_in` away, if it comes no later.
bool schedule_probe(Connection& c, Moment& m, Duration timeout_in) {
    const Phase phase = c.recovery.phase;
    // Only what tcp_write_xmit() sends is probed for: a SYN alone is not.
    if (c.sent.empty() || (c.sent.size() == 1 && is_opening(c)) ||
        (phase != Phase::open && phase != Phase::cwr))
        return false;
    const Duration wait = probe_timeout(m.stack, c.agreed.sack, c.rtt.measured, c.rtt.srtt,
                                        c.sent.size() == 1, c.rtt.bounds);
    if (wait <= Duration{})
        return false;
    c.resend.due = m.now() + (timeout_in > Duration{} ? std::min(wait, timeout_in) : wait);
    c.awaits = Awaits::probe;
    return true;
}

void run(Connection& c, Duration wait, Moment& m, trace::EventId by) {
    // tcp_reset_xmit_timer(): a timeout assumed for want of a measurement is cut as well.
    c.resend = {m.now() + std::min(wait, rto_max(m.stack, c.rtt.bounds)), m.now(), by,
                trace::Timer::retransmit, c.resend.repetitions};
    if (c.retransmissions == 0)
        c.resend.repetitions = 0;
}

} // namespace

bool repeat_head(Connection& c, Moment& m, Rule why) {
    if (is_opening(c)) {
        send_syn(c, m, why, c.status.state() != trace::State::syn_sent);
        return true;
    }
    if (c.sent.empty())
        return false;
    cut_anew(c, 0, mss_now(c));
    if (!repeat(c, 0, m, {why, m.now()}))
        return false;
    cut_behind(c, 0);
    return true;
}

namespace {

// tcp_xmit_retransmit_queue()
void repeat_marked(Connection& c, Moment& m, Rule because, trace::Instant stamp) {
    Recovery& r = c.recovery;
    const bool after_timeout = r.phase == Phase::loss;
    const Rule why = because != Rule::none ? because
                     : after_timeout       ? Rule::retransmission_timeout
                                           : Rule::fast_retransmit;
    look_at_path(c, m);
    const std::uint32_t most_segments =
        segments_per_buffer(m.stack, mss_now(c), pacing_rate(c.congestion), r.shortest);
    bool head = false;
    for (std::size_t i = 0; i < c.sent.size(); ++i) {
        // What an undone recovery has left under way counts against what is lost now.
        if (congestion_room(c) == 0 || r.resent >= r.lost)
            break;
        const Sent& t = c.sent[i];
        if (!t.lost || t.sacked || t.resent)
            continue;
        cut_anew(c, i, mss_now(c)); // should the MSS have changed
        const std::size_t n = of_one_buffer(c, i, std::min(congestion_room(c), most_segments));
        std::size_t left = 0;
        while (left < n && repeat(c, i + left, m, {why, stamp, n > 1 && left + 1 == n}))
            ++left;
        if (left < n)
            break;
        cut_behind(c, i + n - 1);
        m.add(after_timeout ? trace::Counter::TCPSlowStartRetrans : trace::Counter::TCPFastRetrans,
              static_cast<std::uint32_t>(n));
        if (is_reducing(c))
            c.congestion.sent += static_cast<std::uint32_t>(n);
        head = head || i == 0;
        i += n - 1;
    }
    if (head && !(c.resend.runs() && c.awaits == Awaits::late_arrivals))
        start_retransmission_timer(c, m, m.journal.cause());
}

} // namespace

void repeat_lost(Connection& c, Moment& m) {
    repeat_marked(c, m, Rule::none, m.now());
}

void repeat_without_blame(Connection& c, Moment& m, Rule why, trace::Instant stamp) {
    Recovery& r = c.recovery;
    if (r.phase != Phase::loss) {
        r.high = c.snd.nxt;
        c.congestion.ssthresh = current_threshold(c);
        c.congestion.old_ssthresh = 0;
        r.can_undo = false;
        r.phase = Phase::loss;
        reset_cubic(c, m);
    }
    repeat_marked(c, m, why, stamp);
}

void repeat_refused(Connection& c, Moment& m) {
    for (Sent& t : c.sent)
        mark_lost(c, t, m);
    c.recovery.frto = false;
    c.recovery.phase = Phase::open; // tcp_ack() of the SYN alone
    repeat_without_blame(c, m, Rule::fastopen_data_not_acknowledged, m.now());
}

void send_tail_loss_probe(Connection& c, Moment& m) {
    Recovery& r = c.recovery;
    if (r.probed || c.sent.empty()) {
        rearm_timeout(c, m);
        return;
    }
    r.probe_repeats = false;
    if (!send_as_probe(c, m)) {
        c.sent.begin_buffer(c.sent.back()); // tcp_fragment(): the last segment alone
        if (!send_again(c, c.sent.size() - 1, m, {Rule::tail_loss_probe, m.now()})) {
            rearm_timeout(c, m);
            return;
        }
        r.probe_repeats = true;
    }
    r.probed = true;
    r.probe_high = c.snd.nxt;
    m.bump(trace::Counter::TCPLossProbes);
    start_retransmission_timer(c, m, m.journal.cause());
}

void watch_over(Connection& c, Moment& m, trace::EventId by, bool nothing_was_outstanding) {
    // The timeout counts from the oldest outstanding segment; more sending does not put it off.
    if (nothing_was_outstanding)
        start_retransmission_timer(c, m, by);
    else if (c.awaits == Awaits::probe)
        rearm_timeout(c, m);
    schedule_probe(c, m, until_timeout(c, m));
}

void start_retransmission_timer(Connection& c, Moment& m, trace::EventId by) {
    c.awaits = Awaits::timeout;
    run(c, c.rtt.rto, m, by);
}

void restart_retransmission_timer(Connection& c, Moment& m) {
    if (c.snd.una == c.snd.nxt) {
        c.resend.stop();
        c.resend.repetitions = 0;
        return;
    }
    const bool offset = c.resend.runs() && c.awaits != Awaits::timeout;
    const Awaits before_this = c.awaits;
    run(c, c.rtt.rto, m, m.journal.cause());
    if (schedule_probe(c, m, c.rtt.rto))
        return;
    c.awaits = offset ? before_this : Awaits::timeout;
    rearm_timeout(c, m);
}

void rearm_timeout(Connection& c, Moment& m) {
    if (c.sent.empty()) {
        c.resend.stop();
        return;
    }
    const Duration wait = c.awaits == Awaits::timeout
                              ? c.rtt.rto
                              : std::max(until_timeout(c, m), clock_granule(m.stack, {}));
    c.awaits = Awaits::timeout;
    run(c, wait, m, m.journal.cause());
}

void hurry_timeout(Connection& c, Duration wait, Moment& m) {
    c.awaits = Awaits::timeout;
    run(c, clock_granule(m.stack, wait), m, m.journal.cause());
}

void start_late_timer(Connection& c, Duration wait, Moment& m) {
    run(c, std::min(wait, c.rtt.rto), m, m.journal.cause());
    c.awaits = Awaits::late_arrivals;
}

} // namespace tcp
