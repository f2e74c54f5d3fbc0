// §3.10.7.3: a segment arrives in SYN_SENT; tcp_rcv_synsent_state_process().
#include "arrival.hpp"
#include "handshake.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using trace::Segment;
using trace::Trigger;
namespace flag = trace::flag;

namespace {

void learn_peer(Connection& c, const Segment& s, const Moment& m) {
    c.rcv.irs = s.seq;
    c.rcv.nxt = c.rcv.wup = c.rcv.copied = s.seq + 1;
    c.snd.wl1 = s.seq;
    c.snd.wnd = s.window; // never scaled in a SYN
    c.snd.max_wnd = std::max(c.snd.max_wnd, c.snd.wnd);
    c.agreed = agree(c.agreed, s, advertised_mss(c.options));
    peer_is_known(c, m);
    begin_search(c, m);
    fit_segments(c, c.path.mtu, m);
    if (c.agreed.timestamps)
        c.ts_recent = s.ts_value;
}

bool echo_is_of_no_syn(const Connection& c, const Segment& s, const Moment& m) {
    if (!c.agreed.timestamps || !s.has_timestamps || s.ts_echo == 0)
        return false;
    const std::uint32_t first = timestamp(c.retransmitting_since);
    return s.ts_echo - first > timestamp(m.now()) - first;
}

} // namespace

[[gnu::noinline]] void syn_sent_arrives(Connection& c, const Segment& s, Moment& m) {
    if (s.flags.has(flag::ack)) { // first
        if (!after(s.ack, c.snd.una) || after(s.ack, c.snd.nxt)) {
            m.refuse(Rule::ack_unacceptable_reset);
            send_reset_for(s, c.cookie, Rule::ack_unacceptable_reset, m);
            // Whoever answers so may be about to forget an old connection: try again at once.
            if (c.retransmissions == 0) {
                c.resend.armed = m.now();
                c.resend.due = m.now() + syn_again_soon(m.stack);
                c.resend.by = m.journal.cause();
            }
            return;
        }
    }
    // RFC 7323 §5.3: an echo of no SYN that was sent tells of another connection.
    if (s.flags.has(flag::ack) && echo_is_of_no_syn(c, s, m)) {
        m.bump(trace::Counter::PAWSActive);
        m.refuse(Rule::ack_unacceptable_reset);
        if (!s.flags.has(flag::rst))
            send_reset_for(s, c.cookie, Rule::ack_unacceptable_reset, m);
        return;
    }
    if (s.flags.has(flag::rst)) { // second
        if (s.flags.has(flag::ack))
            reset_by_peer(c, m, Rule::rst_refuses_connect);
        else
            m.refuse(Rule::rst_ignored);
        return;
    }
    if (!s.flags.has(flag::syn)) { // fifth
        m.refuse(Rule::bad_segment_dropped);
        return;
    }
    if (s.flags.has(flag::ack)) { // fourth: our SYN is acknowledged
        m.explain(Rule::syn_ack_establishes);
        const bool once = !c.sent.empty() && c.sent.front().transmissions == 1;
        const trace::Duration sample = once ? m.now() - c.sent.front().at : trace::Duration{};
        learn_peer(c, s, m);
        learn_ecn_of_syn_ack(c, s, m.stack);
        const bool repeat_data = syn_data_was_refused(c, s, m);
        c.snd.una = s.ack;
        c.snd.wl2 = s.ack;
        if (repeat_data) {
            c.sent.erase(c.sent.begin());
            c.sent.front().begin = s.ack; // some of it may have arrived
        } else {
            c.sent.clear();
        }
        c.resend.stop();
        c.retransmissions = 0;
        c.expiries = 0;
        advance(c.status, c.cookie, Trigger::syn_ack, m);
        handshake_done(c, s, sample, m);
        c.memory.predicted = c.agreed.send_scale == 0 && !c.ecn.accurate; // tcp_finish_connect()
        if (s.flags.has(flag::urg)) [[unlikely]]
            take_urgent(c, s, m.stack);
        if (repeat_data) { // it carries the ACK
            c.ecn.reflects = false;
            repeat_refused(c, m);
            start_retransmission_timer(c, m, m.journal.cause());
            return;
        }
        if (c.queue.asleep || c.listening.defer_accept != 0 || is_interactive(c, m.stack)) {
            // A write is waiting, or the program wants no quick ACKs: data may take it along.
            c.ecn.reflects = false;
            schedule_quick_ack(c, Rule::syn_ack_establishes);
            c.acknowledge = {m.now() + ack_delay(m.stack, c.rtt.bounds).most, m.now(),
                             m.journal.cause(), trace::Timer::delayed_ack, 0};
            return;
        }
        send_ack(c, m, Rule::syn_ack_establishes);
        return;
    }
    // Both ends called connect(): their SYN crosses ours.
    m.explain(Rule::simultaneous_open);
    const Agreed offered = c.agreed;
    learn_peer(c, s, m);
    learn_ecn_of_syn(c, s);
    // Our SYN has offered to scale, and scales even for a peer that has not.
    if (scales_after_crossed_syns(m.stack))
        c.agreed.receive_scale = offered.receive_scale;
    advance(c.status, c.cookie, Trigger::syn, m);
    send_syn(c, m, Rule::simultaneous_open, true);
}

} // namespace tcp
