// Bytes and FIN that leave for the first time: tcp_write_xmit(), tcp_write_wakeup().
#include <algorithm>

#include "output.hpp"
#include "policy.hpp"
#include "rto.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
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

// One buffer of the kernel's: segments that leave together, the last of them pushed.
trace::EventId send_buffer(Connection& c, Moment& m, std::uint32_t bytes, bool fin, Rule why) {
    const std::uint32_t mss = c.agreed.mss;
    const bool all = bytes == unsent(c);
    const bool several = bytes > mss;
    trace::EventId first = trace::none;
    std::uint32_t left = bytes;
    do {
        const std::uint32_t length = std::min(left, mss);
        left -= length;
        const bool last = left == 0;
        trace::Flags flags = flag::ack;
        if (length > 0 && last && (all || several))
            flags = flags | flag::psh;
        if (fin && last)
            flags = flags | flag::fin;
        const Seq begin = c.snd.nxt;
        c.snd.nxt = begin + length + (fin && last ? 1u : 0u);
        if (length > 0)
            data_has_left(c, m);
        const bool bare_fin = length == 0;
        const Left sent = depart(segment_of(c, flags, begin, length, m), c.cookie,
                                 fin && last ? why : Rule::new_data, m);
        c.sent.push_back({begin, c.snd.nxt, m.now(), sent.segment, 1, first == trace::none});
        c.sent.back().order = ++c.recovery.transmissions;
        if (first == trace::none)
            first = sent.event;
        if (last && !bare_fin && bytes % mss != 0)
            c.queue.small = c.snd.nxt; // tcp_minshall_update()
    } while (left > 0);
    return first;
}

// What went, and whether the congestion window was what stopped it: the end of tcp_write_xmit().
void note_sending(Connection& c, Moment& m, std::size_t outstanding_before, bool limited) {
    const auto segments = static_cast<std::uint32_t>(c.sent.size() - outstanding_before);
    if (segments > 0 || limited)
        note_window_use(c, segments, limited || congestion_room(c) == 0, m);
}

bool send_buffers(Connection& c, Moment& m, Rule why, Push push, bool only_one) {
    if (!may_send(c))
        return false;
    const bool nothing_outstanding = c.snd.una == c.snd.nxt;
    const std::uint32_t mss = c.agreed.mss;
    const std::size_t outstanding_before = c.sent.size();
    bool limited = false;
    data_after_pause(c, m);
    trace::EventId first_event = trace::none;
    while (unsent(c) > 0 || fin_is_unsent(c)) {
        // tcp_cwnd_test(): one buffer takes half the window at most.
        const std::uint32_t quota =
            std::min(congestion_room(c), std::max(c.congestion.cwnd / 2, 1u));
        if (quota == 0) {
            limited = true;
            break;
        }
        const std::uint32_t most =
            mss * std::min(quota, segments_per_buffer(m.stack, mss, c.congestion.cwnd, c.rtt.srtt));
        std::uint32_t length = std::min(unsent(c), most);
        bool fin = fin_is_unsent(c) && length == unsent(c);
        const std::uint32_t usable = usable_window(c);
        const std::uint32_t first = std::min(length, mss);
        if (first + (fin && first == length ? 1u : 0u) > usable)
            break; // a whole segment must fit
        if (length <= mss) {
            if (length < mss && !fin && nagle_holds(c, push, m.stack))
                break;
        } else if (const std::uint32_t fits = std::min(length, usable); fits < most) {
            // tcp_mss_split_point(): what is left of the window is used, unless Nagle forbids it.
            const std::uint32_t part = fits % mss;
            const std::uint32_t now =
                part > 0 && nagle_holds(c, push, m.stack) ? fits - part : fits;
            fin = fin && now == length;
            length = now;
        }
        const trace::EventId event = send_buffer(c, m, length, fin, why);
        if (first_event == trace::none)
            first_event = event;
        if (only_one)
            break;
    }
    const bool sent = first_event != trace::none;
    note_sending(c, m, outstanding_before, limited);
    if (sent)
        watch_over(c, m, first_event, nothing_outstanding);
    const bool waits = unsent(c) > 0 || fin_is_unsent(c);
    if (!sent && waits && c.snd.una == c.snd.nxt && !c.resend.runs()) {
        // Nothing is under way whose ACK could bring a window: persist, RFC 9293 §3.8.6.1. A cork
        // is pulled by the same timer (tcp_check_probe_timer()).
        const trace::Duration interval =
            std::max(base_rto(c.rtt, m.stack), trace::milliseconds(200));
        c.rtt.backoff = 0;
        c.resend = {m.now() + interval, m.now(), m.journal.cause(), trace::Timer::persist, 0};
    }
    return sent;
}

} // namespace

bool send_what_fits(Connection& c, Moment& m, Rule why, Push push) {
    return send_buffers(c, m, why, push, false);
}

void send_one_buffer(Connection& c, Moment& m) {
    send_buffers(c, m, Rule::new_data, Push::all, true);
}

bool send_one_segment(Connection& c, Moment& m, Rule why) {
    if (!may_send(c) || (unsent(c) == 0 && !fin_is_unsent(c)))
        return false;
    const std::uint32_t length = std::min<std::uint32_t>(unsent(c), c.agreed.mss);
    const bool fin = fin_is_unsent(c) && length == unsent(c);
    if (length + (fin ? 1u : 0u) > usable_window(c))
        return false;
    const std::size_t outstanding_before = c.sent.size();
    send_buffer(c, m, length, fin, why);
    note_sending(c, m, outstanding_before, false);
    return true;
}

bool send_although_small(Connection& c, Moment& m) {
    const std::uint32_t usable = usable_window(c);
    const bool fin_left = fin_is_unsent(c);
    if (usable == 0 || (unsent(c) == 0 && !fin_left))
        return false;
    std::uint32_t length = unsent(c);
    bool fin = fin_left;
    if (usable < length + (fin ? 1u : 0u) || length > c.agreed.mss) {
        length = std::min({usable, std::uint32_t{c.agreed.mss}, length});
        fin = false;
    }
    if (before(c.queue.pushed, c.snd.end))
        c.queue.pushed = c.snd.end;
    trace::Flags flags = flag::ack;
    if (length > 0)
        flags = flags | flag::psh;
    if (fin)
        flags = flags | flag::fin;
    const Seq begin = c.snd.nxt;
    c.snd.nxt = begin + length + (fin ? 1u : 0u);
    if (length > 0)
        data_has_left(c, m);
    const Rule why = c.queue.corked ? Rule::cork_pulled : Rule::zero_window_probe;
    const Left left = depart(segment_of(c, flags, begin, length, m), c.cookie, why, m);
    c.sent.push_back({begin, c.snd.nxt, m.now(), left.segment, 1, true});
    c.sent.back().order = ++c.recovery.transmissions;
    c.probes_out = 0;
    c.rtt.backoff = 0;
    start_retransmission_timer(c, m, left.event);
    return true;
}

} // namespace tcp
