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

TEST_CASE("the ECN bits of a header are a field of their own, and AE, CWR and ECE are named") {
    trace::Segment s = syn();
    s.flags = trace::flag::ack | trace::flag::ece | trace::flag::cwr;
    s.ecn = trace::Ecn::congestion;
    s.accurate_ecn = true;
    CHECK(trace::describe(s) == "ACK+ECE+CWR+AE");
    CHECK(trace::packetdrill(s) == ".EWA");
    const Header header = header_of(s);
    CHECK(header.bytes[1] == 3);
    CHECK(header.bytes[32] % 16 == 1);
    CHECK(header.bytes[33] == 0xd0);
    CHECK(sums_to_ones(header.bytes.data(), 20, 0));
    const auto read = read_header(header.bytes, 0);
    REQUIRE(read.has_value());
    for (const Header& h : {header, *read}) {
        const auto value = [&](const char* name) {
            for (const HeaderField& f : h.fields)
                if (std::string(f.name) == name)
                    return f.value;
            return std::string("none");
        };
        CHECK(value("ECN") == "CE");
        CHECK(value("control bits") == "AE CWR ECE ACK");
    }
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

namespace {

std::vector<std::uint8_t> bytes_of(std::string_view hex) {
    std::vector<std::uint8_t> made;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        made.push_back(
            static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    return made;
}

const HeaderField* field(const Header& header, std::string_view name, int nth = 0) {
    for (const HeaderField& one : header.fields)
        if (one.name == name && nth-- == 0)
            return &one;
    return nullptr;
}

// An ACK from ::1 to fe80::2:0:0:1 with timestamps and a D-SACK block, ECE set; no checksum yet.
const std::string captured_ipv6 = "600a1b2c002c0640"
                                  "00000000000000000000000000000001"
                                  "fe800000000000000002000000000001"
                                  "9c420050000003e800001389b0500040"
                                  "00000000"
                                  "0101080a0000000500000006"
                                  "0101050a0000138900001390";

} // namespace

TEST_CASE("a captured IPv6 header is shown as it was, with every option, and its checksum as on a "
          "wire") {
    const auto bytes = bytes_of(captured_ipv6);
    const auto header = read_header(bytes, 0);
    REQUIRE(header);
    CHECK(header->source == "[::1]:40002");
    CHECK(header->destination == "[fe80::2:0:0:1]:80");
    CHECK(field(*header, "flow label")->value == "0xa1b2c");
    CHECK(field(*header, "hop limit")->value == "64");
    CHECK(field(*header, "control bits")->value == "ECE ACK");
    CHECK(field(*header, "timestamp echo")->value == "6");
    CHECK(field(*header, "block from")->value == "5001");
    CHECK(field(*header, "block to")->value == "5008");
    // Nothing but the checksum differs from what came.
    auto without = header->bytes;
    without[40 + 16] = without[40 + 17] = 0;
    CHECK(without == bytes);
    std::uint32_t pseudo = 6 + static_cast<std::uint32_t>(bytes.size() - 40);
    for (std::size_t i = 8; i < 40; i += 2)
        pseudo += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    CHECK(sums_to_ones(header->bytes.data() + 40, bytes.size() - 40, pseudo));
    CHECK_FALSE(read_header(bytes, 5)->checksum_known); // the payload is not kept
}

TEST_CASE("what was captured says the same as what is written of the same segment") {
    trace::Segment s = syn();
    s.has_timestamps = true;
    s.flags = trace::flag::ack;
    s.ack = {77};
    s.mss = 0;
    s.window_scale = -1;
    s.sack_permitted = false;
    s.sack_blocks = 2;
    s.sack[0] = {{100}, {200}};
    s.sack[1] = {{300}, {400}};
    for (const bool synack : {false, true}) {
        if (synack)
            s = syn();
        const Header written = header_of(s);
        const auto read = read_header(written.bytes, 0);
        REQUIRE(read);
        CHECK(read->bytes == written.bytes);
        CHECK(read->source == written.source);
        CHECK(read->fields.size() == written.fields.size());
        for (std::size_t i = 0; i < std::min(read->fields.size(), written.fields.size()); ++i) {
            INFO(written.fields[i].name);
            CHECK(read->fields[i].bit == written.fields[i].bit);
            CHECK(read->fields[i].value == written.fields[i].value);
        }
    }
}

TEST_CASE("every captured header is covered field by field, each in one row; odd options too") {
    const std::string ip = "4500003c0000400040060000"
                           "0a0000010a000002";
    const std::string tcp = "9c420050000003e800000000";
    for (const std::string options :
         {"020405b40402080a0000000100000000"
          "0103030a",                                   // as Linux writes a SYN
          "0204", "1e0c000102030405060708090000", "ff", // cut short, Multipath TCP, a lone kind
          "0103030a"
          "00ffffff",
          "220a0102030405060708"
          "0101",
          "130200"
          "01",
          "01010101"
          "fe06aabbccdd"
          "0101"}) {
        std::string padded = options;
        while (padded.size() % 8 != 0)
            padded += "00";
        const auto offset = fmt::format("{:x}010faf000000000", 5 + padded.size() / 8);
        const auto bytes = bytes_of(ip + tcp + offset + padded);
        const auto header = read_header(bytes, 0);
        INFO(options);
        REQUIRE(header);
        int bit = 0;
        for (const HeaderField& one : header->fields) {
            CHECK(one.bit == bit);
            CHECK(one.bit / 32 == (one.bit + one.bits - 1) / 32);
            bit += one.bits;
        }
        CHECK(bit == static_cast<int>(bytes.size()) * 8);
        CHECK(sums_to_ones(header->bytes.data(), 20, 0));
    }
}

TEST_CASE("bytes that are no header of IP and TCP are refused, however they are cut") {
    const auto whole = bytes_of(captured_ipv6);
    REQUIRE(read_header(whole, 0));
    for (std::size_t size = 0; size < whole.size(); ++size)
        CHECK_FALSE(read_header(std::span(whole).first(size), 0));
    for (const std::size_t at : {0u, 6u, 52u}) { // version, next header, data offset
        auto damaged = whole;
        damaged[at] ^= 0x30;
        CHECK_FALSE(read_header(damaged, 0));
    }
}

TEST_CASE("a log shows what was captured of a segment, and writes what was not") {
    trace::Trace log;
    log.segments.resize(3);
    for (auto& record : log.segments)
        record.segment = syn();
    log.headers = {{1, bytes_of(captured_ipv6)}, {2, {1, 2, 3}}};
    CHECK(header_of(log, 0).bytes == header_of(syn()).bytes);
    CHECK(header_of(log, 1).bytes.size() == 40 + 44);
    CHECK(header_of(log, 2).bytes == header_of(syn()).bytes); // damaged: as good as none
}

TEST_CASE("with a payload whose bytes are not kept the TCP checksum is unknown, not invented") {
    trace::Segment s = syn();
    s.flags = trace::flag::psh | trace::flag::ack;
    s.length = 100;
    const Header header = header_of(s);
    CHECK_FALSE(header.checksum_known);
    CHECK(hex(header.bytes, 2, 2) == fmt::format("{:04x}", header.bytes.size() + 100));
}
