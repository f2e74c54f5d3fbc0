// Timers of connections and requests; tcp_timer.c, reqsk_timer_handler().
#include "timeout.hpp"

#include <algorithm>

#include "keepalive.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "rto.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Timer;
using trace::Trigger;
using S = trace::State;

namespace {

// The event of a timer that fires; it follows what armed it, and the rest follows it.
void note_expiry(Clock& clock, trace::Cookie cookie, Rule why, Moment& m) {
    ++clock.repetitions;
    trace::Event e;
    e.kind = trace::EventKind::timer_fired;
    e.socket = cookie;
    e.what = static_cast<std::uint8_t>(clock.kind);
    e.value = clock.repetitions;
    e.cause = clock.by;
    e.rule = why;
    m.journal.follow(m.journal.note(e));
}

void give_up(Connection& c, Moment& m, Rule why) {
    const bool opening = c.status.state() == S::syn_sent || c.status.state() == S::syn_recv;
    m.bump(Counter::TCPAbortOnTimeout);
    advance(c.status, c.cookie, Trigger::gave_up, m, why);
    if (opening)
        m.bump(Counter::AttemptFails);
    bury(c, c.soft_error != trace::Errno::ok ? c.soft_error : trace::Errno::etimedout);
}

// How long the next wait is: tcp_retransmit_timer().
void lengthen_timeout(Connection& c, Moment& m) {
    if (waits_evenly(m.stack, c.options, c.status.state(), c.sent.size(), c.retransmissions))
        wait_evenly(c.rtt, m.stack);
    else if (backs_off(m.stack, c.status.state(), c.expiries))
        back_off(c.rtt, m.stack);
}

// The timer starts over, backed off; tcp_clamp_rto_to_user_timeout(): the end comes on time.
void wait_again(Connection& c, Moment& m, trace::EventId by) {
    start_retransmission_timer(c, m, by);
    if (c.options.user_timeout > trace::Duration{})
        c.resend.due =
            std::max(m.now() + clock_granule(m.stack, {}),
                     std::min(c.resend.due, c.retransmitting_since + c.options.user_timeout));
}

// tcp_rtx_probe0_timed_out()
bool window_stays_away(const Connection& c, const Moment& m) {
    const trace::Instant since =
        c.retransmitting_since != trace::never ? c.retransmitting_since : c.sent.front().at;
    const trace::Duration asked = c.options.user_timeout;
    trace::Duration most = rto_max(m.stack, c.rtt.bounds) * 2;
    if (asked > trace::Duration{}) {
        if (m.now() - since > asked)
            return true;
        most = std::min(most, asked);
    }
    return c.resend.due - c.heard > most && m.now() - since > most;
}

// The peer has taken its window back, which it should not: what is sent again asks for it, and a
// connection whose peer answers does not end by that.
void ask_for_window(Connection& c, Moment& m) {
    note_expiry(c.resend, c.cookie, Rule::zero_window_probe, m);
    if (window_stays_away(c, m)) {
        const bool asked = c.options.user_timeout > trace::Duration{};
        give_up(c, m, asked ? Rule::user_timeout : Rule::retransmission_gave_up);
        return;
    }
    enter_loss(c, m);
    repeat_head(c, m, Rule::zero_window_probe);
    lengthen_timeout(c, m);
    wait_again(c, m, m.journal.cause());
}

void retransmit(Connection& c, Moment& m) {
    const S state = c.status.state();
    if (c.awaits == Awaits::probe) {
        note_expiry(c.resend, c.cookie, Rule::tail_loss_probe, m);
        send_tail_loss_probe(c, m);
        return;
    }
    if (c.awaits == Awaits::late_arrivals) {
        note_expiry(c.resend, c.cookie, Rule::reordering_timeout, m);
        late_arrivals_are_lost(c, m);
        return;
    }
    const bool opening = state == S::syn_sent || state == S::syn_recv;
    if (!opening && c.snd.wnd == 0 && !c.orphan && !c.sent.empty()) {
        ask_for_window(c, m);
        return;
    }
    note_expiry(c.resend, c.cookie,
                opening ? Rule::syn_retransmitted : Rule::retransmission_timeout, m);
    m.bump(Counter::TCPTimeouts);
    ++c.expiries;
    const trace::Duration elapsed = m.now() - c.retransmitting_since;
    const bool smaller = !opening && suspect_black_hole(c, m);
    const bool synack_gives_up =
        c.fast_open.passive && state == S::syn_recv &&
        c.retransmissions >= fastopen_synack_retries(m.stack, c.listening.synack_retries);
    const bool ends = synack_gives_up || gives_up(m.stack, c.options, state, c.orphan,
                                                  c.retransmissions, elapsed, c.rtt.rto);
    if (c.fast_open.tried && !c.fast_open.passive) [[unlikely]]
        look_for_black_hole(c, ends, m);
    if (ends) {
        const bool asked = c.options.user_timeout > trace::Duration{};
        give_up(c, m,
                asked     ? Rule::user_timeout
                : opening ? Rule::syn_gave_up
                          : Rule::retransmission_gave_up);
        return;
    }
    if (opening && !c.fast_open.passive) { // tcp_enter_loss() of a SYN too
        c.ecn.owes_cwr = c.ecn.on && !c.ecn.accurate;
        c.congestion.cwnd = 1;
    }
    if (!opening)
        enter_loss(c, m);
    else if (c.retransmissions > 0 && !c.fast_open.passive) // tcp_mark_skb_lost()
        m.bump(Counter::TCPLostRetransmit);
    ++c.retransmissions;
    repeat_head(c, m,
                opening   ? Rule::syn_retransmitted
                : smaller ? Rule::black_hole_suspected
                          : Rule::retransmission_timeout);
    const trace::EventId by = c.resend.by;
    lengthen_timeout(c, m);
    wait_again(c, m, opening ? by : m.journal.cause());
}

// tcp_probe0_when()
trace::Duration backed_off_probe(const Connection& c, const Moment& m) {
    // A timeout that was backed off stays so until a round trip is measured.
    const trace::Duration base = std::max(c.rtt.rto, trace::milliseconds(200));
    return std::min(base * (std::int64_t{1} << std::min<int>(c.rtt.backoff, 30)),
                    rto_max(m.stack, c.rtt.bounds));
}

// tcp_send_probe0(): a bare segment just before the window, so that an ACK must come back.
void probe(Connection& c, Moment& m) {
    note_expiry(c.resend, c.cookie, Rule::zero_window_probe, m);
    const bool unsent = c.snd.nxt != c.snd.end + (c.snd.fin ? 1u : 0u);
    if (c.snd.una != c.snd.nxt || !unsent) {
        c.resend.stop();
        c.probes_out = 0;
        c.probing_since = trace::never;
        return;
    }
    if (c.probing_since == trace::never)
        c.probing_since = m.now();
    else if (c.options.user_timeout > trace::Duration{} &&
             m.now() - c.probing_since >= c.options.user_timeout) {
        give_up(c, m, Rule::user_timeout);
        return;
    }
    const std::uint32_t most = probe_limit(m.stack, c.orphan, backed_off_probe(c, m), c.rtt.bounds);
    if (c.probes_out >= most) {
        give_up(c, m, Rule::retransmission_gave_up);
        return;
    }
    // A window too small to be worth filling is filled by the probe.
    if (send_although_small(c, m))
        return;
    // tcp_write_wakeup(): a mark within a pointer's reach is told even while there is no window.
    if (urgent_mode(c) && c.urgent.front().up - c.snd.una <= 0xffff) {
        new_segment(c, trace::flag::ack, c.snd.una, 0, m);
        leave(m, c.cookie, Rule::zero_window_probe);
    }
    const Left left = send_probe(c, m, Rule::zero_window_probe);
    ++c.probes_out;
    if (c.rtt.backoff < m.stack[Sysctl::tcp_retries2])
        ++c.rtt.backoff;
    c.resend.armed = m.now();
    c.resend.due = m.now() + probe_interval(c, m);
    c.resend.by = left.event;
}

} // namespace

trace::Duration probe_interval(const Connection& c, const Moment& m) {
    const trace::Duration interval = backed_off_probe(c, m), most = c.options.user_timeout;
    if (most <= trace::Duration{} || c.probing_since == trace::never)
        return interval;
    // tcp_clamp_probe0_to_user_timeout(): the end comes on time.
    const trace::Duration left = c.probing_since + most - m.now();
    return std::min(interval, std::max(left, clock_granule(m.stack, {}) * 2));
}

namespace {

trace::Instant lingers_since(const Connection& c) {
    if (c.linger_until == trace::never) // no SO_LINGER is -1
        return trace::never;
    return c.linger_until - trace::seconds(c.options.linger);
}

} // namespace

trace::Instant next_deadline(const Connection& c) {
    return std::min(std::min(c.resend.due, c.acknowledge.due),
                    std::min(c.keep.due, c.linger_until));
}

trace::Instant next_deadline(const Connection& c, const Wheel& wheel) {
    return std::min(std::min(wheel.fires(c.resend), wheel.acknowledges(c)),
                    std::min(wheel.fires(c.keep), wheel.fires(c.linger_until, lingers_since(c))));
}

void retransmission_is_due(Connection& c, Moment& m) {
    c.awaits = Awaits::timeout;
    retransmit(c, m);
}

void timer_fires(Connection& c, Moment& m, const Wheel& wheel) {
    if (wheel.fires(c.resend) <= m.now()) {
        if (c.resend.kind == Timer::persist)
            probe(c, m);
        else
            retransmit(c, m);
    } else if (wheel.acknowledges(c) <= m.now()) {
        note_expiry(c.acknowledge, c.cookie,
                    c.acks.why == Rule::fin_arrived ? Rule::ack_of_fin_delayed : Rule::ack_delayed,
                    m);
        c.acknowledge.stop();
        if (c.acks.compressed == 0 && c.acks.scheduled)
            m.bump(Counter::DelayedACKs);
        delayed_ack_is_due(c, m);
    } else if (wheel.fires(c.keep) <= m.now() && c.keep.kind == Timer::keepalive) {
        keepalive_fires(c, m);
    } else if (wheel.fires(c.keep) <= m.now()) {
        // The rest of the wait needs no connection: its owner makes the small record.
        note_expiry(c.keep, c.cookie, Rule::fin_wait_2_over, m);
        c.keep.stop();
        const OrphanWait wait = orphan_fin_wait_2(m.stack, c.options, c.rtt.rto);
        if (wait.waits == trace::Duration{}) { // tcp_keepalive_timer(): nothing is left to wait for
            send_active_reset(c, m, Rule::fin_wait_2_over);
            advance(c.status, c.cookie, Trigger::abort, m, Rule::fin_wait_2_over);
            bury(c, trace::Errno::ok);
        }
    } else if (wheel.fires(c.linger_until, lingers_since(c)) <= m.now()) {
        c.linger_until = trace::never; // its thread may be late: whoever runs then finds it over
    }
}

// reqsk_timer_handler(), syn_ack_recalc(), in their order.
Fate timer_fires(Request& r, Listener& l, Moment& m) {
    note_expiry(r.resend, r.cookie, Rule::synack_retransmitted, m);
    m.bump(Counter::TCPTimeouts); // tcp_syn_ack_timeout(), the last time too
    const std::uint32_t expired = r.resend.repetitions - 1u;
    const std::uint32_t deferred = l.options.defer_accept;
    const auto half_open = static_cast<std::uint32_t>(l.syn_queue.size());
    const std::uint32_t most =
        synack_retries(m.stack, l.options.synack_retries, l.limit, half_open, l.young);
    // A client that has answered is kept until the deferral is over.
    const bool waits_for_data = deferred != 0 && r.acked && expired < deferred;
    if (expired >= most && !waits_for_data) {
        m.journal.explain(m.journal.cause(), Rule::synack_gave_up);
        advance(r.status, r.cookie, Trigger::gave_up, m);
        return Fate::goes;
    }
    if (expired == 0 && l.young > 0)
        --l.young;
    // Its last chance is a SYN+ACK at the end of the period.
    if (deferred == 0 || !r.acked || expired + 1 >= deferred)
        send_synack(r, m, Rule::synack_retransmitted);
    else
        m.journal.explain(m.journal.cause(), Rule::synack_waits_for_data);
    r.resend.armed = m.now();
    r.resend.due = m.now() + synack_interval(m.stack, r.resend.repetitions);
    return Fate::stays;
}

} // namespace tcp
