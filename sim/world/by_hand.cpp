// Single steps of calls, readiness, and segments by hand.
#include "by_hand.hpp"

#include <utility>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/urgent.hpp"
#include "tcp/window.hpp"
#include "trace/refusal.hpp"
#include "turn.hpp"
#include "world.hpp"

namespace world {

using trace::Call;
using trace::Rule;

namespace {

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

Slot connection_of(const Contents& w, const scenario::SocketName& name) {
    if (name.kind != scenario::SocketName::Kind::connection)
        return no_slot;
    const auto cookie = find(w, name);
    return cookie ? w.sockets[*cookie].connection : no_slot;
}

// A descriptor whose connection went on to TIME_WAIT is CLOSED to its program.
trace::State seen_state(const Contents& w, const tcp::Connection& c) {
    return w.sockets[c.cookie].time_wait != no_slot ? trace::State::closed : c.status.state();
}

struct Perform {
    Turn& t;

    trace::CallId operator()(const MakeSocket& a) {
        t.journal.begin_beat(a.host, trace::none);
        const trace::Cookie cookie = make_connection(t, a.host, a.number, {}, {});
        return call_at_once(t, a.host, Call::socket, cookie, 0, "AF_INET, SOCK_STREAM, 0",
                            t.w.sockets[cookie].fd, Rule::call_returns);
    }

    trace::CallId operator()(const Bind& a) {
        Contents& w = t.w;
        const trace::HostId host = a.socket.host;
        t.journal.begin_beat(host, trace::none);
        const Slot slot = connection_of(w, a.socket);
        if (slot == no_slot) {
            const auto listener = find(w, a.socket);
            return call_at_once(t, host, Call::bind, listener.value_or(trace::none), a.at.port,
                                listener ? fmt::format("{}", w.sockets[*listener].fd) : "-1",
                                code(listener ? trace::Errno::einval : trace::Errno::ebadf),
                                Rule::call_refused);
        }
        tcp::Connection& c = w.connections[slot];
        const int fd = w.sockets[c.cookie].fd;
        const std::string text = fmt::format("{}, {}", fd, trace::format(a.at));
        const auto row = trace::refused(seen_state(w, c), Call::bind, {});
        // inet_bind(): only an address of this host.
        const bool foreign = a.at.address.raw != 0 && !w.hosts[host].has(a.at.address);
        const trace::Errno error = row       ? row->error
                                   : foreign ? trace::Errno::eaddrnotavail
                                             : bind_port(t, c.cookie, a.at);
        if (error == trace::Errno::ok && !c.was_connected)
            name_local(t, c.cookie,
                       {a.at.address.raw ? a.at.address : w.hosts[host].address,
                        w.hosts[host].ports.port_of(w.sockets[c.cookie].port)});
        return call_at_once(t, host, Call::bind, c.cookie, a.at.port, text, code(error),
                            error == trace::Errno::ok           ? Rule::call_returns
                            : error == trace::Errno::eaddrinuse ? Rule::port_in_use
                                                                : Rule::call_refused);
    }

    trace::CallId operator()(const SuggestPort& a) {
        t.w.hosts[a.host].next_port = a.port;
        return trace::none;
    }

    trace::CallId operator()(const ConnectTo& a) {
        return connect_to(t,
                          {a.socket.host,
                           a.socket.number,
                           trace::no_host,
                           a.remote.port,
                           std::nullopt,
                           false,
                           {},
                           a.fastopen},
                          a.remote);
    }

    trace::CallId operator()(const Blocking& a) {
        t.journal.begin_beat(a.socket.host, trace::none);
        const auto cookie = find(t.w, a.socket);
        if (!cookie)
            return trace::none;
        const Socket& s = t.w.sockets[*cookie];
        if (s.listener != no_slot)
            t.w.listeners[s.listener].nonblocking = false;
        else if (s.connection != no_slot)
            t.w.connections[s.connection].nonblocking = false;
        return call_at_once(t, a.socket.host, Call::setsockopt, *cookie, 0,
                            fmt::format("{}, 0", s.fd), 0, Rule::call_returns);
    }

    trace::CallId operator()(const ListenOn& a) {
        t.journal.begin_beat(a.socket.host, trace::none);
        const auto cookie = find(t.w, a.socket);
        return cookie ? listen_on(t, *cookie, a.backlog) : trace::none;
    }

    trace::CallId operator()(const Disconnect& a) {
        const trace::HostId host = a.socket.host;
        t.journal.begin_beat(host, trace::none);
        const Slot slot = connection_of(t.w, a.socket);
        if (slot == no_slot)
            return stop(a, host);
        tcp::Connection& c = t.w.connections[slot];
        const trace::Cookie cookie = c.cookie;
        const trace::CallId id = enter(t, host, Call::connect, cookie, 0,
                                       fmt::format("{}, AF_UNSPEC", t.w.sockets[cookie].fd));
        call_entered(t, host, id, cookie, Rule::call_made);
        auto m = t.moment(host);
        tcp::disconnect(c, m);
        settle(t, slot);
        call_returned(t, host, id, cookie, 0, Rule::call_returns);
        return id;
    }

    // tcp_disconnect() of a listener: inet_csk_listen_stop().
    trace::CallId stop(const Disconnect& a, trace::HostId host) {
        const auto cookie = find(t.w, a.socket);
        const Slot l = cookie ? t.w.sockets[*cookie].listener : no_slot;
        if (l == no_slot)
            return call_at_once(t, host, Call::connect, trace::none, 0, "-1, AF_UNSPEC",
                                code(trace::Errno::ebadf), Rule::call_refused);
        const trace::CallId id = enter(t, host, Call::connect, *cookie, 0,
                                       fmt::format("{}, AF_UNSPEC", t.w.sockets[*cookie].fd));
        call_entered(t, host, id, *cookie, Rule::call_made);
        stop_listening(t, l);
        call_returned(t, host, id, *cookie, 0, Rule::close_of_listener);
        return id;
    }

    trace::CallId refuse_listener(const Refusable& a, trace::HostId host) {
        const auto cookie = find(t.w, a.socket);
        const auto row = trace::refused(trace::State::listen, a.call, {});
        const auto error = !cookie ? trace::Errno::ebadf
                           : row   ? row->error
                                   : trace::Errno::eopnotsupp;
        return call_at_once(t, host, a.call, cookie.value_or(trace::none), 0,
                            fmt::format("{}", cookie ? t.w.sockets[*cookie].fd : -1), code(error),
                            Rule::call_refused);
    }

    trace::CallId operator()(const Refusable& a) {
        const trace::HostId host = a.socket.host;
        t.journal.begin_beat(host, trace::none);
        const Slot slot = connection_of(t.w, a.socket);
        if (slot == no_slot)
            return refuse_listener(a, host);
        const tcp::Connection& c = t.w.connections[slot];
        const auto row = trace::refused(c.status.state(), a.call, tcp::context(c, true));
        const auto error = row ? row->error : trace::Errno::eopnotsupp;
        return call_at_once(t, host, a.call, c.cookie, 0,
                            fmt::format("{}", t.w.sockets[c.cookie].fd), code(error),
                            Rule::call_refused);
    }

    trace::CallId operator()(const Scheduled& a) {
        auto& names = t.w.hosts[a.socket.host].names;
        if (a.socket.number > names.size())
            return trace::none;
        names[a.socket.number - 1u].thread.scheduling = a.how;
        return trace::none;
    }

    trace::CallId operator()(const Gripped& a) {
        auto& names = t.w.hosts[a.socket.host].names;
        if (a.socket.number <= names.size())
            names[a.socket.number - 1u].thread.grips.push_back(a.grip);
        return trace::none;
    }

    trace::CallId operator()(const Inject& a) {
        put_in(t, a.segment);
        return trace::none;
    }

    trace::CallId operator()(const InjectIcmp& a) {
        const auto* log = t.journal.log();
        if (!log || a.about >= log->segments.size())
            return trace::none;
        trace::SegmentRecord about = log->segments[a.about];
        about.segment.seq = a.seq.value_or(about.segment.seq);
        deliver_icmp(t, about.from, about.segment, a.about, a.message, trace::none);
        return trace::none;
    }
};

} // namespace

trace::CallId World::submit(const ByHand& step, trace::Trace* log) {
    tcp::Journal journal(contents_.recorded, log, contents_.now);
    Turn t{contents_, journal};
    const trace::CallId id = std::visit(Perform{t}, step);
    put_on_wires(t);
    return id;
}

trace::Errno World::take_error(trace::Cookie cookie) {
    const Slot slot =
        cookie < contents_.sockets.size() ? contents_.sockets[cookie].connection : no_slot;
    return slot == no_slot ? trace::Errno::ok : tcp::take_error(contents_.connections[slot]);
}

void World::ask_for_room(trace::Cookie cookie) {
    if (cookie >= contents_.sockets.size())
        return;
    const Socket& s = contents_.sockets[cookie];
    if (s.connection != no_slot && s.time_wait == no_slot)
        tcp::asked_for_room(contents_.connections[s.connection], contents_.hosts[s.host].stack);
}

bool listens(const World& world, const scenario::SocketName& name) {
    const Contents& w = world.contents();
    if (name.host >= w.hosts.size() || name.number == 0)
        return false;
    const auto& names = w.hosts[name.host].names;
    if (name.number > names.size() || !names[name.number - 1u].made)
        return false;
    return w.sockets[names[name.number - 1u].socket].listener != no_slot;
}

Readiness readiness(const World& world, trace::Cookie cookie) {
    const Contents& w = world.contents();
    Readiness r;
    if (cookie >= w.sockets.size())
        return r;
    const Socket& s = w.sockets[cookie];
    if (s.listener != no_slot) {
        r.in = !w.listeners[s.listener].accept_queue.empty();
        return r;
    }
    if (s.connection == no_slot)
        return r;
    const tcp::Connection& c = w.connections[s.connection];
    const trace::State state = s.time_wait != no_slot ? trace::State::closed : c.status.state();
    // A FIN that has arrived shuts the receiving direction as well as shutdown() does.
    const bool shut_rd = c.shut_rd || c.rcv.fin;
    r.hup = state == trace::State::closed || (shut_rd && c.shut_wr);
    if (shut_rd)
        r.in = r.rdhup = true;
    const bool opening = state == trace::State::syn_sent ||
                         (state == trace::State::syn_recv && !c.fast_open.passive);
    if (!opening) {
        if (tcp::has_ordinary_bytes(c) &&
            tcp::enough_to_read(c, tcp::limits(c.options).receive_low_water))
            r.in = true;
        r.pri = tcp::has_urgent_byte(c);
        r.out = c.shut_wr || state == trace::State::closed ||
                tcp::is_writable(c, w.hosts[s.host].stack);
    }
    if (c.fast_open.deferred)
        r.out = true; // writing is what it waits for
    r.err = c.error != trace::Errno::ok || c.error_queued;
    return r;
}

std::string format(Readiness r) {
    std::string text;
    const auto add = [&](bool on, std::string_view name) {
        if (on)
            text += fmt::format("{}{}", text.empty() ? "" : "|", name);
    };
    add(r.in, "IN");
    add(r.pri, "PRI");
    add(r.out, "OUT");
    add(r.rdhup, "RDHUP");
    add(r.err, "ERR");
    add(r.hup, "HUP");
    return text;
}

} // namespace world
