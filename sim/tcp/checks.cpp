// §3.10.7.4, first to fourth: is the segment one of this connection at all?
// tcp_validate_incoming().
#include <algorithm>
#include <utility>

#include "acknowledging.hpp"
#include "arrival.hpp"
#include "headers.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "receive_memory.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Segment;
using S = trace::State;
namespace flag = trace::flag;

bool ration(trace::Instant& last, Moment& m, Counter otherwise) {
    if (last != trace::never && m.since(last) < answer_interval(m.stack)) {
        m.bump(otherwise);
        return false;
    }
    last = m.now();
    return true;
}

bool may_answer(trace::Instant& last, const Segment& s, Moment& m, Counter otherwise) {
    return (seg_len(s) > 0 && !s.flags.has(flag::syn)) || ration(last, m, otherwise);
}

void challenge(Connection& c, Moment& m, Rule why) {
    if (!ration(c.last_answer, m, Counter::TCPACKSkippedChallenge))
        return;
    m.bump(Counter::TCPChallengeACK);
    send_ack(c, m, why);
}

[[gnu::noinline]] void bury(Connection& c, trace::Errno error) {
    if (error != trace::Errno::ok)
        c.error = error;
    c.shut_rd = c.shut_wr = true;
    c.resend.stop();
    c.acknowledge.stop();
    c.acks.scheduled = false;
    c.queue.asleep = false;
    c.keep.stop();
    c.sent.clear();
    c.queue.waiting.clear();
    c.out_of_order.clear();
    c.recovery = nothing_lost;
}

void reset_by_peer(Connection& c, Moment& m, Rule why) {
    // tcp_reset(): who is told what.
    trace::Errno error = trace::Errno::econnreset;
    if (c.status.state() == S::syn_sent)
        error = trace::Errno::econnrefused;
    if (c.status.state() == S::close_wait)
        error = trace::Errno::epipe;
    const bool opening = c.status.state() == S::syn_sent || c.status.state() == S::syn_recv;
    m.explain(why);
    advance(c.status, c.cookie, trace::Trigger::rst, m);
    if (opening)
        m.bump(Counter::AttemptFails);
    bury(c, error);
}

namespace {

// tcp_reset_check(): the peer may not have counted its own FIN.
bool just_before_fin(const Connection& c, const Segment& s, const Moment& m) {
    const S state = c.status.state();
    return rst_before_fin_counts(m.stack) && s.seq + 1 == c.rcv.nxt &&
           (state == S::close_wait || state == S::last_ack || state == S::closing);
}

// The peer may have counted what arrived beyond a gap, which SACK has told it of.
bool just_after_sacked(const Connection& c, const Segment& s, const Moment& m) {
    if (!rst_beyond_sacked_counts(m.stack) || !c.agreed.sack || c.told.count == 0)
        return false;
    Seq edge = c.told.block[0].last;
    for (std::size_t i = 1; i < c.told.count; ++i)
        edge = after(c.told.block[i].last, edge) ? c.told.block[i].last : edge;
    return s.seq == edge;
}

// In a simultaneous open the peer's SYN+ACK, nothing else with it, repeats the SYN that brought us
// to SYN_RECV.
bool completes_simultaneous_open(const Connection& c, const Segment& s) {
    return c.status.state() == S::syn_recv && c.listener == trace::none && s.flags.has(flag::ack) &&
           s.seq + 1 == c.rcv.nxt && s.ack == c.snd.nxt && seg_len(s) == 1;
}

// Where two segments make a connection the second is sent once more: no third tells of its loss.
bool answer_syn_again(Connection& c, const Segment& s, Moment& m) {
    if (!syn_is_enough(m.stack) || c.listener == trace::none || s.seq != c.rcv.irs ||
        s.flags.has(flag::ack))
        return false;
    m.explain(Rule::duplicate_syn_answered);
    auto outstanding = std::exchange(c.sent, {});
    send_syn(c, m, Rule::duplicate_syn_answered, true);
    c.sent = std::move(outstanding);
    return true;
}

void challenge_syn(Connection& c, const Segment& s, Moment& m) {
    if (answer_syn_again(c, s, m))
        return;
    m.refuse(Rule::syn_challenged);
    m.bump(Counter::TCPSYNChallenge);
    challenge(c, m, Rule::syn_challenged);
}

// tcp_send_dupack(): what was sent again tells that our ACK may have been lost.
void acknowledge_again(Connection& c, const Segment& s, Moment& m, Rule why) {
    const bool too_soon =
        c.last_answer != trace::never && m.since(c.last_answer) < answer_interval(m.stack);
    if (why == Rule::request_timestamp_old && seg_len(s) == 0 && too_soon) {
        m.bump(Counter::TCPACKSkippedPAWS);
        return;
    }
    if (!may_answer(c.last_answer, s, m, Counter::TCPACKSkippedSeq))
        return;
    if (seg_len(s) > 0 && before(s.seq, c.rcv.nxt)) {
        m.bump(Counter::DelayedACKLost);
        enter_quickack_mode(c);
        const Seq end = s.seq + seg_len(s);
        tell_duplicate(c, s.seq, after(end, c.rcv.nxt) ? c.rcv.nxt : end, m);
    }
    send_ack(c, m, why);
}

} // namespace

Next check_sequence(Connection& c, const Segment& s, Moment& m) {
    const Seq end = s.seq + seg_len(s);
    const bool old = before(end, c.rcv.wup);
    const Seq limit = c.rcv.nxt + receive_window(c);
    const bool beyond = after(s.seq, limit);
    // A FIN may lie just beyond it.
    const Seq last = s.seq + (seg_len(s) - (s.flags.has(flag::fin) ? 1u : 0u));
    const bool passes = !trims_to_window(m.stack) && !c.memory.queue.empty() && after(last, limit);
    if (!old && !beyond && !passes)
        return Next::go_on;
    if (s.flags.has(flag::rst)) {
        if (just_before_fin(c, s, m))
            return Next::go_on;
        m.refuse(Rule::rst_out_of_window);
        return Next::stop;
    }
    if (s.flags.has(flag::syn)) {
        challenge_syn(c, s, m);
        return Next::stop;
    }
    if (beyond || passes)
        m.bump(Counter::BeyondWindow);
    m.refuse(Rule::segment_outside_window);
    acknowledge_again(c, s, m, Rule::segment_outside_window);
    return Next::stop;
}

Next check_reset(Connection& c, const Segment& s, Moment& m) {
    if (!s.flags.has(flag::rst))
        return Next::go_on;
    if (s.seq == c.rcv.nxt || just_before_fin(c, s, m) || just_after_sacked(c, s, m)) {
        reset_by_peer(c, m, Rule::rst_exact);
    } else { // RFC 5961 §3.2
        m.refuse(Rule::rst_in_window_challenged);
        challenge(c, m, Rule::rst_in_window_challenged);
    }
    return Next::stop;
}

Next check_syn(Connection& c, const Segment& s, Moment& m) {
    if (!s.flags.has(flag::syn) || completes_simultaneous_open(c, s))
        return Next::go_on;
    c.ecn.reflects = c.ecn.accurate; // told again, to one in the window: tcp_send_challenge_ack()
    challenge_syn(c, s, m);          // RFC 5961 §4.2
    c.ecn.reflects = false;          // by that ACK, or, where its ration is used up, by none
    return Next::stop;
}

namespace {

// tcp_disordered_ack(): a bare ACK that tells nothing new may have been overtaken on the way.
bool only_overtaken(const Connection& c, const Segment& s, std::uint32_t older_by) {
    if (seg_len(s) > 0 || !s.flags.has(flag::ack) || s.seq != c.rcv.nxt || s.ack != c.snd.una)
        return false;
    const std::uint32_t wnd = std::uint32_t{s.window} << c.agreed.send_scale;
    const bool new_window = after(s.seq, c.snd.wl1) || (s.seq == c.snd.wl1 && wnd > c.snd.wnd);
    return !new_window && older_by <= c.rtt.rto.ns / 1'000'000 * 12 / 10;
}

// PAWS, RFC 7323 §5.3: a timestamp from before the last one seen in order. A RST is spared, and a
// SYN is challenged at once, even the SYN+ACK of a simultaneous open (tcp_validate_incoming()).
Next check_timestamp(Connection& c, const Segment& s, Moment& m) {
    if (!c.agreed.timestamps || !s.has_timestamps || c.ts_recent == 0)
        return Next::go_on;
    const std::uint32_t older_by = c.ts_recent - s.ts_value;
    const bool old = static_cast<std::int32_t>(older_by) > 1; // TCP_PAWS_WINDOW
    if (!old || only_overtaken(c, s, older_by))
        return Next::go_on;
    if (s.flags.has(flag::rst))
        return Next::go_on;
    if (s.flags.has(flag::syn)) {
        challenge_syn(c, s, m);
        return Next::stop;
    }
    m.refuse(Rule::request_timestamp_old);
    if (overtaken_ack_unanswered(m.stack) && s.flags.has(flag::ack) && seg_len(s) == 0 &&
        before(s.seq, c.rcv.nxt)) {
        m.bump(Counter::PAWSOldAck);
        return Next::stop;
    }
    m.bump(Counter::PAWSEstab);
    acknowledge_again(c, s, m, Rule::request_timestamp_old);
    return Next::stop;
}

} // namespace

namespace {

// Header prediction, tcp_rcv_established(): the next bytes or none, within the window, nothing but
// ACK and PSH, and no older timestamp. None of the first four checks has a word to say then.
bool is_predicted(const Connection& c, const Segment& s) {
    constexpr unsigned others = 0xff & ~(flag::ack.bits | flag::psh.bits);
    return s.flags.has(flag::ack) && (s.flags.bits & others) == 0 && s.seq == c.rcv.nxt &&
           s.length <= receive_window(c) &&
           (!s.has_timestamps || static_cast<std::int32_t>(s.ts_value - c.ts_recent) >= 0);
}

// The fast path of tcp_rcv_established(): data with a header like the one before it, not even a new
// window, that finds memory at hand.
bool is_plain_data(const Connection& c, const Segment& s, const Moment& m) {
    if (s.length == 0 || c.status.state() != S::established || !predicts_headers(m.stack) ||
        after(s.ack, c.snd.nxt))
        return false;
    if (!c.memory.predicted || !c.out_of_order.empty() || expects_urgent(c) || s.sack_blocks > 0 ||
        s.has_timestamps != c.agreed.timestamps ||
        std::uint32_t{s.window} << c.agreed.send_scale != c.snd.wnd)
        return false;
    const std::uint32_t headers = usual_headers(c.agreed.timestamps);
    const std::uint32_t spare = spare_memory(c, m.stack);
    return spare > 0 && memory_of_received(m.stack, s.length, headers).memory <= spare;
}

// Its acknowledgement comes after it, and if that is news: tcp_store_ts_recent(), tcp_update_wl().
void passes_ack(Connection& c, const Segment& s) {
    if (s.has_timestamps && c.rcv.nxt == c.rcv.wup)
        c.ts_recent = s.ts_value;
    c.snd.wl1 = s.seq;
}

// First to fourth. tcp_validate_incoming()
[[gnu::noinline]] Next validate(Connection& c, const Segment& s, Moment& m) {
    if (!s.flags.has(flag::ack) && !s.flags.has(flag::rst) && !s.flags.has(flag::syn)) {
        m.refuse(Rule::bad_segment_dropped);
        return Next::stop;
    }
    if (check_timestamp(c, s, m) == Next::stop)
        return Next::stop;
    if (check_sequence(c, s, m) == Next::stop)
        return Next::stop;
    if (check_reset(c, s, m) == Next::stop)
        return Next::stop;
    return check_syn(c, s, m);
}

} // namespace

void segment_arrives(Connection& c, const Segment& s, Moment& m) {
    if (c.status.state() == S::syn_sent) {
        syn_sent_arrives(c, s, m);
        return;
    }
    const bool predicted = is_predicted(c, s);
    if (!predicted && validate(c, s, m) == Next::stop)
        return;
    const bool plain = predicted && is_plain_data(c, s, m), only_data = plain && s.ack == c.snd.una;
    if (plain)
        passes_ack(c, s);
    else if (!repeats_ack(c, s, m) && check_ack(c, s, m) == Next::stop)
        return;
    measure_round_trip_by_echo(c, s.ts_echo, s.length, m);
    // Sixth, before the payload: tcp_urg().
    bool urgent = false;
    if (s.flags.has(flag::urg) || !c.urgent.empty()) [[unlikely]]
        urgent = take_urgent(c, s, m.stack);
    const Seq next = c.rcv.nxt;
    if (has_length(s) && take_text(c, s, m, plain) == Next::stop)
        return;
    if (urgent && c.rcv.nxt != next) [[unlikely]]
        m.explain(Rule::urgent_byte_arrived);
    if (plain && !only_data)
        check_ack(c, s, m); // what it sends again tells of the new data
    if (!only_data) {
        send_what_fits(c, m, Rule::close_sends_fin);
        space_was_freed(c, m.stack);
    }
    acknowledge_if_due(c, m);
}

} // namespace tcp
