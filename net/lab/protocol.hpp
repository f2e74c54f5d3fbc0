// What twomsl and the process that owns the laboratory's namespaces say to each other: fixed-size
// messages over a SOCK_SEQPACKET pair, descriptors beside them.
#pragma once

#include "net/descriptor.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace net::lab {

constexpr int control_descriptor = 3; // in the helper
constexpr unsigned hosts_at_most = 6;

// Of a host's interface; 02: locally administered.
constexpr std::array<std::uint8_t, 6> hardware_address(unsigned host) {
    return {0x02, 0x32, 0x4d, 0x53, 0x4c, static_cast<std::uint8_t>(host + 1)};
}

// What was being done when it was refused; each has a sentence and a remedy (steps.cpp).
enum class Step : std::uint32_t {
    nothing,
    start_helper,
    ask_helper,
    user_namespace,
    map_user,
    network_namespace,
    loopback_up,
    settings,
    create_veth,
    configure_veth,
    turn_offloads_off,
    routes,
    packet_socket,
    diag_socket,
    counter_files,
    tcp_socket,
    sysctl,
};

enum class Ask : std::uint32_t { tcp_socket, read_sysctl, write_sysctl, add_address };

struct Request {
    Ask ask = Ask::tcp_socket;
    std::uint32_t host = 0;
    char name[96] = {}; // sysctl, "net.ipv4.tcp_syncookies"; address, "10.0.7.1"
    char value[96] = {};
};

struct Reply {
    Step step = Step::nothing; // the step that failed, nothing if none did
    std::int32_t error = 0;
    std::uint32_t host = 0;
    char text[96] = {}; // a sysctl as read back; for a host, its congestion control
};

// Beside the reply that presents a host: packet socket, sock_diag socket, its netstat and snmp
// files.
constexpr std::size_t descriptors_per_host = 4;

bool send_message(int control, const void* message, std::size_t size,
                  const std::vector<int>& descriptors);

struct Received {
    std::size_t size = 0; // 0: the other side is gone
    std::vector<Descriptor> descriptors;
};
std::optional<Received> receive_message(int control, void* message, std::size_t size);

template <std::size_t size>
void put_text(char (&field)[size], std::string_view text) {
    const auto length = text.size() < size ? text.size() : size - 1;
    for (std::size_t i = 0; i < length; ++i)
        field[i] = text[i];
    field[length] = '\0';
}

} // namespace net::lab
