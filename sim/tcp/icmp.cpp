// Fatal while the connection is being opened; afterwards only a hint, RFC 9293 §3.9.2.2.
#include "icmp.hpp"

#include <array>

#include "output.hpp"
#include "policy.hpp"
#include "rto.hpp"
#include "timeout.hpp"

namespace tcp {

using trace::Counter;
using trace::Errno;
using trace::Icmp;
using trace::Rule;
using S = trace::State;

namespace {

bool is_no_route(Icmp m) {
    constexpr std::uint8_t net = 0, host = 1;
    return m.type == Icmp::unreachable && (m.code == net || m.code == host);
}
// On the way; not while its fragments were waited for, which icmp_unreach() keeps from TCP.
bool is_time_exceeded(Icmp m) {
    return m.type == Icmp::time_exceeded && m.code != Icmp::fragments_missing;
}

// RFC 6069, tcp_ld_RTO_revert(): no route is no congestion, so one back-off is taken back.
void take_back_off_back(Connection& c, Seq seq, Moment& m) {
    if (seq != c.snd.una || c.retransmissions == 0 || c.rtt.backoff == 0 || c.sent.empty() ||
        !c.resend.runs())
        return;
    --c.rtt.backoff;
    c.rtt.rto = backed_off(c.rtt, m.stack);
    const trace::Instant due = c.sent.front().at + c.rtt.rto;
    if (due > m.now())
        c.resend.due = due;
    else
        retransmission_is_due(c, m);
}

// icmp_unreach(): ip_no_pmtu_disc 2 throws these messages away.
bool is_kept_from_tcp(Icmp m, const Stack& stack) {
    return m.wants_fragments() && stack[Sysctl::ip_no_pmtu_disc] == 2;
}

} // namespace

Errno error_of_icmp(Icmp m) {
    if (is_time_exceeded(m))
        return Errno::ehostunreach;
    if (m.type == Icmp::parameter_problem)
        return Errno::eproto;
    return m.type == Icmp::unreachable ? error_of_unreachable(m.code) : Errno::ok;
}

Errno error_of_unreachable(std::uint8_t code) {
    constexpr std::array<Errno, 16> errors = {
        Errno::enetunreach,  Errno::ehostunreach, Errno::enoprotoopt,  Errno::econnrefused,
        Errno::emsgsize,     Errno::eopnotsupp,   Errno::enetunreach,  Errno::ehostdown,
        Errno::enonet,       Errno::enetunreach,  Errno::ehostunreach, Errno::enetunreach,
        Errno::ehostunreach, Errno::ehostunreach, Errno::ehostunreach, Errno::ehostunreach};
    return code < errors.size() ? errors[code] : Errno::ok;
}

void icmp_arrives(Connection& c, Icmp message, Seq seq, Moment& m) {
    const S state = c.status.state();
    const Errno error = is_kept_from_tcp(message, m.stack) ? Errno::ok : error_of_icmp(message);
    if (state == S::closed || error == Errno::ok || before(seq, c.snd.una) ||
        after(seq, c.snd.nxt)) {
        m.explain(Rule::icmp_ignored);
        if (state != S::closed && error != Errno::ok)
            m.bump(Counter::OutOfWindowIcmps);
        return;
    }
    if (message.wants_fragments()) {
        if (const Rule why = fragmentation_is_needed(c, message.mtu, m); why != Rule::none)
            m.explain(why);
        return;
    }
    // Before its final ACK only: what was accepted by Fast Open is treated as connected.
    const bool by_fast_open = c.fast_open.passive && state == S::syn_recv;
    if (is_no_route(message) && !by_fast_open)
        take_back_off_back(c, seq, m);
    if (state == S::syn_sent || (state == S::syn_recv && (!by_fast_open || c.memory.unaccepted))) {
        m.explain(Rule::icmp_ends_connect);
        advance(c.status, c.cookie, trace::Trigger::gave_up, m, Rule::icmp_ends_connect);
        m.bump(Counter::AttemptFails);
        bury(c, error);
        c.error_queued = true; // ip_icmp_error()
    } else if (c.options.receive_errors) {
        m.explain(Rule::icmp_is_reported);
        c.error = error;
    } else {
        m.explain(Rule::icmp_is_soft);
        c.soft_error = error;
    }
}

Fate icmp_arrives(Request& r, Listener& l, Icmp message, Seq seq, Moment& m) {
    if (seq != r.iss) {
        m.explain(Rule::icmp_ignored);
        m.bump(Counter::OutOfWindowIcmps);
        return Fate::stays;
    }
    if (!is_no_route(message) && !is_time_exceeded(message) &&
        message.type != Icmp::parameter_problem) {
        m.explain(Rule::icmp_ignored);
        return Fate::stays;
    }
    m.explain(Rule::icmp_removes_request);
    advance(r.status, r.cookie, trace::Trigger::gave_up, m, Rule::icmp_removes_request);
    ++l.drops;
    m.bump(Counter::ListenDrops);
    return Fate::goes;
}

} // namespace tcp
