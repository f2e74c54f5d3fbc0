// A program's calls, each over when it returns: EAGAIN instead of waiting.
#include "program.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/policy.hpp"
#include "turn.hpp"
#include "world.hpp"

namespace world {

using trace::Call;
using trace::Rule;

namespace {

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

Call call_of(ProgramCall::What what) {
    using W = ProgramCall::What;
    switch (what) {
    case W::listen: return Call::listen;
    case W::connect:
    case W::connected: return Call::connect;
    case W::accept: return Call::accept;
    case W::write: return Call::write;
    case W::read: return Call::read;
    case W::close: return Call::close;
    }
    return Call::close;
}

class Performance {
public:
    Performance(Turn& t, const ProgramCall& call) : t_(t), w_(t.w), call_(call) {}

    ProgramResult perform() {
        using W = ProgramCall::What;
        t_.journal.begin_beat(call_.host, trace::none);
        switch (call_.what) {
        case W::listen: return listen_apart(t_, call_);
        case W::connect: return connect_apart(t_, call_);
        case W::accept: return accept_apart(t_, call_);
        case W::connected:
        case W::write:
        case W::read:
        case W::close: break;
        }
        return on_connection();
    }

private:
    // What is rare is apart and is not given `this`: so its members are in registers elsewhere.
    // The text of a call is made only where it is kept.
    [[gnu::noinline, gnu::cold]] static trace::CallId record(Turn& t, const ProgramCall& call,
                                                             trace::Cookie socket) {
        trace::CallRecord record;
        record.call = call_of(call.what);
        record.host = call.host;
        record.socket = socket;
        record.argument = call.number;
        record.text = fmt::format("{}", socket < t.w.sockets.size() ? t.w.sockets[socket].fd : -1);
        if (call.number != 0)
            record.text += fmt::format(", {}", call.number);
        return t.journal.record(record);
    }
    [[gnu::noinline, gnu::cold]] static ProgramResult listen_apart(Turn& t,
                                                                   const ProgramCall& call) {
        return Performance(t, call).listen();
    }
    [[gnu::noinline]] static ProgramResult connect_apart(Turn& t, const ProgramCall& call) {
        return Performance(t, call).connect();
    }
    [[gnu::noinline]] static ProgramResult accept_apart(Turn& t, const ProgramCall& call) {
        return Performance(t, call).accept();
    }

    void enter(trace::Cookie socket) {
        if (t_.journal.log()) [[unlikely]]
            id_ = record(t_, call_, socket);
        else
            id_ = t_.journal.recorded().calls++;
        t_.journal.follow(t_.journal.note([&] {
            trace::Event e;
            e.kind = trace::EventKind::call_entered;
            e.host = call_.host;
            e.ref = id_;
            e.socket = socket;
            e.rule = Rule::call_made;
            return e;
        }));
    }

    std::int64_t leave(trace::Cookie socket, std::int64_t value, Rule why) {
        t_.journal.note([&] {
            trace::Event e;
            e.kind = trace::EventKind::call_returned;
            e.host = call_.host;
            e.ref = id_;
            e.socket = socket;
            e.value = value;
            e.rule = value < 0 && why == Rule::call_returns ? Rule::call_refused : why;
            return e;
        });
        return value;
    }

    ProgramResult listen() {
        if (listener_on(w_, call_.host, call_.local) != no_slot) {
            enter(trace::none);
            return {leave(trace::none, code(trace::Errno::eaddrinuse), Rule::port_in_use),
                    trace::none};
        }
        tcp::Listener made;
        made.host = call_.host;
        made.local = call_.local;
        const Slot slot = w_.listeners.add(std::move(made));
        Socket socket;
        socket.host = call_.host;
        socket.listener = slot;
        socket.local = call_.local;
        socket.reuse_address = true;
        const trace::Cookie cookie = new_socket(t_, socket);
        Socket& made_for = w_.sockets[cookie];
        hold_port(w_, made_for, call_.local, false);
        made_for.fd = new_descriptor(w_.hosts[call_.host], cookie);
        tcp::Listener& l = w_.listeners[slot];
        l.cookie = cookie;
        enter(cookie);
        set_limit(t_, l, call_.number);
        auto m = t_.moment(call_.host);
        tcp::advance(l.status, cookie, trace::Trigger::listen_call, m);
        w_.hosts[call_.host].listeners.push_back(slot);
        return {leave(cookie, 0, Rule::accept_queue_limit), cookie};
    }

    ProgramResult connect() {
        trace::Endpoint local = call_.local;
        if (local.port == 0) {
            const trace::Address from = w_.hosts[call_.host].address;
            local = {from, pick_port(w_, call_.host, from, call_.remote).port};
        }
        const Flow flow{call_.host, local, call_.remote};
        if (local.port == 0 || w_.find(flow)) {
            enter(trace::none);
            return {leave(trace::none, code(trace::Errno::eaddrnotavail), Rule::call_refused),
                    trace::none};
        }
        const Slot slot = w_.connections.add();
        auto& held = w_.connections.all[slot];
        tcp::Connection& c = held.record;
        c.host = call_.host;
        c.local = local;
        c.remote = call_.remote;
        c.nonblocking = true;
        Socket socket;
        socket.host = call_.host;
        socket.connection = slot;
        socket.local = local;
        socket.remote = call_.remote;
        const trace::Cookie cookie = new_socket(t_, socket);
        c.cookie = cookie;
        Socket& made = w_.sockets[cookie];
        made.fd = new_descriptor(w_.hosts[call_.host], cookie);
        hold_port(w_, made, local, true);
        enter(cookie);
        w_.give(flow, cookie);
        auto m = t_.moment(call_.host);
        tcp::open(c, isn_for_connect(w_, call_.host, 0, local, call_.remote), m);
        const std::int64_t value = tcp::connect_result(c).value;
        settle(t_, slot, held, made);
        return {leave(cookie, value, Rule::call_returns), cookie};
    }

    ProgramResult accept() {
        enter(call_.socket);
        const Slot l = w_.sockets[call_.socket].listener;
        if (l == no_slot)
            return {leave(call_.socket, code(trace::Errno::einval), Rule::call_refused),
                    trace::none};
        auto& queue = w_.listeners[l].accept_queue;
        if (queue.empty())
            return {leave(call_.socket, code(trace::Errno::eagain), Rule::call_refused),
                    trace::none};
        const trace::Cookie cookie = queue.front();
        queue.erase(queue.begin());
        queue_changed(t_, w_.listeners[l], trace::Queue::accept);
        Socket& s = w_.sockets[cookie];
        s.fd = new_descriptor(w_.hosts[s.host], cookie);
        w_.connections[s.connection].nonblocking = true;
        return {leave(call_.socket, s.fd, Rule::accept_takes_head), cookie};
    }

    ProgramResult on_connection() {
        using W = ProgramCall::What;
        enter(call_.socket);
        Socket& s = w_.sockets[call_.socket];
        const Slot slot = s.fd >= 0 ? s.connection : no_slot;
        if (slot == no_slot)
            return {leave(call_.socket, code(trace::Errno::ebadf), Rule::call_refused),
                    trace::none};
        auto& held = w_.connections.all[slot];
        tcp::Connection& c = held.record;
        auto m = t_.moment(call_.host);
        tcp::Progress p{true, 0, Rule::call_returns};
        if (call_.what == W::connected) {
            p = tcp::connect_result(c);
        } else if (call_.what == W::write) {
            std::uint32_t written = 0;
            p = tcp::write(c, static_cast<std::uint32_t>(call_.number), written, m);
        } else if (call_.what == W::read) {
            std::optional<std::uint32_t> most;
            if (call_.number > 0)
                most = static_cast<std::uint32_t>(call_.number);
            std::uint32_t taken = 0;
            p = tcp::read(c, most, taken, m);
        } else {
            release_descriptor(w_, call_.socket);
            tcp::close(c, m);
        }
        const std::int64_t value =
            leave(call_.socket, p.finished ? p.value : code(trace::Errno::eagain), p.why);
        settle(t_, slot, held, s);
        return {value, trace::none};
    }

    Turn& t_;
    Contents& w_;
    const ProgramCall& call_;
    trace::CallId id_ = trace::none;
};

} // namespace

ProgramResult World::call(const ProgramCall& call, trace::Trace* log, Happened* happened) {
    tcp::Journal journal(contents_.recorded, log, contents_.now,
                         happened ? happened->tape : nullptr);
    Turn t{contents_, journal}; // what a program does itself makes nothing ready for it
    const ProgramResult result = Performance(t, call).perform();
    put_on_wires(t);
    return result;
}

} // namespace world
