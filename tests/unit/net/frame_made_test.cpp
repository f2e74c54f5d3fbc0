// Frames that a script makes by hand: read back as they were meant, with right checksums.
#include "catch.hpp"

#include "net/frame.hpp"

namespace {

std::uint32_t folded(std::span<const std::byte> bytes, std::uint32_t total = 0) {
    for (std::size_t i = 0; i < bytes.size(); ++i)
        total += std::to_integer<std::uint32_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return total;
}

trace::Segment data() {
    trace::Segment s;
    s.source = {{0x0a000001}, 40002};
    s.destination = {{0x0a000002}, 80};
    s.seq = {1001};
    s.ack = {5001};
    s.flags = trace::flag::ack | trace::flag::psh;
    s.window = 502;
    s.length = 101;
    return s;
}

} // namespace

TEST_CASE("A segment by hand lies in its frame as it was asked for") {
    trace::Segment s = data();
    s.has_timestamps = true;
    s.ts_value = 7;
    s.ts_echo = 8;
    const auto read = net::parse_frame(net::build_frame(s));
    REQUIRE(read.has_value());
    CHECK(*read == s);
}

TEST_CASE("Its checksums are those that a receiver computes, payload and all") {
    const auto frame = net::build_frame(data());
    const auto ip = std::span(frame).subspan(14);
    CHECK(folded(ip.first(20)) == 0xffff);
    const auto tcp = ip.subspan(20);
    const auto pseudo = 6 + static_cast<std::uint32_t>(tcp.size()) + folded(ip.subspan(12, 8));
    CHECK(folded(tcp, pseudo) == 0xffff);
}

TEST_CASE("A router's message quotes the segment to whoever sent it") {
    const auto about = net::build_frame(data());
    const auto frame = net::build_icmp(about, {trace::Icmp::unreachable, 1});
    const auto ip = std::span(frame).subspan(14);
    CHECK(folded(ip.first(20)) == 0xffff);
    CHECK(std::equal(ip.begin() + 16, ip.begin() + 20, about.begin() + 14 + 12));
    const auto icmp = ip.subspan(20);
    CHECK(std::to_integer<int>(icmp[0]) == 3);
    CHECK(std::to_integer<int>(icmp[1]) == 1);
    CHECK(folded(icmp) == 0xffff);
    CHECK(std::equal(icmp.begin() + 8, icmp.end(), about.begin() + 14));
}

TEST_CASE("A frame is addressed to the host that it is handed to") {
    auto frame = net::build_frame(data());
    net::address_frame(frame, 1);
    CHECK(net::destination_hardware_address(frame) == 0x02324d534c02);
}
