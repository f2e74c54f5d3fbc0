// SYN_RECV as a request entry: tcp_check_req(), step by step.
#include "arrival.hpp"

#include <algorithm>

#include "output.hpp"
#include "policy.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

namespace {

// tcp_in_window(): any part of the segment inside.
bool in_window(Seq seq, Seq end, Seq first, Seq last) {
    if (seq == first)
        return true;
    if (after(end, first) && before(seq, last))
        return true;
    return seq == last && seq == end;
}

// What its SYN+ACK could tell of the window: tcp_synack_window().
std::uint32_t told_window(const Request& r) {
    return std::min(r.window, 65535u);
}

// The ACK that a request sends: its numbers are those of the connection to be.
void answer(const Request& r, Moment& m, Rule why) {
    Segment s;
    s.source = r.local;
    s.destination = r.remote;
    s.flags = flag::ack;
    s.seq = r.iss + 1;
    s.ack = r.irs + 1;
    s.window = static_cast<std::uint16_t>(told_window(r) >> r.agreed.receive_scale);
    s.has_timestamps = r.agreed.timestamps;
    s.ts_value = r.agreed.timestamps ? timestamp(m.now()) : 0;
    s.ts_echo = r.ts_recent;
    depart(s, r.cookie, why, m, 1, trace::none, m.journal.answering());
}

Fate forget(Request& r, Moment& m, trace::Trigger trigger) {
    advance(r.status, r.cookie, trigger, m);
    m.bump(Counter::AttemptFails);
    m.bump(Counter::EmbryonicRsts);
    return Fate::goes;
}

// RFC 7323 §5.3, tcp_paws_reject().
bool timestamp_is_old(const Request& r, const Segment& s) {
    return r.agreed.timestamps && s.has_timestamps && r.ts_recent != 0 &&
           static_cast<std::int32_t>(r.ts_recent - s.ts_value) > 0;
}

// An echo that none of our SYN+ACKs carried: a final ACK that is guessed, or of another connection.
bool echo_is_wrong(const Request& r, const Segment& s) {
    return s.has_timestamps && s.ts_echo != 0 && r.agreed.timestamps &&
           s.ts_echo - r.first_ts > r.last_ts - r.first_ts;
}

} // namespace

Fate request_arrives(Request& r, Listener& l, const Segment& s, Moment& m) {
    const Seq rcv_nxt = r.irs + 1;
    const bool rst = s.flags.has(flag::rst);
    const bool ack = s.flags.has(flag::ack);
    const bool old = timestamp_is_old(r, s);

    // The same SYN again: the same answer, and the timer starts over.
    if (s.seq == r.irs && s.flags.has(flag::syn) && !ack && !rst && !old) {
        if (!may_answer(r.last_answer, s, m, Counter::TCPACKSkippedSynRecv)) {
            m.refuse(Rule::duplicate_syn_answered);
            return Fate::stays;
        }
        m.explain(Rule::duplicate_syn_answered);
        send_synack(r, m, Rule::duplicate_syn_answered);
        r.resend.armed = m.now();
        r.resend.due = m.now() + synack_interval(m.stack, r.resend.repetitions);
        return Fate::stays;
    }

    // A wrong acknowledgement is the listener's business: RST, unless it is a good cookie, and the
    // request stays.
    if (ack && s.ack != r.iss + 1 && !rst)
        return Fate::to_listener;

    const Seq end = s.seq + seg_len(s);
    const bool strange = echo_is_wrong(r, s);
    if (old || strange) {
        const Rule why = old ? Rule::request_timestamp_old : Rule::request_echo_wrong;
        m.refuse(rst ? Rule::rst_ignored : why);
        if (!rst && may_answer(r.last_answer, s, m, Counter::TCPACKSkippedSynRecv))
            answer(r, m, why);
        m.bump(old ? Counter::PAWSEstab : Counter::TSEcrRejected);
        return Fate::stays;
    }
    if (!in_window(s.seq, end, rcv_nxt, rcv_nxt + told_window(r))) {
        if (rst) {
            m.refuse(Rule::rst_out_of_window);
            return Fate::stays;
        }
        m.refuse(Rule::segment_outside_window);
        if (may_answer(r.last_answer, s, m, Counter::TCPACKSkippedSynRecv))
            answer(r, m, Rule::segment_outside_window);
        return Fate::stays;
    }

    if (rst) {
        if (s.seq == rcv_nxt || !near_rst_spares_request(m.stack)) {
            m.explain(Rule::rst_removes_request);
            return forget(r, m, trace::Trigger::rst);
        }
        m.refuse(Rule::rst_in_window_challenged);
        if (ration(r.last_answer, m, Counter::TCPACKSkippedChallenge)) {
            m.bump(Counter::TCPChallengeACK);
            answer(r, m, Rule::rst_in_window_challenged);
        }
        return Fate::stays;
    }
    // At irs a SYN bit lies before the window and is cut off; anywhere else it is another
    // connection.
    if (s.flags.has(flag::syn) && s.seq != r.irs) {
        m.refuse(Rule::other_syn_resets_request);
        send_reset_for(s, r.cookie, Rule::other_syn_resets_request, m);
        return forget(r, m, trace::Trigger::syn_again);
    }
    if (!ack) {
        m.refuse(Rule::bad_segment_dropped);
        return Fate::stays;
    }

    // While TCP_DEFER_ACCEPT lasts, only data makes the connection.
    if (r.resend.repetitions < l.options.defer_accept && end == rcv_nxt) {
        r.acked = true;
        m.bump(Counter::TCPDeferAcceptDrop);
        m.refuse(Rule::defer_accept_ignores_ack);
        return Fate::stays;
    }

    if (accept_queue_is_full(l, m)) {
        count_overflow(l, m);
        if (m.stack[Sysctl::tcp_abort_on_overflow] != 0) {
            m.refuse(Rule::accept_queue_full_resets);
            send_reset_for(s, r.cookie, Rule::accept_queue_full_resets, m);
            advance(r.status, r.cookie, trace::Trigger::abort, m, Rule::accept_queue_full_resets);
            m.bump(Counter::EmbryonicRsts);
            return Fate::goes;
        }
        m.refuse(Rule::accept_queue_full_ignores_ack);
        r.acked = true;
        return Fate::stays;
    }
    return Fate::becomes_connection;
}

} // namespace tcp
