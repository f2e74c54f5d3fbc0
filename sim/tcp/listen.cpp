// §3.10.7.1 and §3.10.7.2: no socket, and a socket in LISTEN.
#include "arrival.hpp"
#include "handshake.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "window.hpp"

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

// The first two questions of tcp_v4_do_rcv() and tcp_rcv_state_process() in LISTEN.
bool is_connection_request(const Segment& s, Moment& m) {
    if (s.flags.has(flag::rst)) {
        m.refuse(Rule::rst_ignored);
        return false;
    }
    if (s.flags.has(flag::ack)) { // nothing that we sent can be acknowledged
        m.refuse(Rule::ack_unacceptable_reset);
        send_reset_for(s, trace::none, Rule::ack_unacceptable_reset, m);
        return false;
    }
    if (!s.flags.has(flag::syn) || s.flags.has(flag::fin)) {
        m.refuse(Rule::bad_segment_dropped);
        return false;
    }
    return true;
}

bool accept_queue_is_full(const Listener& l, const Moment& m) {
    return l.accept_queue.size() >= accept_queue_fits(m.stack, l.limit);
}

} // namespace

// tcp_conn_request(), in its order.
Knock listen_arrives(Listener& l, const Segment& s, Moment& m, std::uint32_t half_open) {
    if (!is_connection_request(s, m))
        return Knock::ignored;
    if (half_open > l.limit &&
        policies(m.stack).has(trace::only(trace::Policy::listener_spawns_request))) {
        const Knock k = drop(l, m, Rule::syn_queue_full_drops_syn);
        m.bump(Counter::TCPReqQFullDrop);
        return k;
    }
    if (accept_queue_is_full(l, m)) {
        m.refuse(Rule::accept_queue_full_drops_syn);
        m.bump(Counter::ListenOverflows);
        return drop(l, m, Rule::accept_queue_full_drops_syn);
    }
    if (three_quarters_taken(m.stack, half_open))
        return drop(l, m, Rule::syn_queue_three_quarters);
    return Knock::admitted;
}

Knock listen_arrives_after_time_wait(Listener& l, const Segment& s, Moment& m) {
    if (!is_connection_request(s, m))
        return Knock::ignored;
    if (accept_queue_is_full(l, m)) {
        m.refuse(Rule::accept_queue_full_drops_syn);
        m.bump(Counter::ListenOverflows);
        return drop(l, m, Rule::accept_queue_full_drops_syn);
    }
    return Knock::admitted;
}

Request request_for(const Listener& l, const Segment& syn, Seq iss, const Moment& m) {
    Request r;
    r.listener = l.cookie;
    r.host = l.host;
    r.local = syn.destination;
    r.remote = syn.source;
    r.iss = iss;
    r.irs = syn.seq;
    const std::uint32_t buffer =
        l.receive_buffer ? l.receive_buffer : default_receive_buffer(m.stack);
    r.agreed = agree(offer(m.stack, buffer, l.receive_buffer != 0), syn);
    r.window = first_window(m.stack, buffer, effective_mss(1460, r.agreed.timestamps));
    r.peer_window = syn.window;
    if (syn.has_timestamps)
        r.ts_recent = syn.ts_value;
    r.born = m.now();
    return r;
}

} // namespace tcp
