// Everything a world consists of, as plain data; the functions of this folder work on it.
#pragma once
#include <vector>

#include "by_cookie.hpp"
#include "flows.hpp"
#include "host.hpp"
#include "scenario/scenario.hpp"
#include "slots.hpp"
#include "tcp/wheel.hpp"
#include "wire.hpp"

namespace world {

using tcp::Recorded;

// A socket by its cookie: which records stand for it now, and what stays known of it.
struct Socket {
    trace::HostId host = trace::no_host;
    std::uint8_t holders = 1; // processes that hold fd
    std::uint16_t number = 0; // n of HOST#n
    int fd = -1;
    Slot connection = no_slot, request = no_slot, time_wait = no_slot, listener = no_slot;
    trace::Endpoint local, remote;
    trace::Cookie parent = trace::none; // the listener through which it came
    Ports::Handle port = Ports::nothing, port_in_time_wait = Ports::nothing; // its holds
    bool reuse_address = false, reuse_port = false; // SO_REUSEADDR, SO_REUSEPORT
    friend bool operator==(const Socket&, const Socket&) = default;
};

inline Flow flow_of(const Socket& s) {
    return {s.host, s.local, s.remote};
}

struct WantedIsn {
    scenario::SocketName socket;
    std::uint32_t isn = 0;
    friend bool operator==(const WantedIsn&, const WantedIsn&) = default;
};

// A flood of SYNs that still goes on.
struct FloodGoing {
    scenario::Flood what{};
    std::uint32_t sent = 0;
    trace::Instant due;
    friend bool operator==(const FloodGoing&, const FloodGoing&) = default;
};

// A socket that a thread holds: what arrives for it waits.
struct Owned {
    trace::Cookie socket = trace::none;
    std::uint32_t awaited = 0; // so many segments arrive while it is held
    bool given_back = false;   // they are being taken in
    std::vector<trace::Segment> backlog;
    friend bool operator==(const Owned&, const Owned&) = default;
};

struct Contents {
    trace::Instant now;
    Recorded recorded;
    std::vector<Host> hosts;
    std::vector<Wire> wires; // from * hosts + to
    Routes routes;
    std::vector<ActiveRule> rules;
    std::vector<WantedIsn> isns;
    std::uint64_t seed = 0;
    Ties ties = Ties::as_inserted;
    Timers timers = Timers::exact;
    trace::Duration wheel_phase; // how far the wheel had turned when the world began
    tcp::Wheel wheel() const { return {timers == Timers::by_wheel, wheel_phase}; }

    ByCookie<Socket> sockets;
    Slots<tcp::Connection, true> connections;
    Slots<tcp::Request> requests;
    Slots<tcp::TimeWait, true> time_waits;
    Slots<tcp::Listener> listeners;
    Slots<Flying> flying;
    Slots<FloodGoing> floods;
    std::vector<Owned> owned;
    std::uint64_t holds = 0; // segments held so far: the order of releasing
    Flows flows;
    Deadlines deadlines;

    tcp::Departures departures; // filled and emptied within one step

    // Whose segments those between these ends are.
    std::optional<trace::Cookie> find(const Flow& f) const {
        return flows.find(f, [this](trace::Cookie c) { return flow_of(sockets[c]); });
    }
    // The same, with the socket that was looked at to know it; none: nullptr.
    struct Found {
        trace::Cookie cookie = trace::none;
        Socket* socket = nullptr;
    };
    Found look(trace::HostId host, const trace::Endpoint& local, const trace::Endpoint& remote) {
        // Who was found lately is mostly asked for again: the cache of one that 4.3BSD had before
        // its table, many times over.
        const trace::Cookie last = flows.lately(host, local, remote);
        if (last != trace::none)
            if (Socket& s = sockets[last]; s.local == local && s.remote == remote && s.host == host)
                return {last, &s};
        return look_in_table({host, local, remote});
    }
    [[gnu::noinline]] Found look_in_table(const Flow& f) {
        Socket* seen = nullptr;
        const auto cookie = flows.find(f, [&](trace::Cookie c) {
            seen = &sockets[c];
            return flow_of(*seen);
        });
        if (!cookie)
            return {};
        flows.lately(f.host, f.local, f.remote) = *cookie;
        return {*cookie, seen};
    }
    // They are this one's from now on. REQUIRES: the socket has these ends.
    void give(const Flow& f, trace::Cookie to) {
        flows.set(f, to, [this](trace::Cookie c) { return flow_of(sockets[c]); });
    }
    friend bool operator==(const Contents&, const Contents&) = default;
};

} // namespace world
