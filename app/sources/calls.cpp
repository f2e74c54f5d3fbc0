// Calls by hand: which ones a socket's program could make now, and making them.
#include "calls.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "trace/refusal.hpp"
#include "view/words.hpp"

namespace sources {
namespace {

using trace::Call;
using trace::State;

trace::CallContext context(const trace::SocketView& socket, bool was_connected) {
    trace::CallContext c;
    c.error_pending = socket.error != trace::Errno::ok;
    c.pending_error = socket.error;
    c.was_connected = was_connected;
    c.shut_wr = socket.state == State::fin_wait_1 || socket.state == State::fin_wait_2 ||
                socket.state == State::closing || socket.state == State::last_ack ||
                socket.state == State::time_wait;
    return c;
}

} // namespace

std::optional<scenario::SocketName> name_of(trace::Cookie cookie, const trace::Trace& trace) {
    if (cookie >= trace.sockets.size())
        return std::nullopt;
    const trace::SocketRecord& socket = trace.sockets[cookie];
    if (socket.is_listener)
        return scenario::SocketName{scenario::SocketName::Kind::listener, socket.host, 0,
                                    trace::no_host, socket.local.port};
    if (socket.number == 0)
        return std::nullopt;
    return scenario::SocketName{scenario::SocketName::Kind::connection, socket.host, socket.number,
                                trace::no_host, 0};
}

std::vector<view::SocketCalls> legal_calls(const trace::Snapshot& snapshot) {
    std::vector<view::SocketCalls> all;
    const auto judge_call = [](State state, Call call, const trace::CallContext& c,
                               const char* shown) {
        view::LegalCall legal;
        legal.call = call;
        if (const auto refusal = trace::refused(state, call, c)) {
            legal.enabled = false;
            legal.error = refusal->error;
            legal.why = fmt::format("{} {} {}", shown, view::tr("in"), trace::name(state));
        }
        return legal;
    };
    for (const trace::HostView& host : snapshot.hosts) {
        for (const trace::ListenerView& listener : host.listeners) {
            view::SocketCalls calls{listener.cookie, {}};
            view::LegalCall accept = judge_call(State::listen, Call::accept, {}, "accept()");
            if (listener.blocked_in) {
                accept.enabled = false;
                accept.why = view::tr("The program already waits in accept().");
            }
            calls.calls.push_back(accept);
            for (const auto& [call, shown] :
                 {std::pair{Call::connect, "connect()"}, {Call::read, "read()"}})
                calls.calls.push_back(judge_call(State::listen, call, {}, shown));
            calls.calls.push_back(judge_call(State::listen, Call::close, {}, "close()"));
            all.push_back(std::move(calls));
        }
        for (const trace::SocketView& socket : host.sockets) {
            if (socket.fd < 0)
                continue; // no program holds it
            const bool lived = socket.state != State::closed || socket.last_call.has_value();
            const trace::CallContext c = context(socket, lived);
            view::SocketCalls calls{socket.cookie, {}};
            calls.calls.push_back(judge_call(socket.state, Call::write, c, "write()"));
            calls.calls.push_back(judge_call(socket.state, Call::read, c, "read()"));
            calls.calls.push_back(judge_call(socket.state, Call::shutdown, c, "shutdown(WR)"));
            calls.calls.push_back(judge_call(socket.state, Call::close, c, "close()"));
            if (socket.blocked_in)
                for (view::LegalCall& call : calls.calls)
                    if (call.enabled)
                        call.why = view::say("Its thread waits in {}(): this call comes after it.",
                                             trace::name(*socket.blocked_in));
            all.push_back(std::move(calls));
        }
    }
    return all;
}

std::vector<scenario::Action> actions(const view::command::MakeCall& call,
                                      const trace::Snapshot& snapshot, const trace::Trace& trace,
                                      std::uint16_t next_number) {
    const std::optional<scenario::SocketName> name =
        call.socket == trace::none ? std::nullopt : name_of(call.socket, trace);
    const auto other = [&](trace::HostId host) {
        // Where a port is listened on, else simply the next host.
        for (const trace::HostView& h : snapshot.hosts)
            for (const trace::ListenerView& l : h.listeners)
                if (h.id != host && l.local.port == call.port)
                    return h.id;
        return static_cast<trace::HostId>((host + 1u) % snapshot.hosts.size());
    };
    switch (call.call) {
    case Call::listen: return {scenario::Listen{call.host, call.port, call.argument}};
    case Call::connect: {
        std::vector<scenario::Action> all;
        for (int i = 0; i < call.times; ++i)
            all.push_back(scenario::Connect{call.host, next_number++, other(call.host), call.port,
                                            std::nullopt});
        return all;
    }
    case Call::accept:
        if (!name || name->kind != scenario::SocketName::Kind::listener)
            return {};
        return {scenario::Accept{name->host, next_number, name->port}};
    case Call::write:
        if (!name)
            return {};
        return {scenario::Write{*name, static_cast<std::uint32_t>(call.argument), ""}};
    case Call::read:
        if (!name)
            return {};
        return {scenario::Read{*name, std::nullopt}};
    case Call::shutdown:
        if (!name)
            return {};
        return {scenario::ShutDown{*name, call.how}};
    case Call::close:
        if (!name)
            return {};
        return {scenario::Close{*name}};
    case Call::socket:
    case Call::bind:
    case Call::setsockopt:
    case Call::sysctl:
    case Call::fork: break;
    }
    return {};
}

std::optional<view::UpcomingCall> upcoming(const scenario::Action& action,
                                           const std::vector<std::string>& hosts) {
    view::UpcomingCall call;
    bool is_call = true;
    const auto name = [&](const scenario::SocketName& n) {
        call.host = n.host;
        call.socket = fmt::format("{}#{}", hosts[n.host], n.number);
    };
    const auto made = [&](trace::HostId host, std::uint16_t number) {
        name({scenario::SocketName::Kind::connection, host, number, trace::no_host, 0});
    };
    if (const auto* l = std::get_if<scenario::Listen>(&action)) {
        call.host = l->host;
        call.text = fmt::format("listen(fd, {})", l->backlog);
    } else if (const auto* c = std::get_if<scenario::Connect>(&action)) {
        made(c->host, c->number);
        call.text = fmt::format("connect(fd, {}:{})", hosts[c->to], c->port);
    } else if (const auto* a = std::get_if<scenario::Accept>(&action)) {
        made(a->host, a->number);
        call.text = fmt::format("accept(fd) :{}", a->port);
    } else if (const auto* w = std::get_if<scenario::Write>(&action)) {
        name(w->socket);
        call.text = fmt::format("write(fd, {})", w->bytes);
    } else if (const auto* r = std::get_if<scenario::Read>(&action)) {
        name(r->socket);
        call.text = r->most ? fmt::format("read(fd, {})", *r->most) : std::string("read(fd)");
    } else if (const auto* d = std::get_if<scenario::ShutDown>(&action)) {
        name(d->socket);
        call.text = fmt::format("shutdown(fd, SHUT_{})", trace::name(d->how));
    } else if (const auto* x = std::get_if<scenario::Close>(&action)) {
        name(x->socket);
        if (x->socket.kind == scenario::SocketName::Kind::listener)
            call.socket = fmt::format("{}:{}", hosts[x->socket.host], x->socket.port);
        call.text = "close(fd)";
    } else {
        is_call = false;
    }
    if (!is_call)
        return std::nullopt;
    return call;
}

} // namespace sources
