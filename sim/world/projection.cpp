// From the world to what views and expectations see: plain values, nothing decided here.
#include <algorithm>

#include "tcp/policy.hpp"
#include "tcp/window.hpp"
#include "turn.hpp"
#include "world.hpp"

namespace world {

using trace::BufferView;
using trace::SocketView;

namespace {

void add_timer(SocketView& v, const tcp::Clock& clock) {
    if (clock.runs())
        v.timers.push_back({clock.kind, clock.armed, clock.due, clock.repetitions});
}

void show_connection(SocketView& v, const Contents& w, const tcp::Connection& c) {
    const tcp::Stack& stack = w.hosts[c.host].stack;
    v.orphan = c.orphan;
    // The SYN+ACK of a passive Fast Open belongs to its request.
    const bool of_request = c.fast_open.passive && c.snd.una == c.snd.iss;
    const trace::Seq una = of_request ? c.snd.iss + 1 : c.snd.una;
    v.send_queue = {(c.snd.end - una) + (c.snd.fin && c.snd.una != c.snd.end + 1 ? 1u : 0u),
                    c.send_buffer, c.snd.fin && c.snd.una != c.snd.end + 1,
                    tcp::queued_memory(c, stack)};
    if (c.snd.fin && c.snd.una == c.snd.end + 1)
        v.send_queue.bytes = 0;
    if (c.status.state() == trace::State::closed)
        v.send_queue = {0, c.send_buffer, false, 0}; // thrown away
    const std::uint32_t received = c.rcv.nxt - c.rcv.copied;
    v.recv_queue = {received, c.receive_buffer, c.rcv.fin && received > 0, c.memory.charged};
    if (!tcp::window_follows_memory(stack)) {
        v.recv_queue.size = tcp::window_of_buffer(stack, c.receive_buffer);
        v.recv_queue.memory = received;
    }
    add_timer(v, c.resend);
    add_timer(v, c.acknowledge);
    add_timer(v, c.keep);
    v.iss = c.snd.iss;
    v.snd_una = c.snd.una;
    v.snd_nxt = c.snd.nxt;
    v.snd_wnd = c.snd.wnd;
    v.irs = c.rcv.irs;
    v.rcv_nxt = c.rcv.nxt;
    v.rcv_wnd = tcp::receive_window(c);
    v.cwnd = c.congestion.cwnd;
    v.ssthresh = c.congestion.ssthresh == tcp::Congestion::no_threshold ? 0 : c.congestion.ssthresh;
    v.srtt = c.rtt.measured ? c.rtt.srtt : trace::Duration{};
    v.rto = c.rtt.rto;
    v.error = c.error;
}

SocketView show_socket(const Contents& w, trace::Cookie cookie) {
    const Socket& s = w.sockets[cookie];
    SocketView v;
    v.cookie = cookie;
    v.name = name_of(w, cookie);
    v.state = state_of(w, cookie);
    v.local = s.local;
    v.remote = s.remote;
    v.fd = s.fd;
    v.holders = s.holders;
    v.listener = s.parent;
    if (s.connection != no_slot) {
        v.since = w.connections[s.connection].status.since();
        show_connection(v, w, w.connections[s.connection]);
    }
    if (s.request != no_slot) {
        const tcp::Request& r = w.requests[s.request];
        v.kind = trace::RecordKind::request;
        v.since = r.status.since();
        add_timer(v, r.resend);
        v.iss = v.snd_una = r.iss;
        v.snd_nxt = r.iss + 1;
        v.snd_wnd = r.peer_window;
        v.irs = r.irs;
        v.rcv_nxt = r.irs + 1;
        v.rcv_wnd = r.window;
    }
    if (s.time_wait != no_slot) {
        const tcp::TimeWait& t = w.time_waits[s.time_wait];
        v.kind = trace::RecordKind::time_wait;
        v.since = t.status.since();
        v.timers.clear();
        add_timer(v, t.clock);
        v.orphan = s.fd < 0;
        v.snd_una = v.snd_nxt = t.snd_nxt;
        v.rcv_nxt = t.rcv_nxt;
        v.rcv_wnd = t.rcv_wnd;
    }
    if (s.number != 0) {
        const Named& n = w.hosts[s.host].names[s.number - 1u];
        if (n.socket == cookie) {
            v.last_call = n.last_call;
            v.last_result = n.last_result;
            if (n.thread.asleep && !n.thread.calls.empty()) {
                v.blocked_in = call_of(n.thread.calls.front().action);
                v.blocked_since = n.thread.calls.front().since;
            }
        }
    }
    return v;
}

trace::ListenerView show_listener(const Contents& w, const tcp::Listener& l) {
    const Host& h = w.hosts[l.host];
    trace::ListenerView v;
    v.cookie = l.cookie;
    v.name = name_of(w, l.cookie);
    v.local = l.local;
    v.fd = w.sockets[l.cookie].fd;
    v.holders = w.sockets[l.cookie].holders;
    v.backlog = l.backlog;
    v.somaxconn = l.somaxconn;
    v.limit = l.limit;
    v.syn_fits = tcp::syn_queue_fits(h.stack, l.limit);
    v.max_syn_backlog = tcp::max_syn_backlog_bounds(h.stack, l.limit);
    v.accept_fits = tcp::accept_queue_fits(h.stack, l.limit);
    v.drops = l.drops;
    for (trace::Cookie cookie : l.syn_queue) {
        const Socket& s = w.sockets[cookie];
        trace::QueueEntry e;
        e.cookie = cookie;
        e.remote = s.remote;
        e.state = state_of(w, cookie);
        if (s.request != no_slot) {
            const tcp::Request& r = w.requests[s.request];
            e.since = r.born;
            e.synacks_resent = r.synacks_resent;
            e.acked = r.acked;
        } else if (s.connection != no_slot) {
            e.since = w.connections[s.connection].status.since();
        }
        v.syn_queue.push_back(e);
    }
    for (trace::Cookie cookie : l.accept_queue) {
        const Socket& s = w.sockets[cookie];
        trace::QueueEntry e;
        e.cookie = cookie;
        e.remote = s.remote;
        e.state = state_of(w, cookie);
        if (s.connection != no_slot)
            e.since = w.connections[s.connection].status.since();
        v.accept_queue.push_back(e);
    }
    const std::size_t worker = l.which - 2u;
    const Thread* thread = l.which <= 1                ? &h.main
                           : worker < h.workers.size() ? &h.workers[worker]
                                                       : nullptr;
    if (thread && thread->asleep && !thread->calls.empty()) {
        const auto* a = std::get_if<scenario::Accept>(&thread->calls.front().action);
        if (a && a->port == l.local.port)
            v.blocked_in = trace::Call::accept;
    }
    v.cookies_sent = l.cookies.count;
    v.defers_accept = l.options.defer_accept != 0;
    v.shares_port = l.options.reuse_port;
    return v;
}

trace::HostView show_host(const Contents& w, trace::HostId id) {
    const Host& h = w.hosts[id];
    trace::HostView v;
    v.id = id;
    v.name = h.name;
    v.address = h.address;
    v.profile = tcp::name(h.stack.profile);
    for (Slot l : h.listeners)
        v.listeners.push_back(show_listener(w, w.listeners[l]));
    for (const Made& m : h.calls)
        v.calls.push_back({m.call, m.returned, m.result});
    for (std::size_t i = 0; i < tcp::Counters::size; ++i)
        if (h.counters.value[i] != 0)
            v.counters.push_back(
                {static_cast<trace::Counter>(i), h.counters.value[i], h.counters.last[i]});
    const tcp::Profile profile = tcp::profile(h.stack.profile);
    for (std::size_t i = 0; i < tcp::sysctl_count; ++i) {
        if (!profile.has[i])
            continue;
        const tcp::SysctlText& text = tcp::text(static_cast<tcp::Sysctl>(i));
        v.sysctls.push_back({std::string(text.name), h.stack.values[i], profile.defaults[i],
                             text.least, text.most, text.en, text.zh});
    }
    return v;
}

} // namespace

trace::Snapshot project(const World& world) {
    const Contents& w = world.contents();
    trace::Snapshot out;
    out.now = w.now;
    for (std::size_t i = 0; i < w.hosts.size(); ++i)
        out.hosts.push_back(show_host(w, static_cast<trace::HostId>(i)));
    for (std::size_t i = 0; i < w.sockets.size(); ++i) {
        const Socket& s = w.sockets[i];
        if (s.connection == no_slot && s.request == no_slot && s.time_wait == no_slot)
            continue;
        out.hosts[s.host].sockets.push_back(show_socket(w, static_cast<trace::Cookie>(i)));
    }
    for (const Wire& wire : w.wires)
        if (wire.from != wire.to)
            out.wires.push_back({wire.from, wire.to, wire.delay, wire.loss});
    for (const auto& held : w.flying.all) {
        if (!held.used || held.record.fate == Fate::told)
            continue;
        const Flying& f = held.record;
        out.in_flight.push_back({f.id, f.from, f.to, f.sent, f.held ? trace::never : f.due, f.held,
                                 f.fate != Fate::arrives});
    }
    std::sort(
        out.in_flight.begin(), out.in_flight.end(),
        [](const trace::InFlight& a, const trace::InFlight& b) { return a.segment < b.segment; });
    out.next_due = w.deadlines.first();
    return out;
}

} // namespace world
