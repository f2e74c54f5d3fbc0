// Endpoints as text.
#include "net/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>

namespace net {

Endpoint ipv4(std::array<std::uint8_t, 4> address, std::uint16_t port) {
    Endpoint made;
    std::copy(address.begin(), address.end(), made.address.begin());
    made.port = port;
    made.family = AF_INET;
    return made;
}

Pair reversed(const Pair& pair) {
    return {pair.remote, pair.local};
}

std::string address_text(const Endpoint& endpoint) {
    char buffer[INET6_ADDRSTRLEN] = {};
    inet_ntop(endpoint.family == AF_INET6 ? AF_INET6 : AF_INET, endpoint.address.data(), buffer,
              sizeof buffer);
    return buffer;
}

std::string text(const Endpoint& endpoint) {
    return endpoint.family == AF_INET6
               ? fmt::format("[{}]:{}", address_text(endpoint), endpoint.port)
               : fmt::format("{}:{}", address_text(endpoint), endpoint.port);
}

} // namespace net
