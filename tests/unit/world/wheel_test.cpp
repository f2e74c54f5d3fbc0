// Late timers: when the kernel's timer wheel comes by.
#include "catch.hpp"
#include "world/deadlines.hpp"

using trace::Instant;
using trace::milliseconds;

TEST_CASE(
    "On the kernel's wheel a timer is never early and late by one slot of its level at most") {
    const Instant start;
    const auto fires = [&](trace::Duration after) {
        return world::on_wheel(start + after, start) - start;
    };
    CHECK(fires(milliseconds(224)) == milliseconds(228));     // slots of 4 ms below 252 ms
    CHECK(fires(milliseconds(1000)) == milliseconds(1024));   // of 32 ms below 2 s
    CHECK(fires(milliseconds(3000)) == milliseconds(3072));   // of 256 ms below 16 s
    CHECK(fires(milliseconds(60000)) == milliseconds(61440)); // of 2 s: TIME_WAIT
    for (int ms = 1; ms < 130000; ms += 37) {
        const trace::Duration nominal = milliseconds(ms), lasts = fires(nominal);
        REQUIRE(lasts >= nominal);
        REQUIRE(lasts.ns <= nominal.ns + nominal.ns / 7 + milliseconds(8).ns);
    }
}
