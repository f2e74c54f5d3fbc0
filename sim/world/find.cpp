// Which socket a name stands for now.
#include <fmt/format.h>

#include "turn.hpp"

namespace world {

using Kind = scenario::SocketName::Kind;

namespace {

bool exists(const Socket& s) {
    return s.connection != no_slot || s.request != no_slot || s.time_wait != no_slot ||
           s.listener != no_slot;
}

const Named* named(const Contents& w, trace::HostId host, std::uint16_t number) {
    if (host >= w.hosts.size() || number == 0 || number > w.hosts[host].names.size())
        return nullptr;
    const Named& n = w.hosts[host].names[number - 1u];
    return n.known && n.socket != trace::none ? &n : nullptr;
}

std::optional<trace::Cookie> awaited(const Contents& w, const scenario::SocketName& name) {
    if (name.host >= w.hosts.size())
        return std::nullopt;
    std::optional<trace::Cookie> found;
    const auto look = [&](const Thread& thread) {
        for (const PendingCall& call : thread.calls) {
            const auto* accept = std::get_if<scenario::Accept>(&call.action);
            if (!accept || accept->number != name.number)
                continue;
            const Slot l = listener_named(w, name.host, accept->port, accept->which);
            if (l != no_slot && !found)
                found = w.listeners[l].cookie;
        }
    };
    look(w.hosts[name.host].main);
    for (const Thread& worker : w.hosts[name.host].workers)
        look(worker);
    return found;
}

} // namespace

std::optional<trace::Cookie> find(const Contents& w, const scenario::SocketName& name) {
    switch (name.kind) {
    case Kind::listener: {
        if (name.host >= w.hosts.size())
            return std::nullopt;
        const Slot l = listener_named(w, name.host, name.port, name.number);
        if (l == no_slot)
            return std::nullopt;
        return w.listeners[l].cookie;
    }
    case Kind::connection: {
        // While accept() sleeps, all there is of HOST#n is the listener that it sleeps on.
        if (const auto listener = awaited(w, name))
            return listener;
        const Named* n = named(w, name.host, name.number);
        if (!n || !exists(w.sockets[n->socket]))
            return std::nullopt;
        return n->socket;
    }
    case Kind::other_end: {
        const Named* n = named(w, name.peer, name.number);
        if (!n)
            return std::nullopt;
        if (const auto c = w.find({name.host, n->remote, n->local}))
            return c;
        // No longer in the table: CLOSED, but in an accept queue or held by its program.
        for (std::size_t i = w.sockets.size(); i-- > 0;) {
            const Socket& s = w.sockets[i];
            if (s.host == name.host && s.local == n->remote && s.remote == n->local && exists(s))
                return static_cast<trace::Cookie>(i);
        }
        return std::nullopt;
    }
    }
    return std::nullopt;
}

trace::State state_of(const Contents& w, trace::Cookie cookie) {
    const Socket& s = w.sockets[cookie];
    if (s.time_wait != no_slot)
        return w.time_waits[s.time_wait].status.state();
    if (s.connection != no_slot)
        return w.connections[s.connection].status.state();
    if (s.request != no_slot)
        return w.requests[s.request].status.state();
    if (s.listener != no_slot)
        return w.listeners[s.listener].status.state();
    return trace::State::closed;
}

std::string name_of(const Contents& w, trace::Cookie cookie) {
    const Socket& s = w.sockets[cookie];
    const std::string& host = w.hosts[s.host].name;
    if (s.listener != no_slot) {
        const std::uint16_t which = w.listeners[s.listener].which;
        return fmt::format("{}:{}{}", host, s.local.port,
                           which > 1 ? fmt::format("#{}", which) : "");
    }
    if (s.number != 0)
        return fmt::format("{}#{}", host, s.number);
    for (std::size_t p = 0; p < w.hosts.size(); ++p) {
        const Host& peer = w.hosts[p];
        if (!peer.has(s.remote.address))
            continue;
        if (const auto other = w.find({static_cast<trace::HostId>(p), s.remote, s.local}))
            if (w.sockets[*other].number != 0)
                return fmt::format("{}~{}#{}", host, peer.name, w.sockets[*other].number);
        // The other end is gone: by what the script called it.
        for (std::size_t i = peer.names.size(); i-- > 0;) {
            const Named& n = peer.names[i];
            if (n.known && n.local == s.remote && n.remote == s.local)
                return fmt::format("{}~{}#{}", host, peer.name, i + 1);
        }
    }
    return fmt::format("{}:{}-{}", host, s.local.port, s.remote.port);
}

} // namespace world
