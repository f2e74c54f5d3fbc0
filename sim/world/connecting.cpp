// connect(): the socket that it is called on, the ends that it gets, and the SYN that leaves.
#include <algorithm>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/policy.hpp"
#include "tcp/timeout.hpp"
#include "turn.hpp"

namespace world {

using trace::Call;
using trace::Rule;

namespace {

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

// The wires are one network, 10.0.0.0/8; invented clients live in 198.18.0.0/15 beside it.
bool has_route(const Contents& w, trace::Address to) {
    const bool on_the_wire = (to.raw >> 24) == 10 || (to.raw & 0xfffe0000u) == 0xc6120000u;
    return on_the_wire ||
           std::any_of(w.hosts.begin(), w.hosts.end(), [&](const Host& h) { return h.has(to); });
}

// The descriptor that HOST#n has already; none: connect() makes it.
trace::Cookie made_before(const Contents& w, trace::HostId host, std::uint16_t number) {
    const auto& names = w.hosts[host].names;
    if (number > names.size() || names[number - 1u].socket == trace::none)
        return trace::none;
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
    fresh.shut_rd = c.shut_rd; // a shutdown() before connect() was refused, and holds all the same
    fresh.shut_wr = c.shut_wr;
    fresh.options = c.options;
    fresh.rtt.bounds = c.rtt.bounds;
    fresh.listening = c.listening;
    fresh.error_queued = c.error_queued;
    c = fresh;
    c.remote = remote;
    name_local(t, cookie, local);
    s.remote = remote;
    t.w.hosts[s.host].names[s.number - 1u].remote = remote;
    if (auto* log = t.journal.log())
        log->sockets[cookie].remote = remote;
}

// One connect() on its way through the kernel; each step may end it.
class Connecting {
public:
    Connecting(Turn& t, const scenario::Connect& a, trace::Endpoint remote)
        : t_(t), w_(t.w), h_(t.w.hosts[a.host]), a_(a), remote_(remote) {}

    trace::CallId run() {
        t_.journal.begin_beat(a_.host, trace::none);
        cookie_ = made_before(w_, a_.host, a_.number);
        const bool is_new = cookie_ == trace::none;
        if (!is_new)
            if (const auto refused = refuse())
                return *refused;
        if (is_new)
            make_socket();
        if (a_.from_port && !moves_)
            if (const auto refused = bind())
                return *refused;
        // ip_route_connect(): before anything else there must be a way to that address.
        if (!moves_ && !has_route(w_, remote_.address))
            return fail(fmt::format("{}, {}", fd(), trace::format(remote_)),
                        trace::Errno::enetunreach);
        pick_ends();
        if (a_.fastopen && !tcp::fastopen_client(h_.stack))
            return fail(text(), trace::Errno::eopnotsupp);
        if (a_.fastopen)
            open_fast();
        if (local_.port == 0 || exists_)
            return no_ends();
        return defers() ? defer() : send_syn();
    }

private:
    // The textbook lets a listening socket connect: it moves itself.
    void make_socket() {
        const trace::Endpoint asked{h_.address, a_.from_port.value_or(std::uint16_t{0})};
        const Slot listening =
            a_.from_port && !a_.fastopen ? listener_on(w_, a_.host, asked) : no_slot;
        moves_ = listening != no_slot && !w_.find({a_.host, asked, remote_}) &&
                 trace::transition(trace::State::listen, trace::Trigger::connect_call,
                                   tcp::policies(h_.stack)) != nullptr;
        cookie_ = moves_ ? listener_connects(t_, listening, remote_, a_.number)
                         : make_connection(t_, a_.host, a_.number, asked, remote_);
        if (a_.nonblocking)
            connection().nonblocking = true;
        if (!moves_)
            call_at_once(t_, a_.host, Call::socket, cookie_, 0,
                         a_.nonblocking ? "AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0"
                                        : "AF_INET, SOCK_STREAM, 0",
                         fd(), Rule::call_returns);
    }

    // `connect … from :PORT` is bind() and connect().
    std::optional<trace::CallId> bind() {
        share(w_, cookie_, "SO_REUSEADDR", true);
        call_at_once(t_, a_.host, Call::setsockopt, cookie_, 1,
                     fmt::format("{}, SO_REUSEADDR, 1", fd()), 0, Rule::call_returns);
        const trace::Errno error = bind_port(t_, cookie_, {{}, *a_.from_port});
        const bool good = error == trace::Errno::ok;
        const auto id = call_at_once(
            t_, a_.host, Call::bind, cookie_, *a_.from_port,
            fmt::format("{}, {}", fd(), trace::format(trace::Endpoint{{}, *a_.from_port})),
            code(error), good ? Rule::call_returns : Rule::port_in_use);
        if (good)
            return std::nullopt;
        remember(Call::bind, error);
        return id;
    }

    // inet_stream_connect() on a socket that is not new: what became of a connect() that did not
    // wait is told once, and a failed one leaves the socket as if it were new.
    std::optional<trace::CallId> refuse() {
        const tcp::Connection& c = connection();
        const std::string text = fmt::format("{}", fd());
        const trace::State state = c.status.state();
        const bool waiting = state == trace::State::syn_sent || state == trace::State::syn_recv;
        if (c.connecting && !waiting) {
            const tcp::Progress told = tcp::connect_result(connection());
            return call_at_once(t_, a_.host, Call::connect, cookie_, a_.port, text, told.value,
                                told.why);
        }
        const auto row = trace::refused(state, Call::connect, tcp::context(c, true));
        if (!row)
            return std::nullopt;
        return fail(text, row->error);
    }

    // tcp_v4_connect(): what is not bound gets a port now; nobody else may have these very ends.
    void pick_ends() {
        has_port_ = w_.sockets[cookie_].port != Ports::nothing;
        local_ = w_.sockets[cookie_].local;
        if (local_.address.raw == 0)
            local_.address = h_.address;
        local_.port = has_port_ ? h_.ports.port_of(w_.sockets[cookie_].port) : std::uint16_t{0};
        if (has_port_) {
            over_ = w_.find({a_.host, local_, remote_});
        } else {
            const PickedPort picked = pick_port(w_, a_.host, local_.address, remote_);
            local_.port = picked.port;
            over_ = picked.over;
        }
        exists_ = has_port_ && over_ && !makes_way(w_, *over_, false);
        if (!moves_)
            name_ends(t_, cookie_, local_, remote_);
    }

    void open_fast() {
        tcp::FastOpen& f = connection().fast_open;
        f = {};
        f.asked = true;
        f.promised = a_.fastopen.value_or(0);
        for (const KnownCookie& known : h_.fastopen_cookies)
            if (known.server == remote_.address) {
                f.has_cookie = known.has_cookie;
                f.cookie = known.cookie;
                f.mss = known.mss;
            }
        f.without_cookie = tcp::fastopen_client_without_cookie(h_.stack) ||
                           connection().options.fastopen_no_cookie;
    }

    // TCP_FASTOPEN_CONNECT: with a cookie at hand the SYN waits for what write() will bring
    // (tcp_fastopen_defer_connect()); without one it goes and asks for it.
    bool defers() {
        if (a_.fastopen || !connection().options.fastopen_connect ||
            !tcp::fastopen_client(h_.stack))
            return false;
        open_fast();
        const tcp::FastOpen& f = connection().fast_open;
        return f.has_cookie || f.without_cookie;
    }
    trace::CallId defer() {
        const tcp::Seq iss = take_ends();
        tcp::Connection& c = connection();
        c.fast_open.deferred = true;
        c.snd.iss = iss;
        auto m = t_.moment(a_.host);
        tcp::advance(c.status, cookie_, trace::Trigger::connect_call, m,
                     Rule::fastopen_waits_for_data);
        const trace::CallId id = call_at_once(t_, a_.host, Call::connect, cookie_, a_.port, text(),
                                              0, Rule::fastopen_waits_for_data);
        remember(Call::connect, trace::Errno::ok);
        return id;
    }

    // The attempt has begun when it is found out that no ends are to be had.
    trace::CallId no_ends() {
        const Rule why = exists_ ? Rule::connection_exists : Rule::ports_exhausted;
        auto m = t_.moment(a_.host);
        tcp::advance(connection().status, cookie_, trace::Trigger::connect_call, m, why);
        tcp::advance(connection().status, cookie_, trace::Trigger::gave_up, m, why);
        return fail(text(), trace::Errno::eaddrnotavail, why);
    }

    // They are this socket's from now on; returns the number that its SYN will have.
    tcp::Seq take_ends() {
        if (!has_port_)
            hold_port(w_, w_.sockets[cookie_], local_, true);
        tcp::Seq iss = isn_for_connect(w_, a_.host, a_.number, local_, remote_);
        if (over_)
            iss = after_time_wait(*over_);
        w_.give({a_.host, local_, remote_}, cookie_);
        return iss;
    }

    trace::CallId send_syn() {
        const tcp::Seq iss = take_ends();
        Named& n = named(h_, a_.number);
        const trace::CallId id = enter(t_, a_.host, Call::connect, cookie_, a_.port, text());
        n.thread.calls.push_back({id, a_, trace::none, w_.now, 0});
        n.thread.asleep = true;
        call_entered(t_, a_.host, id, cookie_, Rule::call_blocks);
        n.thread.calls.front().entered = t_.journal.cause();
        const auto most = tcp::limits(connection().options).send_timeout_ms;
        if (most > 0)
            w_.deadlines.add(w_.now + trace::milliseconds(most), DueKind::wake, cookie_);
        auto m = t_.moment(a_.host);
        const Slot slot = w_.sockets[cookie_].connection;
        tcp::open(w_.connections[slot], iss, m);
        settle(t_, slot);
        return id;
    }

    // tcp_twsk_unique(): the old connection in TIME_WAIT goes, numbers begin beyond its own.
    tcp::Seq after_time_wait(trace::Cookie old) {
        const Slot small = w_.sockets[old].time_wait;
        const tcp::Seq iss = w_.time_waits[small].snd_nxt + 65537;
        auto m = t_.moment(a_.host);
        m.bump(trace::Counter::TWRecycled);
        const bool waiting = w_.time_waits[small].status.state() == trace::State::time_wait;
        tcp::advance(w_.time_waits[small].status, old,
                     waiting ? trace::Trigger::syn : trace::Trigger::gave_up, m,
                     Rule::time_wait_makes_way);
        remove_time_wait(t_, small);
        return iss;
    }

    trace::CallId fail(const std::string& text, trace::Errno error, Rule why = Rule::call_refused) {
        const trace::CallId id =
            call_at_once(t_, a_.host, Call::connect, cookie_, a_.port, text, code(error), why);
        remember(Call::connect, error);
        return id;
    }
    void remember(Call call, trace::Errno error) {
        Named& n = named(h_, a_.number);
        n.last_call = call;
        n.last_result = code(error);
    }
    std::string text() const {
        return a_.fastopen ? fmt::format("{}, {}, MSG_FASTOPEN, {}", fd(), *a_.fastopen,
                                         trace::format(remote_))
                           : fmt::format("{}, {}", fd(), trace::format(remote_));
    }
    int fd() const { return w_.sockets[cookie_].fd; }
    tcp::Connection& connection() { return w_.connections[w_.sockets[cookie_].connection]; }

    Turn& t_;
    Contents& w_;
    Host& h_;
    const scenario::Connect& a_;
    const trace::Endpoint remote_;
    trace::Endpoint local_{};
    trace::Cookie cookie_ = trace::none;
    std::optional<trace::Cookie> over_; // who has these ends now
    bool moves_ = false;                // a listening socket connects
    bool has_port_ = false, exists_ = false;
};

} // namespace

trace::CallId connect_to(Turn& t, const scenario::Connect& a, trace::Endpoint remote) {
    return Connecting(t, a, remote).run();
}

Named& named(Host& h, std::uint16_t number) {
    if (h.names.size() < number)
        h.names.resize(number);
    return h.names[number - 1u];
}

trace::Cookie make_connection(Turn& t, trace::HostId host, std::uint16_t number,
                              trace::Endpoint local, trace::Endpoint remote) {
    Contents& w = t.w;
    tcp::Connection made;
    made.host = host;
    made.local = local;
    made.remote = remote;
    made.options.discovery = tcp::path_discovery(w.hosts[host].stack);
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
    if (auto* log = t.journal.log())
        log->sockets[cookie].local = local;
}

} // namespace world
