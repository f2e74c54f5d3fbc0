// By timestamps, by D-SACK, or because nothing was repeated.
#include "undo.hpp"

#include "hystart.hpp"
#include "moment.hpp"
#include "output.hpp"
#include "scoreboard.hpp"
#include "window.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;

namespace {

// Without SACK nothing tells duplicate ACKs of old repetitions from those of a new loss, until
// something above `high` is acknowledged (RFC 6582 §4): tcp_is_non_sack_preventing_reopen().
bool stays_for_newreno(Connection& c) {
    if (c.snd.una != c.recovery.high || c.agreed.sack)
        return false;
    if (!anything_repeated(c))
        c.retransmitting_since = trace::never;
    return true;
}

} // namespace

void begin_undo(Connection& c) {
    Recovery& r = c.recovery;
    r.can_undo = true;
    r.undo_from = c.snd.una;
    r.undo_repeats = static_cast<std::int32_t>(r.resent) + (r.probed && r.probe_repeats ? 1 : 0);
    if (r.undo_repeats == 0)
        r.undo_repeats = -1;
}

// tcp_packet_delayed(): the echo is older than the first repetition, or there was none. Without
// SACK the time of the first repetition is forgotten when everything before `high` is acknowledged.
bool first_copy_was_late(const Connection& c, const AckNews& news) {
    if (c.retransmitting_since == trace::never)
        return c.agreed.sack || before(c.snd.una, c.recovery.high);
    return echoes_earlier(news, c.retransmitting_since);
}

bool echoes_earlier(const AckNews& news, trace::Instant at) {
    return news.echo_known && news.echo != 0 &&
           static_cast<std::int32_t>(news.echo - timestamp(at)) < 0;
}

namespace {

bool may_undo(const Connection& c, const AckNews& news) {
    const Recovery& r = c.recovery;
    return r.can_undo && (r.undo_repeats == 0 || first_copy_was_late(c, news));
}

} // namespace

void undo(Connection& c, bool unmark, Moment& m) {
    if (unmark)
        unmark_lost(c);
    undo_reduction(c, m);
    m.explain(Rule::loss_undone);
}

bool try_undo_recovery(Connection& c, const AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (may_undo(c, news)) {
        undo(c, false, m);
        m.bump(r.phase == Phase::loss ? Counter::TCPLossUndo : Counter::TCPFullUndo);
    } else if (r.rack.keep > 0) {
        --r.rack.keep;
    }
    if (stays_for_newreno(c))
        return true;
    r.phase = Phase::open;
    return false;
}

bool try_undo_duplicates(Connection& c, Moment& m) {
    Recovery& r = c.recovery;
    if (!r.can_undo || r.undo_repeats != 0)
        return false;
    undo(c, false, m);
    m.bump(Counter::TCPDSACKUndo);
    return true;
}

bool try_undo_loss(Connection& c, bool by_frto, const AckNews& news, Moment& m) {
    Recovery& r = c.recovery;
    if (!by_frto && !may_undo(c, news))
        return false;
    undo(c, true, m);
    m.bump(Counter::TCPLossUndo);
    if (by_frto) {
        m.bump(Counter::TCPSpuriousRTOs);
        m.explain(Rule::timeout_was_spurious);
    }
    c.retransmissions = 0;
    if (stays_for_newreno(c))
        return true;
    if (by_frto || c.agreed.sack)
        r.phase = Phase::open;
    return true;
}

} // namespace tcp
