// One row of NETLINK_SOCK_DIAG: what the kernel says about one socket, request or TIME_WAIT record.
//
// Queues mean different things by state. LISTEN: recv_queue is the length of the accept queue,
// send_queue its limit (limit + 1 fit). Else bytes, where an unread FIN counts one in recv_queue
// and an unacknowledged SYN or FIN one in send_queue. Requests and TIME_WAIT records carry neither
// uid nor inode nor tcp_info.
#pragma once

#include "net/endpoint.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace net {

// The kernel's numbers (net/tcp_states.h).
enum class KernelState : std::uint8_t {
    established = 1,
    syn_sent,
    syn_recv,
    fin_wait_1,
    fin_wait_2,
    time_wait,
    closed,
    close_wait,
    last_ack,
    listen,
    closing,
};

// idiag_timer. The kernel says 1 for retransmission, loss probe and reordering alike.
enum class KernelTimer : std::uint8_t {
    off = 0,
    retransmit,
    keepalive,
    time_wait,
    zero_window_probe
};

enum class Record : std::uint8_t { listener, request, connection, time_wait };

struct TcpInfo { // the part of tcp_info that is shown; older kernels send a shorter one
    std::uint8_t retransmits = 0;
    std::uint8_t send_wscale = 0;
    std::uint8_t receive_wscale = 0;
    bool has_wscale = false;
    std::uint32_t rto_us = 0;
    std::uint32_t ato_us = 0;
    std::uint32_t send_mss = 0;
    std::uint32_t receive_mss = 0;
    std::uint32_t unacked = 0;
    std::uint32_t rtt_us = 0;
    std::uint32_t rttvar_us = 0;
    std::uint32_t cwnd = 0;
    std::uint32_t ssthresh = 0;
    std::uint32_t total_retransmissions = 0;
    std::optional<std::uint64_t> bytes_acked;
    std::optional<std::uint64_t> bytes_received;
    std::optional<std::uint32_t> segments_out;
    std::optional<std::uint32_t> segments_in;
    std::optional<std::uint32_t> not_sent;
    std::optional<std::uint32_t> send_window;
    std::optional<std::uint32_t> receive_window;
    // Milliseconds since then; absurd ones (never, or before the boot) are left out by the decoder.
    std::optional<std::uint32_t> last_data_sent_ms, last_data_received_ms;
    std::optional<std::uint32_t>
        last_ack_received_ms; // the last segment with an ACK: all but a SYN
};

struct SocketRow {
    Pair pair;
    KernelState state = KernelState::closed;
    KernelTimer timer = KernelTimer::off;
    std::uint8_t retransmissions = 0;
    std::uint32_t expires_ms = 0; // time left of `timer`, in steps of the kernel's tick
    std::uint32_t recv_queue = 0;
    std::uint32_t send_queue = 0;
    std::uint32_t uid = 0;
    std::uint32_t inode = 0; // 0: request, TIME_WAIT, orphan, or not yet accepted
    std::uint64_t cookie = 0;
    std::optional<std::uint8_t> shutdown; // 1 receive, 2 send
    std::optional<std::uint32_t> drops;   // SKMEMINFO: of a listener, its own refused SYNs and ACKs
    std::uint32_t receive_buffer = 0;     // sk_rcvbuf and sk_sndbuf, 0: not said
    std::uint32_t send_buffer = 0;
    std::uint32_t receive_memory = 0; // sk_rmem_alloc and sk_wmem_queued
    std::uint32_t send_memory = 0;
    std::optional<bool> only_ipv6; // of an IPv6 listener
    std::optional<TcpInfo> info;
    std::string congestion;
};

Record record_of(const SocketRow& row);
const char* name(KernelState state);
const char* name(KernelTimer timer);

// Reads the payload of one inet_diag message; nothing when it is shorter than inet_diag_msg or not
// of a known state.
std::optional<SocketRow> decode_row(std::span<const std::byte> payload);

} // namespace net
