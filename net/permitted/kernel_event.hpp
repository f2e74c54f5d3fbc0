// One event of the kernel's trace of TCP, read from the bytes that its format describes.
//
// inet_sock_set_state never says TIME_WAIT (it says FIN_WAIT2 -> CLOSE where a TIME_WAIT record
// takes over), never shows a half-open request (LISTEN -> SYN_RECV -> ESTABLISHED come together at
// the final ACK), and tells neither the socket's cookie nor its network namespace: `socket` is the
// kernel's own address of it, good for telling events of one socket from those of another, and
// never shown.
#pragma once

#include "net/permitted/trace_format.hpp"
#include "net/socket_row.hpp"

#include <cstddef>

namespace net::permitted {

struct KernelEvent {
    enum class What : std::uint8_t {
        state,          // from, to
        retransmitted,  // a segment
        synack_again,   // of a request
        reset_sent,     // reason, "" before Linux 6.10; socket 0: there was none
        reset_received, // cookie
        destroyed,      // cookie
        tie,            // cookie of a socket
    };
    std::int64_t at_ns = 0; // CLOCK_MONOTONIC
    What what = What::state;
    std::uint64_t socket = 0;
    Pair pair; // as written in the socket; canonical
    KernelState from = KernelState::closed, to = KernelState::closed;
    std::uint64_t cookie = 0; // 0: not told
    std::string_view reason;  // of Format::reasons
};

// Nothing: not TCP, not of an event that is known, or cut short.
std::optional<KernelEvent> read_event(const Format& format, std::span<const std::byte> record);

} // namespace net::permitted
