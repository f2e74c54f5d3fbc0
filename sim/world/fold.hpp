// Neighbouring records are much alike, or, where two hosts talk, every other one: written as what
// differs from those before they take a fraction of their room. Folding moves them, as a plain copy
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

// What a record is expected to be, word by word: as one before it and, where that was beyond one
// before it, as far beyond again: time and numbers given in turn grow steadily.
struct Guess {
    const std::byte* one; // the record before, and ...
    const std::byte* two; // ... the one before that, or the same: nothing grows
    std::uint64_t operator[](std::size_t i) const {
        const std::uint64_t before = word(one + 8 * i);
        return before + (before - word(two + 8 * i));
    }
};

inline constexpr std::array<std::byte, 8 * most_words> nothing{};

// Of the nth, which lies at `record`, by those `back` before it and before that.
inline Guess guess(const std::byte* record, std::size_t n, std::size_t size, std::size_t back,
                   bool grows) {
    const std::byte* one = n < back ? nothing.data() : record - back * size;
    return {one, grows && n >= 2 * back ? one - back * size : one};
}

// How many words are not as expected.
inline std::size_t differing(const std::byte* record, Guess expected, std::size_t words) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < words; ++i)
        n += word(record + 8 * i) != expected[i];
    return n;
}

} // namespace folding

// The first byte says how far back to look, and whether what was found grows. Then, for each
// record, how many words are not as expected, and which; for each of them which of its bytes are
// not, from `shift` on, `length` of them, and these bytes. REQUIRES: size is in whole words, fewer
// than most_words.
inline std::vector<std::uint8_t> fold(const void* records, std::size_t count, std::size_t size) {
    const std::size_t words = size / 8;
    const auto room =
        std::make_unique_for_overwrite<std::uint8_t[]>(1 + count * (1 + words * 10) + 8);
    std::uint8_t* out = room.get();
    const auto* record = static_cast<const std::byte*>(records);
    // What suits the last one best suits all of them.
    std::size_t back = 1, least = words + 1;
    bool grows = false;
    for (std::size_t b = 1; b <= 2 && 2 * b < count; ++b)
        for (const bool g : {false, true}) {
            const std::byte* last = record + (count - 1) * size;
            const std::size_t n =
                folding::differing(last, folding::guess(last, count - 1, size, b, g), words);
            if (n < least) {
                least = n;
                back = b;
                grows = g;
            }
        }
    *out++ = static_cast<std::uint8_t>(back << 1 | (grows ? 1u : 0u));
    for (std::size_t n = 0; n < count; ++n, record += size) {
        const folding::Guess expected = folding::guess(record, n, size, back, grows);
        std::uint8_t& differing = *out++ = 0;
        for (std::size_t i = 0; i < words; ++i) {
            const std::uint64_t bits = folding::word(record + 8 * i) ^ expected[i];
            if (bits == 0)
                continue;
            ++differing;
            const unsigned shift = static_cast<unsigned>(std::countr_zero(bits)) / 8;
            const unsigned length = 8 - static_cast<unsigned>(std::countl_zero(bits)) / 8 - shift;
            const std::uint64_t bytes = bits >> 8 * shift;
            *out++ = static_cast<std::uint8_t>(i);
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
    const std::size_t back = *in >> 1;
    const bool grows = (*in++ & 1) != 0;
    for (std::size_t n = 0; n < count; ++n, record += size) {
        const folding::Guess expected = folding::guess(record, n, size, back, grows);
        for (std::size_t i = 0; i < size / 8; ++i) {
            const std::uint64_t word = expected[i];
            std::memcpy(record + 8 * i, &word, sizeof word);
        }
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
