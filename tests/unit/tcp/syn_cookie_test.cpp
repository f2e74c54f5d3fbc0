// SYN cookies: what a number remembers, for how long, and what a timestamp adds.
#include "tcp/syn_cookie.hpp"

#include "catch.hpp"
#include "tcp/record.hpp"

using namespace tcp;
using trace::Instant;
using trace::seconds;
using trace::Segment;

namespace {

constexpr std::uint64_t secret = 4711;

Segment syn(std::uint16_t mss) {
    Segment s;
    s.source = {{0x0a000009}, 4000};
    s.destination = {{0x0a000002}, 80};
    s.seq = {123456};
    s.mss = mss;
    return s;
}

// The final ACK of the client that got this number.
Segment ack_of(const Segment& of, trace::Seq cookie) {
    Segment s = of;
    s.seq = of.seq + 1;
    s.ack = cookie + 1;
    s.mss = 0;
    return s;
}

Instant at(std::int64_t s) {
    return Instant{} + seconds(s);
}

} // namespace

TEST_CASE("a cookie brings back which of four MSS values the SYN announced", "[cookies]") {
    for (const auto& [announced, remembered] :
         {std::pair{1460, 1460}, {9000, 1460}, {1459, 1440}, {1400, 1300}, {800, 536}, {0, 536}}) {
        const Segment s = syn(static_cast<std::uint16_t>(announced));
        const auto cookie = make_cookie(secret, s, at(5));
        CAPTURE(announced);
        CHECK(check_cookie(secret, ack_of(s, cookie), at(6)) == remembered);
    }
}

TEST_CASE("a forged acknowledgement is no cookie", "[cookies]") {
    const Segment s = syn(1460);
    const auto cookie = make_cookie(secret, s, at(5));
    CHECK(check_cookie(secret, ack_of(s, cookie + 1000), at(6)) == 0);
    CHECK(check_cookie(secret + 1, ack_of(s, cookie), at(6)) == 0);
    Segment other_port = ack_of(s, cookie);
    other_port.source.port = 4001;
    CHECK(check_cookie(secret, other_port, at(6)) == 0);
    Segment other_isn = ack_of(s, cookie);
    other_isn.seq = other_isn.seq + 1000;
    CHECK(check_cookie(secret, other_isn, at(6)) == 0);
}

TEST_CASE("a cookie is good in its own minute and in the next", "[cookies]") {
    const Segment s = syn(1460);
    const auto cookie = make_cookie(secret, s, at(50));
    CHECK(check_cookie(secret, ack_of(s, cookie), at(59)) == 1460);
    CHECK(check_cookie(secret, ack_of(s, cookie), at(119)) == 1460);
    CHECK(check_cookie(secret, ack_of(s, cookie), at(120)) == 0);
}

TEST_CASE("a listener looks at ACKs for two minutes after its last cookie", "[cookies]") {
    SynCookies c;
    CHECK_FALSE(cookies_are_about(c, at(1)));
    note_cookie(c, at(10));
    CHECK(cookies_are_about(c, at(10)));
    CHECK(cookies_are_about(c, at(130)));
    CHECK_FALSE(cookies_are_about(c, at(131)));
    note_cookie(c, at(40));
    CHECK(cookies_are_about(c, at(131)));
    CHECK(c.count == 2);
}

TEST_CASE("window scale and SACK survive in the low bits of the timestamp", "[cookies]") {
    Agreed agreed;
    agreed.timestamps = agreed.sack = agreed.scaling = true;
    agreed.send_scale = 7;
    Segment ack;
    ack.has_timestamps = true;
    ack.ts_echo = timestamp_of_cookie(at(3), agreed, false);
    Agreed back;
    REQUIRE(read_timestamp_of_cookie(ack, true, true, true, back));
    CHECK(back.timestamps);
    CHECK(back.sack);
    CHECK(back.scaling);
    CHECK(back.send_scale == 7);
    // Never ahead of the clock, at most 64 ms behind.
    Agreed none;
    none.timestamps = true;
    const std::uint32_t full = timestamp_of_cookie(at(3), agreed, false);
    const std::uint32_t plain = timestamp_of_cookie(at(3), none, false);
    CHECK(plain <= 4000);
    CHECK(plain + 128 > 4000);
    CHECK(full <= 4000);
    ack.ts_echo = plain;
    REQUIRE(read_timestamp_of_cookie(ack, true, true, true, back));
    CHECK_FALSE(back.sack);
    CHECK_FALSE(back.scaling);
}

TEST_CASE("without timestamps a cookie remembers neither window scale nor SACK", "[cookies]") {
    Agreed back;
    REQUIRE(read_timestamp_of_cookie(Segment{}, true, true, true, back));
    CHECK_FALSE(back.timestamps);
    CHECK_FALSE(back.sack);
    CHECK_FALSE(back.scaling);
}

TEST_CASE("an echo of options that this host does not offer is refused", "[cookies]") {
    Agreed agreed;
    agreed.timestamps = agreed.sack = agreed.scaling = true;
    agreed.send_scale = 7;
    Segment ack;
    ack.has_timestamps = true;
    ack.ts_echo = timestamp_of_cookie(at(3), agreed, false);
    Agreed back;
    // Who has no timestamps does not look at them: as if there were none.
    CHECK(read_timestamp_of_cookie(ack, false, true, true, back));
    CHECK_FALSE(back.timestamps);
    CHECK_FALSE(back.sack);
    CHECK_FALSE(read_timestamp_of_cookie(ack, true, false, true, back));
    CHECK_FALSE(read_timestamp_of_cookie(ack, true, true, false, back));
}
