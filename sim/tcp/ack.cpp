// §3.10.7.4, fifth: the ACK field; tcp_ack() and the state changes of tcp_rcv_state_process().
#include <algorithm>

#include "arrival.hpp"
#include "handshake.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "receive_memory.hpp"
#include "rto.hpp"
#include "timeout.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using trace::Segment;
using trace::Trigger;
using S = trace::State;
namespace flag = trace::flag;

namespace {

std::uint32_t offered(const Connection& c, const Segment& s) {
    return s.flags.has(flag::syn) ? s.window : std::uint32_t{s.window} << c.agreed.send_scale;
}

// SYN_RECV of a full connection: after a simultaneous open, or under the textbook.
[[gnu::noinline]] Next establish(Connection& c, const Segment& s, Moment& m) {
    const bool enough =
        ack_of_isn_establishes(m.stack) ? !before(s.ack, c.snd.una) : after(s.ack, c.snd.una);
    if (!enough || after(s.ack, c.snd.nxt)) {
        m.refuse(Rule::ack_unacceptable_reset);
        send_reset_for(s, c.cookie, Rule::ack_unacceptable_reset, m);
        return Next::stop;
    }
    m.explain(Rule::ack_establishes);
    // One too low leaves the SYN unacknowledged, in ESTABLISHED as well, and tells of no round
    // trip.
    const bool acknowledged = after(s.ack, c.snd.iss);
    const bool once = acknowledged && !c.sent.empty() && c.sent.front().transmissions == 1;
    const trace::Duration sample = once ? m.now() - c.sent.front().at : trace::Duration{};
    if (acknowledged)
        c.snd.una = c.snd.iss + 1;
    c.snd.wl1 = s.seq;
    c.snd.wl2 = s.ack;
    c.snd.wnd = offered(c, s);
    c.snd.max_wnd = std::max(c.snd.max_wnd, c.snd.wnd);
    if (acknowledged) {
        if (!c.sent.empty())
            c.sent.erase(c.sent.begin());
        c.retransmissions = 0;
        c.expiries = 0;
        c.resend.stop();
    }
    // icsk_ack.lrcvtime: a socket of its own sets it when the SYN+ACK comes, a child when it is
    // made; crossed SYNs leave it 0, and the kernel's clock has run for a while.
    constexpr trace::Instant long_ago = trace::Instant{} - trace::seconds(3600);
    const bool by_itself = c.listener == trace::none, early = c.fast_open.passive;
    const trace::Instant data_came = by_itself ? long_ago : c.acks.last_data;
    c.fast_open.passive = false;
    if (advance(c.status, c.cookie, Trigger::ack_of_syn, m))
        handshake_done(c, s, sample, m);
    if (by_itself || early)
        c.acks.last_data = data_came;
    if (acknowledged)
        restart_retransmission_timer(c, m);
    // A shutdown() that came too early.
    if (c.shut_wr && !c.snd.fin && c.status.state() == S::established) {
        c.snd.fin = true;
        advance(c.status, c.cookie, Trigger::shutdown_wr_call, m);
        send_what_fits(c, m, Rule::shutdown_sends_fin);
    }
    return Next::go_on;
}

// §3.10.7.4, fifth, under ESTABLISHED: which segments may tell the window.
bool update_window(Connection& c, const Segment& s, bool advanced, Moment& m) {
    const std::uint32_t wnd = offered(c, s);
    const bool newer = advanced || after(s.seq, c.snd.wl1) ||
                       (s.seq == c.snd.wl1 && (wnd > c.snd.wnd || wnd == 0));
    if (!newer)
        return false;
    c.snd.wl1 = s.seq;
    c.snd.wl2 = s.ack;
    const bool opens = wnd != c.snd.wnd;
    c.snd.wnd = wnd;
    if (wnd > c.snd.max_wnd && !c.path.search.empty()) [[unlikely]]
        fit_segments(c, c.path.mtu, m); // tcp_ack_update_window()
    c.snd.max_wnd = std::max(c.snd.max_wnd, wnd);
    if (opens) { // tcp_ack_update_window()
        c.memory.predicted = false;
        check_prediction(c);
        if (c.sent.empty() && c.snd.nxt != c.snd.end)
            data_after_pause(c, m);
    }
    return true;
}

// tcp_ack_probe(): an answer to a window probe.
[[gnu::noinline]] void answer_to_probe(Connection& c, Moment& m) {
    // All that the first buffer holds must fit, and it may have grown to several segments.
    const auto& waiting = c.queue.waiting;
    const Seq first = waiting.empty() ? c.snd.nxt : waiting.front().end;
    const bool ends = c.snd.fin && waiting.size() <= 1;
    if (!after(first + (ends ? 1u : 0u), window_end(c.snd))) {
        c.resend.stop(); // send_what_fits() goes on
        c.probing_since = trace::never;
        c.rtt.backoff = 0;
        return;
    }
    c.resend.armed = m.now();
    c.resend.due = m.now() + probe_interval(c, m);
}

// RFC 5961 §5.2: how old an acknowledgement may be.
[[gnu::cold]] bool too_old(const Connection& c, const Segment& s) {
    const Seq first = c.listener == trace::none ? c.snd.iss : c.snd.iss + 1;
    const std::uint32_t acked = c.snd.una - first;
    return before(s.ack, c.snd.una - std::min(c.snd.max_wnd, acked));
}

// tcp_replace_ts_recent(): of a segment that begins no later than what we acknowledged last.
void note_timestamp(Connection& c, const Segment& s) {
    const bool older = c.ts_recent != 0 && static_cast<std::int32_t>(c.ts_recent - s.ts_value) > 0;
    if (!after(s.seq, c.rcv.wup) && !older)
        c.ts_recent = s.ts_value;
}

bool everything_acknowledged(const Connection& c) {
    return c.snd.fin && c.snd.una == c.snd.end + 1;
}

} // namespace

bool repeats_ack(Connection& c, const Segment& s, Moment& m) {
    const bool known = s.ack == c.snd.una && offered(c, s) == c.snd.wnd && c.snd.wnd > 0;
    const bool quiet = c.sent.empty() && !c.resend.runs() && !c.snd.fin && !c.recovery.probed &&
                       c.urgent.empty() && !c.ecn.on && c.status.state() != S::syn_recv;
    if (!known || !quiet || !has_length(s) || !s.flags.has(flag::ack) || s.sack_blocks > 0)
        return false;
    if (s.has_timestamps && c.agreed.timestamps)
        note_timestamp(c, s);
    if (after(s.seq, c.snd.wl1)) {
        c.snd.wl1 = s.seq;
        c.snd.wl2 = s.ack;
    }
    c.probes_out = 0;
    c.soft_error = trace::Errno::ok;
    c.heard = m.now();
    return true;
}

Next check_ack(Connection& c, const Segment& s, Moment& m) {
    if (!s.flags.has(flag::ack)) {
        m.refuse(Rule::bad_segment_dropped);
        return Next::stop;
    }
    const Seq una_first = c.snd.una;
    const bool opening = c.status.state() == S::syn_recv;
    if (opening && establish(c, s, m) == Next::stop)
        return Next::stop;

    if (before(s.ack, c.snd.una) && too_old(c, s)) {
        m.refuse(Rule::ack_too_old);
        challenge(c, m, Rule::ack_too_old);
        return Next::stop;
    }
    if (after(s.ack, c.snd.nxt)) {
        m.refuse(Rule::ack_of_unsent_data);
        challenge(c, m, Rule::ack_of_unsent_data);
        return Next::stop;
    }
    AckNews news;
    news.has_data = has_length(s);
    news.of_syn = opening && c.snd.una != una_first;
    news.echo_known = c.agreed.timestamps && s.has_timestamps;
    news.echo = s.ts_echo;
    news.congestion = c.ecn.on && take_mark(c, s, news);
    if (before(s.ack, c.snd.una)) { // old, but harmless
        acknowledge_late(c, s, news, m);
        return Next::go_on;
    }

    if (s.has_timestamps && c.agreed.timestamps)
        note_timestamp(c, s);

    const Seq una_before = c.snd.una;
    news.advanced = after(s.ack, una_before);
    const bool was_closed = c.snd.wnd == 0;
    news.window_changed = update_window(c, s, news.advanced, m);
    c.probes_out = 0;
    c.soft_error = trace::Errno::ok; // something has come through
    c.heard = m.now();
    if (news.advanced) {
        m.explain(Rule::ack_advances);
        c.snd.una = s.ack;
        c.retransmissions = 0;
        c.resend.repetitions = 0;
    } else if (!has_length(s)) {
        m.explain(was_closed && c.snd.wnd > 0          ? Rule::window_reopened
                  : c.agreed.sack && s.sack_blocks > 0 ? Rule::ack_with_sack
                                                       : Rule::ack_duplicate);
    }
    if (c.ecn.on) [[unlikely]]
        take_cwr(c, s, m);
    if (!c.urgent.empty()) [[unlikely]]
        urgent_acknowledged(c);
    if (c.sent.empty())
        acknowledge_nothing(c, s, una_before, news, m);
    else
        acknowledge(c, s, una_before, news, m);
    const bool persists = c.resend.kind == trace::Timer::persist && c.resend.runs();
    if (c.snd.una == c.snd.nxt && persists) [[unlikely]]
        answer_to_probe(c, m);

    if (!everything_acknowledged(c))
        return Next::go_on;
    switch (c.status.state()) {
    case S::fin_wait_1:
        m.explain(Rule::fin_acknowledged);
        advance(c.status, c.cookie, Trigger::ack_of_fin, m);
        c.resend.stop();
        if (c.orphan && c.options.linger2 < 0) {
            m.refuse(Rule::linger2_negative);
            m.bump(trace::Counter::TCPAbortOnData);
            send_reset_for(s, c.cookie, Rule::linger2_negative, m);
            advance(c.status, c.cookie, Trigger::abort, m, Rule::linger2_negative);
            bury(c, trace::Errno::ok);
            return Next::stop;
        }
        // A closed program will never fill the gap before this data or FIN.
        if (c.orphan && seg_len(s) > 0 && after(s.seq + s.length, c.rcv.nxt)) {
            abort_on_data(c, s, m);
            return Next::stop;
        }
        // Its small record takes over at once, unless it waits longer than one may: old data goes
        // unanswered.
        if (c.orphan) {
            const OrphanWait wait = orphan_fin_wait_2(m.stack, c.options, c.rtt.rto);
            if (!wait.limited || wait.waits > trace::Duration{})
                break;
            if (!s.flags.has(flag::fin))
                return Next::stop;
            // With a FIN it stays for the sake of that, which may turn out to be an old one.
            c.keep = {m.now() + wait.lingers, m.now(), m.journal.cause(), trace::Timer::fin_wait_2,
                      0};
        }
        break;
    case S::closing:
        m.explain(Rule::fin_acknowledged);
        advance(c.status, c.cookie, Trigger::ack_of_fin, m);
        if (c.status.state() == S::closed)
            bury(c, trace::Errno::ok);
        return Next::stop;
    case S::last_ack:
        m.explain(Rule::fin_acknowledged);
        advance(c.status, c.cookie, Trigger::ack_of_fin, m);
        bury(c, trace::Errno::ok);
        return Next::stop;
    case S::closed:
    case S::listen:
    case S::syn_sent:
    case S::syn_recv:
    case S::established:
    case S::fin_wait_2:
    case S::close_wait:
    case S::time_wait: break;
    }
    return Next::go_on;
}

} // namespace tcp
