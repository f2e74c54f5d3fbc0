// Sequence numbers modulo 2^32 (RFC 9293 §3.4). There is no operator< on purpose: order exists
// only within half the circle, so ask before(), after(), within().
#pragma once
#include <cstdint>

namespace trace {

struct Seq {
    std::uint32_t raw = 0;
    friend constexpr bool operator==(Seq, Seq) = default;
    friend constexpr Seq operator+(Seq s, std::uint32_t n) { return {s.raw + n}; }
    friend constexpr Seq operator-(Seq s, std::uint32_t n) { return {s.raw - n}; }
    // Bytes from b up to a; meaningful when a is not before b.
    friend constexpr std::uint32_t operator-(Seq a, Seq b) { return a.raw - b.raw; }
};

constexpr bool before(Seq a, Seq b) {
    return static_cast<std::int32_t>(a.raw - b.raw) < 0;
}
constexpr bool after(Seq a, Seq b) {
    return before(b, a);
}
// first <= s < first + length
constexpr bool within(Seq s, Seq first, std::uint32_t length) {
    return (s - first) < length;
}

} // namespace trace
