// What can be done to a world from outside: calls, verdicts on the wire, settings. Every action is
// an input that is kept.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "trace/call.hpp"
#include "trace/event.hpp"
#include "trace/header.hpp"
#include "trace/icmp.hpp"
#include "trace/segment.hpp"
#include "trace/time.hpp"

namespace scenario {

// A socket as a script names it.
struct SocketName {
    enum class Kind : std::uint8_t {
        connection, // client#2: the 2nd connect or accept line of the host
        other_end,  // server~client#2: whatever `host` holds for the other end of it
        listener,   // server:80, server:80#2
    };
    Kind kind = Kind::connection;
    trace::HostId host = trace::no_host;
    std::uint16_t number = 0;            // connection, other_end: n; listener: which, 0: the first
    trace::HostId peer = trace::no_host; // other_end: the host of client#n
    std::uint16_t port = 0;              // listener
    friend bool operator==(const SocketName&, const SocketName&) = default;
};

// `socket, SO_REUSEADDR, bind, listen`; on a port already listening: listen() again.
struct Listen {
    trace::HostId host;
    std::uint16_t port;
    std::int64_t backlog;
    trace::Address address{}; // 0.0.0.0: any of the host's
    std::uint16_t which = 0;  // :PORT#2: the second listener of that port, once more
    bool reuse_port = false;  // SO_REUSEPORT: another listener beside those that there are
    friend bool operator==(const Listen&, const Listen&) = default;
};
// Creates connection `number` of the host at once; blocks only its own thread.
struct Connect {
    trace::HostId host;
    std::uint16_t number;
    trace::HostId to;
    std::uint16_t port;
    std::optional<std::uint16_t> from_port;
    bool nonblocking = false;                // socket() with SOCK_NONBLOCK
    trace::Address address{};                // of `to`, where it has several; 0.0.0.0: its first
    std::optional<std::uint32_t> fastopen{}; // sendto(MSG_FASTOPEN) of so many bytes
    friend bool operator==(const Connect&, const Connect&) = default;
};
// The host's main thread accepts from its listener; the result becomes connection `number`.
struct Accept {
    trace::HostId host;
    std::uint16_t number;
    std::uint16_t port;
    std::uint16_t which = 0; // :PORT#2; its thread is one of its own
    friend bool operator==(const Accept&, const Accept&) = default;
};
struct Write {
    SocketName socket;
    std::uint32_t bytes;
    std::string text;    // literal payload when the script gave it; then bytes == text.size()
    bool urgent = false; // send(MSG_OOB)
    bool more = false;   // send(MSG_MORE): the next write goes on with it
    bool end_of_record = false; // send(MSG_EOR): the next write begins a buffer of its own
    bool dont_wait = false;     // send(MSG_DONTWAIT)
    friend bool operator==(const Write&, const Write&) = default;
};
struct Read {
    SocketName socket;
    std::optional<std::uint32_t> most; // without it: everything there is
    bool urgent = false;               // recv(MSG_OOB)
    bool peek = false;                 // recv(MSG_PEEK): what it returns stays there
    bool wait_all = false;             // recv(MSG_WAITALL): sleeps until all of it is there
    bool dont_wait = false;            // recv(MSG_DONTWAIT)
    friend bool operator==(const Read&, const Read&) = default;
};
struct ShutDown {
    SocketName socket;
    trace::Shutdown how;
    friend bool operator==(const ShutDown&, const ShutDown&) = default;
};
struct Close {
    SocketName socket; // a connection, or a listener
    friend bool operator==(const Close&, const Close&) = default;
};
struct SetOption {
    SocketName socket;
    std::string name; // "SO_RCVBUF", "SO_LINGER", ...
    std::int64_t value;
    friend bool operator==(const SetOption&, const SetOption&) = default;
};
struct NonBlocking {
    SocketName socket;
    friend bool operator==(const NonBlocking&, const NonBlocking&) = default;
};
// The host's process forks: each of its descriptors must be closed once more before its socket
// ends.
struct Fork {
    trace::HostId host;
    friend bool operator==(const Fork&, const Fork&) = default;
};
struct SetSysctl {
    trace::HostId host;
    std::string name; // "net.core.somaxconn" or "somaxconn"
    std::int64_t value;
    friend bool operator==(const SetSysctl&, const SetSysctl&) = default;
};

// Verdicts on segments that leave from now on (by kind and count) ...
struct WireRule {
    // unreachable: dropped half-way, and its sender is told by ICMP; mark: "congestion experienced";
    // narrow: the same as unreachable for what is larger than the next link takes
    enum class What : std::uint8_t {
        drop, delay, duplicate, hold, pass, release, unreachable, mark, narrow
    };
    What what;
    trace::HostId from, to;
    trace::SegmentKind kind;
    std::optional<std::uint32_t> nth =
        1;                  // nullopt: all (until pass); for release: the nth held one
    trace::Duration time{}; // delay: instead of the wire's; duplicate: the copy this much later
    trace::Icmp icmp{};     // unreachable, narrow: what its sender is told
    bool silent = false;    // narrow: nobody is told
    friend bool operator==(const WireRule&, const WireRule&) = default;
};
// Whether the rule is about this segment: by kind, and on a narrow way by its size. Whoever allows
// it to be fragmented gets it through any link.
inline bool is_about(const WireRule& r, const trace::Segment& s) {
    return trace::is_kind(s, r.kind) &&
           (r.what != WireRule::What::narrow ||
            (!s.fragmentable && trace::packet_length(s) > r.icmp.mtu));
}
// `pass` ends the rules of its kind on its way; `*` is every kind.
inline bool ends(const WireRule& pass, const WireRule& standing) {
    return standing.from == pass.from && standing.to == pass.to &&
           (standing.kind == pass.kind || pass.kind == trace::SegmentKind::any);
}
// ... and on one segment that is on the wire now (the mouse).
struct Verdict {
    enum class What : std::uint8_t { drop, delay, duplicate, hold, release, mark };
    What what;
    trace::SegmentId segment;
    trace::Duration time{};
    friend bool operator==(const Verdict&, const Verdict&) = default;
};
struct SetWire {
    trace::HostId from, to;
    trace::Duration delay;
    double loss;
    friend bool operator==(const SetWire&, const SetWire&) = default;
};

// A segment that no TCP makes, sent by HOST from whatever address it claims to have.
struct Raw {
    trace::HostId host;
    trace::Segment segment;
    friend bool operator==(const Raw&, const Raw&) = default;
};
// SYNs from as many invented addresses, the first now, one every `every`.
struct Flood {
    trace::HostId host;
    trace::Endpoint to;
    std::uint32_t count;
    trace::Duration every;
    friend bool operator==(const Flood&, const Flood&) = default;
};

using Action = std::variant<Listen, Connect, Accept, Write, Read, ShutDown, Close, SetOption,
                            NonBlocking, SetSysctl, Fork, WireRule, Verdict, SetWire, Raw, Flood>;

} // namespace scenario
