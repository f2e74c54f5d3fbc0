// A segment for a listener, or for one of the half-open connections in its SYN queue: what tcp says
// about it is carried out here, and what comes of it enters the queues.
#include <algorithm>

#include "arriving.hpp"
#include "tcp/handshake.hpp"
#include "tcp/output.hpp"
#include "tcp/policy.hpp"
#include "tcp/receive_memory.hpp"

namespace world {

using trace::Rule;
using trace::Segment;

namespace {

void start_synack_timer(Turn& t, tcp::Request& r) {
    const tcp::Stack& stack = t.w.hosts[r.host].stack;
    r.resend.kind = trace::Timer::syn_ack;
    r.resend.armed = t.w.now;
    r.resend.due = t.w.now + tcp::synack_interval(stack, 0);
}

// Each host has a secret of its own: syncookie_secret, and the key of Fast Open.
std::uint64_t secret_of(const Contents& w, trace::HostId host) {
    return (w.seed + 1) * 0x9e3779b97f4a7c15u + host;
}

void graduate(Turn&, Slot request, const Segment&, Rule why);

Socket socket_of(const tcp::Request& r, const tcp::Listener& l) {
    Socket socket;
    socket.host = r.host;
    socket.local = r.local;
    socket.remote = r.remote;
    socket.parent = l.cookie;
    return socket;
}

// Linux: the listener stays, a small request enters the SYN queue.
void spawn_request(Turn& t, Slot l, const Segment& s, std::optional<tcp::Seq> isn,
                   const trace::Transition& row, const tcp::FastOpenAnswer& fast_open) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    const tcp::Seq iss = isn ? *isn : isn_for_syn(w, host, s);
    const Slot slot = w.requests.add();
    tcp::Request& r = w.requests[slot];
    tcp::begin_request(r, w.listeners[l], s, iss, m);
    Socket socket = socket_of(r, w.listeners[l]);
    socket.request = slot;
    r.cookie = new_socket(t, socket);
    r.gives_fastopen_cookie = fast_open.gives_cookie;
    r.fastopen_cookie = 0;
    if (fast_open.gives_cookie)
        r.fastopen_cookie =
            tcp::fastopen_cookie(secret_of(w, host), s.source.address, s.destination.address);
    t.journal.took(r.cookie);
    m.explain(fast_open.why == Rule::none ? row.why : fast_open.why);
    w.give(flow_of(socket), r.cookie);
    tcp::spawn(r.status, r.cookie, row, m);
    w.listeners[l].syn_queue.push_back(r.cookie);
    ++w.listeners[l].young;
    queue_changed(t, w.listeners[l], trace::Queue::syn);
    start_synack_timer(t, r);
    tcp::send_synack(r, m, row.why);
    reindex(w, DueKind::request, slot);
    if (!tcp::syn_is_enough(w.hosts[host].stack))
        return;
    // Counterfactual: as if the third segment had come with it.
    Segment third = s;
    third.flags = trace::flag::ack;
    third.seq = r.irs + 1;
    third.ack = r.iss + 1;
    third.length = 0;
    third.window = static_cast<std::uint16_t>(s.window >> r.agreed.send_scale);
    third.ts_echo = 0;
    graduate(t, slot, third, Rule::syn_is_enough);
    m.explain(Rule::syn_is_enough);
}

// The textbook: the socket in LISTEN moves on itself, and another one listens in its place.
[[gnu::cold]] void move_listener(Turn& t, Slot l, const Segment& s, const trace::Transition& row) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    const trace::Cookie moving = w.listeners[l].cookie;
    tcp::Request r;
    tcp::begin_request(r, w.listeners[l], s, isn_for_syn(w, host, s), m);
    r.status = w.listeners[l].status;
    r.cookie = moving;
    tcp::advance(r.status, moving, row.trigger, m);
    m.explain(row.why);

    Socket fresh = w.sockets[moving];
    fresh.port = Ports::nothing;
    const trace::Cookie cookie = new_socket(t, fresh);
    hold_port(w, w.sockets[cookie], fresh.local, false);
    if (w.sockets[moving].port != Ports::nothing)
        w.hosts[host].ports[w.sockets[moving].port].listening = false;
    tcp::Listener& listener = w.listeners[l];
    listener.cookie = cookie;
    tcp::spawn(listener.status, cookie, row, m);
    if (fresh.fd >= 0)
        w.hosts[host].descriptors[static_cast<std::size_t>(fresh.fd)] = cookie;

    // The half-open connection is a full one here, in SYN_RECV until its SYN is acknowledged.
    tcp::Connection c;
    tcp::become_child(c, r, listener, m);
    c.listener = cookie;
    c.snd.una = r.iss;
    Socket& moved = w.sockets[moving];
    moved.listener = no_slot;
    moved.fd = -1;
    moved.local = r.local;
    moved.remote = r.remote;
    moved.parent = cookie;
    if (auto* log = t.journal.log()) {
        log->sockets[moving].local = r.local;
        log->sockets[moving].remote = r.remote;
        log->sockets[moving].listener = cookie;
        log->sockets[moving].is_listener = false;
    }
    for (trace::Cookie queued : listener.syn_queue)
        w.sockets[queued].parent = cookie;
    for (Slot i = 0; i < w.connections.all.size(); ++i)
        if (w.connections.all[i].used && w.connections[i].listener == moving)
            w.connections[i].listener = cookie;
    const Slot slot = w.connections.add(std::move(c));
    w.sockets[moving].connection = slot;
    w.give(flow_of(w.sockets[moving]), moving);
    t.journal.took(moving);
    listener.syn_queue.push_back(moving);
    queue_changed(t, listener, trace::Queue::syn);
    tcp::Connection& made = w.connections[slot];
    made.retransmitting_since = w.now;
    tcp::send_syn(made, m, row.why, true);
    tcp::start_retransmission_timer(made, m, made.resend.by);
    reindex(w, DueKind::connection, slot);
}

// A SYN+ACK that repeats the SYN with data or FIN behind it makes a child like any ACK
// (tcp_check_req()), but the child sees the SYN (tcp_validate_incoming()): it answers with a
// challenge ACK and stays in SYN_RECV, in the accept queue, until an ACK without one comes.
bool is_seen_as_syn(const Segment& s) {
    return s.flags.has(trace::flag::syn);
}

// The child of a finished handshake: it goes to the end of the accept queue, and what rides on the
// segment (data, FIN, the window) is taken as on any connection.
void add_child(Turn& t, const tcp::Request& r, Slot l, const Segment& s, trace::Duration sample) {
    Contents& w = t.w;
    auto m = t.moment(r.host);
    m.count(trace::Counter::PassiveOpens);
    const Slot child = w.connections.add();
    Socket& socket = w.sockets[r.cookie];
    const Socket& parent = w.sockets[r.listener];
    socket.connection = child;
    // inet_csk_clone_lock(), __inet_inherit_port(): the listener's flags, and a hold on its port.
    socket.reuse_address = parent.reuse_address;
    socket.reuse_port = parent.reuse_port;
    hold_port(w, socket, r.local, false);
    tcp::Connection& c = w.connections[child];
    tcp::become_child(c, r, w.listeners[l], m);
    // tcp_create_openreq_child(): what the final ACK offers, not what the SYN did.
    if (!is_seen_as_syn(s))
        c.snd.wnd = c.snd.max_wnd = std::uint32_t{s.window} << c.agreed.send_scale;
    if (is_seen_as_syn(s))
        tcp::handshake_waits(c, sample, m);
    else
        tcp::handshake_done(c, s, sample, m);
    w.listeners[l].accept_queue.push_back(r.cookie);
    queue_changed(t, w.listeners[l], trace::Queue::accept);
    c.snd.wl1 = r.irs;
    tcp::segment_arrives(c, s, m);
}

// The final ACK: the request becomes a connection and moves from one queue to the other.
void graduate(Turn& t, Slot slot, const Segment& s, Rule why) {
    Contents& w = t.w;
    tcp::Request& r = w.requests[slot];
    const trace::Cookie cookie = r.cookie, listener = r.listener;
    const Slot l = w.sockets[listener].listener;
    auto m = t.moment(r.host);
    m.explain(why);
    auto* log = t.journal.log();
    if (is_seen_as_syn(s) && log)
        log->sockets[cookie].child_from = static_cast<trace::EventId>(log->events.size());
    if (!is_seen_as_syn(s))
        tcp::advance(r.status, cookie, trace::Trigger::ack_of_syn, m, why);
    leave_syn_queue(t, r);
    if (w.requests.all[slot].due != Deadlines::nothing)
        w.deadlines.remove(w.requests.all[slot].due);
    Socket& socket = w.sockets[cookie];
    socket.request = no_slot;
    add_child(t, r, l, s, r.synacks_resent == 0 ? w.now - r.born : trace::Duration{});
    w.requests.remove(slot);
    if (s.length == 0 && !is_seen_as_syn(s))
        m.explain(why);
    settle(t, socket.connection, w.connections.all[socket.connection], socket);
    accept_queue_grew(t, listener);
}

// An ACK with a good cookie: what the host never kept comes back with it (cookie_v4_check()).
[[gnu::cold]] void grow_from_cookie(Turn& t, Slot l, const Segment& s,
                                    const trace::Transition& row) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    if (w.find({host, s.destination, s.source})) {
        m.refuse(Rule::cookie_meets_other);
        return;
    }
    tcp::Request r = tcp::request_of_cookie(w.listeners[l], s, m, secret_of(w, host));
    r.cookie = new_socket(t, socket_of(r, w.listeners[l]));
    w.give(flow_of(w.sockets[r.cookie]), r.cookie);
    t.journal.took(r.cookie);
    m.explain(Rule::cookie_makes_child);
    tcp::spawn(r.status, r.cookie, row, m, Rule::cookie_makes_child);
    tcp::advance(r.status, r.cookie, trace::Trigger::ack_of_syn, m, Rule::cookie_makes_child);
    add_child(t, r, l, s, {});
    m.explain(Rule::cookie_makes_child);
    settle(t, w.sockets[r.cookie].connection);
    accept_queue_grew(t, r.listener);
}

// tcp_fastopen_create_child(): a connection at once, in SYN_RECV, and in the accept queue.
[[gnu::cold]] void spawn_fast_open(Turn& t, Slot l, const Segment& s,
                                   const trace::Transition& row) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    tcp::Request r;
    tcp::begin_request(r, w.listeners[l], s, isn_for_syn(w, host, s), m);
    r.cookie = new_socket(t, socket_of(r, w.listeners[l]));
    w.give(flow_of(w.sockets[r.cookie]), r.cookie);
    t.journal.took(r.cookie);
    m.explain(Rule::fastopen_data_taken);
    tcp::spawn(r.status, r.cookie, row, m, Rule::fastopen_data_taken);
    m.count(trace::Counter::PassiveOpens);
    const Slot slot = w.connections.add();
    tcp::Connection& made = w.connections[slot];
    tcp::become_child(made, r, w.listeners[l], m);
    made.fast_open.passive = true;
    made.listening.synack_retries = w.listeners[l].options.synack_retries;
    made.snd.una = r.iss;
    made.queue.small = r.iss; // the SYN+ACK is no small segment that Nagle waits for
    made.retransmitting_since = w.now;
    w.sockets[r.cookie].connection = slot;
    tcp::start_receive_memory(made, m); // tcp_init_transfer(), before the handshake is over
    tcp::take_syn_data(made, s, m);
    tcp::send_syn(made, m, Rule::fastopen_data_taken, true);
    tcp::start_retransmission_timer(made, m, made.resend.by);
    w.listeners[l].accept_queue.push_back(r.cookie);
    queue_changed(t, w.listeners[l], trace::Queue::accept);
    settle(t, slot);
    accept_queue_grew(t, r.listener);
}

// How many that came by Fast Open still lack their final ACK: fastopenq.qlen.
std::uint32_t fast_open_pending(const Contents& w, trace::Cookie listener) {
    std::uint32_t n = 0;
    for (const auto& held : w.connections.all)
        if (held.used && held.record.fast_open.passive && held.record.listener == listener &&
            held.record.status.state() == trace::State::syn_recv)
            ++n;
    return n;
}

void take_syn(Turn& t, Slot l, const Segment& s, std::optional<tcp::Seq> isn,
              const trace::Transition& row) {
    Contents& w = t.w;
    tcp::Listener& listener = w.listeners[l];
    tcp::FastOpenAnswer answer;
    if (s.fastopen >= 0 || s.length > 0) {
        auto m = t.moment(listener.host);
        answer = tcp::try_fast_open(listener, s, m, secret_of(w, listener.host),
                                    fast_open_pending(w, listener.cookie));
    }
    if (answer.takes_data)
        spawn_fast_open(t, l, s, row);
    else
        spawn_request(t, l, s, isn, row, answer);
}

// A group that shares a port remembers together when it sent cookies: reuse->synq_overflow_ts.
void remember_cookies(Contents& w, Slot l) {
    const tcp::Listener& sender = w.listeners[l];
    if (!sender.options.reuse_port)
        return;
    for (Slot other : w.hosts[sender.host].listeners)
        if (w.listeners[other].options.reuse_port && w.listeners[other].local == sender.local)
            w.listeners[other].cookies.sent = sender.cookies.sent;
}

} // namespace

void to_listener(Turn& t, Slot l, const Segment& s, std::optional<tcp::Seq> after_time_wait) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    t.journal.took(w.listeners[l].cookie);
    const std::uint64_t secret = secret_of(w, host);
    const tcp::Knock knock = after_time_wait
                                 ? tcp::listen_arrives_after_time_wait(w.listeners[l], s, m)
                                 : tcp::listen_arrives(w.listeners[l], s, m, secret);
    const trace::Transition* row = trace::transition(
        w.listeners[l].status.state(), trace::Trigger::syn, tcp::policies(w.hosts[host].stack));
    if (!row)
        return;
    switch (knock) {
    case tcp::Knock::ignored: break;
    case tcp::Knock::cookie:
        tcp::answer_with_cookie(w.listeners[l], s, m, secret);
        remember_cookies(w, l);
        break;
    case tcp::Knock::completes: grow_from_cookie(t, l, s, *row); break;
    case tcp::Knock::admitted:
        if (row->spawn == trace::Spawn::request)
            take_syn(t, l, s, after_time_wait, *row);
        else
            move_listener(t, l, s, *row);
        break;
    }
}

void to_request(Turn& t, Slot slot, const Segment& s) {
    Contents& w = t.w;
    tcp::Request& r = w.requests[slot];
    const trace::HostId host = r.host;
    const Slot l = w.sockets[r.listener].listener;
    if (l == no_slot) { // its listener has been closed: who else is there?
        t.journal.took(trace::none);
        forget_request(t, slot);
        find_listener(t, host, s);
        return;
    }
    auto m = t.moment(host);
    switch (tcp::request_arrives(r, w.listeners[l], s, m)) {
    case tcp::Fate::stays: reindex(w, DueKind::request, slot); break;
    case tcp::Fate::goes: remove_request(t, slot); break;
    case tcp::Fate::becomes_connection: graduate(t, slot, s, Rule::ack_makes_child); break;
    case tcp::Fate::to_listener: to_listener(t, l, s, std::nullopt); break;
    }
}

// A full connection in SYN_RECV that came through a listener: to the accept queue, or away.
void leaves_syn_recv(Turn& t, Slot slot) {
    Contents& w = t.w;
    const tcp::Connection& c = w.connections[slot];
    const Slot l = c.listener == trace::none ? no_slot : w.sockets[c.listener].listener;
    if (l == no_slot)
        return;
    tcp::Listener& listener = w.listeners[l];
    const auto at = std::find(listener.syn_queue.begin(), listener.syn_queue.end(), c.cookie);
    if (at == listener.syn_queue.end())
        return;
    listener.syn_queue.erase(at);
    queue_changed(t, listener, trace::Queue::syn);
    if (c.status.state() == trace::State::closed) {
        w.connections[slot].orphan = true;
        return;
    }
    auto m = t.moment(c.host);
    m.count(trace::Counter::PassiveOpens);
    listener.accept_queue.push_back(c.cookie);
    queue_changed(t, listener, trace::Queue::accept);
    accept_queue_grew(t, listener.cookie);
}

} // namespace world
