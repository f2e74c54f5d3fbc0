// §3.10.7.1 and §3.10.7.2: no socket, and a socket in LISTEN.
#include "arrival.hpp"
#include "handshake.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "window.hpp"

#include <optional>

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

void closed_arrives(const Segment& s, Moment& m) {
    if (s.flags.has(flag::rst)) {
        m.refuse(Rule::rst_ignored);
        return;
    }
    m.refuse(Rule::no_socket_reset);
    send_reset_for(s, trace::none, Rule::no_socket_reset, m);
}

namespace {

Knock drop(Listener& l, Moment& m, Rule why) {
    m.refuse(why);
    ++l.drops;
    m.bump(Counter::ListenDrops);
    return Knock::ignored;
}

Knock drop_at_full_accept_queue(Listener& l, Moment& m, Rule why) {
    m.bump(Counter::ListenOverflows);
    return drop(l, m, why);
}

// cookie_v4_check(): an ACK that no request waits for may answer a SYN+ACK that nothing was kept
// of. It is only looked at while cookies have been sent lately.
bool brings_a_cookie(const Listener& l, const Segment& s, Moment& m, std::uint64_t secret) {
    if (m.stack[Sysctl::tcp_syncookies] == 0 || s.flags.has(flag::syn) ||
        !cookies_are_about(l.cookies, m.now()))
        return false;
    if (check_cookie(secret, s, m.now()) == 0) {
        m.bump(Counter::SyncookiesFailed);
        return false;
    }
    m.bump(Counter::SyncookiesRecv);
    Agreed agreed;
    return read_timestamp_of_cookie(s, m.stack[Sysctl::tcp_timestamps] != 0,
                                    m.stack[Sysctl::tcp_sack] != 0,
                                    m.stack[Sysctl::tcp_window_scaling] != 0, agreed);
}

// The first questions of tcp_v4_do_rcv() and tcp_rcv_state_process() in LISTEN; nothing: it asks
// for a connection.
std::optional<Knock> before_a_request(Listener& l, const Segment& s, Moment& m,
                                      std::uint64_t secret) {
    if (s.flags.has(flag::rst)) {
        m.refuse(Rule::rst_ignored);
        return Knock::ignored;
    }
    if (s.flags.has(flag::ack)) {
        const std::uint64_t wrong =
            m.counters.value[static_cast<std::size_t>(Counter::SyncookiesFailed)];
        if (brings_a_cookie(l, s, m, secret)) {
            if (!accept_queue_is_full(l, m))
                return Knock::completes;
            m.refuse(Rule::cookie_meets_full_accept_queue);
            count_overflow(l, m);
            return Knock::ignored;
        }
        const bool failed =
            m.counters.value[static_cast<std::size_t>(Counter::SyncookiesFailed)] != wrong;
        const Rule why = failed ? Rule::cookie_wrong : Rule::ack_unacceptable_reset;
        m.refuse(why);
        send_reset_for(s, trace::none, why, m);
        return Knock::ignored;
    }
    if (!s.flags.has(flag::syn) || s.flags.has(flag::fin)) {
        m.refuse(Rule::bad_segment_dropped);
        return Knock::ignored;
    }
    return std::nullopt;
}

} // namespace

bool accept_queue_is_full(const Listener& l, const Moment& m) {
    return accept_queue_refuses_ack(m.stack, l.limit,
                                    static_cast<std::uint32_t>(l.accept_queue.size()));
}

void count_overflow(Listener& l, Moment& m) {
    m.bump(Counter::ListenOverflows);
    m.bump(Counter::ListenDrops);
    ++l.drops;
}

// tcp_conn_request(), in its order.
Knock listen_arrives(Listener& l, const Segment& s, Moment& m, std::uint64_t secret) {
    if (const auto answer = before_a_request(l, s, m, secret))
        return *answer;
    const auto half_open = static_cast<std::uint32_t>(l.syn_queue.size());
    bool with_cookie = false;
    const auto finished = static_cast<std::uint32_t>(l.accept_queue.size());
    switch (full_syn_queue(m.stack, l.limit, half_open, finished)) {
    case FullSynQueue::has_room: break;
    case FullSynQueue::drops_uncounted:
        m.bump(Counter::AttemptFails);
        m.refuse(Rule::one_count_full);
        ++l.drops;
        return Knock::ignored;
    case FullSynQueue::drops:
        m.bump(Counter::TCPReqQFullDrop);
        return drop(l, m, Rule::syn_queue_full_drops_syn);
    case FullSynQueue::answers_with_cookie:
        m.bump(Counter::TCPReqQFullDoCookies);
        with_cookie = true;
        break;
    }
    if (accept_queue_refuses_syn(m.stack, l.limit, finished, l.young))
        return drop_at_full_accept_queue(l, m, Rule::accept_queue_full_drops_syn);
    if (with_cookie)
        return Knock::cookie;
    if (three_quarters_taken(m.stack, half_open))
        return drop(l, m, Rule::syn_queue_three_quarters);
    return Knock::admitted;
}

Knock listen_arrives_after_time_wait(Listener& l, const Segment& s, Moment& m) {
    if (const auto answer = before_a_request(l, s, m, 0))
        return *answer;
    if (accept_queue_refuses_syn(m.stack, l.limit,
                                 static_cast<std::uint32_t>(l.accept_queue.size()), l.young))
        return drop_at_full_accept_queue(l, m, Rule::accept_queue_full_drops_syn);
    return Knock::admitted;
}

void answer_with_cookie(Listener& l, const Segment& syn, Moment& m, std::uint64_t secret) {
    note_cookie(l.cookies, m.now());
    m.bump(Counter::SyncookiesSent);
    Request r;
    begin_request(r, l, syn, make_cookie(secret, syn, m.now()), m);
    if (!r.agreed.timestamps) { // nowhere to remember options
        r.agreed.scaling = r.agreed.sack = false;
        r.agreed.receive_scale = r.agreed.send_scale = 0;
        r.ecn = false;
    }
    const Rule why = m.stack[Sysctl::tcp_syncookies] == 2 ? Rule::every_syn_gets_cookie
                                                          : Rule::syn_queue_full_sends_cookie;
    m.explain(why);
    Segment answer = synack_of(r, m);
    if (answer.has_timestamps)
        answer.ts_value = timestamp_of_cookie(m.now(), r.agreed, r.ecn);
    depart(answer, l.cookie, why, m, 1, trace::none, m.journal.answering());
}

Request request_of_cookie(const Listener& l, const Segment& ack, const Moment& m,
                          std::uint64_t secret) {
    Segment syn = ack;
    syn.seq = ack.seq - 1;
    Request r;
    begin_request(r, l, syn, ack.ack - 1, m);
    const std::uint32_t buffer =
        l.receive_buffer ? l.receive_buffer : default_receive_buffer(m.stack);
    read_timestamp_of_cookie(ack, m.stack[Sysctl::tcp_timestamps] != 0, true, true, r.agreed);
    if (r.agreed.scaling)
        r.agreed.receive_scale = 
            offer(m.stack, buffer, l.receive_buffer != 0, l.inherited).receive_scale;
    const auto told = check_cookie(secret, ack, m.now());
    r.agreed.mss = effective_mss(told, r.agreed.timestamps);
    r.ecn = m.stack[Sysctl::tcp_ecn] != 0 && ecn_in_cookie(ack, r.agreed);
    // cookie_v4_check() goes by what the cookie tells of the peer, not by what the SYN+ACK has told.
    r.window = first_window(m.stack, buffer, l.inherited, std::uint32_t{told});
    return r;
}

void begin_request(Request& r, const Listener& l, const Segment& syn, Seq iss, const Moment& m) {
    static constexpr Request fresh{};
    r = fresh;
    r.listener = l.cookie;
    r.host = l.host;
    r.local = syn.destination;
    r.remote = syn.source;
    r.iss = iss;
    r.irs = syn.seq;
    const std::uint32_t buffer =
        l.receive_buffer ? l.receive_buffer : default_receive_buffer(m.stack);
    const std::uint16_t mtu = path_to(m.paths, r.remote.address, m.now()).mtu;
    r.mss = advertised_mss(l.inherited, mtu);
    r.agreed = agree(offer(m.stack, buffer, l.receive_buffer != 0, l.inherited), syn,
                     advertised_mss(l.inherited));
    r.window = first_window(m.stack, buffer, l.inherited, r.agreed.timestamps, mtu);
    r.peer_window = syn.window;
    if (r.agreed.timestamps)
        r.ts_recent = syn.ts_value;
    r.ecn = grants_ecn(m.stack, syn);
    r.born = m.now();
}

} // namespace tcp
