// Late timers: when the kernel's timer wheel comes by.
#include "catch.hpp"
#include "tcp/record.hpp"
#include "tcp/timeout.hpp"

using trace::Instant;
using trace::milliseconds;

TEST_CASE(
    "On the kernel's wheel a timer is never early and late by one slot of its level at most") {
    const Instant start;
    const auto fires = [&](trace::Duration after) {
        return tcp::on_wheel(start + after, start) - start;
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

TEST_CASE("The wheel turns on the kernel's ticks, not on those of the play") {
    const tcp::Wheel wheel{true, milliseconds(1)}; // ticks 3 ms, 7 ms, 11 ms ... after the start
    CHECK(wheel.fires(Instant{} + milliseconds(40), Instant{}) == Instant{} + milliseconds(43));
    CHECK(wheel.fires(trace::never, Instant{}) == trace::never);
    CHECK(tcp::Wheel{}.fires(Instant{} + milliseconds(40), Instant{}).ns == 40'000'000);
}

TEST_CASE("Between two instants the kernel counts ticks: 39 ms may be nine of them, or ten") {
    const auto at = [](std::int64_t ms) { return Instant{} + milliseconds(ms); };
    const tcp::Wheel wheel{true, milliseconds(1)}; // ticks 3 ms, 7 ms, 11 ms ... after the start
    CHECK(wheel.between(at(3), at(42)) == milliseconds(36));
    CHECK(wheel.between(at(6), at(45)) == milliseconds(40));
    CHECK(tcp::Wheel{}.between(at(3), at(42)) == milliseconds(39));
}

TEST_CASE(
    "Each timer has the slot that it got when it was set: one that is due later may come first") {
    tcp::Connection c;
    c.resend.due = Instant{} + milliseconds(300); // slots of 32 ms
    c.acknowledge.due = Instant{} + milliseconds(302);
    c.acknowledge.armed = Instant{} + milliseconds(262); // of 4 ms
    const tcp::Wheel wheel{true, {}};
    CHECK(wheel.fires(c.resend) == Instant{} + milliseconds(320));
    CHECK(tcp::next_deadline(c, wheel) == Instant{} + milliseconds(304));
    // The ACK that stands for several needs no wheel.
    c.acks.compressed = 1;
    CHECK(tcp::next_deadline(c, wheel) == Instant{} + milliseconds(302));
}
