// What a router tells the sender of a packet that it did not carry on: RFC 792, RFC 1191.
#pragma once
#include <cstdint>
#include <string>

namespace trace {

struct Icmp {
    static constexpr std::uint8_t unreachable = 3, time_exceeded = 11, parameter_problem = 12;
    static constexpr std::uint8_t fragmentation_needed = 4; // code of `unreachable`
    static constexpr std::uint8_t fragments_missing = 1;    // code of `time_exceeded`
    std::uint8_t type = unreachable, code = 0;
    std::uint16_t mtu = 0; // fragmentation needed: the largest packet that the next link takes
    constexpr bool wants_fragments() const {
        return type == unreachable && code == fragmentation_needed;
    }
    friend constexpr bool operator==(Icmp, Icmp) = default;
};

// As the value of an event; a code alone is one of "destination unreachable".
constexpr std::int64_t pack_icmp(Icmp m) {
    const std::int64_t type = m.type == Icmp::unreachable ? 0 : m.type;
    return std::int64_t{m.mtu} << 16 | type << 8 | m.code;
}
constexpr Icmp unpack_icmp(std::int64_t value) {
    const auto type = static_cast<std::uint8_t>(value >> 8);
    return {type == 0 ? Icmp::unreachable : type, static_cast<std::uint8_t>(value),
            static_cast<std::uint16_t>(value >> 16)};
}

// "host unreachable", "fragmentation needed, at most 1000 bytes"
std::string describe(Icmp, bool chinese = false);

} // namespace trace
