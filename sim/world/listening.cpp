// listen(), accept() and the end of a listener.
#include <algorithm>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/policy.hpp"
#include "trace/refusal.hpp"
#include "turn.hpp"

namespace world {

using trace::Call;
using trace::Rule;

int new_descriptor(Host& h, trace::Cookie cookie) { return h.descriptors.take(cookie); }

trace::CallId call_at_once(Turn& t, trace::HostId host, Call call, trace::Cookie socket,
                           std::int64_t argument, std::string text, std::int64_t result, Rule why) {
    const trace::CallId id = enter(t, host, call, socket, argument, std::move(text));
    call_entered(t, host, id, socket, Rule::call_made);
    call_returned(t, host, id, socket, result, why);
    return id;
}

void set_limit(Turn& t, tcp::Listener& l, std::int64_t backlog) {
    const tcp::Stack& stack = t.w.hosts[l.host].stack;
    l.backlog = backlog;
    l.somaxconn = stack[tcp::Sysctl::somaxconn];
    l.limit = tcp::listen_limit(stack, backlog);
    l.fast_open.most = l.options.fastopen;
    if (l.fast_open.most == 0 && tcp::fastopen_without_option(stack))
        l.fast_open.most = l.limit;
}

namespace {

// What could not be bound is closed again.
void give_up_listening(Turn& t, Slot slot) {
    Contents& w = t.w;
    const trace::Cookie cookie = w.listeners[slot].cookie;
    Socket& s = w.sockets[cookie];
    call_at_once(t, s.host, Call::close, cookie, 0, fmt::format("{}", s.fd), 0, Rule::call_returns);
    w.hosts[s.host].descriptors[static_cast<std::size_t>(s.fd)] = trace::none;
    s.fd = -1;
    s.listener = no_slot;
    w.listeners.remove(slot);
    gone_if_nothing_is_left(t, cookie);
}

}  // namespace

trace::CallId listen(Turn& t, const scenario::Listen& a) {
    Contents& w = t.w;
    Host& h = w.hosts[a.host];
    t.journal.begin_beat(a.host, trace::none);
    Slot known = listener_named(w, a.host, a.port, a.which);
    if (a.which == 0) {
        known = listener_at(w, a.host, {a.address, a.port});
        if (a.reuse_port && (known == no_slot || w.listeners[known].options.reuse_port))
            known = no_slot; // another one beside those
    }
    if (known != no_slot && w.listeners[known].closing)
        known = no_slot; // no descriptor of it is left to call listen() with
    if (known != no_slot && a.reuse_port)
        return call_at_once(t, a.host, Call::bind, trace::none, a.port,
                            trace::format(trace::Endpoint{a.address, a.port}),
                            -static_cast<std::int64_t>(trace::Errno::eaddrinuse),
                            Rule::listen_in_use);
    if (known != no_slot) {
        tcp::Listener& l = w.listeners[known];
        const trace::CallId id = enter(t, a.host, Call::listen, l.cookie, a.backlog,
                                       fmt::format("{}, {}", w.sockets[l.cookie].fd, a.backlog));
        call_entered(t, a.host, id, l.cookie, Rule::call_made);
        const std::uint32_t before = l.limit;
        set_limit(t, l, a.backlog);
        if (l.limit != before)
            queue_changed(t, l, trace::Queue::accept);
        call_returned(t, a.host, id, l.cookie, 0, Rule::relisten_changes_limit);
        return id;
    }
    tcp::Listener made;
    made.host = a.host;
    made.local = {a.address, a.port};
    made.which = free_listener_number(w, a.host, a.port);
    made.options.reuse_port = a.reuse_port;
    made.inherited.discovery = tcp::path_discovery(h.stack);
    const Slot slot = w.listeners.add(std::move(made));
    Socket socket;
    socket.host = a.host;
    socket.listener = slot;
    socket.local = {a.address, a.port};
    socket.reuse_address = true;
    socket.reuse_port = a.reuse_port;
    const trace::Cookie cookie = new_socket(t, socket);
    const int fd = new_descriptor(h, cookie);
    w.sockets[cookie].fd = fd;
    tcp::Listener& l = w.listeners[slot];
    l.cookie = cookie;
    call_at_once(t, a.host, Call::socket, cookie, 0, "AF_INET, SOCK_STREAM, 0", fd, Rule::call_returns);
    call_at_once(t, a.host, Call::setsockopt, cookie, 1, fmt::format("{}, SO_REUSEADDR, 1", fd), 0,
                 Rule::call_returns);
    if (a.reuse_port)
        call_at_once(t, a.host, Call::setsockopt, cookie, 1, fmt::format("{}, SO_REUSEPORT, 1", fd),
                     0, Rule::call_returns);
    const trace::Errno error = bind_port(t, cookie, socket.local);
    const trace::CallId bound =
        call_at_once(t, a.host, Call::bind, cookie, a.port,
                     fmt::format("{}, {}", fd, trace::format(socket.local)),
                     -static_cast<std::int64_t>(error),
                     error == trace::Errno::ok ? Rule::call_returns : Rule::port_in_use);
    if (error != trace::Errno::ok) {
        give_up_listening(t, slot);
        return bound;
    }
    const trace::CallId id =
        enter(t, a.host, Call::listen, cookie, a.backlog, fmt::format("{}, {}", fd, a.backlog));
    call_entered(t, a.host, id, cookie, Rule::call_made);
    auto m = t.moment(a.host);
    set_limit(t, l, a.backlog);
    tcp::advance(l.status, cookie, trace::Trigger::listen_call, m);
    h.listeners.push_back(slot);
    h.ports[w.sockets[cookie].port].listening = true;
    call_returned(t, a.host, id, cookie, 0, Rule::accept_queue_limit);
    return id;
}

// RFC 9293 §3.10.1: OPEN (active) in LISTEN turns the socket into a connection.
trace::Cookie listener_connects(Turn& t, Slot slot, trace::Endpoint remote, std::uint16_t number) {
    Contents& w = t.w;
    const tcp::Listener l = w.listeners[slot];
    std::erase(w.hosts[l.host].listeners, slot);
    w.listeners.remove(slot);
    Socket& s = w.sockets[l.cookie];
    s.listener = no_slot;
    if (s.port != Ports::nothing)
        w.hosts[l.host].ports[s.port].listening = false;
    s.number = number;
    s.local = {w.hosts[l.host].address, l.local.port};
    s.remote = remote;
    tcp::Connection c;
    c.status = l.status;
    c.cookie = l.cookie;
    c.host = l.host;
    c.local = s.local;
    c.remote = remote;
    s.connection = w.connections.add(std::move(c));
    auto& names = w.hosts[l.host].names;
    if (names.size() < number) names.resize(number);
    Named& n = names[number - 1u];
    n = {};
    n.known = true;
    n.socket = l.cookie;
    n.local = s.local;
    n.remote = remote;
    if (auto* log = t.journal.log()) {
        trace::SocketRecord& record = log->sockets[l.cookie];
        record.number = number;
        record.local = s.local;
        record.remote = remote;
        record.is_listener = false;
    }
    return l.cookie;
}

trace::CallId listen_on(Turn& t, trace::Cookie cookie, std::int64_t backlog) {
    Contents& w = t.w;
    const trace::HostId host = w.sockets[cookie].host;
    if (const Slot known = w.sockets[cookie].listener; known != no_slot) {
        const tcp::Listener& l = w.listeners[known];
        return listen(t, {host, l.local.port, backlog, l.local.address, l.which});
    }
    const Slot old = w.sockets[cookie].connection;
    const std::string text = fmt::format("{}, {}", w.sockets[cookie].fd, backlog);
    const tcp::Connection c = w.connections[old];
    const auto refused = trace::refused(c.status.state(), Call::listen, tcp::context(c, true));
    trace::Errno error = refused ? refused->error : c.connecting ? trace::Errno::einval : trace::Errno::ok;
    // A socket that was never bound is bound now, to a port of the system's choice.
    if (error == trace::Errno::ok && w.sockets[cookie].port == Ports::nothing)
        error = bind_port(t, cookie, {});
    if (error == trace::Errno::ok && !may_listen(w, cookie))
        error = trace::Errno::eaddrinuse;
    if (error != trace::Errno::ok)
        return call_at_once(t, host, Call::listen, cookie, backlog, text,
                            -static_cast<std::int64_t>(error), Rule::call_refused);
    w.connections.remove(old);
    tcp::Listener made;
    made.host = host;
    PortOwner& hold = w.hosts[host].ports[w.sockets[cookie].port];
    hold.listening = true;
    made.local = {hold.address, w.hosts[host].ports.port_of(w.sockets[cookie].port)};
    made.which = free_listener_number(w, host, made.local.port);
    made.cookie = cookie;
    made.nonblocking = c.nonblocking;
    made.options = c.listening;
    made.options.interactive = false; // inet_csk_listen_start(): inet_csk_delack_init()
    made.receive_buffer = c.buffer_was_set ? c.receive_buffer : 0;
    made.send_buffer = c.send_buffer_was_set ? c.send_buffer : 0;
    made.inherited = c.options;
    const Slot slot = w.listeners.add(std::move(made));
    Socket& s = w.sockets[cookie];
    s.connection = no_slot;
    s.listener = slot;
    s.local = w.listeners[slot].local;
    if (auto* log = t.journal.log()) {
        log->sockets[cookie].is_listener = true;
        log->sockets[cookie].which = w.listeners[slot].which;
        log->sockets[cookie].local = s.local;
    }
    const trace::CallId id = enter(t, host, Call::listen, cookie, backlog, text);
    call_entered(t, host, id, cookie, Rule::call_made);
    auto m = t.moment(host);
    tcp::Listener& l = w.listeners[slot];
    set_limit(t, l, backlog);
    tcp::advance(l.status, cookie, trace::Trigger::listen_call, m);
    w.hosts[host].listeners.push_back(slot);
    call_returned(t, host, id, cookie, 0, Rule::accept_queue_limit);
    return id;
}

trace::Cookie accept_from(Turn& t, Slot slot, std::uint16_t number) {
    Contents& w = t.w;
    tcp::Listener& l = w.listeners[slot];
    const trace::Cookie cookie = l.accept_queue.front();
    l.accept_queue.erase(l.accept_queue.begin());
    queue_changed(t, l, trace::Queue::accept);
    Socket& s = w.sockets[cookie];
    s.fd = new_descriptor(w.hosts[s.host], cookie);
    s.number = number;
    if (s.connection != no_slot)
        w.connections[s.connection].memory.unaccepted = false;
    Named& n = w.hosts[s.host].names[number - 1u];
    n.socket = cookie;
    n.local = s.local;
    n.remote = s.remote;
    if (auto* log = t.journal.log()) log->sockets[cookie].number = number;
    return cookie;
}

void close_listener(Turn& t, Slot slot, trace::Trigger trigger) {
    Contents& w = t.w;
    tcp::Listener& l = w.listeners[slot];
    const trace::HostId host = l.host;
    const trace::Cookie cookie = l.cookie;
    auto m = t.moment(host);
    const trace::Transition* row = tcp::advance(l.status, cookie, trigger, m);
    if (!row) return;
    Host& h = w.hosts[host];
    std::erase(h.listeners, slot);
    if (w.sockets[cookie].fd >= 0)
        h.descriptors[static_cast<std::size_t>(w.sockets[cookie].fd)] = trace::none;
    w.sockets[cookie].fd = -1;
    w.sockets[cookie].listener = no_slot;
    const bool bound = port_is_bound(w, w.sockets[cookie]) && w.sockets[cookie].number != 0 &&
                       trigger == trace::Trigger::shutdown_rd_call;
    if (bound)
        h.ports[w.sockets[cookie].port].listening = false;
    else
        let_port_go(w, w.sockets[cookie]);

    // inet_csk_listen_stop(): finished connections are reset; requests are only forgotten, which
    // their timers, or a late final ACK, will find out. Full connections in SYN_RECV end here.
    const std::vector<trace::Cookie> children = l.accept_queue, half_open = l.syn_queue;
    w.listeners.remove(slot);
    const auto end = [&](trace::Cookie child) {
        const Slot c = w.sockets[child].connection;
        if (c == no_slot) return;
        w.connections[c].fast_open.passive = false;
        auto moment = t.moment(host);
        w.connections[c].orphan = true;
        tcp::abort(w.connections[c], moment, Rule::listener_closed_resets_children);
        settle(t, c);
    };
    for (trace::Cookie child : children) end(child);
    for (trace::Cookie child : half_open) end(child);
    gone_if_nothing_is_left(t, cookie);
}

void stop_listening(Turn& t, Slot slot) {
    Contents& w = t.w;
    const trace::Cookie cookie = w.listeners[slot].cookie;
    const Socket before_this = w.sockets[cookie];
    const tcp::Listener listener = w.listeners[slot];
    close_listener(t, slot, trace::Trigger::shutdown_rd_call);
    if (w.sockets[cookie].listener != no_slot) return;
    if (before_this.number == 0) return;
    tcp::Connection c;
    c.cookie = cookie;
    c.host = before_this.host;
    c.local = before_this.local;
    c.nonblocking = listener.nonblocking;
    c.options = listener.inherited;
    c.listening = listener.options;
    c.queue.nodelay = listener.options.nodelay;
    c.queue.corked = listener.options.corked;
    c.receive_buffer = listener.receive_buffer;
    c.send_buffer = listener.send_buffer;
    c.buffer_was_set = listener.receive_buffer != 0;
    c.send_buffer_was_set = listener.send_buffer != 0;
    c.rtt.bounds = tcp::limits(c.options).timers;
    c.snd.end = c.snd.end + 2;  // tcp_disconnect() begins past a window that was never offered
    w.sockets[cookie].connection = w.connections.add(std::move(c));
    w.sockets[cookie].fd = before_this.fd;
    w.hosts[before_this.host].descriptors[static_cast<std::size_t>(before_this.fd)] = cookie;
}

} // namespace world
