// Endpoints as text.
#include "net/endpoint.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstring>

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

namespace {

bool is_mapped(const Endpoint& endpoint) {
    if (endpoint.family != AF_INET6)
        return false;
    const auto& a = endpoint.address;
    return std::all_of(a.begin(), a.begin() + 10, [](auto byte) { return byte == 0; }) &&
           a[10] == 0xff && a[11] == 0xff;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

} // namespace

Endpoint canonical(const Endpoint& endpoint) {
    if (!is_mapped(endpoint))
        return endpoint;
    const auto& a = endpoint.address;
    return ipv4({a[12], a[13], a[14], a[15]}, endpoint.port);
}

Pair canonical(const Pair& pair) {
    return {canonical(pair.local), canonical(pair.remote)};
}

bool is_any(const Endpoint& endpoint) {
    const auto plain = canonical(endpoint);
    return std::all_of(plain.address.begin(), plain.address.end(),
                       [](auto byte) { return byte == 0; });
}

bool is_loopback(const Endpoint& endpoint) {
    const auto plain = canonical(endpoint);
    if (plain.family == AF_INET)
        return plain.address[0] == 127;
    return plain.address[15] == 1 && std::all_of(plain.address.begin(), plain.address.begin() + 15,
                                                 [](auto byte) { return byte == 0; });
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    const bool bare = colon == std::string_view::npos;
    const auto port = parse_port(bare ? text : text.substr(colon + 1));
    if (!port)
        return std::nullopt;
    Endpoint made;
    made.port = *port;
    std::string host(bare ? std::string_view{} : text.substr(0, colon));
    if (host.empty() || host == "*")
        return made;
    if (host == "localhost")
        host = "127.0.0.1";
    if (host.front() == '[' && host.back() == ']') {
        host = host.substr(1, host.size() - 2);
        made.family = AF_INET6;
    } else {
        made.family = AF_INET;
    }
    if (inet_pton(made.family, host.c_str(), made.address.data()) != 1)
        return std::nullopt;
    return canonical(made);
}

bool matches(const Endpoint& wanted, const Endpoint& endpoint) {
    if (wanted.port != endpoint.port)
        return false;
    return wanted.family == 0 || wanted == canonical(endpoint);
}

std::size_t PairHash::operator()(const Pair& pair) const {
    std::uint64_t hash = 0xcbf29ce484222325u; // FNV-1a over words
    const auto mix = [&](std::uint64_t word) { hash = (hash ^ word) * 0x100000001b3u; };
    for (const Endpoint* end : {&pair.local, &pair.remote}) {
        std::uint64_t words[2];
        std::memcpy(words, end->address.data(), sizeof words);
        mix(words[0]);
        mix(words[1]);
        mix(end->port);
    }
    return static_cast<std::size_t>(hash ^ (hash >> 29));
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
