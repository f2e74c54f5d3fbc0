// Reading frames: a SYN as it left a laboratory, and everything that is not one.
#include "net/frame.hpp"

#include "catch.hpp"

#include <string>
#include <vector>

namespace {

// 10.9.0.1:39770 > 10.9.0.2:80, SYN, seq 0x9b3a5d01, mss 1460, SACK permitted, timestamps, window
// scale 7.
std::vector<std::byte> syn_frame() {
    const std::string hex = "02324d534c0202324d534c010800"
                            "4500003c1a2b400040060c7d0a0900010a090002"
                            "9b5a00509b3a5d0100000000a002faf0beef0000"
                            "020405b40402080a000000ff000000000103030a";
    std::vector<std::byte> made;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        made.push_back(static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return made;
}

} // namespace

TEST_CASE("a SYN is read with its addresses, numbers and options") {
    const auto segment = net::parse_frame(syn_frame());
    REQUIRE(segment.has_value());
    CHECK(trace::format(segment->source) == "10.9.0.1:39770");
    CHECK(trace::format(segment->destination) == "10.9.0.2:80");
    CHECK(segment->seq.raw == 0x9b3a5d01);
    CHECK(segment->ack.raw == 0);
    CHECK(trace::describe(segment->flags) == "SYN");
    CHECK(segment->window == 64240);
    CHECK(segment->length == 0);
    CHECK(segment->mss == 1460);
    CHECK(segment->window_scale == 10);
    CHECK(segment->sack_permitted);
    CHECK(segment->has_timestamps);
    CHECK(segment->ts_value == 255);
    CHECK(net::destination_hardware_address(syn_frame()) == 0x02324d534c02);
}

TEST_CASE(
    "the blocks of a SACK option are read, as many as there are; one of a wrong length is not") {
    auto frame = syn_frame();
    const std::string option = "05120000000900000010000000200000003001010000";
    const auto put = [&](std::string hex) {
        for (std::size_t i = 0; i + 1 < hex.size() && 54 + i / 2 < frame.size(); i += 2)
            frame[54 + i / 2] = static_cast<std::byte>(std::stoi(hex.substr(i, 2), nullptr, 16));
    };
    put(option);
    auto segment = net::parse_frame(frame);
    REQUIRE(segment);
    CHECK(segment->sack_blocks == 2);
    CHECK(segment->sack[0] == trace::SackBlock{{9}, {16}});
    CHECK(segment->sack[1] == trace::SackBlock{{32}, {48}});
    frame[55] = std::byte{17};
    CHECK(net::parse_frame(frame)->sack_blocks == 0);
    frame[55] = std::byte{2};
    CHECK(net::parse_frame(frame)->sack_blocks == 0);
}

TEST_CASE("of a frame the two headers are known, byte for byte, and of no frame none") {
    const auto frame = syn_frame();
    const auto headers = net::headers_in(frame);
    REQUIRE(headers.size() == frame.size() - 14);
    CHECK(headers[0] == 0x45);
    CHECK(headers[20] == 0x9b);
    CHECK(net::headers_in({frame.data(), 40}).empty());
}

TEST_CASE("padding behind the IP packet is not payload") {
    auto frame = syn_frame();
    frame.resize(frame.size() + 6);
    CHECK(net::parse_frame(frame)->length == 0);
}

TEST_CASE("payload is counted from the headers' own lengths") {
    auto frame = syn_frame();
    frame.resize(frame.size() + 5);
    frame[17] = static_cast<std::byte>(60 + 5); // IP total length
    CHECK(net::parse_frame(frame)->length == 5);
}

TEST_CASE("what is not a whole TCP segment of IPv4 is nothing") {
    const auto whole = syn_frame();
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(net::parse_frame({whole.data(), size}).has_value());
    const auto with = [&](std::size_t at, int value) {
        auto frame = whole;
        frame[at] = static_cast<std::byte>(value);
        return net::parse_frame(frame).has_value();
    };
    CHECK_FALSE(with(13, 0x06)); // ARP
    CHECK_FALSE(with(14, 0x65)); // version 6
    CHECK_FALSE(with(14, 0x44)); // header of 16 bytes
    CHECK_FALSE(with(20, 0x20)); // more fragments
    CHECK_FALSE(with(21, 0x01)); // a later fragment
    CHECK_FALSE(with(23, 17));   // UDP
    CHECK_FALSE(with(46, 0x40)); // TCP header of 16 bytes
    CHECK_FALSE(with(46, 0xf0)); // TCP header beyond the packet
    CHECK(with(20, 0x40));       // don't fragment
}

TEST_CASE("options with impossible lengths end the reading of options, not the segment") {
    auto frame = syn_frame();
    frame[55] = std::byte{0}; // length 0 of MSS would never end
    const auto zero = net::parse_frame(frame);
    REQUIRE(zero.has_value());
    CHECK(zero->mss == 0);
    frame[55] = std::byte{60};
    CHECK(net::parse_frame(frame)->mss == 0);
}

TEST_CASE("a repetition has the same place and kind; a bare ACK repeats one that says the same") {
    trace::Segment data;
    data.source = {{1}, 1};
    data.destination = {{2}, 2};
    data.seq = {1000};
    data.ack = {5};
    data.length = 10;
    data.flags = trace::flag::ack | trace::flag::psh;
    auto again = data;
    again.ack = {9};
    again.flags = trace::flag::ack;
    CHECK(net::is_same_segment(data, again));
    again.seq = {1001};
    CHECK_FALSE(net::is_same_segment(data, again));
    auto with_fin = data;
    with_fin.flags = data.flags | trace::flag::fin;
    CHECK_FALSE(net::is_same_segment(data, with_fin));
    auto syn = data;
    syn.length = 0;
    syn.flags = trace::flag::syn;
    auto syn_ack = syn;
    syn_ack.flags = trace::flag::syn | trace::flag::ack;
    CHECK_FALSE(net::is_same_segment(syn, syn_ack));
    auto fast = syn;
    fast.length = 50; // its repetition leaves without the data of a Fast Open
    CHECK(net::is_same_segment(fast, syn));
    auto bare = data;
    bare.length = 0;
    auto later = bare;
    CHECK(net::is_same_segment(bare, later));
    later.ack = {6};
    CHECK_FALSE(net::is_same_segment(bare, later));
    later = bare;
    std::swap(later.source, later.destination);
    CHECK_FALSE(net::is_same_segment(bare, later));
}
