// What is left after the connection: TIME_WAIT, or an orphan's FIN_WAIT_2. §3.10.7.4 and
// tcp_timewait_state_process().
#include "time_wait.hpp"
#include "arrival.hpp"
#include "output.hpp"
#include "policy.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Segment;
using trace::Trigger;
using S = trace::State;
namespace flag = trace::flag;

constinit const TimeWait new_time_wait{};

namespace {

void answer(const TimeWait& w, const Segment& in, Moment& m, Rule why) {
    Segment s;
    s.source = in.destination;
    s.destination = in.source;
    s.seq = w.snd_nxt;
    s.ack = w.rcv_nxt;
    s.flags = flag::ack;
    s.window = static_cast<std::uint16_t>(w.rcv_wnd >> w.receive_scale);
    s.has_timestamps = w.timestamps;
    s.ts_value = w.timestamps ? timestamp(m.now()) : 0;
    s.ts_echo = w.ts_recent;
    depart(s, w.cookie, why, m, 1, trace::none, m.journal.answering());
}

void restart(TimeWait& w, Moment& m) {
    w.clock = {m.now() + time_wait_length(m.stack), m.now(), m.journal.cause(),
               trace::Timer::time_wait, 0};
}

// PAWS, RFC 7323 §5.3: a timestamp from before the last one seen. A RST may disregard it when that
// was seen a minute ago: tcp_paws_reject().
bool is_stale(const TimeWait& w, const Segment& s, trace::Instant now) {
    if (!w.timestamps || !s.has_timestamps || w.ts_recent == 0 ||
        static_cast<std::int32_t>(s.ts_value - w.ts_recent) >= 0)
        return false;
    constexpr std::int64_t second = 1'000'000'000;
    return !s.flags.has(flag::rst) || now.ns / second - w.ts_seen.ns / second < 60;
}

void see_timestamp(TimeWait& w, const Segment& s, const Moment& m) {
    if (!s.has_timestamps)
        return;
    w.ts_recent = s.ts_value;
    if (w.timestamps)
        w.ts_seen = m.now();
}

bool outside(const TimeWait& w, const Segment& s) {
    const Seq end = s.seq + seg_len(s), last = w.rcv_nxt + w.rcv_wnd;
    if (s.seq == w.rcv_nxt)
        return false;
    if (after(end, w.rcv_nxt) && before(s.seq, last))
        return false;
    return !(s.seq == last && s.seq == end);
}

Leftover reset_it(TimeWait& w, const Segment& s, Moment& m) {
    m.refuse(Rule::data_to_closed_reader);
    send_reset_for(s, w.cookie, Rule::data_to_closed_reader, m);
    advance(w.status, w.cookie, Trigger::abort, m, Rule::data_to_closed_reader);
    return Leftover::gone;
}

// An orphan waiting for the peer's FIN, and nothing else.
Leftover fin_wait_2_arrives(TimeWait& w, const Segment& s, Moment& m) {
    if (outside(w, s) || is_stale(w, s, m.now())) {
        m.refuse(s.flags.has(flag::rst) ? Rule::rst_out_of_window : Rule::segment_outside_window);
        // Here even a RST gets the ACK.
        if (may_answer(w.last_answer, s, m, Counter::TCPACKSkippedFinWait2))
            answer(w, s, m, Rule::segment_outside_window);
        return Leftover::stays;
    }
    if (s.flags.has(flag::rst)) {
        m.explain(Rule::rst_exact);
        advance(w.status, w.cookie, Trigger::rst, m);
        return Leftover::gone;
    }
    if (s.flags.has(flag::syn) && !before(s.seq, w.rcv_nxt))
        return reset_it(w, s, m);
    const Seq end = s.seq + seg_len(s);
    if (!s.flags.has(flag::ack) || !after(end, w.rcv_nxt) || seg_len(s) == 0) {
        m.refuse(s.flags.has(flag::ack) ? Rule::ack_duplicate : Rule::bad_segment_dropped);
        return Leftover::stays;
    }
    if (!s.flags.has(flag::fin) || end != w.rcv_nxt + 1)
        return reset_it(w, s, m);
    m.explain(Rule::fin_arrived);
    see_timestamp(w, s, m);
    w.rcv_nxt = end;
    advance(w.status, w.cookie, Trigger::fin, m);
    restart(w, m);
    answer(w, s, m, Rule::fin_ends_fin_wait_2);
    return w.status.state() == S::closed ? Leftover::gone : Leftover::stays;
}

} // namespace

Leftover time_wait_arrives(TimeWait& w, const Segment& s, Moment& m) {
    if (w.status.state() == S::fin_wait_2)
        return fin_wait_2_arrives(w, s, m);
    const bool rst = s.flags.has(flag::rst), ack = s.flags.has(flag::ack);
    const std::uint32_t length = seg_len(s);
    const bool stale = is_stale(w, s, m.now());

    if (!stale && s.seq == w.rcv_nxt && (length == 0 || rst)) {
        if (rst) {
            if (m.stack[Sysctl::tcp_rfc1337] != 0) {
                m.refuse(Rule::rst_ignored);
                return Leftover::stays;
            }
            m.explain(Rule::rst_ends_time_wait);
            advance(w.status, w.cookie, Trigger::rst, m);
            return Leftover::gone;
        }
        m.explain(Rule::ack_duplicate);
        if (ack)
            restart(w, m);
        see_timestamp(w, s, m);
        return Leftover::stays;
    }
    if (rst) {
        if (stale)
            m.bump(stale_in_time_wait(m.stack));
        m.refuse(stale ? Rule::stale_in_time_wait : Rule::rst_ignored);
        return Leftover::stays;
    }
    // A new connection from the same port: its numbers, or its clock, must be past the old ones.
    const bool newer_clock =
        w.timestamps && s.has_timestamps && static_cast<std::int32_t>(w.ts_recent - s.ts_value) < 0;
    if (s.flags.has(flag::syn) && !ack && !stale && (after(s.seq, w.rcv_nxt) || newer_clock))
        return Leftover::new_connection;
    if (stale)
        m.bump(stale_in_time_wait(m.stack));

    const bool fin_again = s.flags.has(flag::fin) && s.seq + length == w.rcv_nxt;
    if (fin_again)
        m.explain(Rule::fin_again_in_time_wait);
    else
        m.refuse(stale ? Rule::stale_in_time_wait : Rule::segment_outside_window);
    if (fin_again)
        advance(w.status, w.cookie, Trigger::fin, m);
    if (stale || ack)
        restart(w, m);
    if (may_answer(w.last_answer, s, m, Counter::TCPACKSkippedTimeWait))
        answer(w, s, m,
               fin_again ? Rule::fin_again_in_time_wait
               : stale   ? Rule::stale_in_time_wait
                         : Rule::segment_outside_window);
    return Leftover::stays;
}

// tcp_v4_timewait_ack(): it is as acceptable as any, and meets no limit.
void time_wait_answers(TimeWait& w, const Segment& in, Moment& m) {
    m.refuse(Rule::segment_outside_window);
    answer(w, in, m, Rule::segment_outside_window);
}

void leave_behind(TimeWait& w, const Connection& c, trace::Duration lasts, Moment& m) {
    w = new_time_wait;
    w.status = c.status;
    w.cookie = c.cookie;
    w.host = c.host;
    w.snd_nxt = c.snd.nxt;
    w.rcv_nxt = c.rcv.nxt;
    w.rcv_wnd = c.rcv.wnd;
    w.receive_scale = c.agreed.receive_scale;
    w.timestamps = c.agreed.timestamps;
    w.ts_recent = c.ts_recent;
    if (w.timestamps)
        w.ts_seen = m.now();
    const bool waiting = c.status.state() == S::time_wait;
    w.clock = {m.now() + lasts, m.now(), m.journal.cause(),
               waiting ? trace::Timer::time_wait : trace::Timer::fin_wait_2, 0};
    m.count(lasts > trace::seconds(4) ? Counter::TW : Counter::TWKilled);
}

void time_wait_expires(TimeWait& w, Moment& m) {
    const bool waiting = w.status.state() == S::time_wait;
    advance(w.status, w.cookie, waiting ? Trigger::time_wait_over : Trigger::gave_up, m);
}

} // namespace tcp
