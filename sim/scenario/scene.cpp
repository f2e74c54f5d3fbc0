// Reading snapshot and log by the names that scripts use.
#include "scene.hpp"

#include <fmt/format.h>

namespace scenario {
namespace {

std::optional<trace::Cookie> named(const trace::Trace& log, trace::HostId host,
                                   std::uint16_t number) {
    for (std::size_t i = log.sockets.size(); i-- > 0;) {
        const auto& socket = log.sockets[i];
        if (socket.host == host && socket.number == number)
            return static_cast<trace::Cookie>(i);
    }
    return std::nullopt;
}

// The newest socket of `host` whose ends are those of `peer`, turned round.
std::optional<trace::Cookie> facing(const trace::Trace& log, trace::HostId host,
                                    trace::Cookie peer) {
    const auto& other = log.sockets[peer];
    for (std::size_t i = log.sockets.size(); i-- > 0;) {
        const auto& socket = log.sockets[i];
        if (socket.host == host && !socket.is_listener && socket.local == other.remote &&
            socket.remote == other.local) {
            return static_cast<trace::Cookie>(i);
        }
    }
    return std::nullopt;
}

std::optional<trace::Cookie> listening(const trace::Trace& log, trace::HostId host,
                                       std::uint16_t port) {
    for (std::size_t i = log.sockets.size(); i-- > 0;) {
        const auto& socket = log.sockets[i];
        if (socket.host == host && socket.is_listener && socket.local.port == port) {
            return static_cast<trace::Cookie>(i);
        }
    }
    return std::nullopt;
}

const trace::SocketView* view_of(const Scene& scene, const SocketName& name) {
    const auto cookie = scene.find(name);
    return cookie ? find_socket(scene.snapshot, *cookie) : nullptr;
}

// The accept line that makes this connection; nullptr: a connect line does.
const Accept* accept_line(const Scenario& script, const SocketName& name) {
    if (name.kind != SocketName::Kind::connection)
        return nullptr;
    for (const auto& line : script.lines) {
        const auto* act = std::get_if<Act>(&line.what);
        const auto* accept = act ? std::get_if<Accept>(&act->action) : nullptr;
        if (accept && accept->host == name.host && accept->number == name.number)
            return accept;
    }
    return nullptr;
}

// Its call, once it was made: a host accepts in the order of its lines. Needed for an accept()
// that fails or has not returned, and so has no socket.
std::optional<trace::CallId> accept_call(const Scene& scene, const SocketName& name) {
    if (!accept_line(scene.script, name))
        return std::nullopt;
    std::size_t earlier = 0;
    for (std::uint16_t n = 1; n < name.number; ++n) {
        SocketName other = name;
        other.number = n;
        earlier += accept_line(scene.script, other) != nullptr;
    }
    for (trace::CallId id = 0; id < scene.log.calls.size(); ++id) {
        const auto& call = scene.log.calls[id];
        if (call.call == trace::Call::accept && call.host == name.host && earlier-- == 0)
            return id;
    }
    return std::nullopt;
}

// The call that this event ends, if it is one on this socket that counts.
std::optional<Finished> finished(const Scene& scene, trace::EventId id,
                                 std::optional<trace::Cookie> socket,
                                 std::optional<trace::CallId> accept) {
    const auto& event = scene.log.events[id];
    if (event.kind != trace::EventKind::call_returned)
        return std::nullopt;
    const auto& record = scene.log.calls[event.ref];
    const bool of_socket = socket && (record.socket == socket || record.accepted == socket);
    if (!of_socket && event.ref != accept)
        return std::nullopt;
    const bool on_the_way = record.call == trace::Call::socket || record.call == trace::Call::bind;
    if (on_the_way && event.value >= 0)
        return std::nullopt;
    return Finished{record.call, event.value, id};
}

} // namespace

std::optional<trace::Cookie> remember(const Scene& scene, const SocketName& name) {
    // A stage may let the listener stand for a name whose accept() sleeps; its calls are not ours.
    const auto cookie = scene.find(name);
    const bool stands_in = cookie && *cookie < scene.log.sockets.size() &&
                           scene.log.sockets[*cookie].is_listener &&
                           name.kind != SocketName::Kind::listener;
    if (cookie && !stands_in)
        return cookie;
    switch (name.kind) {
    case SocketName::Kind::connection: return named(scene.log, name.host, name.number);
    case SocketName::Kind::listener: return listening(scene.log, name.host, name.port);
    case SocketName::Kind::other_end:
        if (const auto peer = named(scene.log, name.peer, name.number)) {
            return facing(scene.log, name.host, *peer);
        }
    }
    return std::nullopt;
}

std::optional<Finished> latest_finished(const Scene& scene, const SocketName& name,
                                        trace::EventId since) {
    const auto socket = remember(scene, name);
    const auto accept = accept_call(scene, name);
    for (auto id = scene.visible; id-- > since;) {
        if (const auto call = finished(scene, id, socket, accept))
            return call;
    }
    return std::nullopt;
}

std::optional<Finished> next_finished(const Scene& scene, const SocketName& name,
                                      trace::EventId since) {
    const auto socket = remember(scene, name);
    const auto accept = accept_call(scene, name);
    for (auto id = since; id < scene.visible; ++id) {
        if (const auto call = finished(scene, id, socket, accept))
            return call;
    }
    return std::nullopt;
}

trace::State state_of(const Scene& scene, const SocketName& name) {
    if (name.kind == SocketName::Kind::listener) {
        return listener_of(scene, name) ? trace::State::listen : trace::State::closed;
    }
    const auto* view = view_of(scene, name);
    return view ? view->state : trace::State::closed;
}

std::optional<std::int64_t> bytes_in(const Scene& scene, const SocketName& name,
                                     Direction direction) {
    const auto* view = view_of(scene, name);
    if (!view)
        return std::nullopt;
    return direction == Direction::send ? view->send_queue.bytes : view->recv_queue.bytes;
}

const trace::ListenerView* listener_of(const Scene& scene, const SocketName& name) {
    const auto cookie = scene.find(name);
    return cookie ? find_listener(scene.snapshot, *cookie) : nullptr;
}

std::optional<trace::Call> blocked_in(const Scene& scene, const SocketName& name) {
    if (const auto* listener = listener_of(scene, name))
        return listener->blocked_in;
    if (const auto* view = view_of(scene, name))
        return view->blocked_in;
    // Not there yet: the thread that will have it sleeps in accept().
    const auto* line = accept_line(scene.script, name);
    if (!line || named(scene.log, name.host, name.number))
        return std::nullopt;
    return blocked_in(scene,
                      {SocketName::Kind::listener, line->host, 0, trace::no_host, line->port});
}

std::optional<trace::Duration> time_left(const Scene& scene, const SocketName& name,
                                         trace::Timer timer) {
    const auto* view = view_of(scene, name);
    if (!view)
        return std::nullopt;
    for (const auto& running : view->timers) {
        const bool same = running.kind == timer || (timer == trace::Timer::retransmit &&
                                                    running.kind == trace::Timer::syn_ack);
        if (same)
            return running.due - scene.snapshot.now;
    }
    return std::nullopt;
}

std::string print_result(std::int64_t value) {
    if (value >= 0)
        return fmt::format("{}", value);
    const auto text = trace::name(static_cast<trace::Errno>(-value));
    return text.empty() ? fmt::format("errno {}", -value) : std::string(text);
}

} // namespace scenario
