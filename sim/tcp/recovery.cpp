// tcp_ack() from the retransmission queue on, tcp_fastretrans_alert() and what it calls.
#include "recovery.hpp"

#include <algorithm>

#include "hystart.hpp"
#include "moment.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "rack.hpp"
#include "repeat.hpp"
#include "scoreboard.hpp"
#include "undo.hpp"
#include "window.hpp"

namespace tcp {

using trace::Counter;
using trace::Duration;
using trace::Rule;

constinit const Recovery nothing_lost{};

namespace {

enum class Next : std::uint8_t { nothing, lost, new_data };

void keep_open(Connection& c) {
    Recovery& r = c.recovery;
    const Phase phase =
        r.sacked + r.lost > 0 || anything_repeated(c) ? Phase::disorder : Phase::open;
    if (r.phase != phase) {
        r.phase = phase;
        r.high = c.snd.nxt;
    }
}

void try_to_open(Connection& c, const AckNews& news, Moment& m) {
    if (!anything_repeated(c))
        c.retransmitting_since = trace::never;
    if (news.congestion)
        take_echo(c, m);
    if (c.recovery.phase != Phase::cwr)
        keep_open(c);
}

void enter_recovery(Connection& c, bool congestion, Moment& m) {
    Recovery& r = c.recovery;
    if (!anything_repeated(c))
        c.retransmitting_since = trace::never;
    m.bump(c.agreed.sack ? Counter::TCPSackRecovery : Counter::TCPRenoRecovery);
    m.explain(Rule::fast_retransmit);
    c.congestion.old_ssthresh = 0;
    begin_undo(c);
    if (!is_reducing(c)) {
        if (!congestion)
            c.congestion.old_ssthresh = current_threshold(c);
        begin_reduction(c, m.stack);
    }
    r.phase = Phase::recovery;
}

// tcp_newreno_mark_lost(), tcp_rack_mark_lost()
void identify_losses(Connection& c, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (c.sent.empty())
        return;
    if (!c.agreed.sack) {
        const bool enough = r.phase < Phase::recovery && r.sacked >= r.reordering;
        if ((enough || (r.phase == Phase::recovery && news.advanced)) && !c.sent.front().lost)
            mark_lost(c, c.sent.front(), m);
        return;
    }
    const std::uint32_t resent = r.resent;
    if (rack_mark_lost(c, m))
        news.set_timer = false;
    if (resent > r.resent)
        news.repeat_lost = true;
}

// tcp_process_loss()
Next process_loss(Connection& c, std::uint32_t duplicates, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    const bool recovered = !before(c.snd.una, r.high);
    if (news.advanced && try_undo_loss(c, false, news, m))
        return Next::nothing;
    if (r.frto) { // RFC 5682 §3.1
        if (news.first_copy_arrived && try_undo_loss(c, true, news, m))
            return Next::nothing;
        if (after(c.snd.nxt, r.high)) {
            if (news.sacked || duplicates > 0)
                r.frto = false; // step 3.a: the loss was real
        } else if (news.advanced && !recovered) {
            r.high = c.snd.nxt;
            const bool unsent =
                c.snd.nxt != c.snd.end + (c.snd.fin ? 1u : 0u); // the FIN is new too
            if (unsent && after(window_end(c.snd), c.snd.nxt))
                return Next::new_data; // step 2.b
            r.frto = false;
        }
    }
    if (recovered) {
        try_undo_recovery(c, news, m);
        return Next::nothing;
    }
    if (!c.agreed.sack) {
        if (after(c.snd.nxt, r.high) && duplicates > 0)
            count_duplicate(c, duplicates, m.stack);
        else if (news.advanced)
            forget_duplicates(c);
    }
    return Next::lost;
}

// Whether a fast retransmit begins, or the phase is settled without one.
Next in_the_open(Connection& c, std::uint32_t duplicates, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (!c.agreed.sack) {
        if (news.advanced)
            forget_duplicates(c);
        count_duplicate(c, duplicates, m.stack);
    }
    if (r.phase <= Phase::disorder)
        try_undo_duplicates(c, m);
    identify_losses(c, news, m);
    if (r.lost == 0) {
        try_to_open(c, news, m);
        return Next::nothing;
    }
    if (probe_is_lost(c, m)) [[unlikely]]
        return Next::nothing;
    enter_recovery(c, news.congestion, m);
    return Next::lost;
}

// Part of the hole is filled. True: by a first copy, so nothing more is to be repeated.
bool try_undo_partial(Connection& c, Seq una_before, const AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (!r.can_undo || !first_copy_was_late(c, news))
        return false;
    note_reordering(c, una_before, m.stack);
    if (r.resent > 0)
        return true;
    if (!anything_repeated(c))
        c.retransmitting_since = trace::never;
    undo(c, true, m);
    m.bump(Counter::TCPPartialUndo);
    keep_open(c);
    return false;
}

Next in_recovery(Connection& c, Seq una_before, std::uint32_t duplicates, AckNews& news,
                 Moment& m) {
    Recovery& r = c.recovery;
    if (!news.advanced) {
        if (!c.agreed.sack)
            count_duplicate(c, duplicates, m.stack);
    } else if (try_undo_partial(c, una_before, news, m)) {
        return Next::nothing;
    }
    if (try_undo_duplicates(c, m))
        try_to_open(c, news, m);
    identify_losses(c, news, m);
    if (r.phase != Phase::recovery) {
        if (r.lost == 0)
            return Next::nothing;
        enter_recovery(c, news.congestion, m);
    }
    return Next::lost;
}

// tcp_check_sack_reneging(): what is next to be acknowledged was told to have arrived. The peer may
// have thrown it away: the timeout is not waited for in full.
bool peer_reneges(Connection& c, AckNews& news, Moment& m) {
    if (!news.advanced || c.sent.empty() || !c.sent.front().sacked)
        return false;
    hurry_timeout(c, std::max(c.rtt.srtt / 2, trace::milliseconds(10)), m);
    news.set_timer = false;
    return true;
}

// tcp_fastretrans_alert()
Next alert(Connection& c, Seq una_before, std::uint32_t duplicates, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (c.sent.empty() && r.sacked > 0)
        r.sacked = 0;
    if (news.congestion)
        c.congestion.old_ssthresh = 0; // nothing of it is undone
    if (peer_reneges(c, news, m))
        return Next::nothing;
    if (r.phase == Phase::open) {
        c.retransmitting_since = trace::never;
    } else if (!before(c.snd.una, r.high)) {
        if (r.phase == Phase::cwr && c.snd.una != r.high) {
            end_reduction(c, m);
            r.phase = Phase::open;
        } else if (r.phase == Phase::recovery) {
            if (!c.agreed.sack)
                forget_duplicates(c);
            if (try_undo_recovery(c, news, m))
                return Next::nothing;
            end_reduction(c, m);
        }
    }
    switch (r.phase) {
    case Phase::recovery: return in_recovery(c, una_before, duplicates, news, m);
    case Phase::loss: {
        const Next next = process_loss(c, duplicates, news, m);
        identify_losses(c, news, m);
        if (r.phase != Phase::open && !news.repeat_lost)
            return next;
        break;
    }
    case Phase::open:
    case Phase::disorder:
    case Phase::cwr: break;
    }
    return in_the_open(c, duplicates, news, m);
}

// tcp_process_tlp_ack()
[[gnu::noinline]] void settle_probe(Connection& c, const trace::Segment& s, const AckNews& news,
                                    Moment& m) {
    Recovery& r = c.recovery;
    if (!r.probe_repeats || news.probe_was_duplicate) {
        r.probed = false;
    } else if (after(s.ack, r.probe_high)) {
        // The probe filled a hole: there was a loss.
        begin_reduction(c, m.stack);
        r.phase = Phase::cwr;
        end_reduction(c, m);
        keep_open(c);
        m.bump(Counter::TCPLossProbeRecovery);
    } else if (!news.advanced && !news.has_data && !news.window_changed && !news.acked &&
               !news.sacked) {
        r.probed = false; // both copies arrived
    }
}

void go_on(Connection& c, Next next, Moment& m) {
    if (next == Next::new_data) {
        send_what_fits(c, m, Rule::timeout_was_spurious, Push::all);
        if (after(c.snd.nxt, c.recovery.high))
            return;
        c.recovery.frto = false;
    }
    if (next != Next::nothing)
        repeat_lost(c, m);
}

} // namespace

void acknowledge(Connection& c, const trace::Segment& s, Seq una_before, AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    const std::uint32_t delivered_before = r.delivered, losses_before = r.losses;
    const Seq fack = c.agreed.sack && r.sacked > 0 ? highest_sacked(c) : una_before;
    if (c.agreed.sack && s.sack_blocks > 0)
        take_sacks(c, s, una_before, news, m);
    take_acknowledged(c, fack, news, m);
    rack_adapt(c, m.stack);
    if (r.probed && !before(s.ack, r.probe_high)) [[unlikely]]
        settle_probe(c, s, news, m);

    if (news.congestion) [[unlikely]]
        take_count(c, s, r.delivered - delivered_before, news);
    const bool no_duplicate = news.has_data || news.window_changed || news.acked;
    Next next = Next::nothing;
    if (!no_duplicate || news.sacked || news.duplicate_told || news.congestion ||
        r.phase != Phase::open) {
        const bool duplicate = !news.advanced && !no_duplicate && !news.duplicate_told;
        next = alert(c, una_before, duplicate ? 1 : 0, news, m);
    }
    if (news.set_timer)
        restart_retransmission_timer(c, m);
    const std::uint32_t delivered = r.delivered - delivered_before;
    if (news.congestion) [[unlikely]]
        m.add(Counter::TCPDeliveredCE, c.ecn.accurate ? news.marked : delivered);
    if (is_reducing(c))
        reduce(c, delivered, r.losses > losses_before, news.advanced);
    else if (news.acked ||
             (r.reordering > usual_reordering(m.stack) && (news.sacked || news.duplicate_told)))
        grow_window(c, delivered, m);
    update_pacing(c, m.stack); // tcp_cong_control()
    go_on(c, next, m);
}

void acknowledge_nothing(Connection& c, const trace::Segment& s, Seq una_before, AckNews& news,
                         Moment& m) {
    const Recovery& r = c.recovery;
    const std::uint32_t delivered_before = r.delivered;
    if (c.agreed.sack && s.sack_blocks > 0)
        take_sacks(c, s, una_before, news, m);
    if (news.congestion) [[unlikely]]
        take_count(c, s, r.delivered - delivered_before, news);
    if (news.duplicate_told)
        alert(c, una_before, 0, news, m);
    if (r.probed && !before(s.ack, r.probe_high)) [[unlikely]]
        settle_probe(c, s, news, m);
}

[[gnu::noinline]] void acknowledge_late(Connection& c, const trace::Segment& s, AckNews& news,
                                        Moment& m) {
    if (!c.agreed.sack || s.sack_blocks == 0)
        return;
    const std::uint32_t delivered_before = c.recovery.delivered;
    take_sacks(c, s, c.snd.una, news, m);
    if (news.congestion)
        take_count(c, s, c.recovery.delivered - delivered_before, news);
    go_on(c, alert(c, c.snd.una, 0, news, m), m);
}

void enter_loss(Connection& c, Moment& m) {
    Recovery& r = c.recovery;
    Congestion& g = c.congestion;
    const bool fresh = r.phase < Phase::recovery;
    if (!c.agreed.sack)
        forget_duplicates(c);
    const bool reneged = !c.sent.empty() && c.sent.front().sacked;
    if (reneged)
        m.bump(Counter::TCPSACKReneging);
    bool head = true; // the whole buffer
    for (std::size_t i = 0; i < c.sent.size(); ++i) {
        Sent& t = c.sent[i];
        head = i == 0 || (head && !t.begins_buffer);
        if (reneged && t.sacked) { // the peer has thrown away what it told of
            t.sacked = false;
            t.unwatched = true;
            --r.sacked;
        } else if (!reneged && !head && rack_time_left(c, t, {}, m) > Duration{}) {
            continue; // sent only just now
        }
        mark_lost(c, t, m);
    }
    if (r.phase <= Phase::disorder || !after(r.high, c.snd.una) ||
        (r.phase == Phase::loss && c.retransmissions == 0)) {
        g.old_ssthresh = current_threshold(c);
        g.old_cwnd = g.cwnd;
        g.ssthresh = threshold_after_loss(c, m.stack);
        begin_undo(c);
    }
    g.cwnd = in_flight(c) + 1;
    g.counted = 0;
    g.stamp = m.now();
    if (r.phase <= Phase::disorder && r.sacked >= usual_reordering(m.stack))
        r.reordering = std::min(r.reordering, usual_reordering(m.stack));
    r.phase = Phase::loss;
    reset_cubic(c, m);
    r.high = c.snd.nxt;
    r.probed = false;
    c.ecn.owes_cwr = c.ecn.on && !c.ecn.accurate;
    r.frto = detects_spurious_timeouts(m.stack) && (fresh || c.retransmissions > 0);
}

void late_arrivals_are_lost(Connection& c, Moment& m) {
    const std::uint32_t before_this = in_flight(c);
    rack_detect_loss(c, m);
    if (before_this != in_flight(c)) {
        if (c.recovery.phase != Phase::recovery) {
            enter_recovery(c, false, m);
            reduce(c, 1, false, false);
        }
        repeat_lost(c, m);
    }
    if (!c.resend.runs() || c.awaits != Awaits::timeout)
        rearm_timeout(c, m);
}

} // namespace tcp
