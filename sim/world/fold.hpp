// Neighbouring records are much alike, or, where two hosts talk, every other one: written as what
// differs from one before they take a fraction of their room. Folding moves them, as a plain copy
// of their bytes and back does.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

namespace world {

namespace folding {

// Records of so many words of eight bytes.
inline constexpr std::size_t most_words = 256;

inline std::uint64_t word(const void* at) {
    std::uint64_t w = 0;
    std::memcpy(&w, at, sizeof w);
    return w;
}

// Which words of two records differ, in order; how many.
inline std::size_t differing(const std::byte* a, const std::byte* b, std::size_t words,
                             std::uint8_t* which) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < words; ++i) {
        which[n] = static_cast<std::uint8_t>(i);
        n += word(a + 8 * i) != word(b + 8 * i);
    }
    return n;
}

} // namespace folding

// The first byte says how far back to look. Then, for each record, how many words differ and which;
// for each of them which of its bytes do, from `shift` on, `length` of them, and these bytes.
// REQUIRES: size is in whole words, fewer than most_words.
inline std::vector<std::uint8_t> fold(const void* records, std::size_t count, std::size_t size) {
    const std::size_t words = size / 8;
    const auto room =
        std::make_unique_for_overwrite<std::uint8_t[]>(1 + count * (1 + words * 10) + 8);
    std::array<std::uint8_t, folding::most_words> which{};
    std::uint8_t* out = room.get();
    const auto* record = static_cast<const std::byte*>(records);
    std::size_t back = 1;
    if (count > 2) {
        const std::byte* last = record + (count - 1) * size;
        if (folding::differing(last, last - 2 * size, words, which.data()) <
            folding::differing(last, last - size, words, which.data()))
            back = 2;
    }
    *out++ = static_cast<std::uint8_t>(back);
    const std::array<std::byte, 8 * folding::most_words> nothing{};
    for (std::size_t n = 0; n < count; ++n, record += size) {
        const std::byte* before = n < back ? nothing.data() : record - back * size;
        const std::size_t differing = folding::differing(record, before, words, which.data());
        *out++ = static_cast<std::uint8_t>(differing);
        for (std::size_t i = 0; i < differing; ++i) {
            const std::size_t at = std::size_t{8} * which[i];
            const std::uint64_t bits = folding::word(record + at) ^ folding::word(before + at);
            const unsigned shift = static_cast<unsigned>(std::countr_zero(bits)) / 8;
            const unsigned length = 8 - static_cast<unsigned>(std::countl_zero(bits)) / 8 - shift;
            const std::uint64_t bytes = bits >> 8 * shift;
            *out++ = which[i];
            *out++ = static_cast<std::uint8_t>(shift << 4 | length);
            std::memcpy(out, &bytes, sizeof bytes); // what is too much is written over
            out += length;
        }
    }
    std::memset(out, 0, 8); // a word may be read at the last byte
    return {room.get(), out + 8};
}

inline void unfold(const std::vector<std::uint8_t>& folded, void* records, std::size_t count,
                   std::size_t size) {
    const std::uint8_t* in = folded.data();
    auto* record = static_cast<std::byte*>(records);
    const std::size_t back = *in++;
    for (std::size_t n = 0; n < count; ++n, record += size) {
        if (n < back)
            std::memset(record, 0, size);
        else
            std::memcpy(record, record - back * size, size);
        for (unsigned differing = *in++; differing > 0; --differing) {
            std::byte* at = record + std::size_t{8} * in[0];
            const unsigned shift = in[1] >> 4, length = in[1] & 15u;
            const std::uint64_t bytes =
                folding::word(in + 2) << 8 * (8 - length) >> 8 * (8 - length);
            const std::uint64_t word = folding::word(at) ^ bytes << 8 * shift;
            std::memcpy(at, &word, sizeof word);
            in += 2 + length;
        }
    }
}

} // namespace world
