// Finding things in a snapshot.
#include "snapshot.hpp"

namespace trace {

const SocketView* find_socket(const Snapshot& snapshot, Cookie cookie) {
    for (const HostView& host : snapshot.hosts)
        for (const SocketView& socket : host.sockets)
            if (socket.cookie == cookie)
                return &socket;
    return nullptr;
}

const ListenerView* find_listener(const Snapshot& snapshot, Cookie cookie) {
    for (const HostView& host : snapshot.hosts)
        for (const ListenerView& listener : host.listeners)
            if (listener.cookie == cookie)
                return &listener;
    return nullptr;
}

} // namespace trace
