// Reading Ethernet, IPv4 and TCP headers; every length is checked before it is believed.
#include "net/frame.hpp"

#include "net/tcp_header.hpp"

namespace net {
namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint8_t protocol_tcp = 6;

} // namespace

bool is_same_segment(const trace::Segment& one, const trace::Segment& other) {
    // ACK too: after a simultaneous open a SYN+ACK has the place of the SYN before it
    constexpr std::uint8_t kind =
        (trace::flag::syn | trace::flag::fin | trace::flag::rst | trace::flag::ack).bits;
    if (one.source != other.source || one.destination != other.destination)
        return false;
    // The data of a Fast Open leaves with the first SYN only.
    const bool both_open = one.flags.has(trace::flag::syn) && other.flags.has(trace::flag::syn);
    if (one.seq != other.seq || (one.length != other.length && !both_open))
        return false;
    if ((one.flags.bits & kind) != (other.flags.bits & kind))
        return false;
    return trace::seg_len(one) > 0 || (one.ack == other.ack && one.window == other.window);
}

std::optional<trace::Segment> parse_frame(std::span<const std::byte> frame) {
    if (frame.size() < ethernet_header + 20 || be16(frame, 12) != ethertype_ipv4)
        return std::nullopt;
    const auto ip = frame.subspan(ethernet_header);
    const std::size_t ip_header = std::size_t{byte_at(ip, 0) & 0x0fu} * 4;
    const std::size_t ip_total = be16(ip, 2);
    if (byte_at(ip, 0) >> 4 != 4 || ip_header < 20 || ip_total > ip.size())
        return std::nullopt;
    if (byte_at(ip, 9) != protocol_tcp || (be16(ip, 6) & 0x3fff) != 0)
        return std::nullopt; // fragments
    if (ip_total < ip_header + 20)
        return std::nullopt;
    const auto tcp = ip.subspan(ip_header, ip_total - ip_header); // cuts off Ethernet padding
    trace::Segment segment;
    const auto tcp_header = read_tcp_header(tcp, segment);
    if (!tcp_header)
        return std::nullopt;
    segment.fragmentable = (be16(ip, 6) & 0x4000) == 0;
    segment.ecn = static_cast<trace::Ecn>(byte_at(ip, 1) & 3);
    segment.source.address = {be32(ip, 12)};
    segment.destination.address = {be32(ip, 16)};
    segment.length = static_cast<std::uint32_t>(tcp.size() - *tcp_header);
    return segment;
}

std::span<const std::uint8_t> headers_in(std::span<const std::byte> frame) {
    if (!parse_frame(frame))
        return {};
    const auto ip = frame.subspan(ethernet_header);
    const std::size_t ip_header = std::size_t{byte_at(ip, 0) & 0x0fu} * 4;
    const std::size_t tcp_header = std::size_t{byte_at(ip, ip_header + 12)} / 16 * 4;
    return {reinterpret_cast<const std::uint8_t*>(ip.data()), ip_header + tcp_header};
}

std::uint64_t destination_hardware_address(std::span<const std::byte> frame) {
    if (frame.size() < 6)
        return 0;
    std::uint64_t address = 0;
    for (std::size_t i = 0; i < 6; ++i)
        address = address << 8 | byte_at(frame, i);
    return address;
}

} // namespace net
