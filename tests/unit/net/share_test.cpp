// What is told of a storm: whole connections, no more than can be read, and all of a breeze.
#include "net/attach/share.hpp"

#include "catch.hpp"

namespace {

using net::attach::Share;

net::Pair pair(std::uint16_t port) {
    return {net::ipv4({127, 0, 0, 1}, port), net::ipv4({127, 0, 0, 1}, 80)};
}

int told_of(const Share& share, int connections) {
    int told = 0;
    for (int i = 0; i < connections; ++i)
        told += share.has(pair(static_cast<std::uint16_t>(20'000 + i)));
    return told;
}

// Looks 60 times a second for a while.
void rain(Share& share, std::int64_t& now_ns, std::size_t per_second, double seconds) {
    for (const std::int64_t end = now_ns + static_cast<std::int64_t>(seconds * 1e9); now_ns < end;
         now_ns += 16'666'667)
        share.note(per_second / 60, now_ns);
}

} // namespace

TEST_CASE(
    "a thousand connections a second are told all, of twenty thousand a share, both ends alike") {
    Share share;
    std::int64_t now = 1;
    rain(share, now, 17'000, 3);
    CHECK(share.one_of() == 1);
    CHECK(told_of(share, 1000) == 1000);
    rain(share, now, 340'000, 3);
    CHECK(share.one_of() == 16);
    const int told = told_of(share, 20'000);
    CHECK(told > 20'000 / 16 / 2); // neither none of a row of neighbouring ports nor all
    CHECK(told < 20'000 / 16 * 2);
    for (std::uint16_t port = 20'000; port < 21'000; ++port)
        CHECK(share.has(pair(port)) == share.has(net::reversed(pair(port))));
}

TEST_CASE("a storm that breaks loose between two looks is thinned out before its first word") {
    Share share;
    std::int64_t now = 1;
    rain(share, now, 100, 2.1); // not at the end of a window
    share.note(60'000, now += 20'000'000);
    CHECK(share.one_of() >= 8);
}

TEST_CASE("when the storm is over everything is told again within a second") {
    Share share;
    std::int64_t now = 1;
    rain(share, now, 340'000, 2);
    REQUIRE(share.one_of() > 1);
    rain(share, now, 100, 1.1);
    CHECK(share.one_of() == 1);
}
