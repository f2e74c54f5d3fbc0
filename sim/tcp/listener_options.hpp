// What a program sets on a socket for the time that it listens.
#pragma once
#include <cstdint>
#include <string_view>

#include "profile.hpp"

namespace tcp {

struct ListenerOptions {
    std::uint8_t defer_accept = 0;   // TCP_DEFER_ACCEPT, as a number of SYN+ACK timeouts
    std::uint8_t synack_retries = 0; // TCP_SYNCNT; 0: tcp_synack_retries
    std::uint32_t fastopen = 0;      // TCP_FASTOPEN: how many at a time
    bool reuse_port = false;         // SO_REUSEPORT: shares its port with others
    // What its children begin with: TCP_NODELAY, TCP_CORK, and TCP_QUICKACK set to 0.
    bool nodelay = false, corked = false, interactive = false;
    friend bool operator==(const ListenerOptions&, const ListenerOptions&) = default;
};
// Whether it was one of these: do_tcp_setsockopt().
bool set_listener_option(ListenerOptions&, std::string_view name, std::int64_t value,
                         const Stack&);

} // namespace tcp
