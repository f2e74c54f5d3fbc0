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

// The call that this event ends, if it is one on this socket that counts.
std::optional<Finished> finished(const Scene& scene, trace::EventId id, trace::Cookie socket) {
    const auto& event = scene.log.events[id];
    if (event.kind != trace::EventKind::call_returned)
        return std::nullopt;
    const auto& record = scene.log.calls[event.ref];
    if (record.socket != socket && record.accepted != socket)
        return std::nullopt;
    const bool on_the_way = record.call == trace::Call::socket || record.call == trace::Call::bind;
    if (on_the_way && event.value >= 0)
        return std::nullopt;
    return Finished{record.call, event.value, id};
}

} // namespace

std::optional<trace::Cookie> remember(const Scene& scene, const SocketName& name) {
    if (const auto cookie = scene.find(name))
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
    for (auto id = scene.visible; socket && id-- > since;) {
        if (const auto call = finished(scene, id, *socket))
            return call;
    }
    return std::nullopt;
}

std::optional<Finished> next_finished(const Scene& scene, const SocketName& name,
                                      trace::EventId since) {
    const auto socket = remember(scene, name);
    for (auto id = since; socket && id < scene.visible; ++id) {
        if (const auto call = finished(scene, id, *socket))
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
    const auto* view = view_of(scene, name);
    return view ? view->blocked_in : std::nullopt;
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
