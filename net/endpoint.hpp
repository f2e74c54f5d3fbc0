// An IPv4 or IPv6 address with a port, and the pair of them that names a connection.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace net {

struct Endpoint {
    std::array<std::uint8_t, 16> address{}; // network order; IPv4 uses the first four
    std::uint16_t port = 0;                 // host order
    std::uint8_t family = 0;                // AF_INET or AF_INET6

    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

struct Pair {
    Endpoint local;
    Endpoint remote;

    friend bool operator==(const Pair&, const Pair&) = default;
};

Endpoint ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port);
Pair reversed(const Pair& pair);

std::string address_text(const Endpoint& endpoint); // "10.9.0.1"
std::string text(const Endpoint& endpoint);         // "10.9.0.1:80", "[::1]:80"

} // namespace net
