// Writing Ethernet, IPv4, TCP and ICMP headers.
#include "net/frame.hpp"

#include "net/lab/protocol.hpp"
#include "trace/checksum.hpp"
#include "trace/header.hpp"

#include <algorithm>
#include <cstring>

namespace net {
namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::size_t ip_header = 20;
constexpr std::uint32_t router = 0x0afffffe; // 10.255.255.254, which no host of a script has

void put16(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) {
    bytes[at] = static_cast<std::byte>(value >> 8);
    bytes[at + 1] = static_cast<std::byte>(value);
}

void put32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) {
    put16(bytes, at, value >> 16);
    put16(bytes, at + 2, value);
}

std::vector<std::byte> empty_frame(std::size_t ip_length) {
    std::vector<std::byte> frame(ethernet_header + ip_length);
    put16(frame, 12, 0x0800);
    return frame;
}

} // namespace

std::vector<std::byte> build_frame(const trace::Segment& segment) {
    const trace::Header header = trace::header_of(segment);
    auto frame = empty_frame(header.bytes.size() + segment.length);
    const std::span<std::byte> ip = std::span(frame).subspan(ethernet_header);
    std::memcpy(ip.data(), header.bytes.data(), header.bytes.size());
    const auto payload = ip.subspan(header.bytes.size());
    std::fill(payload.begin(), payload.end(), std::byte{'x'});
    const auto tcp = ip.subspan(ip_header);
    put16(tcp, 16, 0);
    const auto addresses = ip.subspan(12, 8);
    constexpr std::uint32_t protocol_tcp = 6;
    put16(tcp, 16,
          trace::checksum(trace::sum_of_words(addresses) + protocol_tcp +
                          static_cast<std::uint32_t>(tcp.size()) + trace::sum_of_words(tcp)));
    return frame;
}

std::vector<std::byte> build_icmp(std::span<const std::byte> about, trace::Icmp message) {
    constexpr std::size_t icmp_header = 8, quoted_at_most = 576 - ip_header - icmp_header;
    const auto original = about.subspan(ethernet_header);
    const auto quoted = original.first(std::min(original.size(), quoted_at_most));
    auto frame = empty_frame(ip_header + icmp_header + quoted.size());
    const std::span<std::byte> ip = std::span(frame).subspan(ethernet_header);
    ip[0] = std::byte{0x45};
    put16(ip, 2, static_cast<std::uint32_t>(ip.size()));
    ip[8] = std::byte{64}; // time to live
    ip[9] = std::byte{1};  // ICMP
    put32(ip, 12, router);
    std::memcpy(ip.data() + 16, original.data() + 12, 4); // to whoever sent it
    put16(ip, 10, trace::checksum(trace::sum_of_words(ip.first(ip_header))));
    const auto icmp = ip.subspan(ip_header);
    icmp[0] = std::byte{message.type};
    icmp[1] = std::byte{message.code};
    put16(icmp, 6, message.mtu);
    std::memcpy(icmp.data() + icmp_header, quoted.data(), quoted.size());
    put16(icmp, 2, trace::checksum(trace::sum_of_words(icmp)));
    return frame;
}

void mark_congestion(std::span<std::byte> frame, trace::Segment& segment) {
    if (segment.ecn == trace::Ecn::not_capable)
        return;
    segment.ecn = trace::Ecn::congestion;
    const auto ip = frame.subspan(ethernet_header);
    ip[1] |= std::byte{3};
    put16(ip, 10, 0);
    const std::size_t length = std::to_integer<std::size_t>(ip[0] & std::byte{0x0f}) * 4;
    put16(ip, 10, trace::checksum(trace::sum_of_words(ip.first(length))));
}

void address_frame(std::span<std::byte> frame, unsigned host) {
    const auto to = lab::hardware_address(host);
    std::memcpy(frame.data(), to.data(), to.size());
}

} // namespace net
