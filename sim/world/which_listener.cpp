// Which listener a segment or a word of a scenario means: inet_lookup_listener(), reuseport groups,
// names.
#include <algorithm>

#include "turn.hpp"

namespace world {

namespace {

// reuseport_select_sock_by_hash(): whose turn it is says a hash of the 4-tuple, not who has room.
Slot one_of_group(const Contents& w, trace::HostId host, Slot first, const trace::Segment& s) {
    const tcp::Listener& like = w.listeners[first];
    if (!like.options.reuse_port)
        return first;
    std::vector<Slot> group;
    for (Slot l : w.hosts[host].listeners)
        if (w.listeners[l].options.reuse_port && w.listeners[l].local == like.local)
            group.push_back(l);
    // inet_ehashfn() with a secret of this boot: any hash will do, as long as it stays the same.
    std::uint64_t h = std::uint64_t{s.source.address.raw} << 32 | s.destination.address.raw;
    h ^= (std::uint64_t{s.source.port} << 16 | s.destination.port) * 0x9e3779b97f4a7c15u;
    h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9u;
    h = (h ^ (h >> 27)) * 0x94d049bb133111ebu;
    return group[(h >> 32) * group.size() >> 32]; // reciprocal_scale()
}

} // namespace

Slot listener_for(const Contents& w, trace::HostId host, const trace::Segment& s) {
    const Slot l = listener_on(w, host, s.destination);
    return l == no_slot ? l : one_of_group(w, host, l, s);
}

Slot listener_named(const Contents& w, trace::HostId host, std::uint16_t port,
                    std::uint16_t which) {
    for (Slot l : w.hosts[host].listeners)
        if (w.listeners[l].local.port == port &&
            w.listeners[l].which == std::max<std::uint16_t>(which, 1))
            return l;
    return no_slot;
}

std::uint16_t free_listener_number(const Contents& w, trace::HostId host, std::uint16_t port) {
    const auto is_taken = [&](std::uint16_t which) {
        const Slot l = listener_named(w, host, port, which);
        return l != no_slot && !w.listeners[l].closing;
    };
    std::uint16_t which = 1;
    while (is_taken(which))
        ++which;
    return which;
}

Slot listener_at(const Contents& w, trace::HostId host, trace::Endpoint at) {
    Slot first = no_slot;
    for (Slot l : w.hosts[host].listeners)
        if (w.listeners[l].local == at &&
            (first == no_slot || w.listeners[l].which < w.listeners[first].which))
            first = l;
    return first;
}

Slot listener_on(const Contents& w, trace::HostId host, trace::Endpoint at) {
    Slot any = no_slot;
    for (Slot l : w.hosts[host].listeners) {
        const trace::Endpoint& local = w.listeners[l].local;
        if (local.port != at.port)
            continue;
        if (local.address == at.address)
            return l;
        if (local.address.raw == 0 && any == no_slot)
            any = l;
    }
    return any;
}

} // namespace world
