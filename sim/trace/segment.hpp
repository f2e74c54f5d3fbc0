// A TCP segment as values: what the wire carries, without payload bytes.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>

#include "seq.hpp"

namespace trace {

// IPv4 address in host order: 10.0.0.1 is 0x0a000001. The simulator speaks IPv4 alone; an IPv6 address
// of the real kernel is a number in 240.0.0.0/4, where no IPv4 host is: equal ones are equal.
struct Address {
    std::uint32_t raw = 0;
    friend constexpr bool operator==(Address, Address) = default;
};
constexpr bool stands_for_ipv6(Address a) {
    return a.raw >> 28 == 0xf;
}

struct Endpoint {
    Address address;
    std::uint16_t port = 0;
    std::uint16_t filler = 0; // always: two ends are copied and compared as one word each
    friend constexpr bool operator==(Endpoint a, Endpoint b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    }
};

// Control bits in their header positions (RFC 9293 §3.1).
struct Flags {
    std::uint8_t bits = 0;
    friend constexpr bool operator==(Flags, Flags) = default;
    friend constexpr Flags operator|(Flags a, Flags b) {
        return {static_cast<std::uint8_t>(a.bits | b.bits)};
    }
    constexpr bool has(Flags f) const { return (bits & f.bits) == f.bits; }
};
namespace flag {
inline constexpr Flags fin{0x01}, syn{0x02}, rst{0x04}, psh{0x08}, ack{0x10}, urg{0x20};
inline constexpr Flags ece{0x40}, cwr{0x80}; // RFC 3168 §6.1
}

// What the IP header says of congestion, in the two bits of RFC 3168 §5: whether routers may mark the
// segment in place of dropping it, and whether one has.
enum class Ecn : std::uint8_t { not_capable, capable_1, capable, congestion };
std::string_view name(Ecn); // "Not-ECT", "ECT(1)", "ECT(0)", "CE"

// Blocks of the SACK option, RFC 2018: [first, last) each; a D-SACK block comes first (RFC 2883).
struct SackBlock {
    Seq first, last;
    friend constexpr bool operator==(const SackBlock&, const SackBlock&) = default;
};

struct Segment {
    Endpoint source, destination;
    Seq seq;
    Seq ack;                    // meaningful with the ACK flag
    std::uint32_t length = 0;   // payload bytes
    Flags flags;
    std::int8_t window_scale = -1;  // option on SYN; -1: absent
    std::uint16_t window = 0;       // raw field, unscaled
    std::uint16_t mss = 0;          // option on SYN; 0: absent
    bool sack_permitted = false;    // option on SYN
    bool has_timestamps = false;    // RFC 7323 option present
    std::uint32_t ts_value = 0, ts_echo = 0;
    std::int8_t fastopen = -1;      // option on SYN: bytes of the cookie, 0 asks for one; -1: absent
    std::uint16_t urgent = 0;       // pointer, meaningful with the URG flag
    std::uint64_t fastopen_cookie = 0;
    Ecn ecn = Ecn::not_capable;
    bool accurate_ecn = false;      // the bit above CWR: AE of RFC 9768, before it reserved
    std::uint8_t sack_blocks = 0;   // how many of `sack` there are; three fit beside timestamps
    bool fragmentable = false;      // its IP header lacks DF: routers may cut it
    std::array<SackBlock, 4> sack{};
    friend constexpr bool operator==(const Segment&, const Segment&) = default;
};

// SEG.LEN of RFC 9293 §3.4: payload plus one each for SYN and FIN.
constexpr std::uint32_t seg_len(const Segment& s) {
    return s.length + (s.flags.has(flag::syn) ? 1u : 0u) + (s.flags.has(flag::fin) ? 1u : 0u);
}

constexpr bool has_length(const Segment& s) { // that is more than none
    return s.length > 0 || (s.flags.bits & (flag::syn.bits | flag::fin.bits)) != 0;
}

// The kinds by which scenario files pick segments; one segment may be of two kinds (FIN with data).
// SYN: without ACK; ACK: bare (no SYN, FIN, RST, payload); DATA: any payload; FIN, RST, ECE, CWR: that
// flag.
enum class SegmentKind : std::uint8_t { any, syn, syn_ack, ack, data, fin, rst, ece, cwr };
bool is_kind(const Segment&, SegmentKind);
std::string_view name(SegmentKind);  // "SYN+ACK", "*" for any

// "SYN", "SYN+ACK", "ACK", "FIN+ACK", "PSH+ACK", "RST+ACK": flags joined, in reading order.
std::string describe(Flags);
std::string describe(const Segment&); // with "+AE"
// packetdrill style: "S", "S.", ".", "P.", "F.", "R.", "S.E", "P.W"
std::string packetdrill(Flags);
std::string packetdrill(const Segment&); // "S.EWA"
std::string format(Address);   // "10.0.0.1", "[IPv6]"
std::string format(Endpoint);  // "10.0.0.1:80"

}  // namespace trace
