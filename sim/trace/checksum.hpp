// The Internet checksum (RFC 1071) of bytes, whatever type they are kept in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace trace {

// The sum of 16-bit words; an odd last byte counts as a word's first. Sums of several parts may be
// added when all but the last are even.
template <class Byte, std::size_t N>
constexpr std::uint32_t sum_of_words(std::span<Byte, N> bytes) {
    std::uint32_t total = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        total += static_cast<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    return total;
}

constexpr std::uint16_t checksum(std::uint32_t total) {
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return static_cast<std::uint16_t>(~total);
}

} // namespace trace
