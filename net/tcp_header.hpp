// The TCP header at the start of some bytes, read, never written (RFC 9293 §3.1, RFC 7323, RFC
// 2018).
#pragma once

#include "trace/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace net {

inline std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t at) {
    return std::to_integer<std::uint8_t>(bytes[at]);
}
inline std::uint16_t be16(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
inline std::uint32_t be32(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(be16(bytes, at)) << 16 | be16(bytes, at + 2);
}

// Ports, numbers, flags, window and options; addresses and length are left alone. Returns the
// length of the header; nothing when it is not whole.
std::optional<std::size_t> read_tcp_header(std::span<const std::byte> tcp, trace::Segment& segment);

} // namespace net
