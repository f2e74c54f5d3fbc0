// Reading Ethernet, IPv4 and TCP headers; every length is checked before it is believed.
#include "net/frame.hpp"

namespace net {
namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint8_t protocol_tcp = 6;

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t at) {
    return std::to_integer<std::uint8_t>(bytes[at]);
}
std::uint16_t be16(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint16_t>(byte_at(bytes, at) << 8 | byte_at(bytes, at + 1));
}
std::uint32_t be32(std::span<const std::byte> bytes, std::size_t at) {
    return static_cast<std::uint32_t>(be16(bytes, at)) << 16 | be16(bytes, at + 2);
}

void read_options(std::span<const std::byte> options, trace::Segment& segment) {
    enum : std::uint8_t {
        end = 0,
        no_operation = 1,
        mss = 2,
        window_scale = 3,
        sack_permitted = 4,
        timestamps = 8
    };
    std::size_t at = 0;
    while (at < options.size()) {
        const auto kind = byte_at(options, at);
        if (kind == end)
            return;
        if (kind == no_operation) {
            ++at;
            continue;
        }
        if (at + 1 >= options.size())
            return;
        const std::size_t length = byte_at(options, at + 1);
        if (length < 2 || at + length > options.size())
            return;
        if (kind == mss && length == 4)
            segment.mss = be16(options, at + 2);
        if (kind == window_scale && length == 3)
            segment.window_scale = static_cast<std::int8_t>(byte_at(options, at + 2) & 0x7f);
        if (kind == sack_permitted && length == 2)
            segment.sack_permitted = true;
        if (kind == timestamps && length == 10) {
            segment.has_timestamps = true;
            segment.ts_value = be32(options, at + 2);
            segment.ts_echo = be32(options, at + 6);
        }
        at += length;
    }
}

} // namespace

bool is_same_segment(const trace::Segment& one, const trace::Segment& other) {
    // ACK too: after a simultaneous open a SYN+ACK has the place of the SYN before it
    constexpr std::uint8_t kind =
        (trace::flag::syn | trace::flag::fin | trace::flag::rst | trace::flag::ack).bits;
    if (one.source != other.source || one.destination != other.destination)
        return false;
    if (one.seq != other.seq || one.length != other.length)
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
    const std::size_t tcp_header = std::size_t{byte_at(tcp, 12)} / 16 * 4;
    if (tcp_header < 20 || tcp_header > tcp.size())
        return std::nullopt;

    trace::Segment segment;
    segment.source = {{be32(ip, 12)}, be16(tcp, 0)};
    segment.destination = {{be32(ip, 16)}, be16(tcp, 2)};
    segment.seq = {be32(tcp, 4)};
    segment.ack = {be32(tcp, 8)};
    segment.flags = {static_cast<std::uint8_t>(byte_at(tcp, 13) & 0x3f)};
    segment.window = be16(tcp, 14);
    segment.length = static_cast<std::uint32_t>(tcp.size() - tcp_header);
    read_options(tcp.subspan(20, tcp_header - 20), segment);
    return segment;
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
