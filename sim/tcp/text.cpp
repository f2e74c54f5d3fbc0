// §3.10.7.4, seventh and eighth: payload and FIN; tcp_data_queue(), tcp_fin().
#include <algorithm>

#include "arrival.hpp"
#include "headers.hpp"
#include "limits.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using trace::Segment;
using trace::Trigger;
using S = trace::State;
namespace flag = trace::flag;

namespace {

// Payload [begin, end), and whether a FIN follows it.
struct Text {
    Seq begin, end;
    bool fin = false;
};

Seq last_of(const Range& r) {
    return r.end + (r.fin ? 1u : 0u);
}

// Keeps what came too early as it came, sorted: tcp_data_queue_ofo(). Where two overlap both stay,
// unless one has all of the other; a FIN belongs to the segment that it came with.
void keep_for_later(Connection& c, const Text& t) {
    auto& ranges = c.out_of_order;
    const Range add{t.begin, t.end, t.fin};
    std::size_t at = 0;
    for (; at < ranges.size() && !before(add.begin, ranges[at].begin); ++at) {
        Range& r = ranges[at];
        if (!after(last_of(add), last_of(r)))
            return;
        if (r.begin == add.begin)
            break;
        if (r.end == add.begin && !r.fin && !add.fin) { // tcp_ooo_try_coalesce()
            r.end = add.end;
            break;
        }
    }
    const bool joined = at < ranges.size() && !after(ranges[at].begin, add.begin);
    if (joined && ranges[at].begin == add.begin)
        ranges[at] = add;
    if (!joined)
        ranges.insert(ranges.begin() + static_cast<std::ptrdiff_t>(at), add);
    std::size_t covered = at + 1;
    while (covered < ranges.size() && !after(last_of(ranges[covered]), last_of(ranges[at])))
        ++covered;
    ranges.erase(ranges.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                 ranges.begin() + static_cast<std::ptrdiff_t>(covered));
}

// The peer's FIN, in its place.
[[gnu::noinline]] void take_fin(Connection& c, Moment& m) {
    c.rcv.nxt = c.rcv.nxt + 1;
    c.rcv.fin = true;
    c.shut_rd = true;
    c.done_reading = true;
    m.explain(Rule::fin_arrived);
    const S state = c.status.state();
    advance(c.status, c.cookie, Trigger::fin, m);
    if (state == S::established || state == S::syn_recv)
        expect_reply(c, m);
    else if (state == S::fin_wait_1 || state == S::fin_wait_2)
        send_ack(c, m, Rule::fin_arrived);
    else // once more, further on: nothing changes
        schedule_ack(c, Rule::fin_arrived);
    if (c.status.state() == S::closed) // without a TIME_WAIT to wait in
        bury(c, trace::Errno::ok);
}

// After what was next in sequence: what was kept and now fits.
[[gnu::noinline]] void take_what_was_kept(Connection& c, bool& fin) {
    auto& ranges = c.out_of_order;
    if (fin) { // tcp_fin() throws away what was kept from beyond it
        ranges.clear();
        return;
    }
    std::size_t used = 0;
    for (const Range& r : ranges) {
        if (after(r.begin, c.rcv.nxt))
            break;
        ++used;
        // tcp_ofo_queue(): a FIN that data has come in the place of goes with what it was part of.
        if (!after(last_of(r), c.rcv.nxt))
            continue;
        c.rcv.nxt = r.end;
        fin = r.fin;
        if (fin)
            break;
    }
    if (fin) {
        ranges.clear();
        return;
    }
    ranges.erase(ranges.begin(), ranges.begin() + static_cast<std::ptrdiff_t>(used));
}

// It waits beyond a gap.
[[gnu::noinline]] void take_early(Connection& c, const Segment& s, Text t, BufferSize size,
                                  Moment& m) {
    const Seq end = last_of({t.begin, t.end, t.fin});
    m.explain(Rule::data_out_of_order);
    m.bump(trace::Counter::TCPOFOQueue);
    schedule_ack(c, Rule::data_out_of_order);
    measure_mss(c, s.length, s.flags, size.memory);
    tell_early(c, t.begin, end, m);
    keep_for_later(c, t);
    keep_early(c, t.begin, end, s.length, size, m.stack);
}

} // namespace

void abort_on_data(Connection& c, const Segment& s, Moment& m) {
    const trace::Errno error =
        c.status.state() == S::close_wait ? trace::Errno::epipe : trace::Errno::econnreset;
    m.refuse(Rule::data_to_closed_reader);
    m.bump(trace::Counter::TCPAbortOnData);
    send_reset_for(s, c.cookie, Rule::data_to_closed_reader, m);
    advance(c.status, c.cookie, Trigger::abort, m, Rule::data_to_closed_reader);
    bury(c, error);
}

Next take_text(Connection& c, const Segment& s, Moment& m, bool unasked) {
    const S state = c.status.state();
    const bool fin = s.flags.has(flag::fin);
    const Seq begin = s.flags.has(flag::syn) ? s.seq + 1 : s.seq;
    const Seq end = begin + s.length;

    if (state == S::close_wait || state == S::closing || state == S::last_ack) {
        if (!before(s.seq, c.rcv.nxt)) {
            if (s.length > 0 || fin)
                m.refuse(Rule::data_after_fin);
            return Next::go_on;
        }
    }
    const bool closing = state == S::fin_wait_1 || state == S::fin_wait_2 ||
                         state == S::close_wait || state == S::closing || state == S::last_ack;
    if (c.shut_rd && closing && (s.length > 0 || fin) && after(end, c.rcv.nxt)) {
        abort_on_data(c, s, m);
        return Next::stop;
    }

    const bool all_old = !after(end + (fin ? 1u : 0u), c.rcv.nxt);
    if (all_old) {
        // The SYN+ACK of a simultaneous open repeats a known SYN, but its ACK has been taken.
        if (s.flags.has(flag::syn))
            m.explain(Rule::ack_establishes);
        else
            m.refuse(Rule::data_old);
        m.bump(trace::Counter::DelayedACKLost);
        tell_duplicate(c, s.seq, end + (fin ? 1u : 0u), m);
        schedule_quick_ack(c, Rule::data_old);
        return Next::go_on;
    }
    const std::uint32_t room = receive_window(c);
    const Seq limit = c.rcv.nxt + room;
    // A bare FIN is let in even through a closed window.
    if (!before(begin, limit) && !(s.length == 0 && begin == c.rcv.nxt)) {
        m.refuse(Rule::segment_outside_window);
        if (begin == c.rcv.nxt)
            m.bump(trace::Counter::TCPZeroWindowDrop);
        schedule_quick_ack(c, Rule::segment_outside_window);
        return Next::go_on;
    }
    Text t{begin, end, fin};
    if (after(t.end, limit) && trims_to_window(m.stack))
        t = {begin, limit, false};
    if (before(t.begin, c.rcv.nxt))
        t.begin = c.rcv.nxt;
    const std::uint32_t headers = usual_headers(c.agreed.timestamps);
    const BufferSize size = memory_of_received(m.stack, s.length, headers);
    const auto [memory, behind] = size;
    const bool early = after(t.begin, c.rcv.nxt);
    if (early && c.ecn.on) [[unlikely]]
        take_codepoint(c, s.ecn, m);

    if (!make_room(c, s, early, unasked && !early, m)) {
        if (early) { // without a word
            m.refuse(Rule::receive_buffer_full);
            m.bump(trace::Counter::TCPOFODrop);
            return Next::go_on;
        }
        c.acks.no_memory = c.acks.at_once = true;
        schedule_ack(c, Rule::receive_buffer_full);
        if (!c.memory.queue.empty() && s.length > 0) {
            m.refuse(Rule::receive_buffer_full);
            m.bump(trace::Counter::TCPRcvQDrop);
            return Next::go_on;
        }
    }
    if (early) {
        take_early(c, s, t, size, m);
        return Next::go_on;
    }
    c.heard = m.now();
    const bool gap = !c.out_of_order.empty();
    keep_in_order(c, t.begin, t.end + (t.fin ? 1u : 0u), memory, behind);
    if (before(begin, c.rcv.nxt))
        tell_duplicate(c, begin, c.rcv.nxt, m);
    if (after(t.end, c.rcv.nxt))
        c.rcv.nxt = t.end;
    bool fin_is_next = t.fin;
    if (gap)
        take_what_was_kept(c, fin_is_next);
    if (!t.fin && !c.memory.early.empty())
        early_is_in_order(c, fin_is_next);
    if (fin_is_next)
        forget_early(c);
    forget_told(c);
    if (s.length > 0) {
        m.explain(Rule::data_in_order);
        if (c.ecn.on && s.flags.has(flag::cwr)) [[unlikely]]
            m.explain(Rule::cwr_ends_echo);
        data_arrived(c, s, memory, m);
    }
    if (fin_is_next)
        take_fin(c, m);
    // tcp_data_ready() does not ask who sleeps.
    if (c.queue.asleep)
        c.queue.poked = fin_is_next || enough_to_read(c, limits(c.options).receive_low_water);
    check_prediction(c);
    // Closing a gap is worth an ACK at once (RFC 5681 §4.2), even of a FIN.
    if (gap && !t.fin && c.out_of_order.empty())
        c.acks.at_once = true;
    return Next::go_on;
}

} // namespace tcp
