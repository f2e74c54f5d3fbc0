// Taking a port and giving it back: bind(), the choice of connect() and of bind() to port 0.
#include <array>
#include <string_view>
#include <utility>

#include "tcp/policy.hpp"
#include "turn.hpp"

namespace world {

namespace {

// Where a search among [low, low + count) begins. The kernel draws it; here it goes on where the
// last one ended, so that the same script gets the same ports.
std::uint32_t start(const Host& h, std::uint32_t low, std::uint32_t count) {
    return h.next_port >= low ? (h.next_port - low) % count : 0;
}

struct Range {
    std::uint32_t low, end; // end is not in it
    std::uint32_t count() const {
        const std::uint32_t all = end - low;
        return all > 1 ? all & ~1u : all;
    }
};

Range range_of(const Host& h) {
    const auto [low, high] = trace::unpack(h.stack[tcp::Sysctl::ip_local_port_range]);
    return {static_cast<std::uint32_t>(low), static_cast<std::uint32_t>(high) + 1};
}

// Every port of one parity, from `offset` around.
template <class Good>
std::uint16_t search(const Range& r, std::uint32_t offset, Good good) {
    std::uint32_t port = r.low + offset;
    for (std::uint32_t i = 0; i < r.count(); i += 2, port += 2) {
        if (port >= r.end)
            port -= r.count();
        if (good(static_cast<std::uint16_t>(port)))
            return static_cast<std::uint16_t>(port);
    }
    return 0;
}

// inet_csk_find_open_port(): odd ports first (seen from the low end), and first the lower half of
// the range for who may share.
std::uint16_t open_port(const Host& h, const PortOwner& asking, Ports::Handle self, bool relax) {
    const Range all = range_of(h);
    const std::uint32_t half = all.low + ((all.end - all.low) >> 2 << 1);
    const bool in_halves = asking.reuse_address && all.end - all.low >= 4;
    const std::array<Range, 2> parts = {in_halves ? Range{all.low, half} : all,
                                        in_halves ? Range{half, all.end} : Range{0, 0}};
    for (const Range& r : parts) {
        if (r.end == r.low)
            continue;
        const std::uint32_t offset = start(h, r.low, r.count()) | 1u;
        const auto good = [&](std::uint16_t port) {
            return !h.ports.conflict(port, asking, self, relax, false);
        };
        if (const auto port = search(r, offset, good))
            return port;
        if (const auto port = search(r, offset - 1, good))
            return port;
    }
    return 0;
}

void went_on(Host& h, std::uint16_t port) {
    const Range r = range_of(h);
    const std::uint32_t next = std::uint32_t{port} + 2;
    h.next_port = static_cast<std::uint16_t>(next < r.end ? next : r.low + (next - r.end) % 2);
}

PortOwner owner(const Socket& s, trace::Address at) {
    PortOwner o;
    o.address = at;
    o.reuse_address = s.reuse_address;
    o.reuse_port = s.reuse_port;
    o.listening = s.listener != no_slot;
    return o;
}

} // namespace

trace::Errno bind_port(Turn& t, trace::Cookie cookie, trace::Endpoint at) {
    Contents& w = t.w;
    Socket& s = w.sockets[cookie];
    Host& h = w.hosts[s.host];
    if (s.port != Ports::nothing)
        return trace::Errno::einval;
    if (at.address.raw != 0 && !h.has(at.address))
        return trace::Errno::eaddrnotavail;
    PortOwner o = owner(s, at.address);
    o.listening = false;
    o.by_bind = at.port != 0;
    std::uint16_t port = at.port;
    if (port == 0) {
        port = open_port(h, o, s.port, false);
        if (port == 0 && h.stack[tcp::Sysctl::ip_autobind_reuse] != 0)
            port = open_port(h, o, s.port, true);
        if (port == 0)
            return trace::Errno::eaddrinuse;
        went_on(h, port);
    } else if (h.ports.conflict(port, o, s.port, true, true)) {
        return trace::Errno::eaddrinuse;
    }
    s.port = h.ports.add(port, o);
    return trace::Errno::ok;
}

bool may_listen(const Contents& w, trace::Cookie cookie) {
    const Socket& s = w.sockets[cookie];
    const Ports& ports = w.hosts[s.host].ports;
    return s.port != Ports::nothing &&
           !ports.conflict(ports.port_of(s.port), ports[s.port], s.port, true, true);
}

PickedPort pick_port(Contents& w, trace::HostId host, trace::Address from, trace::Endpoint remote) {
    Host& h = w.hosts[host];
    const Range all = range_of(h);
    const bool forgets = tcp::freed_port_serves_connect_again(h.stack);
    PickedPort picked;
    const auto good = [&](std::uint16_t port) {
        if (!h.ports.is_connects_own(port, forgets))
            return false;
        picked.over = w.find({host, {from, port}, remote});
        return !picked.over || makes_way(w, *picked.over, true);
    };
    // __inet_hash_connect(): ports of the parity of the range's low end first.
    const std::uint32_t offset = start(h, all.low, all.count()) & ~1u;
    picked.port = search(all, offset, good);
    if (picked.port == 0 && all.count() > 1)
        picked.port = search(all, offset + 1, good);
    if (picked.port != 0)
        went_on(h, picked.port);
    return picked;
}

bool makes_way(const Contents& w, trace::Cookie cookie, bool chosen_by_kernel) {
    const Socket& s = w.sockets[cookie];
    if (s.time_wait == no_slot)
        return false;
    const tcp::TimeWait& old = w.time_waits[s.time_wait];
    if (!old.timestamps) // nothing tells old segments from new
        return false;
    if (!chosen_by_kernel)
        return true;
    const bool loopback = s.local.address.raw >> 24 == 127 || s.remote.address.raw >> 24 == 127;
    return old.status.state() == trace::State::time_wait &&
           tcp::reuses_time_wait(w.hosts[s.host].stack, loopback, old.status.since(), w.now);
}

void hold_port(Contents& w, Socket& s, trace::Endpoint at, bool by_connect) {
    PortOwner o = owner(s, at.address);
    o.by_connect = by_connect;
    s.port = w.hosts[s.host].ports.add(at.port, o);
}

bool port_is_bound(const Contents& w, const Socket& s) {
    return s.port != Ports::nothing && w.hosts[s.host].ports[s.port].by_bind;
}

void let_port_go(Contents& w, Socket& s) {
    if (s.port != Ports::nothing)
        w.hosts[s.host].ports.remove(s.port);
    s.port = Ports::nothing;
}

void time_wait_holds_port(Contents& w, Socket& s, bool alone) {
    if (s.port == Ports::nothing)
        return;
    Ports& ports = w.hosts[s.host].ports;
    PortOwner o = ports[s.port];
    const bool keeps = !alone && o.by_bind;
    o.time_wait = true;
    o.by_bind = false;
    if (keeps) {
        s.port_in_time_wait = ports.add(ports.port_of(s.port), o);
        return;
    }
    s.port_in_time_wait = std::exchange(s.port, Ports::nothing);
    ports[s.port_in_time_wait] = o;
}

void time_wait_lets_port_go(Contents& w, Socket& s) {
    if (s.port_in_time_wait != Ports::nothing)
        w.hosts[s.host].ports.remove(s.port_in_time_wait);
    s.port_in_time_wait = Ports::nothing;
}

bool share(Contents& w, trace::Cookie cookie, std::string_view option, bool on) {
    Socket& s = w.sockets[cookie];
    if (option != "SO_REUSEADDR" && option != "SO_REUSEPORT")
        return false;
    (option == "SO_REUSEADDR" ? s.reuse_address : s.reuse_port) = on;
    if (s.port != Ports::nothing) {
        PortOwner& o = w.hosts[s.host].ports[s.port];
        o.reuse_address = s.reuse_address;
        o.reuse_port = s.reuse_port;
    }
    return true;
}

} // namespace world
