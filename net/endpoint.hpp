// An IPv4 or IPv6 address with a port, and the pair of them that names a connection.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

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

// An IPv4 address that is written as IPv6 (::ffff:127.0.0.1) is that IPv4 address: the two ends of
// one connection may be sockets of different families.
Endpoint canonical(const Endpoint& endpoint);
Pair canonical(const Pair& pair);
bool is_any(const Endpoint& endpoint);      // 0.0.0.0, ::
bool is_loopback(const Endpoint& endpoint); // 127.0.0.0/8, ::1

// "127.0.0.1:80", "[::1]:80", "localhost:80"; ":80", "*:80" and "80" are any address (family 0).
// Nothing: it is none.
std::optional<Endpoint> parse_endpoint(std::string_view text);
// Does an address that somebody wrote stand for this one?
bool matches(const Endpoint& wanted, const Endpoint& endpoint);

struct PairHash {
    std::size_t operator()(const Pair& pair) const;
};

std::string address_text(const Endpoint& endpoint); // "10.9.0.1"
std::string text(const Endpoint& endpoint);         // "10.9.0.1:80", "[::1]:80"

} // namespace net
