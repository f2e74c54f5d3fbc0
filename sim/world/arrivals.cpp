// A segment reaches a host: which socket is it for? 4-tuple, listener on its address, listener on
// 0.0.0.0, else RST. What tcp says about it is carried out here.
#include <algorithm>

#include "tcp/handshake.hpp"
#include "tcp/output.hpp"
#include "tcp/policy.hpp"
#include "turn.hpp"

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

// Linux: the listener stays, a small request enters the SYN queue.
void spawn_request(Turn& t, Slot l, const Segment& s, std::optional<tcp::Seq> isn,
                   const trace::Transition& row) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    const tcp::Seq iss = isn ? *isn : isn_for_syn(w, host, s);
    tcp::Request made = tcp::request_for(w.listeners[l], s, iss, m);
    Socket socket;
    socket.host = host;
    socket.local = made.local;
    socket.remote = made.remote;
    socket.parent = w.listeners[l].cookie;
    made.cookie = new_socket(t, socket);
    t.journal.took(t.arrival, made.cookie);
    m.explain(row.why);
    const Slot slot = w.requests.add(std::move(made));
    tcp::Request& r = w.requests[slot];
    w.sockets[r.cookie].request = slot;
    w.flows.set(flow_of(w.sockets[r.cookie]), r.cookie);
    tcp::spawn(r.status, r.cookie, row, m);
    w.listeners[l].syn_queue.push_back(r.cookie);
    ++w.listeners[l].young;
    queue_changed(t, w.listeners[l], trace::Queue::syn);
    start_synack_timer(t, r);
    tcp::send_synack(r, m, row.why);
    reindex(w, DueKind::request, slot);
}

// The textbook: the socket in LISTEN moves on itself, and another one listens in its place.
void move_listener(Turn& t, Slot l, const Segment& s, const trace::Transition& row) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    const trace::Cookie moving = w.listeners[l].cookie;
    tcp::Request r = tcp::request_for(w.listeners[l], s, isn_for_syn(w, host, s), m);
    r.status = w.listeners[l].status;
    r.cookie = moving;
    tcp::advance(r.status, moving, row.trigger, m);
    m.explain(row.why);

    Socket fresh = w.sockets[moving];
    fresh.fd = w.sockets[moving].fd;
    const trace::Cookie cookie = new_socket(t, fresh);
    tcp::Listener& listener = w.listeners[l];
    listener.cookie = cookie;
    tcp::spawn(listener.status, cookie, row, m);
    if (fresh.fd >= 0)
        w.hosts[host].descriptors[static_cast<std::size_t>(fresh.fd)] = cookie;

    // The half-open connection is a full one here, in SYN_RECV until its SYN is acknowledged.
    tcp::Connection c = tcp::child_of(r, listener, w.hosts[host].stack);
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
    w.flows.set(flow_of(w.sockets[moving]), moving);
    t.journal.took(t.arrival, moving);
    listener.syn_queue.push_back(moving);
    queue_changed(t, listener, trace::Queue::syn);
    tcp::Connection& made = w.connections[slot];
    made.retransmitting_since = w.now;
    tcp::send_syn(made, m, row.why, true);
    tcp::start_retransmission_timer(made, m, made.resend.by);
    reindex(w, DueKind::connection, slot);
}

void to_listener(Turn& t, Slot l, const Segment& s, std::optional<tcp::Seq> after_time_wait) {
    Contents& w = t.w;
    const trace::HostId host = w.listeners[l].host;
    auto m = t.moment(host);
    t.journal.took(t.arrival, w.listeners[l].cookie);
    const auto half_open = static_cast<std::uint32_t>(w.listeners[l].syn_queue.size());
    const tcp::Knock knock = after_time_wait
                                 ? tcp::listen_arrives_after_time_wait(w.listeners[l], s, m)
                                 : tcp::listen_arrives(w.listeners[l], s, m, half_open);
    if (knock == tcp::Knock::ignored)
        return;
    const trace::Transition* row = trace::transition(
        w.listeners[l].status.state(), trace::Trigger::syn, tcp::policies(w.hosts[host].stack));
    if (!row)
        return;
    if (row->spawn == trace::Spawn::request)
        spawn_request(t, l, s, after_time_wait, *row);
    else
        move_listener(t, l, s, *row);
}

// The final ACK: the request becomes a connection and moves from one queue to the other.
void graduate(Turn& t, Slot slot, const Segment& s) {
    Contents& w = t.w;
    tcp::Request r = w.requests[slot];
    const Slot l = w.sockets[r.listener].listener;
    auto m = t.moment(r.host);
    m.explain(Rule::ack_makes_child);
    tcp::advance(r.status, r.cookie, trace::Trigger::ack_of_syn, m, Rule::ack_makes_child);
    m.bump(trace::Counter::PassiveOpens);
    leave_syn_queue(t, r);
    if (w.requests.all[slot].due != Deadlines::nothing)
        w.deadlines.remove(w.requests.all[slot].due);
    w.requests.remove(slot);
    w.sockets[r.cookie].request = no_slot;

    const Slot child = w.connections.add(tcp::child_of(r, w.listeners[l], w.hosts[r.host].stack));
    w.sockets[r.cookie].connection = child;
    tcp::Connection& c = w.connections[child];
    const trace::Duration sample = r.synacks_resent == 0 ? w.now - r.born : trace::Duration{};
    tcp::handshake_done(c, s, sample, m);
    w.listeners[l].accept_queue.push_back(r.cookie);
    queue_changed(t, w.listeners[l], trace::Queue::accept);
    // What rides on it (data, FIN, the window) is taken as on any connection.
    Segment rest = s;
    if (rest.flags.has(trace::flag::syn)) {
        rest.flags = {static_cast<std::uint8_t>(rest.flags.bits & ~trace::flag::syn.bits)};
        rest.seq = rest.seq + 1;
    }
    c.snd.wl1 = r.irs;
    tcp::segment_arrives(c, rest, m);
    if (s.length == 0)
        m.explain(Rule::ack_makes_child);
    settle(t, child);
    accept_queue_grew(t, r.listener);
}

void to_request(Turn& t, Slot slot, const Segment& s) {
    Contents& w = t.w;
    tcp::Request& r = w.requests[slot];
    const Slot l = w.sockets[r.listener].listener;
    auto m = t.moment(r.host);
    if (l == no_slot) { // its listener has been closed: the segment finds nothing
        t.journal.took(t.arrival, trace::none);
        remove_request(t, slot);
        tcp::closed_arrives(s, m);
        return;
    }
    switch (tcp::request_arrives(r, w.listeners[l], s, m)) {
    case tcp::Fate::stays: reindex(w, DueKind::request, slot); break;
    case tcp::Fate::goes: remove_request(t, slot); break;
    case tcp::Fate::becomes_connection: graduate(t, slot, s); break;
    }
}

void to_time_wait(Turn& t, Slot slot, const Segment& s) {
    Contents& w = t.w;
    tcp::TimeWait& small = w.time_waits[slot];
    auto m = t.moment(small.host);
    switch (tcp::time_wait_arrives(small, s, m)) {
    case tcp::Leftover::stays: reindex(w, DueKind::time_wait, slot); break;
    case tcp::Leftover::gone: remove_time_wait(t, slot); break;
    case tcp::Leftover::new_connection: {
        const Slot l = listener_on(w, small.host, s.destination);
        if (l == no_slot) {
            tcp::time_wait_answers(small, s, m);
            reindex(w, DueKind::time_wait, slot);
            break;
        }
        const tcp::Seq isn = small.snd_nxt + 65537;
        tcp::advance(small.status, small.cookie, trace::Trigger::syn, m);
        remove_time_wait(t, slot);
        to_listener(t, l, s, isn);
        break;
    }
    }
}

} // namespace

void deliver(Turn& t, const Flying& f) {
    Contents& w = t.w;
    const Segment& s = f.segment;
    t.journal.begin_beat(f.to, f.sent_event);
    trace::Event e;
    e.kind = trace::EventKind::segment_arrived;
    e.ref = f.id;
    e.rule = f.rule;
    t.arrival = t.journal.note(e);
    t.answering = f.likeness;
    t.journal.follow(t.arrival);
    t.journal.arrived(s);
    auto m = t.moment(f.to);
    m.bump(trace::Counter::InSegs);

    if (const auto cookie = w.flows.find({f.to, s.destination, s.source})) {
        t.journal.took(t.arrival, *cookie);
        const Socket& socket = w.sockets[*cookie];
        if (socket.request != no_slot) {
            to_request(t, socket.request, s);
        } else if (socket.time_wait != no_slot) {
            to_time_wait(t, socket.time_wait, s);
        } else {
            const Slot slot = socket.connection;
            const trace::State before_this = w.connections[slot].status.state();
            tcp::segment_arrives(w.connections[slot], s, m);
            const trace::State now = w.connections[slot].status.state();
            // The textbook's half-open connection has come out of the SYN queue.
            if (before_this == trace::State::syn_recv && now != before_this)
                leaves_syn_recv(t, slot);
            settle(t, slot);
        }
        return;
    }
    const Slot l = listener_on(w, f.to, s.destination);
    if (l != no_slot)
        to_listener(t, l, s, std::nullopt);
    else
        tcp::closed_arrives(s, m);
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
    m.bump(trace::Counter::PassiveOpens);
    listener.accept_queue.push_back(c.cookie);
    queue_changed(t, listener, trace::Queue::accept);
    accept_queue_grew(t, listener.cookie);
}

} // namespace world
