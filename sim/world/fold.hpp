// Neighbouring records are much alike: written as what differs from the one before, bit for bit,
// they take a fraction of their room. Folding moves them, as a plain copy of their bytes and back
// does.
#pragma once
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
    std::vector<std::uint8_t> out;
    const auto* record = static_cast<const std::byte*>(records);
    const std::byte* before = nullptr;
    for (std::size_t n = 0; n < count; ++n, before = record, record += size)
        for (std::size_t group = 0; group < size; group += 64) {
            const std::size_t which = out.size();
            out.push_back(0);
            for (std::size_t i = 0; i < 8 && group + 8 * i < size; ++i) {
                const std::size_t at = group + 8 * i;
                std::uint64_t differs = folding::word(record, at, size);
                if (before)
                    differs ^= folding::word(before, at, size);
                if (differs == 0)
                    continue;
                out[which] = static_cast<std::uint8_t>(out[which] | 1u << i);
                const std::size_t mask = out.size();
                out.push_back(0);
                for (unsigned b = 0; b < 8; ++b)
                    if (const auto byte = static_cast<std::uint8_t>(differs >> 8 * b)) {
                        out[mask] = static_cast<std::uint8_t>(out[mask] | 1u << b);
                        out.push_back(byte);
                    }
            }
        }
    out.shrink_to_fit();
    return out;
}

inline void unfold(const std::vector<std::uint8_t>& folded, void* records, std::size_t count,
                   std::size_t size) {
    const std::uint8_t* in = folded.data();
    auto* record = static_cast<std::byte*>(records);
    const std::byte* before = nullptr;
    for (std::size_t n = 0; n < count; ++n, before = record, record += size)
        for (std::size_t group = 0; group < size; group += 64) {
            const unsigned which = *in++;
            for (std::size_t i = 0; i < 8 && group + 8 * i < size; ++i) {
                const std::size_t at = group + 8 * i;
                std::uint64_t word = before ? folding::word(before, at, size) : 0;
                if (which >> i & 1u) {
                    const unsigned mask = *in++;
                    for (unsigned b = 0; b < 8; ++b)
                        if (mask >> b & 1u)
                            word ^= std::uint64_t{*in++} << 8 * b;
                }
                std::memcpy(record + at, &word, size - at < 8 ? size - at : 8);
            }
        }
}

} // namespace world
