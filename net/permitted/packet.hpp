// A TCP segment as it lies in an IP packet of which only the headers were kept (RFC 791, RFC 8200,
// RFC 9293 §3.1).
#pragma once

#include "net/endpoint.hpp"
#include "trace/segment.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace net::permitted {

// IPv4 with all its options or IPv6, and TCP with all its options.
inline constexpr std::size_t headers_at_most = 60 + 60;

struct Packet {
    std::int64_t at_ns = 0; // CLOCK_MONOTONIC
    Pair pair;              // local: who sent it
    trace::Segment segment; // of IPv6 addresses a stand-in: `pair` has them whole
    bool leaves = false;    // seen leaving this machine; else arriving, or both at once on lo
    bool loopback = false;
    int interface = 0;
    std::uint16_t ip_id = 0; // IPv4 identification: one packet may be seen on two interfaces
    std::array<std::uint8_t, headers_at_most> bytes{}; // of the IP and the TCP header
    std::uint8_t size = 0;
    [[nodiscard]] std::span<const std::uint8_t> header() const { return {bytes.data(), size}; }
};

// `length`: of the whole packet. Of lo one segment may have 64 KB and more (TSO), where the IP
// header has no room for the length; its checksum is not computed there and is not looked at.
std::optional<Packet> parse_packet(std::span<const std::byte> headers, std::uint32_t length);

} // namespace net::permitted
