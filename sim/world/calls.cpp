// An action from outside: a call that starts now or waits for its thread, a setting, a verdict.
#include <algorithm>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/policy.hpp"
#include "tcp/timeout.hpp"
#include "turn.hpp"

namespace world {

using trace::Call;
using trace::Rule;
using Kind = scenario::SocketName::Kind;

namespace {

std::int64_t code(trace::Errno e) { return -static_cast<std::int64_t>(e); }

Named& named(Host& h, std::uint16_t number) {
    if (h.names.size() < number) h.names.resize(number);
    return h.names[number - 1u];
}

// The wires are one network, 10.0.0.0/8; invented clients live in 198.18.0.0/15 beside it.
bool has_route(const Contents& w, trace::Address to) {
    const bool on_the_wire = (to.raw >> 24) == 10 || (to.raw & 0xfffe0000u) == 0xc6120000u;
    return on_the_wire || std::any_of(w.hosts.begin(), w.hosts.end(),
                                      [&](const Host& h) { return h.has(to); });
}

trace::CallId fail_connect(Turn& t, const scenario::Connect& a, trace::Cookie cookie,
                           const std::string& text, trace::Errno error, Rule why = Rule::call_refused) {
    const trace::CallId id = call_at_once(t, a.host, Call::connect, cookie, a.port, text, code(error), why);
    Named& n = named(t.w.hosts[a.host], a.number);
    n.last_call = Call::connect;
    n.last_result = code(error);
    return id;
}

struct Perform {
    Turn& t;

    trace::CallId operator()(const scenario::Listen& a) { return listen(t, a); }
    trace::CallId operator()(const scenario::Connect& a);
    trace::CallId operator()(const scenario::Accept& a);
    trace::CallId operator()(const scenario::Write& a) { return on_socket(a, a.socket, Call::write); }
    trace::CallId operator()(const scenario::Read& a) { return on_socket(a, a.socket, Call::read); }
    trace::CallId operator()(const scenario::ShutDown& a);
    trace::CallId operator()(const scenario::Close& a);
    trace::CallId operator()(const scenario::SetOption& a);
    trace::CallId operator()(const scenario::NonBlocking& a);
    trace::CallId operator()(const scenario::SetSysctl& a);
    trace::CallId operator()(const scenario::Fork& a) { return fork(t, a.host); }
    trace::CallId operator()(const scenario::WireRule& a) {
        t.journal.begin_beat(trace::no_host, trace::none);
        apply(t, a);
        return trace::none;
    }
    trace::CallId operator()(const scenario::Verdict& a) {
        t.journal.begin_beat(trace::no_host, trace::none);
        apply(t, a);
        return trace::none;
    }
    trace::CallId operator()(const scenario::SetWire& a) {
        t.journal.begin_beat(trace::no_host, trace::none);
        if (a.from < t.w.hosts.size() && a.to < t.w.hosts.size()) {
            Wire& wire = t.w.wires[a.from * t.w.hosts.size() + a.to];
            wire.delay = a.delay;
            wire.loss = a.loss;
        }
        return trace::none;
    }

    trace::CallId operator()(const scenario::Raw& a) {
        apply(t, a);
        return trace::none;
    }
    trace::CallId operator()(const scenario::Flood& a) {
        apply(t, a);
        return trace::none;
    }

    trace::CallId on_socket(const scenario::Action& a, const scenario::SocketName& s, Call call);
    Slot named_listener(const scenario::SocketName& s) {
        return s.kind == Kind::listener
                   ? listener_named(t.w, s.host, s.port, s.number)
                   : no_slot;
    }
    trace::CallId refuse_on_listener(const scenario::SocketName& s, Slot l, Call call);
    trace::CallId connect_to(const scenario::Connect& a, trace::Endpoint remote);
    std::optional<trace::CallId> refuse_connect(const scenario::Connect& a, trace::Cookie cookie);
};

// The descriptor that HOST#n has already; none: connect() makes it.
trace::Cookie made_before(const Contents& w, trace::HostId host, std::uint16_t number) {
    const auto& names = w.hosts[host].names;
    if (number > names.size() || names[number - 1u].socket == trace::none) return trace::none;
    const trace::Cookie cookie = names[number - 1u].socket;
    const Socket& s = w.sockets[cookie];
    return s.fd >= 0 && s.connection != no_slot ? cookie : trace::none;
}

void name_ends(Turn& t, trace::Cookie cookie, trace::Endpoint local, trace::Endpoint remote) {
    Socket& s = t.w.sockets[cookie];
    tcp::Connection& c = t.w.connections[s.connection];
    // Whatever it was before, it begins anew; what the program has set stays.
    tcp::Connection fresh;
    fresh.status = c.status;
    fresh.cookie = cookie;
    fresh.host = c.host;
    fresh.receive_buffer = c.receive_buffer;
    fresh.send_buffer = c.send_buffer;
    fresh.buffer_was_set = c.buffer_was_set;
    fresh.send_buffer_was_set = c.send_buffer_was_set;
    fresh.queue.nodelay = c.queue.nodelay;
    fresh.queue.corked = c.queue.corked;
    fresh.acks.pingpong = c.acks.pingpong;
    fresh.nonblocking = c.nonblocking;
    fresh.options = c.options;
    fresh.listening = c.listening;
    c = fresh;
    c.remote = remote;
    name_local(t, cookie, local);
    s.remote = remote;
    t.w.hosts[s.host].names[s.number - 1u].remote = remote;
    if (auto* log = t.journal.log()) log->sockets[cookie].remote = remote;
}

} // namespace

std::string arguments(const scenario::Action& a, int fd) {
    if (const auto* w = std::get_if<scenario::Write>(&a))
        return (w->text.empty() ? fmt::format("{}, {}", fd, w->bytes)
                                : fmt::format("{}, \"{}\", {}", fd, w->text, w->bytes)) +
               (w->urgent ? ", MSG_OOB" : "");
    if (const auto* r = std::get_if<scenario::Read>(&a))
        return (r->most ? fmt::format("{}, {}", fd, *r->most) : fmt::format("{}", fd)) +
               (r->urgent ? ", MSG_OOB" : "");
    if (const auto* s = std::get_if<scenario::ShutDown>(&a))
        return fmt::format("{}, SHUT_{}", fd, trace::name(s->how));
    if (const auto* o = std::get_if<scenario::SetOption>(&a))
        return fmt::format("{}, {}, {}", fd, o->name, o->value);
    if (std::get_if<scenario::NonBlocking>(&a)) return fmt::format("{}, O_NONBLOCK", fd);
    return fmt::format("{}", fd);
}

namespace {

trace::CallId Perform::on_socket(const scenario::Action& a, const scenario::SocketName& s, Call call) {
    Contents& w = t.w;
    t.journal.begin_beat(s.host, trace::none);
    if (s.kind == Kind::listener) return refuse_on_listener(s, named_listener(s), call);
    std::uint16_t number = s.number;
    if (s.kind == Kind::other_end) {  // only what the program holds can be called
        const auto cookie = find(w, s);
        number = cookie ? w.sockets[*cookie].number : std::uint16_t{0};
        if (number == 0)
            return call_at_once(t, s.host, call, cookie.value_or(trace::none), 0, "-1",
                                code(trace::Errno::ebadf), Rule::call_refused);
    }
    Named& n = named(w.hosts[s.host], number);
    const int fd = n.socket == trace::none ? -1 : w.sockets[n.socket].fd;
    std::int64_t argument = 0;
    if (const auto* x = std::get_if<scenario::Write>(&a)) argument = x->bytes;
    if (const auto* x = std::get_if<scenario::Read>(&a)) argument = x->most ? *x->most : -1;
    if (const auto* x = std::get_if<scenario::SetOption>(&a)) argument = x->value;
    const trace::CallId id = enter(t, s.host, call, n.socket, argument, arguments(a, fd));
    if (const auto* x = std::get_if<scenario::ShutDown>(&a))
        if (auto* log = t.journal.log()) log->calls[id].how = x->how;
    n.thread.calls.push_back({id, a, trace::none, w.now, 0});
    if (n.thread.calls.size() == 1) run_thread(t, s.host, number);
    return id;
}

trace::CallId Perform::refuse_on_listener(const scenario::SocketName& s, Slot l, Call call) {
    const trace::Cookie cookie = l == no_slot ? trace::none : t.w.listeners[l].cookie;
    trace::Errno error = trace::Errno::ebadf;
    if (l != no_slot) {
        const auto row = trace::refused(t.w.listeners[l].status.state(), call, {});
        error = row ? row->error : trace::Errno::einval;
    }
    const int fd = cookie == trace::none ? -1 : t.w.sockets[cookie].fd;
    return call_at_once(t, s.host, call, cookie, 0, fmt::format("{}", fd), code(error),
                        Rule::call_refused);
}

trace::CallId Perform::operator()(const scenario::Connect& a) {
    return connect_to(a, {a.address.raw != 0 ? a.address : t.w.hosts[a.to].address, a.port});
}

trace::CallId Perform::connect_to(const scenario::Connect& a, trace::Endpoint remote) {
    Contents& w = t.w;
    Host& h = w.hosts[a.host];
    t.journal.begin_beat(a.host, trace::none);
    trace::Cookie cookie = made_before(w, a.host, a.number);
    const bool is_new = cookie == trace::none;
    if (!is_new)
        if (const auto refused = refuse_connect(a, cookie)) return *refused;
    // The textbook lets a listening socket connect: it moves itself.
    const trace::Endpoint asked{h.address, a.from_port.value_or(std::uint16_t{0})};
    const Slot listening = is_new && a.from_port && !a.fastopen ? listener_on(w, a.host, asked) : no_slot;
    const bool moves = listening != no_slot && !w.find({a.host, asked, remote}) &&
                       trace::transition(trace::State::listen, trace::Trigger::connect_call,
                                         tcp::policies(h.stack)) != nullptr;
    if (moves) cookie = listener_connects(t, listening, remote, a.number);
    else if (is_new) cookie = make_connection(t, a.host, a.number, asked, remote);
    const int fd = w.sockets[cookie].fd;

    if (is_new && a.nonblocking)
        w.connections[w.sockets[cookie].connection].nonblocking = true;
    if (is_new && !moves)
        call_at_once(t, a.host, Call::socket, cookie, 0,
                     a.nonblocking ? "AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0"
                                   : "AF_INET, SOCK_STREAM, 0",
                     fd, Rule::call_returns);
    if (a.from_port && !moves) {
        share(w, cookie, "SO_REUSEADDR", true);
        call_at_once(t, a.host, Call::setsockopt, cookie, 1, fmt::format("{}, SO_REUSEADDR, 1", fd), 0,
                     Rule::call_returns);
        const trace::Errno error = bind_port(t, cookie, {{}, *a.from_port});
        const bool good = error == trace::Errno::ok;
        const auto id =
            call_at_once(t, a.host, Call::bind, cookie, *a.from_port,
                         fmt::format("{}, {}", fd, trace::format(trace::Endpoint{{}, *a.from_port})),
                         code(error), good ? Rule::call_returns : Rule::port_in_use);
        if (!good) {
            Named& n = named(h, a.number);
            n.last_call = Call::bind;
            n.last_result = code(error);
            return id;
        }
    }

    // ip_route_connect(): before anything else there must be a way to that address.
    if (!moves && !has_route(w, remote.address))
        return fail_connect(t, a, cookie, fmt::format("{}, {}", fd, trace::format(remote)),
                            trace::Errno::enetunreach);
    // tcp_v4_connect(): what is not bound gets a port now; nobody else may have these very ends.
    const bool has_port = w.sockets[cookie].port != Ports::nothing;
    trace::Endpoint local = w.sockets[cookie].local;
    if (local.address.raw == 0) local.address = h.address;
    local.port = has_port ? h.ports.port_of(w.sockets[cookie].port) : std::uint16_t{0};
    std::optional<trace::Cookie> over;
    if (has_port) {
        over = w.find({a.host, local, remote});
    } else {
        const PickedPort picked = pick_port(w, a.host, local.address, remote);
        local.port = picked.port;
        over = picked.over;
    }
    const bool exists = has_port && over && !makes_way(w, *over, false);
    if (!moves) name_ends(t, cookie, local, remote);
    const Slot slot = w.sockets[cookie].connection;
    const std::string text =
        a.fastopen ? fmt::format("{}, {}, MSG_FASTOPEN, {}", fd, *a.fastopen, trace::format(remote))
                   : fmt::format("{}, {}", fd, trace::format(remote));
    if (a.fastopen && !tcp::fastopen_client(h.stack))
        return fail_connect(t, a, cookie, text, trace::Errno::eopnotsupp);
    if (a.fastopen) {
        tcp::FastOpen& f = w.connections[slot].fast_open;
        f = {};
        f.asked = true;
        f.promised = *a.fastopen;
        for (const KnownCookie& known : h.fastopen_cookies)
            if (known.server == remote.address) {
                f.has_cookie = true;
                f.cookie = known.cookie;
            }
    }
    if (local.port == 0 || exists) { // the attempt has begun when this is found out
        const Rule why = exists ? Rule::connection_exists : Rule::ports_exhausted;
        auto m = t.moment(a.host);
        tcp::advance(w.connections[slot].status, cookie, trace::Trigger::connect_call, m, why);
        tcp::advance(w.connections[slot].status, cookie, trace::Trigger::gave_up, m, why);
        return fail_connect(t, a, cookie, text, trace::Errno::eaddrnotavail, why);
    }
    if (!has_port) hold_port(w, cookie, local, true);
    tcp::Seq iss = isn_for_connect(w, a.host, a.number, local, remote);
    if (over) {
        const Slot small = w.sockets[*over].time_wait;
        iss = w.time_waits[small].snd_nxt + 65537;
        auto m = t.moment(a.host);
        m.bump(trace::Counter::TWRecycled);
        const bool waiting = w.time_waits[small].status.state() == trace::State::time_wait;
        tcp::advance(w.time_waits[small].status, *over,
                     waiting ? trace::Trigger::syn : trace::Trigger::gave_up, m,
                     Rule::time_wait_makes_way);
        remove_time_wait(t, small);
    }
    Named& n = named(w.hosts[a.host], a.number);
    const trace::CallId id = enter(t, a.host, Call::connect, cookie, a.port, text);
    n.thread.calls.push_back({id, a, trace::none, w.now, 0});
    n.thread.asleep = true;
    call_entered(t, a.host, id, cookie, Rule::call_blocks);
    n.thread.calls.front().entered = t.journal.cause();
    w.give({a.host, local, remote}, cookie);
    auto m = t.moment(a.host);
    tcp::open(w.connections[slot], iss, m);
    settle(t, slot);
    return id;
}

// inet_stream_connect() on a socket that is not new: what became of a connect() that did not wait is
// told once, and a failed one leaves the socket as if it were new.
std::optional<trace::CallId> Perform::refuse_connect(const scenario::Connect& a, trace::Cookie cookie) {
    tcp::Connection& c = t.w.connections[t.w.sockets[cookie].connection];
    const std::string text = fmt::format("{}", t.w.sockets[cookie].fd);
    const trace::State state = c.status.state();
    const bool waiting = state == trace::State::syn_sent || state == trace::State::syn_recv;
    if (c.connecting && !waiting) {
        const tcp::Progress told = tcp::connect_result(c);
        return call_at_once(t, a.host, Call::connect, cookie, a.port, text, told.value, told.why);
    }
    const auto row = trace::refused(state, Call::connect, tcp::context(c, true));
    if (!row) return std::nullopt;
    return fail_connect(t, a, cookie, text, row->error);
}

trace::CallId Perform::operator()(const scenario::Accept& a) {
    Contents& w = t.w;
    Host& h = w.hosts[a.host];
    t.journal.begin_beat(a.host, trace::none);
    Named& n = named(h, a.number);
    n = {};
    n.known = true;
    n.coming = true;
    const Slot l = listener_on(w, a.host, {h.address, a.port});
    const trace::Cookie cookie = l == no_slot ? trace::none : w.listeners[l].cookie;
    const int fd = cookie == trace::none ? -1 : w.sockets[cookie].fd;
    const trace::CallId id =
        enter(t, a.host, Call::accept, cookie, a.port, fmt::format("{}", fd));
    Thread& thread = acceptor(h, a.which);
    thread.calls.push_back({id, a, trace::none, w.now, 0});
    if (thread.calls.size() == 1) run_main_thread(t, a.host, a.which);
    return id;
}

trace::CallId Perform::operator()(const scenario::ShutDown& a) {
    const Slot l = named_listener(a.socket);
    if (a.socket.kind != Kind::listener || l == no_slot)
        return on_socket(a, a.socket, Call::shutdown);
    t.journal.begin_beat(a.socket.host, trace::none);
    const trace::Cookie cookie = t.w.listeners[l].cookie;
    const trace::CallId id =
        enter(t, a.socket.host, Call::shutdown, cookie, 0,
              fmt::format("{}, SHUT_{}", t.w.sockets[cookie].fd, trace::name(a.how)));
    call_entered(t, a.socket.host, id, cookie, Rule::call_made);
    const bool stops = a.how != trace::Shutdown::wr;
    if (stops) stop_listening(t, l);
    call_returned(t, a.socket.host, id, cookie, 0, stops ? Rule::close_of_listener : Rule::call_returns);
    return id;
}

trace::CallId Perform::operator()(const scenario::Close& a) {
    const Slot l = named_listener(a.socket);
    if (a.socket.kind != Kind::listener || l == no_slot) return on_socket(a, a.socket, Call::close);
    Host& h = t.w.hosts[a.socket.host];
    t.journal.begin_beat(a.socket.host, trace::none);
    const trace::Cookie cookie = t.w.listeners[l].cookie;
    const trace::CallId id = enter(t, a.socket.host, Call::close, cookie, 0,
                                   fmt::format("{}", t.w.sockets[cookie].fd));
    call_entered(t, a.socket.host, id, cookie, Rule::call_made);
    // accept() holds the file while it sleeps, so the listener lives until that call returns.
    if (gives_up_one_of_many(t.w, cookie)) {
        call_returned(t, a.socket.host, id, cookie, 0, Rule::close_of_shared_file);
        return id;
    }
    const bool in_use = acceptor(h, t.w.listeners[l].which).asleep;
    if (in_use) t.w.listeners[l].closing = true;
    else close_listener(t, l, trace::Trigger::close_call);
    call_returned(t, a.socket.host, id, cookie, 0, Rule::close_of_listener);
    return id;
}

trace::CallId Perform::operator()(const scenario::SetOption& a) {
    const Slot l = named_listener(a.socket);
    if (a.socket.kind != Kind::listener || l == no_slot)
        return on_socket(a, a.socket, Call::setsockopt);
    t.journal.begin_beat(a.socket.host, trace::none);
    tcp::Listener& listener = t.w.listeners[l];
    const tcp::Stack& stack = t.w.hosts[a.socket.host].stack;
    share(t.w, listener.cookie, a.name, a.value != 0);
    if (a.name == "SO_RCVBUF") listener.receive_buffer = tcp::receive_buffer_for(stack, a.value);
    if (a.name == "SO_SNDBUF") listener.send_buffer = tcp::send_buffer_for(stack, a.value);
    const tcp::OptionText* option = tcp::find_option(a.name);
    const trace::Errno error = !option ? trace::Errno::enoprotoopt
                               : a.value < option->least || a.value > option->most ? trace::Errno::einval
                                                                                   : trace::Errno::ok;
    if (error == trace::Errno::ok) {
        tcp::keep(listener.inherited, a.name, a.value);
        tcp::set_listener_option(listener.options, a.name, a.value, stack);
        listener.fast_open.most = listener.options.fastopen;
    }
    return call_at_once(t, a.socket.host, Call::setsockopt, listener.cookie, a.value,
                        arguments(a, t.w.sockets[listener.cookie].fd), code(error),
                        error == trace::Errno::ok ? Rule::call_returns : Rule::call_refused);
}

trace::CallId Perform::operator()(const scenario::NonBlocking& a) {
    const Slot l = named_listener(a.socket);
    if (a.socket.kind != Kind::listener || l == no_slot)
        return on_socket(a, a.socket, Call::setsockopt);
    t.journal.begin_beat(a.socket.host, trace::none);
    tcp::Listener& listener = t.w.listeners[l];
    listener.nonblocking = true;
    return call_at_once(t, a.socket.host, Call::setsockopt, listener.cookie, 0,
                        arguments(a, t.w.sockets[listener.cookie].fd), 0, Rule::call_returns);
}

trace::CallId Perform::operator()(const scenario::SetSysctl& a) {
    Host& h = t.w.hosts[a.host];
    t.journal.begin_beat(a.host, trace::none);
    const auto s = tcp::find_sysctl(h.stack.profile, a.name);
    const bool good = s && trace::refuse_value(*s, a.value).empty();
    const std::string text = s ? fmt::format("{} = {}", tcp::text(*s).name, trace::format_value(*s, a.value))
                               : fmt::format("{} = {}", a.name, a.value);
    const trace::CallId id = enter(t, a.host, Call::sysctl, trace::none, a.value, text);
    call_entered(t, a.host, id, trace::none, Rule::call_made);
    if (good) {
        h.stack.values[static_cast<std::size_t>(*s)] = a.value;
        trace::Event e;
        e.kind = trace::EventKind::setting;
        e.ref = id;
        e.value = a.value;
        t.journal.note(e);
    }
    call_returned(t, a.host, id, trace::none, good ? 0 : code(trace::Errno::einval), Rule::call_returns);
    return id;
}

}  // namespace

trace::CallId perform(Turn& t, const scenario::Action& a) { return std::visit(Perform{t}, a); }

trace::CallId connect_to(Turn& t, const scenario::Connect& a, trace::Endpoint remote) {
    return Perform{t}.connect_to(a, remote);
}

trace::Cookie make_connection(Turn& t, trace::HostId host, std::uint16_t number, trace::Endpoint local,
                              trace::Endpoint remote) {
    Contents& w = t.w;
    tcp::Connection made;
    made.host = host;
    made.local = local;
    made.remote = remote;
    const Slot slot = w.connections.add(std::move(made));
    Socket socket;
    socket.host = host;
    socket.number = number;
    socket.connection = slot;
    socket.local = local;
    socket.remote = remote;
    const trace::Cookie cookie = new_socket(t, socket);
    w.connections[slot].cookie = cookie;
    w.sockets[cookie].fd = new_descriptor(w.hosts[host], cookie);
    Named& n = named(w.hosts[host], number);
    n = {};
    n.known = true;
    n.made = true;
    n.socket = cookie;
    n.local = local;
    n.remote = remote;
    return cookie;
}

void name_local(Turn& t, trace::Cookie cookie, trace::Endpoint local) {
    Socket& s = t.w.sockets[cookie];
    s.local = local;
    t.w.connections[s.connection].local = local;
    t.w.hosts[s.host].names[s.number - 1u].local = local;
    if (auto* log = t.journal.log()) log->sockets[cookie].local = local;
}

}  // namespace world
