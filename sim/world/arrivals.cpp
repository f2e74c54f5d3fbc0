// A segment reaches a host: which socket is it for? 4-tuple, listener on its address, listener on
// 0.0.0.0, else RST. What tcp says about it is carried out here.
#include "arriving.hpp"
#include "tcp/handshake.hpp"

namespace world {

using trace::Segment;

namespace {

[[gnu::noinline]] void to_time_wait(Turn& t, Slot slot, const Segment& s) {
    Contents& w = t.w;
    tcp::TimeWait& small = w.time_waits[slot];
    auto m = t.moment(small.host);
    switch (tcp::time_wait_arrives(small, s, m)) {
    case tcp::Leftover::stays: reindex(w, DueKind::time_wait, slot); break;
    case tcp::Leftover::gone: remove_time_wait(t, slot); break;
    case tcp::Leftover::new_connection: {
        const Slot l = listener_for(w, small.host, s);
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

// A client keeps the cookie that came with the SYN+ACK.
[[gnu::noinline]] void keep_fast_open_cookie(Contents& w, tcp::Connection& c) {
    c.fast_open.learned = false;
    auto& known = w.hosts[c.host].fastopen_cookies;
    std::erase_if(known, [&](const KnownCookie& k) { return k.server == c.remote.address; });
    known.push_back(
        {c.remote.address, c.fast_open.cookie, c.fast_open.has_cookie, c.fast_open.mss});
}

// A listener remembers for a minute that a Fast Open was reset (reqsk_fastopen_remove()).
[[gnu::noinline]] void fast_open_was_reset(Turn& t, tcp::Connection& c) {
    Contents& w = t.w;
    c.fast_open.passive = false;
    t.moment(c.host).bump(trace::Counter::AttemptFails); // tcp_check_req(), tcp_done(): twice
    const Slot l = c.listener == trace::none ? no_slot : w.sockets[c.listener].listener;
    if (l != no_slot)
        w.listeners[l].fast_open.reset.push_back(w.now + trace::seconds(60));
}

void to_connection(Turn& t, Socket& socket, const Segment& s, tcp::Moment& m) {
    Contents& w = t.w;
    const Slot slot = socket.connection;
    auto& held = w.connections.all[slot];
    tcp::Connection& c = held.record;
    if (!w.owned.empty() && goes_to_backlog(t, c.cookie, s)) [[unlikely]]
        return;
    const trace::State before_this = c.status.state();
    const bool opening = before_this == trace::State::syn_recv;
    if (!opening || !tcp::answers_same_syn(c, s, m))
        tcp::segment_arrives(c, s, m);
    if (c.fast_open.learned) [[unlikely]]
        keep_fast_open_cookie(w, c);
    if (!opening || c.status.state() == before_this) {
        settle(t, slot, held, socket);
        return;
    }
    if (c.fast_open.passive && c.status.state() == trace::State::closed)
        fast_open_was_reset(t, c);
    // The textbook's half-open connection has come out of the SYN queue.
    leaves_syn_recv(t, slot);
    settle(t, slot);
}

} // namespace

void find_listener(Turn& t, trace::HostId host, const Segment& s) {
    const Slot l = listener_for(t.w, host, s);
    if (l == no_slot) {
        t.journal.found(trace::Lookup::nothing);
        auto m = t.moment(host);
        tcp::closed_arrives(s, m);
        return;
    }
    const bool exact = t.w.listeners[l].local.address.raw != 0;
    t.journal.found(exact ? trace::Lookup::listener_exact : trace::Lookup::listener_any);
    to_listener(t, l, s, std::nullopt);
}

namespace {

// __inet_lookup(): the 4-tuple first.
void look_up(Turn& t, trace::HostId host, const Segment& s, tcp::Moment& m) {
    const auto [cookie, socket] = t.w.look(host, s.destination, s.source);
    if (!socket) {
        find_listener(t, host, s);
        return;
    }
    t.journal.found(trace::Lookup::four_tuple);
    t.journal.took(cookie);
    if (socket->request != no_slot)
        to_request(t, socket->request, s);
    else if (socket->time_wait != no_slot)
        to_time_wait(t, socket->time_wait, s);
    else
        to_connection(t, *socket, s, m);
}

} // namespace

void deliver(Turn& t, const Flying& f) {
    const Segment& s = f.segment;
    t.journal.begin_beat(f.to, f.sent_event);
    const trace::EventId arrival = t.journal.note([&] {
        trace::Event e;
        e.kind = trace::EventKind::segment_arrived;
        e.ref = f.id;
        e.rule = f.rule;
        return e;
    });
    t.journal.is_about(arrival, f.likeness);
    t.journal.arrived(s);
    auto m = t.moment(f.to);
    m.count_segment(trace::Counter::InSegs);
    look_up(t, f.to, s, m);
}

} // namespace world
