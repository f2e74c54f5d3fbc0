// The decoder of inet_diag messages: every attribute by its type and length, unknown ones skipped.
#include "net/socket_row.hpp"

#include <linux/inet_diag.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <sys/socket.h>

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace net {
namespace {

constexpr std::uint32_t absurd_ms =
    7 * 24 * 3600 * 1000u; // timers that already ran out wrap around

template <typename T>
std::optional<T> read_as(std::span<const std::byte> bytes) {
    if (bytes.size() < sizeof(T))
        return std::nullopt;
    T value;
    std::memcpy(&value, bytes.data(), sizeof value);
    return value;
}

TcpInfo decode_info(std::span<const std::byte> bytes) {
    tcp_info raw{};
    std::memcpy(&raw, bytes.data(), std::min(bytes.size(), sizeof raw));
    auto if_sent = [&](const auto& field) {
        const auto end = static_cast<std::size_t>(reinterpret_cast<const std::byte*>(&field) -
                                                  reinterpret_cast<const std::byte*>(&raw)) +
                         sizeof field;
        return end <= bytes.size() ? std::optional(field) : std::nullopt;
    };
    TcpInfo info;
    info.retransmits = raw.tcpi_retransmits;
    info.has_wscale = (raw.tcpi_options & TCPI_OPT_WSCALE) != 0;
    info.send_wscale = raw.tcpi_snd_wscale;
    info.receive_wscale = raw.tcpi_rcv_wscale;
    info.rto_us = raw.tcpi_rto;
    info.ato_us = raw.tcpi_ato;
    info.send_mss = raw.tcpi_snd_mss;
    info.receive_mss = raw.tcpi_rcv_mss;
    info.unacked = raw.tcpi_unacked;
    info.rtt_us = raw.tcpi_rtt;
    info.rttvar_us = raw.tcpi_rttvar;
    info.cwnd = raw.tcpi_snd_cwnd;
    info.ssthresh = raw.tcpi_snd_ssthresh;
    info.total_retransmissions = raw.tcpi_total_retrans;
    const auto age = [](std::uint32_t ms) { // what never happened has the age of the machine
        return ms < absurd_ms ? std::optional(ms) : std::nullopt;
    };
    info.last_data_sent_ms = age(raw.tcpi_last_data_sent);
    info.last_data_received_ms = age(raw.tcpi_last_data_recv);
    info.last_ack_received_ms = age(raw.tcpi_last_ack_recv);
    if (auto value = if_sent(raw.tcpi_bytes_acked))
        info.bytes_acked = *value;
    if (auto value = if_sent(raw.tcpi_bytes_received))
        info.bytes_received = *value;
    if (auto value = if_sent(raw.tcpi_segs_out))
        info.segments_out = *value;
    if (auto value = if_sent(raw.tcpi_segs_in))
        info.segments_in = *value;
    if (auto value = if_sent(raw.tcpi_notsent_bytes))
        info.not_sent = *value;
    if (auto value = if_sent(raw.tcpi_snd_wnd))
        info.send_window = *value;
    // rcv_wnd (Linux 6.2) lies behind what older headers know: 4 bytes at offset 232.
    constexpr std::size_t receive_window_at = 232;
    if (bytes.size() >= receive_window_at + 4)
        info.receive_window = read_as<std::uint32_t>(bytes.subspan(receive_window_at));
    return info;
}

void decode_attribute(int type, std::span<const std::byte> value, SocketRow& row) {
    switch (type) {
    case INET_DIAG_SHUTDOWN: row.shutdown = read_as<std::uint8_t>(value); break;
    case INET_DIAG_INFO: row.info = decode_info(value); break;
    case INET_DIAG_SKMEMINFO:
        if (const auto memory = read_as<std::array<std::uint32_t, SK_MEMINFO_DROPS + 1>>(value)) {
            row.receive_buffer = (*memory)[SK_MEMINFO_RCVBUF];
            row.send_buffer = (*memory)[SK_MEMINFO_SNDBUF];
            row.receive_memory = (*memory)[SK_MEMINFO_RMEM_ALLOC];
            row.send_memory = (*memory)[SK_MEMINFO_WMEM_QUEUED];
            row.drops = (*memory)[SK_MEMINFO_DROPS];
        }
        break;
    case INET_DIAG_SKV6ONLY:
        if (const auto only = read_as<std::uint8_t>(value))
            row.only_ipv6 = *only != 0;
        break;
    case INET_DIAG_CONG: {
        const auto* text = reinterpret_cast<const char*>(value.data());
        row.congestion.assign(text, strnlen(text, value.size()));
        break;
    }
    default: break; // an int from the kernel, not an enum of ours
    }
}

Endpoint endpoint_of(const __be32 (&address)[4], __be16 port, std::uint8_t family) {
    Endpoint made;
    std::memcpy(made.address.data(), address, family == AF_INET6 ? 16 : 4);
    made.port = ntohs(port);
    made.family = family;
    return made;
}

} // namespace

std::optional<SocketRow> decode_row(std::span<const std::byte> payload) {
    const auto head = read_as<inet_diag_msg>(payload);
    if (!head)
        return std::nullopt;
    if (head->idiag_state < 1 || head->idiag_state > static_cast<unsigned>(KernelState::closing))
        return std::nullopt;
    SocketRow row;
    row.pair.local = endpoint_of(head->id.idiag_src, head->id.idiag_sport, head->idiag_family);
    row.pair.remote = endpoint_of(head->id.idiag_dst, head->id.idiag_dport, head->idiag_family);
    row.state = static_cast<KernelState>(head->idiag_state);
    row.timer =
        head->idiag_timer <= 4 ? static_cast<KernelTimer>(head->idiag_timer) : KernelTimer::off;
    row.retransmissions = head->idiag_retrans;
    row.expires_ms = head->idiag_expires > absurd_ms ? 0 : head->idiag_expires;
    row.recv_queue = head->idiag_rqueue;
    row.send_queue = head->idiag_wqueue;
    row.uid = head->idiag_uid;
    row.inode = head->idiag_inode;
    row.cookie = head->id.idiag_cookie[0] | static_cast<std::uint64_t>(head->id.idiag_cookie[1])
                                                << 32;

    auto rest =
        payload.subspan(std::min(payload.size(), std::size_t{NLMSG_ALIGN(sizeof(inet_diag_msg))}));
    while (const auto attribute = read_as<rtattr>(rest)) {
        if (attribute->rta_len < sizeof(rtattr) || attribute->rta_len > rest.size())
            break;
        decode_attribute(attribute->rta_type & NLA_TYPE_MASK,
                         rest.subspan(sizeof(rtattr), attribute->rta_len - sizeof(rtattr)), row);
        rest = rest.subspan(std::min(rest.size(), std::size_t{RTA_ALIGN(attribute->rta_len)}));
    }
    return row;
}

Record record_of(const SocketRow& row) {
    if (row.state == KernelState::listen)
        return Record::listener;
    if (row.timer == KernelTimer::time_wait || row.state == KernelState::time_wait)
        return Record::time_wait;
    // A half-open request has no tcp_info; the SYN_RECV of a simultaneous open is a full socket and
    // has one.
    if (row.state == KernelState::syn_recv && !row.info && row.inode == 0)
        return Record::request;
    return Record::connection;
}

const char* name(KernelState state) {
    switch (state) {
    case KernelState::established: return "ESTABLISHED";
    case KernelState::syn_sent: return "SYN_SENT";
    case KernelState::syn_recv: return "SYN_RECV";
    case KernelState::fin_wait_1: return "FIN_WAIT_1";
    case KernelState::fin_wait_2: return "FIN_WAIT_2";
    case KernelState::time_wait: return "TIME_WAIT";
    case KernelState::closed: return "CLOSED";
    case KernelState::close_wait: return "CLOSE_WAIT";
    case KernelState::last_ack: return "LAST_ACK";
    case KernelState::listen: return "LISTEN";
    case KernelState::closing: return "CLOSING";
    }
    return "?";
}

const char* name(KernelTimer timer) {
    switch (timer) {
    case KernelTimer::off: return "off";
    case KernelTimer::retransmit: return "retransmit";
    case KernelTimer::keepalive: return "keepalive";
    case KernelTimer::time_wait: return "time_wait";
    case KernelTimer::zero_window_probe: return "persist";
    }
    return "?";
}

} // namespace net
