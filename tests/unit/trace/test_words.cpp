// The words: times, sequence numbers, states, segments, as people write and read them.
#include "catch.hpp"

#include <string>
#include <vector>

#include "trace/call.hpp"
#include "trace/event.hpp"
#include "trace/segment.hpp"
#include "trace/seq.hpp"
#include "trace/state.hpp"
#include "trace/time.hpp"

using namespace trace;

TEST_CASE("a duration is printed in the largest unit that is exact", "[time]") {
    CHECK(format(Duration{0}) == "0");
    CHECK(format(nanoseconds(7)) == "7 ns");
    CHECK(format(microseconds(250)) == "250 us");
    CHECK(format(milliseconds(20)) == "20 ms");
    CHECK(format(microseconds(20'500)) == "20.5 ms");
    CHECK(format(milliseconds(1215)) == "1.215 s");
    CHECK(format(seconds(60)) == "60 s");
    CHECK(format(nanoseconds(1'000'000'001)) == "1.000000001 s");
    CHECK(format(Duration{-20'000'000}) == "-20 ms");
}

TEST_CASE("a time that no one chose is told to three digits", "[time]") {
    CHECK(format_short(nanoseconds(292'151'212)) == "292 ms");
    CHECK(format_short(nanoseconds(1'163'325'120)) == "1.16 s");
    CHECK(format_short(nanoseconds(999'600)) == "1 ms");
    CHECK(format_short(milliseconds(70)) == "70 ms");
    CHECK(format_short(seconds(1024)) == "1020 s");
    CHECK(format_short(Duration{}) == "0");
}

TEST_CASE("what format prints, parse_duration reads back", "[time]") {
    for (const std::int64_t ns :
         {0LL, 1LL, 999LL, 1'000LL, 1'500'000LL, 59'800'000'000LL, 949'000'000'001LL}) {
        std::string text = format(Duration{ns});
        std::erase(text, ' ');
        REQUIRE(parse_duration(text).has_value());
        CHECK(parse_duration(text)->ns == ns);
    }
}

TEST_CASE("what is not a time is refused", "[time]") {
    for (const char* bad : {"", "1", "s", "ms", "1.s", ".5s", "-1s", "1 s", "1e3s", "0.1ns",
                            "99999999999999999999s", "10000000000s", "1..2s", "1sec"})
        CHECK_FALSE(parse_duration(bad).has_value());
    CHECK(parse_duration("9000000000s").has_value());
}

TEST_CASE("sequence numbers are ordered within half the circle, across the wrap", "[seq]") {
    const Seq high{0xfffffff0u};
    const Seq low = high + 0x20;
    CHECK(low.raw == 0x10);
    CHECK(before(high, low));
    CHECK(after(low, high));
    CHECK_FALSE(before(low, high));
    CHECK_FALSE(before(low, low));
    CHECK(low - high == 0x20u);
    CHECK(within(Seq{3}, high, 0x20));
    CHECK_FALSE(within(low, high, 0x20));
    CHECK(within(high, high, 1));
    CHECK_FALSE(within(high, high, 0));
}

TEST_CASE("every state's name is read back, and so are the spellings of RFC, ss and /proc",
          "[state]") {
    for (State s : all_states)
        CHECK(parse_state(name(s)) == s);
    const std::vector<std::pair<const char*, State>> others = {
        {"SYN_RCVD", State::syn_recv},    {"SYN-RECEIVED", State::syn_recv},
        {"SYN-RECV", State::syn_recv},    {"FIN-WAIT-1", State::fin_wait_1},
        {"FIN_WAIT1", State::fin_wait_1}, {"CLOSE", State::closed},
        {"UNCONN", State::closed},        {"SYN_SEND", State::syn_sent},
        {"TIME-WAIT", State::time_wait},  {"ESTAB", State::established}};
    for (const auto& [text, state] : others)
        CHECK(parse_state(text) == state);
    for (const char* bad : {"", "SYN", "FIN_WAIT", "FIN_WAIT_3", "ESTABLISHEDX"})
        CHECK_FALSE(parse_state(bad).has_value());
}

TEST_CASE("a segment has the kinds that scenario files pick it by", "[segment]") {
    Segment s;
    s.flags = flag::syn;
    CHECK(is_kind(s, SegmentKind::syn));
    CHECK_FALSE(is_kind(s, SegmentKind::ack));
    s.flags = flag::syn | flag::ack;
    CHECK(is_kind(s, SegmentKind::syn_ack));
    CHECK_FALSE(is_kind(s, SegmentKind::syn));
    CHECK_FALSE(is_kind(s, SegmentKind::ack));
    s.flags = flag::fin | flag::ack | flag::psh;
    s.length = 5;
    CHECK(is_kind(s, SegmentKind::fin));
    CHECK(is_kind(s, SegmentKind::data));
    CHECK_FALSE(is_kind(s, SegmentKind::ack));
    CHECK(seg_len(s) == 6);
    CHECK(describe(s.flags) == "FIN+PSH+ACK");
    CHECK(packetdrill(s.flags) == "FP.");
    s = Segment{};
    s.flags = flag::ack;
    CHECK(is_kind(s, SegmentKind::ack));
    for (const SegmentKind k : {SegmentKind::syn, SegmentKind::syn_ack, SegmentKind::data,
                                SegmentKind::fin, SegmentKind::rst})
        CHECK_FALSE(is_kind(s, k));
}

TEST_CASE("a segment's label names its numbers", "[segment]") {
    Segment s;
    s.flags = flag::syn;
    s.seq = Seq{1000};
    CHECK(segment_label(s) == "SYN  seq 1000");
    s.flags = flag::syn | flag::ack;
    s.seq = Seq{5000};
    s.ack = Seq{1001};
    CHECK(segment_label(s) == "SYN+ACK  seq 5000 ack 1001");
    s.flags = flag::ack;
    CHECK(segment_label(s) == "ACK  ack 1001");
    s.flags = flag::psh | flag::ack;
    s.length = 5;
    CHECK(segment_label(s) == "PSH+ACK  seq 5000:5005 ack 1001");
}

TEST_CASE("counters and errno values have the kernel's names", "[names]") {
    for (std::size_t i = 0; i < static_cast<std::size_t>(Counter::count_); ++i) {
        const Counter c = static_cast<Counter>(i);
        CHECK(parse_counter(name(c)) == c);
    }
    CHECK_FALSE(parse_counter("listenoverflows").has_value());
    CHECK(parse_errno("ECONNREFUSED") == Errno::econnrefused);
    CHECK(static_cast<int>(Errno::econnrefused) == 111);
    CHECK_FALSE(parse_errno("EFOO").has_value());
    for (const Call c : {Call::socket, Call::connect, Call::close, Call::sysctl})
        CHECK(parse_call(name(c)) == c);
}

TEST_CASE("a socket is called by its number, or by its other end", "[names]") {
    Trace t;
    t.hosts = {"client", "server"};
    const Endpoint c{{0x0a000001}, 40002}, s{{0x0a000002}, 80};
    t.sockets.push_back({1, s, {}, none, 0, true});
    t.sockets.push_back({0, c, s, none, 2, false});
    t.sockets.push_back({1, s, c, 0, 0, false});
    CHECK(socket_name(t, 0) == "server:80");
    CHECK(socket_name(t, 1) == "client#2");
    CHECK(socket_name(t, 2) == "server~client#2");
    t.sockets[2].number = 1;
    CHECK(socket_name(t, 2) == "server#1");
    CHECK(socket_name(t, none).empty());
}
