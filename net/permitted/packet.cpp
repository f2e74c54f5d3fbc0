// Reading IPv4, IPv6 and TCP headers; every length is checked before it is believed.
#include "net/permitted/packet.hpp"

#include "net/mirror.hpp"
#include "net/tcp_header.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

namespace net::permitted {
namespace {

Endpoint endpoint(std::span<const std::byte> address, std::uint8_t family, std::uint16_t port) {
    Endpoint made;
    made.family = family;
    made.port = port;
    std::transform(address.begin(), address.end(), made.address.begin(),
                   [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    return made;
}

} // namespace

std::optional<Packet> parse_packet(std::span<const std::byte> headers, std::uint32_t length) {
    constexpr std::size_t ipv6_header = 40;
    if (headers.size() < 40)
        return std::nullopt;
    const bool is_ipv4 = byte_at(headers, 0) >> 4 == 4, is_ipv6 = byte_at(headers, 0) >> 4 == 6;
    const std::size_t ip_header =
        is_ipv4 ? std::size_t{byte_at(headers, 0) & 0x0fu} * 4 : ipv6_header;
    const std::uint8_t protocol = byte_at(headers, is_ipv4 ? 9 : 6);
    if ((!is_ipv4 && !is_ipv6) || ip_header < 20 || protocol != IPPROTO_TCP ||
        ip_header + 20 > headers.size() || (is_ipv4 && (be16(headers, 6) & 0x1fff) != 0))
        return std::nullopt;
    // The IP header's own length where it has one: what comes after it is padding.
    const std::uint32_t own = is_ipv4 ? be16(headers, 2)
                              : be16(headers, 4) == 0
                                  ? 0
                                  : be16(headers, 4) + std::uint32_t{ipv6_header};
    const std::uint32_t total = own == 0 || own > length ? length : own;
    Packet packet;
    const auto tcp_header = read_tcp_header(headers.subspan(ip_header), packet.segment);
    if (!tcp_header || ip_header + *tcp_header > total)
        return std::nullopt;
    // Of IPv6 in the two low bits of the traffic class.
    packet.segment.ecn = static_cast<trace::Ecn>(
        is_ipv4 ? byte_at(headers, 1) & 3 : byte_at(headers, 1) >> 4 & 3);
    packet.segment.length = total - static_cast<std::uint32_t>(ip_header + *tcp_header);
    const std::size_t size = is_ipv4 ? 4 : 16, from = is_ipv4 ? 12 : 8;
    const auto family = static_cast<std::uint8_t>(is_ipv4 ? AF_INET : AF_INET6);
    packet.pair.local = endpoint(headers.subspan(from, size), family, packet.segment.source.port);
    packet.pair.remote =
        endpoint(headers.subspan(from + size, size), family, packet.segment.destination.port);
    packet.segment.source.address = traced(packet.pair.local).address;
    packet.segment.destination.address = traced(packet.pair.remote).address;
    packet.size = static_cast<std::uint8_t>(ip_header + *tcp_header);
    std::transform(headers.begin(), headers.begin() + packet.size, packet.bytes.begin(),
                   [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
    packet.ip_id = is_ipv4 ? be16(headers, 4) : std::uint16_t{0};
    return packet;
}

} // namespace net::permitted
