// Neighbouring records are much alike: written as what differs from the one before, bit for bit,
// they take a fraction of their room. Folding moves them, as a plain copy of their bytes and back
// does.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

namespace world {

namespace folding {
inline std::uint64_t word(const std::byte* record, std::size_t offset, std::size_t size) {
    std::uint64_t w = 0;
    std::memcpy(&w, record + offset, size - offset < 8 ? size - offset : 8);
    return w;
}
} // namespace folding

// Eight words of eight bytes share a byte that says which differ; for each of those a byte says
// which of its bytes do, and they follow.
inline std::vector<std::uint8_t> fold(const void* records, std::size_t count, std::size_t size) {
    // At most ten bytes a word, and one for each eight of them.
    std::vector<std::uint8_t> room(count * ((size + 7) / 8 * 9 + size / 64 + 1));
    std::uint8_t* out = room.data();
    const auto* record = static_cast<const std::byte*>(records);
    const std::byte* before = nullptr;
    for (std::size_t n = 0; n < count; ++n, before = record, record += size)
        for (std::size_t group = 0; group < size; group += 64) {
            std::uint8_t* which = out++;
            unsigned differing = 0;
            for (std::size_t i = 0, at = group; i < 8 && at < size; ++i, at += 8) {
                std::uint64_t differs = folding::word(record, at, size);
                if (before)
                    differs ^= folding::word(before, at, size);
                if (differs == 0)
                    continue;
                differing |= 1u << i;
                std::uint8_t* mask = out++;
                unsigned bytes = 0;
                while (differs != 0) {
                    const unsigned b = static_cast<unsigned>(std::countr_zero(differs)) / 8;
                    bytes |= 1u << b;
                    *out++ = static_cast<std::uint8_t>(differs >> 8 * b);
                    differs &= ~(std::uint64_t{0xff} << 8 * b);
                }
                *mask = static_cast<std::uint8_t>(bytes);
            }
            *which = static_cast<std::uint8_t>(differing);
        }
    return {room.data(), out};
}

inline void unfold(const std::vector<std::uint8_t>& folded, void* records, std::size_t count,
                   std::size_t size) {
    const std::uint8_t* in = folded.data();
    auto* record = static_cast<std::byte*>(records);
    const std::byte* before = nullptr;
    for (std::size_t n = 0; n < count; ++n, before = record, record += size) {
        if (before)
            std::memcpy(record, before, size);
        else
            std::memset(record, 0, size);
        for (std::size_t group = 0; group < size; group += 64)
            for (unsigned which = *in++; which != 0; which &= which - 1) {
                const std::size_t at =
                    group + 8 * static_cast<std::size_t>(std::countr_zero(which));
                std::uint64_t word = folding::word(record, at, size);
                for (unsigned mask = *in++; mask != 0; mask &= mask - 1)
                    word ^= std::uint64_t{*in++} << 8 * std::countr_zero(mask);
                std::memcpy(record + at, &word, size - at < 8 ? size - at : 8);
            }
    }
}

} // namespace world
