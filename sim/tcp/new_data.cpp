// Bytes and FIN that leave for the first time: tcp_write_xmit(), tcp_write_wakeup().
#include <algorithm>

#include "hystart.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "rto.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using trace::Segment;
using S = trace::State;
namespace flag = trace::flag;

namespace {

bool may_send(const Connection& c) {
    const S s = c.status.state();
    // A passive Fast Open need not wait for its final ACK.
    if (s == S::syn_recv && c.fast_open.passive)
        return true;
    return s == S::established || s == S::close_wait || s == S::fin_wait_1 || s == S::closing ||
           s == S::last_ack;
}

std::uint32_t unsent(const Connection& c) {
    return before(c.snd.nxt, c.snd.end) ? c.snd.end - c.snd.nxt : 0;
}

bool fin_is_unsent(const Connection& c) {
    return c.snd.fin && c.snd.nxt != c.snd.end + 1;
}

std::uint32_t usable_window(const Connection& c) {
    const Seq limit = window_end(c.snd);
    return before(c.snd.nxt, limit) ? limit - c.snd.nxt : 0;
}

// Why a segment of new data leaves that may be marked on its way.
[[gnu::noinline]] Rule of_capable(Connection& c, Segment& s, bool first, Rule otherwise) {
    new_data_is_capable(c, s, first);
    return tells_reduction(s) ? Rule::cwr_tells_reduction : otherwise;
}

// One buffer of the kernel's: segments that leave together. The last of several ends with PSH
// whatever the program pushed (__tcp_transmit_skb()); what is kept of it is what the program did.
trace::EventId send_buffer(Connection& c, Moment& m, std::uint32_t bytes, bool pushed, bool fin,
                           bool alone, Rule why) {
    const std::uint32_t mss = mss_now(c);
    const bool several = bytes > mss;
    if (bytes > 0 && alone)
        cubic_resumes(c, m);
    trace::EventId first = trace::none;
    std::uint32_t left = bytes;
    const std::uint16_t window = announce_window(c, m); // once: the segments share one header
    do {
        const std::uint32_t length = std::min(left, mss);
        left -= length;
        const bool last = left == 0;
        trace::Flags flags = flag::ack;
        if (length > 0 && last && (pushed || several))
            flags = flags | flag::psh;
        if (fin && last)
            flags = flags | flag::fin;
        const Seq begin = c.snd.nxt;
        c.snd.nxt = begin + length + (fin && last ? 1u : 0u);
        if (length > 0)
            data_has_left(c, m);
        const bool bare_fin = length == 0;
        Segment& s = new_segment(c, flags, begin, length, window, m);
        Rule reason = fin && last ? why : Rule::new_data;
        if (c.ecn.on) [[unlikely]]
            reason = of_capable(c, s, first == trace::none, reason);
        const Left sent = leave(m, c.cookie, reason);
        c.sent.push_back({begin, c.snd.nxt, m.now(), sent.segment, 1, first == trace::none,
                          last && pushed, false, false, false, false, false,
                          ++c.recovery.transmissions});
        if (first == trace::none)
            first = sent.event;
        if (last && !bare_fin && bytes % mss != 0)
            c.queue.small = c.snd.nxt; // tcp_minshall_update()
    } while (left > 0);
    return first;
}

// The buffer at the head: its length, and what it is worth to be sent now.
struct Head {
    std::uint32_t length = 0;
    bool pushed = false;
    bool closed = false; // MSG_EOR
    bool last = true;    // nothing waits behind it: more may yet be written into it
    bool fin = false;    // the program's FIN is at its end
    // In its place: as what a function returns it would go through one register, bit by bit.
    explicit Head(const Connection& c) {
        const auto& waiting = c.queue.waiting;
        if (!waiting.empty()) {
            length = waiting.front().end - c.snd.nxt;
            pushed = waiting.front().pushed;
            closed = waiting.front().closed;
            last = waiting.size() == 1;
        }
        fin = last && fin_is_unsent(c);
    }
};

// tcp_grow_skb(): a buffer that is smaller than what may leave takes over from the next one.
void grow_head(Connection& c, std::uint32_t most) {
    auto& waiting = c.queue.waiting;
    if (waiting.size() < 2 || waiting[0].closed || waiting[0].end - c.snd.nxt >= most)
        return;
    const std::uint32_t missing = most - (waiting[0].end - c.snd.nxt);
    const std::uint32_t next = waiting[1].end - waiting[0].end;
    if (missing < next) {
        waiting[0].end = waiting[0].end + missing;
        return;
    }
    waiting[1].pushed = waiting[1].pushed || waiting[0].pushed;
    waiting.erase(waiting.begin());
}

// So much of the head is about to leave; the rest keeps its PSH (tso_fragment()).
bool take_from_head(Connection& c, std::uint32_t bytes) {
    auto& waiting = c.queue.waiting;
    if (waiting.empty() || waiting.front().end != c.snd.nxt + bytes)
        return false;
    const bool pushed = waiting.front().pushed;
    waiting.erase(waiting.begin());
    return pushed;
}

enum class Held : std::uint8_t { no, by_congestion, otherwise };

// tcp_tso_should_defer(): more than one segment waits, less may leave than makes a buffer, and an
// ACK that will allow more is about to come.
Held defers(const Connection& c, const Head& h, std::uint32_t most_segments, const Moment& m) {
    const std::uint32_t mss = mss_now(c);
    if (!defers_buffers(m.stack) || c.recovery.phase >= Phase::recovery || c.sent.empty())
        return Held::no;
    const trace::Instant last = std::max(c.congestion.last_data, c.sent.back().at);
    if (m.now() - last > trace::milliseconds(1))
        return Held::no; // only a burst that goes on is worth holding
    const std::uint32_t offered = usable_window(c), allowed = congestion_room(c) * mss;
    const std::uint32_t limit = std::min(offered, allowed);
    if (limit >= most_segments * mss || (!h.last && limit >= h.length))
        return Held::no;
    if (limit >= too_little_to_leave(m.stack, std::min(c.snd.wnd, c.congestion.cwnd * mss), mss))
        return Held::no;
    const trace::Duration expected = c.sent.front().at + c.rtt.srtt - m.now();
    if (expected > std::min(c.rtt.srtt / 2, longest_deferral(m.stack)))
        return Held::no;
    if (allowed < offered ? allowed <= h.length : offered <= h.length)
        return allowed < offered ? Held::by_congestion : Held::otherwise;
    return h.fin ? Held::no : Held::otherwise;
}

// What went, and whether the congestion window was what stopped it: the end of tcp_write_xmit().
void note_sending(Connection& c, Moment& m, std::size_t outstanding_before, bool limited) {
    const auto segments = static_cast<std::uint32_t>(c.sent.size() - outstanding_before);
    if (segments > 0 || limited)
        note_window_use(c, segments, limited || congestion_room(c) == 0, m);
}

enum class Amount : std::uint8_t {
    all,
    one_buffer,
    probe, // one, even if the congestion window has no room
};

bool send_buffers(Connection& c, Moment& m, Rule why, Push push, Amount amount) {
    if (!may_send(c))
        return false;
    look_at_path(c, m);
    const bool nothing_outstanding = c.snd.una == c.snd.nxt;
    const std::uint32_t mss = mss_now(c);
    const std::size_t outstanding_before = c.sent.size();
    bool limited = false;
    const std::uint32_t most_segments = // of one it makes no difference
        unsent(c) <= mss
            ? 1
            : segments_per_buffer(m.stack, mss, pacing_rate(c.congestion), c.recovery.shortest);
    trace::EventId first_event = trace::none;
    if (amount == Amount::all && !c.path.search.empty()) [[unlikely]] {
        const Probed probed = probe_path(c, m);
        if (probed.what == Probing::waits)
            return false;
        first_event = probed.event;
    }
    while (unsent(c) > 0 || fin_is_unsent(c)) {
        // tcp_cwnd_test(): one buffer takes half the window at most.
        const std::uint32_t out = in_flight(c);
        std::uint32_t quota =
            std::min(congestion_room(c, out), std::max(c.congestion.cwnd / 2, 1u));
        if (quota == 0 && amount == Amount::probe)
            quota = 1;
        if (quota == 0) {
            limited = true;
            break;
        }
        const std::uint32_t most = mss * std::min(quota, most_segments);
        if (buffers_grow(m.stack))
            grow_head(c, most);
        const Head h(c);
        const std::uint32_t usable = usable_window(c);
        // tcp_snd_wnd_test(): a whole segment must fit.
        if (std::min(h.length, mss) + (h.fin && h.length <= mss ? 1u : 0u) > usable)
            break;
        std::uint32_t length = h.length;
        if (length <= mss) {
            if (length < mss && h.last && !h.fin && nagle_holds(c, push, m.stack))
                break;
        } else {
            if (amount == Amount::all)
                if (const Held held = defers(c, h, most_segments, m); held != Held::no) {
                    limited = held == Held::by_congestion;
                    break;
                }
            // tcp_mss_split_point(): what is left of the window is used, unless Nagle forbids it.
            const std::uint32_t needed = std::min(length, usable);
            if (urgent_mode(c)) {
                length = mss;
            } else if (most <= needed || (most <= usable && !h.last)) {
                length = std::min(length, most);
            } else {
                const std::uint32_t part = needed % mss;
                length = part > 0 && nagle_holds(c, push, m.stack) ? needed - part : needed;
            }
        }
        if (does_not_get_out(c, length, m)) [[unlikely]]
            break;
        const bool fin = h.fin && length == h.length;
        const bool closed = h.closed && length == h.length;
        const bool pushed = take_from_head(c, length);
        const trace::EventId event = send_buffer(c, m, length, pushed, fin, out == 0, why);
        if (closed) [[unlikely]]
            c.sent.back().closed = true; // tcp_skb_can_collapse_to()
        space_was_freed(c, m.stack);     // tcp_event_new_data_sent(): less waits unsent
        if (first_event == trace::none)
            first_event = event;
        if (amount != Amount::all)
            break;
    }
    const bool sent = first_event != trace::none;
    note_sending(c, m, outstanding_before, limited);
    if (sent && amount != Amount::probe)
        watch_over(c, m, first_event, nothing_outstanding);
    const bool waits = unsent(c) > 0 || fin_is_unsent(c);
    if (!sent && waits && c.snd.una == c.snd.nxt && !c.resend.runs()) {
        // Nothing is under way whose ACK could bring a window: persist, RFC 9293 §3.8.6.1. A cork
        // is pulled by the same timer (tcp_check_probe_timer()).
        const trace::Duration interval = std::max(c.rtt.rto, trace::milliseconds(200));
        c.resend = {m.now() + interval, m.now(), m.journal.cause(), trace::Timer::persist, 0};
    }
    return sent;
}

} // namespace

bool send_what_fits(Connection& c, Moment& m, Rule why, Push push) {
    if (unsent(c) == 0 && !fin_is_unsent(c)) // tcp_send_head()
        return false;
    return send_buffers(c, m, why, push, Amount::all);
}

void send_one_buffer(Connection& c, Moment& m) {
    send_buffers(c, m, Rule::new_data, Push::all, Amount::one_buffer);
}

bool send_as_probe(Connection& c, Moment& m) {
    return send_buffers(c, m, Rule::tail_loss_probe, Push::all, Amount::probe);
}

bool send_although_small(Connection& c, Moment& m) {
    c.path.stale = false;
    look_at_path(c, m);
    const std::uint32_t usable = usable_window(c);
    if (usable == 0 || (unsent(c) == 0 && !fin_is_unsent(c)))
        return false;
    // The head as it is, or the part of it that fits.
    const Head h(c);
    std::uint32_t length = h.length;
    bool fin = h.fin;
    if (usable < length + (fin ? 1u : 0u) || length > mss_now(c)) {
        length = std::min({usable, mss_now(c), length});
        fin = false;
    }
    if (before(c.queue.pushed, c.snd.end))
        c.queue.pushed = c.snd.end;
    take_from_head(c, length);
    trace::Flags flags = flag::ack;
    if (length > 0)
        flags = flags | flag::psh;
    if (fin)
        flags = flags | flag::fin;
    const Seq begin = c.snd.nxt;
    c.snd.nxt = begin + length + (fin ? 1u : 0u);
    if (length > 0) {
        cubic_resumes(c, m); // nothing is outstanding
        data_has_left(c, m);
    }
    const Rule why = c.queue.corked ? Rule::cork_pulled : Rule::zero_window_probe;
    Segment& s = new_segment(c, flags, begin, length, m);
    if (c.ecn.on) [[unlikely]]
        new_data_is_capable(c, s, true);
    const Left left = leave(m, c.cookie, why);
    c.sent.push_back({begin, c.snd.nxt, m.now(), left.segment, 1, true, length > 0, false, false,
                      false, false, false, ++c.recovery.transmissions});
    // tcp_send_probe0(): what is outstanding is watched by the timeout, the row of probes is over.
    c.probes_out = 0;
    c.probing_since = trace::never;
    c.rtt.backoff = 0;
    start_retransmission_timer(c, m, left.event);
    return true;
}

} // namespace tcp
