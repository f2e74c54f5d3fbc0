// What scripts do not say but recordings of kernels do: the steps of a call one by one, and
// segments that no TCP has sent.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "scenario/action.hpp"
#include "scheduling.hpp"
#include "trace/segment.hpp"

namespace world {

class World;

// socket(): HOST#n is a descriptor, CLOSED; a later Connect of the same number uses it.
struct MakeSocket {
    trace::HostId host;
    std::uint16_t number;
};
struct Bind {
    scenario::SocketName socket;
    trace::Endpoint at; // 0.0.0.0: all addresses of the host; port 0: any that is free
};
// The next search for a free port begins here, as the kernel's might.
struct SuggestPort {
    trace::HostId host;
    std::uint16_t port;
};
// connect() of a descriptor that socket() made, to an address that need not be a host's.
struct ConnectTo {
    scenario::SocketName socket;
    trace::Endpoint remote;
    std::optional<std::uint32_t> fastopen{}; // sendto(MSG_FASTOPEN) of so many bytes
};
// fcntl(): O_NONBLOCK is taken off again.
struct Blocking {
    scenario::SocketName socket;
};
// listen() on a descriptor that socket() made.
struct ListenOn {
    scenario::SocketName socket;
    std::int64_t backlog;
};
// connect(AF_UNSPEC): the descriptor is as new, its connection aborted.
struct Disconnect {
    scenario::SocketName socket;
};
// accept() on a descriptor that is no listener: refused.
struct Refusable {
    scenario::SocketName socket;
    trace::Call call;
};
// When the thread of a socket gets a processor after it was woken.
struct Scheduled {
    scenario::SocketName socket;
    Scheduling how;
};
// How the next read of a socket that has not been told yet falls among the segments of a burst.
struct Gripped {
    scenario::SocketName socket;
    Grip grip;
};
// A segment at the door of the host that has its destination address, now.
struct Inject {
    trace::Segment segment;
};
// An ICMP message at the door of a host, about a segment that it sent.
struct InjectIcmp {
    trace::SegmentId about;
    trace::Icmp message;
    std::optional<trace::Seq> seq{}; // what it quotes, where that is not the segment's own number
};
using ByHand = std::variant<MakeSocket, Bind, SuggestPort, ConnectTo, Blocking, ListenOn,
                            Disconnect, Refusable, Scheduled, Gripped, Inject, InjectIcmp>;

// What poll() says of a descriptor, asked for IN, PRI, OUT and RDHUP: tcp_poll().
struct Readiness {
    bool in = false, pri = false, out = false, rdhup = false, err = false, hup = false;
    friend bool operator==(const Readiness&, const Readiness&) = default;
};
Readiness readiness(const World&, trace::Cookie);
// Whether a descriptor that socket() made listens now.
bool listens(const World&, const scenario::SocketName&);
std::string format(Readiness); // "IN|OUT|RDHUP"; "" for nothing

} // namespace world
