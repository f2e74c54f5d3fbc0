// A TCP segment as it lies in an Ethernet frame (IPv4; RFC 791, RFC 9293 §3.1): read, and written
// where a script has made it by hand.
#pragma once

#include "trace/icmp.hpp"
#include "trace/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace net {

// Nothing for what is not a whole, unfragmented IPv4 TCP segment.
std::optional<trace::Segment> parse_frame(std::span<const std::byte> frame);

// Of such a frame: its IPv4 header and its TCP header.
std::span<const std::uint8_t> headers_in(std::span<const std::byte> frame);

// With right checksums; its payload is what write() of a script sends, 'x' again and again.
std::vector<std::byte> build_frame(const trace::Segment& segment);
// A router's mark on a frame whose sender understands it: CE in place of ECT, in the bytes and in
// `segment`; others stay as they are (RFC 3168 §5).
void mark_congestion(std::span<std::byte> frame, trace::Segment& segment);
// A message from a router, to the sender of this frame, which it quotes (RFC 792, RFC 1191).
std::vector<std::byte> build_icmp(std::span<const std::byte> about, trace::Icmp message);
// To the interface of this host (from 0), whatever the frame says.
void address_frame(std::span<std::byte> frame, unsigned host);

// The destination's hardware address, 0 for a frame too short to have one.
std::uint64_t destination_hardware_address(std::span<const std::byte> frame);

// Same connection, direction, place, kind and length: one is a repetition of the other. Bare
// acknowledgements are so only if they acknowledge and offer the same.
bool is_same_segment(const trace::Segment& one, const trace::Segment& other);

} // namespace net
