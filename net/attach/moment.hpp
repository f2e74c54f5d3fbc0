// What becomes known of a target, each with its time: looks at sockets, the kernel's own events,
// segments. They come by several ways and late; here they are brought into the order in which they
// must have happened.
#pragma once

#include "net/attach/owners.hpp"
#include "net/attach/target.hpp"
#include "net/likely_path.hpp"
#include "net/permitted/kernel_event.hpp"
#include "net/permitted/packet.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace net::attach {

// One socket, asked for by name. The state that it tells was true at some time between began_ns and
// the moment's own.
struct Looked {
    std::uint64_t cookie = 0;
    std::optional<SocketRow> row; // none: it is gone
    std::int64_t began_ns = 0;
    // Of one that is gone:
    FarEnd far = FarEnd::not_asked;
    bool no_time_wait = false; // TCPTimeWaitOverflow rose
};
struct Discovered { // the walk began at selected->table.at_ns
    std::shared_ptr<const Selected> selected;
    std::shared_ptr<const Holdings> holdings;
};
// An event of the kernel's trace, and what sock_diag said of its addresses right after.
struct Told {
    permitted::KernelEvent event;
    bool asked = false;
    std::optional<SocketRow> after; // none: nothing with these addresses is left
    // Of an end: the RST that this socket sends next, and why ("" when the kernel does not say).
    std::optional<std::string_view> reset;
    bool no_time_wait = false; // nothing took its place, and TCPTimeWaitOverflow rose
};
struct Ended { // the destroy multicast
    std::vector<SocketRow> rows;
    std::uint64_t overflows = 0;
};
struct Lost { // counted by the kernel, or more than can be shown
    std::uint64_t events = 0, segments = 0, passed_over = 0;
    std::uint32_t one_of = 1; // of so many connections one is told
};

struct Moment {
    std::int64_t at_ns = 0; // CLOCK_MONOTONIC
    std::variant<Looked, Discovered, Told, permitted::Packet, Ended, Lost> what;
};

// By time; but clocks of packets and of events differ by a microsecond or two, so what one of them
// made happen decides between neighbours: a segment arrives before the transition that it causes, a
// call's transition comes before the segment that it sends.
void put_in_causal_order(std::vector<Moment>& moments);

} // namespace net::attach
