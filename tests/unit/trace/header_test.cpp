// The header inspector's bytes, against checksums and a recorded header.
#include "catch.hpp"

#include "trace/header.hpp"

#include <fmt/format.h>

using namespace trace;

namespace {

trace::Segment syn() {
    trace::Segment s;
    s.source = {{0x0a000001}, 40002};
    s.destination = {{0x0a000002}, 80};
    s.seq = {1000};
    s.flags = trace::flag::syn;
    s.window = 64240;
    s.mss = 1460;
    s.sack_permitted = true;
    s.window_scale = 7;
    return s;
}

std::string hex(const std::vector<std::uint8_t>& bytes, std::size_t from, std::size_t count) {
    std::string text;
    for (std::size_t i = from; i < from + count; ++i) {
        text += fmt::format("{:02x}", bytes[i]);
    }
    return text;
}

// A receiver's test: the one's complement sum over everything, checksum included, is all ones.
bool sums_to_ones(const std::uint8_t* bytes, std::size_t count, std::uint32_t start) {
    for (std::size_t i = 0; i < count; i += 2) {
        start += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    }
    while (start >> 16 != 0) {
        start = (start & 0xffff) + (start >> 16);
    }
    return start == 0xffff;
}

} // namespace

TEST_CASE("a SYN's header has its addresses, ports, numbers and options at their places") {
    const Header header = header_of(syn());
    REQUIRE(header.bytes.size() == 20 + 32);
    CHECK(hex(header.bytes, 0, 10) == "45000034000040004006");
    CHECK(hex(header.bytes, 12, 8) == "0a0000010a000002");
    CHECK(hex(header.bytes, 20, 16) == "9c420050000003e8000000008002faf0");
    CHECK(hex(header.bytes, 40, 12) == "020405b40101040201030307");
}

TEST_CASE("both checksums satisfy a receiver") {
    for (const trace::Flags flags :
         {trace::flag::syn, trace::flag::ack, trace::flag::rst | trace::flag::ack}) {
        trace::Segment s = syn();
        s.flags = flags;
        s.ack = {5001};
        const Header header = header_of(s);
        const std::uint8_t* bytes = header.bytes.data();
        CHECK(sums_to_ones(bytes, 20, 0));
        const std::size_t tcp = header.bytes.size() - 20;
        CHECK(header.checksum_known);
        std::uint32_t pseudo = 6 + static_cast<std::uint32_t>(tcp);
        for (std::size_t i = 12; i < 20; i += 2) {
            pseudo += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
        }
        CHECK(sums_to_ones(bytes + 20, tcp, pseudo));
    }
}

TEST_CASE("fields follow each other without a gap and cover every byte") {
    trace::Segment s = syn();
    s.has_timestamps = true;
    for (const bool sack : {false, true}) {
        s.sack_permitted = sack;
        const Header header = header_of(s);
        int bit = 0;
        for (const HeaderField& field : header.fields) {
            INFO(field.name);
            CHECK(field.bit == bit);
            CHECK(field.bit / 32 == (field.bit + field.bits - 1) / 32); // one row of the figure
            bit += field.bits;
        }
        CHECK(bit == static_cast<int>(header.bytes.size()) * 8);
        CHECK(header.bytes.size() % 4 == 0);
        CHECK((header.bytes[32] >> 4) * 4 == static_cast<int>(header.bytes.size()) - 20);
    }
}

TEST_CASE("with a payload whose bytes are not kept the TCP checksum is unknown, not invented") {
    trace::Segment s = syn();
    s.flags = trace::flag::psh | trace::flag::ack;
    s.length = 100;
    const Header header = header_of(s);
    CHECK_FALSE(header.checksum_known);
    CHECK(hex(header.bytes, 2, 2) == fmt::format("{:04x}", header.bytes.size() + 100));
}
