// An action from outside: a call that starts now or waits for its thread, a setting, a verdict.
#include <algorithm>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/policy.hpp"
#include "tcp/rto.hpp"
#include "tcp/timeout.hpp"
#include "turn.hpp"

namespace world {

using trace::Call;
using trace::Rule;
using Kind = scenario::SocketName::Kind;

namespace {

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

struct Perform {
    Turn& t;

    trace::CallId operator()(const scenario::Listen& a) { return listen(t, a); }
    trace::CallId operator()(const scenario::Connect& a) {
        return connect_to(t, a, {a.address.raw != 0 ? a.address : t.w.hosts[a.to].address, a.port});
    }
    trace::CallId operator()(const scenario::Accept& a);
    trace::CallId operator()(const scenario::Write& a) {
        return on_socket(a, a.socket, Call::write);
    }
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
        const Slot l =
            s.kind == Kind::listener ? listener_named(t.w, s.host, s.port, s.number) : no_slot;
        return l != no_slot && t.w.listeners[l].closing ? no_slot : l; // its descriptor is gone
    }
    trace::CallId refuse_on_listener(const scenario::SocketName& s, Slot l, Call call);
};

} // namespace

std::string arguments(const scenario::Action& a, int fd) {
    if (const auto* w = std::get_if<scenario::Write>(&a))
        return (w->text.empty() ? fmt::format("{}, {}", fd, w->bytes)
                                : fmt::format("{}, \"{}\", {}", fd, w->text, w->bytes)) +
               (w->urgent ? ", MSG_OOB" : "") + (w->more ? ", MSG_MORE" : "") +
               (w->end_of_record ? ", MSG_EOR" : "") + (w->dont_wait ? ", MSG_DONTWAIT" : "");
    if (const auto* r = std::get_if<scenario::Read>(&a))
        return (r->most ? fmt::format("{}, {}", fd, *r->most) : fmt::format("{}", fd)) +
               (r->urgent ? ", MSG_OOB" : "") + (r->peek ? ", MSG_PEEK" : "") +
               (r->wait_all ? ", MSG_WAITALL" : "") + (r->dont_wait ? ", MSG_DONTWAIT" : "");
    if (const auto* s = std::get_if<scenario::ShutDown>(&a))
        return fmt::format("{}, SHUT_{}", fd, trace::name(s->how));
    if (const auto* o = std::get_if<scenario::SetOption>(&a))
        return fmt::format("{}, {}, {}", fd, o->name, o->value);
    if (std::get_if<scenario::NonBlocking>(&a))
        return fmt::format("{}, O_NONBLOCK", fd);
    return fmt::format("{}", fd);
}

namespace {

trace::CallId Perform::on_socket(const scenario::Action& a, const scenario::SocketName& s,
                                 Call call) {
    Contents& w = t.w;
    t.journal.begin_beat(s.host, trace::none);
    if (s.kind == Kind::listener)
        return refuse_on_listener(s, named_listener(s), call);
    std::uint16_t number = s.number;
    if (s.kind == Kind::other_end) { // only what the program holds can be called
        const auto cookie = find(w, s);
        number = cookie ? w.sockets[*cookie].number : std::uint16_t{0};
        if (number == 0)
            return call_at_once(t, s.host, call, cookie.value_or(trace::none), 0, "-1",
                                code(trace::Errno::ebadf), Rule::call_refused);
    }
    Named& n = named(w.hosts[s.host], number);
    const int fd = n.socket == trace::none ? -1 : w.sockets[n.socket].fd;
    std::int64_t argument = 0;
    if (const auto* x = std::get_if<scenario::Write>(&a))
        argument = x->bytes;
    if (const auto* x = std::get_if<scenario::Read>(&a))
        argument = x->most ? *x->most : -1;
    if (const auto* x = std::get_if<scenario::SetOption>(&a))
        argument = x->value;
    const trace::CallId id = enter(t, s.host, call, n.socket, argument, arguments(a, fd));
    if (const auto* x = std::get_if<scenario::ShutDown>(&a))
        if (auto* log = t.journal.log())
            log->calls[id].how = x->how;
    n.thread.calls.push_back({id, a, trace::none, w.now, 0});
    if (n.thread.calls.size() == 1)
        run_thread(t, s.host, number);
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
    const trace::CallId id = enter(t, a.host, Call::accept, cookie, a.port, fmt::format("{}", fd));
    Thread& thread = acceptor(h, a.which);
    thread.calls.push_back({id, a, trace::none, w.now, 0});
    if (thread.calls.size() == 1)
        run_main_thread(t, a.host, a.which);
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
    if (stops)
        stop_listening(t, l);
    call_returned(t, a.socket.host, id, cookie, 0,
                  stops ? Rule::close_of_listener : Rule::call_returns);
    return id;
}

trace::CallId Perform::operator()(const scenario::Close& a) {
    const Slot l = named_listener(a.socket);
    if (a.socket.kind != Kind::listener || l == no_slot)
        return on_socket(a, a.socket, Call::close);
    Host& h = t.w.hosts[a.socket.host];
    t.journal.begin_beat(a.socket.host, trace::none);
    const trace::Cookie cookie = t.w.listeners[l].cookie;
    const trace::CallId id =
        enter(t, a.socket.host, Call::close, cookie, 0, fmt::format("{}", t.w.sockets[cookie].fd));
    call_entered(t, a.socket.host, id, cookie, Rule::call_made);
    // accept() holds the file while it sleeps, so the listener lives until that call returns.
    if (gives_up_one_of_many(t.w, cookie)) {
        call_returned(t, a.socket.host, id, cookie, 0, Rule::close_of_shared_file);
        return id;
    }
    const bool in_use = acceptor(h, t.w.listeners[l].which).asleep;
    if (in_use)
        t.w.listeners[l].closing = true;
    else
        close_listener(t, l, trace::Trigger::close_call);
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
    if (a.name == "SO_RCVBUF")
        listener.receive_buffer = tcp::receive_buffer_for(stack, a.value);
    if (a.name == "SO_SNDBUF")
        listener.send_buffer = tcp::send_buffer_for(stack, a.value);
    const tcp::OptionText* option = tcp::find_option(a.name);
    const trace::Errno error = !option ? trace::Errno::enoprotoopt
                               : !tcp::takes(*option, a.value, trace::State::listen)
                                   ? trace::Errno::einval
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

// Every socket that the host has by now.
void keep_bounds(Contents& w, trace::HostId host) {
    const tcp::Stack& stack = w.hosts[host].stack;
    for (Slot i = 0; i < w.connections.all.size(); ++i) {
        tcp::Connection& c = w.connections[i];
        if (!w.connections.all[i].used || c.host != host)
            continue;
        tcp::keep_bounds(c.options, stack);
        c.rtt.bounds = tcp::limits(c.options).timers;
    }
    for (Slot i = 0; i < w.listeners.all.size(); ++i)
        if (w.listeners.all[i].used && w.listeners[i].host == host)
            tcp::keep_bounds(w.listeners[i].inherited, stack);
}

trace::CallId Perform::operator()(const scenario::SetSysctl& a) {
    Host& h = t.w.hosts[a.host];
    t.journal.begin_beat(a.host, trace::none);
    const auto s = tcp::find_sysctl(h.stack.profile, a.name);
    const bool good = s && trace::refuse_value(*s, a.value).empty();
    const std::string text =
        s ? fmt::format("{} = {}", tcp::text(*s).name, trace::format_value(*s, a.value))
          : fmt::format("{} = {}", a.name, a.value);
    const trace::CallId id = enter(t, a.host, Call::sysctl, trace::none, a.value, text);
    call_entered(t, a.host, id, trace::none, Rule::call_made);
    if (good) {
        if (*s == trace::Sysctl::tcp_rto_max_ms || *s == trace::Sysctl::tcp_rto_min_us ||
            *s == trace::Sysctl::tcp_reordering)
            keep_bounds(t.w, a.host);
        h.stack.values[static_cast<std::size_t>(*s)] = a.value;
        trace::Event e;
        e.kind = trace::EventKind::setting;
        e.ref = id;
        e.value = a.value;
        t.journal.note(e);
    }
    call_returned(t, a.host, id, trace::none, good ? 0 : code(trace::Errno::einval),
                  Rule::call_returns);
    return id;
}

} // namespace

trace::CallId perform(Turn& t, const scenario::Action& a) {
    return std::visit(Perform{t}, a);
}

} // namespace world
