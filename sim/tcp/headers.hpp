// What a segment is, beside its payload.
#pragma once
#include <cstdint>

namespace tcp {

inline constexpr std::uint32_t bare_headers = 40;      // IPv4 and TCP, without options
inline constexpr std::uint32_t timestamps_option = 12; // TCPOLEN_TSTAMP_ALIGNED

// Options that every segment bears, once they are agreed on (tcp_header_len without the header).
constexpr std::uint32_t usual_options(bool timestamps) {
    return timestamps ? timestamps_option : 0;
}
constexpr std::uint32_t usual_headers(bool timestamps) {
    return bare_headers + usual_options(timestamps);
}

} // namespace tcp
