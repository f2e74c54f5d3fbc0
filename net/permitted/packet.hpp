// A TCP segment as it lies in an IP packet of which only the headers were kept (RFC 791, RFC 8200,
// RFC 9293 §3.1).
#pragma once

#include "net/endpoint.hpp"
#include "trace/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace net::permitted {

struct Packet {
    std::int64_t at_ns = 0; // CLOCK_MONOTONIC
    Pair pair;              // local: who sent it
    trace::Segment segment; // of IPv6 addresses the first four bytes: `pair` has them whole
    bool leaves = false;    // seen leaving this machine; else arriving, or both at once on lo
    bool loopback = false;
    int interface = 0;
    std::uint16_t ip_id = 0; // IPv4 identification: one packet may be seen on two interfaces
};

// `length`: of the whole packet. Of lo one segment may have 64 KB and more (TSO), where the IP
// header has no room for the length; its checksum is not computed there and is not looked at.
std::optional<Packet> parse_packet(std::span<const std::byte> headers, std::uint32_t length);

} // namespace net::permitted
