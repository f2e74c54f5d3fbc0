// An ICMP error reaches a host: which socket had sent the segment that it quotes?
#include "tcp/icmp.hpp"

#include "turn.hpp"

namespace world {

namespace {

// A path that was not known to be narrow: update_or_create_fnhe() makes the routes of all who use
// it be looked up anew, when they next send.
void others_go_stale(Contents& w, Slot teller) {
    const tcp::Connection& c = w.connections[teller];
    for (Slot i = 0; i < w.connections.all.size(); ++i)
        if (i != teller && w.connections.all[i].used && w.connections[i].host == c.host &&
            w.connections[i].remote.address == c.remote.address)
            w.connections[i].path.stale = true;
}

} // namespace

void deliver_icmp(Turn& t, trace::HostId to, const trace::Segment& about, trace::SegmentId id,
                  trace::Icmp message, trace::EventId cause) {
    Contents& w = t.w;
    t.journal.begin_beat(to, cause);
    const auto cookie = w.find({to, about.source, about.destination});
    trace::Event e;
    e.kind = trace::EventKind::icmp_arrived;
    e.ref = id;
    e.value = trace::pack_icmp(message);
    e.socket = cookie.value_or(trace::none);
    e.rule = trace::Rule::icmp_ignored;
    t.journal.is_about(t.journal.note(e), 0);
    if (!cookie)
        return;
    auto m = t.moment(to);
    const Socket& s = w.sockets[*cookie];
    if (s.request != no_slot) {
        const Slot l = w.sockets[w.requests[s.request].listener].listener;
        if (l != no_slot && tcp::icmp_arrives(w.requests[s.request], w.listeners[l], message,
                                              about.seq, m) == tcp::Fate::goes)
            remove_request(t, s.request);
    } else if (s.time_wait == no_slot && s.connection != no_slot) {
        const Slot slot = s.connection;
        const trace::State before_this = w.connections[slot].status.state();
        const std::size_t known = w.hosts[to].paths.size();
        tcp::icmp_arrives(w.connections[slot], message, about.seq, m);
        if (w.hosts[to].paths.size() > known)
            others_go_stale(w, slot);
        if (before_this == trace::State::syn_recv &&
            w.connections[slot].status.state() != before_this)
            leaves_syn_recv(t, slot);
        settle(t, slot);
    }
}

} // namespace world
