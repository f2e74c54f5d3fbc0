// The retransmission timeout in numbers that were measured on Linux 6.18.
#include "catch.hpp"
#include "tcp/policy.hpp"
#include "tcp/rto.hpp"

using namespace tcp;
using trace::milliseconds;
using trace::seconds;

namespace {
const Stack kernel = make_stack(ProfileId::linux_6_18);
const Stack textbook = make_stack(ProfileId::rfc9293);

RoundTrip after_samples(const Stack& stack, std::initializer_list<std::int64_t> ms) {
    RoundTrip r;
    Seq sequence{1000};
    for (std::int64_t sample : ms) {
        sequence = sequence + 100;
        round_trip_measured(r, milliseconds(sample), sequence, sequence + 50, stack);
    }
    return r;
}
} // namespace

TEST_CASE("a round trip of 20 ms gives a timeout of 224 ms, one of 200 ms a timeout of 604 ms",
          "[rto]") {
    CHECK(after_samples(kernel, {20}).rto == milliseconds(224));
    CHECK(after_samples(kernel, {200}).rto == milliseconds(604));
    CHECK(after_samples(kernel, {1030}).rto == milliseconds(3092));
}

TEST_CASE("the margin shrinks to 200 ms while round trips stay the same, and never below",
          "[rto]") {
    CHECK(after_samples(kernel, {200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200, 200}).rto <
          milliseconds(604));
    for (int n = 0; n < 3; ++n)
        CHECK(after_samples(kernel, {20, 20, 20, 20}).rto == milliseconds(224));
    CHECK(after_samples(kernel, {20, 60}).rto > milliseconds(224));
}

TEST_CASE("without a sample the timeout is 1 s, after a repeated SYN without timestamps 3 s",
          "[rto]") {
    RoundTrip r;
    CHECK(r.rto == seconds(1));
    CHECK(base_rto(r, kernel) == seconds(1));
    assume_round_trip(r, kernel);
    CHECK(r.rto == seconds(3));
    CHECK(base_rto(r, kernel) == seconds(3));
}

TEST_CASE("back-off doubles up to 120 s and ends with the next sample", "[rto]") {
    RoundTrip r = after_samples(kernel, {20});
    for (int n = 1; n <= 9; ++n) {
        back_off(r, kernel);
        CHECK(r.rto == milliseconds(224) * (std::int64_t{1} << n));
    }
    back_off(r, kernel);
    CHECK(r.rto == seconds(120));
    back_off(r, kernel);
    CHECK(r.rto == seconds(120));
    round_trip_measured(r, milliseconds(20), Seq{9000}, Seq{9100}, kernel);
    CHECK(r.rto == milliseconds(224));
    CHECK(r.backoff == 0);
}

TEST_CASE("the textbook's timeout is never under a second", "[rto]") {
    CHECK(after_samples(textbook, {20}).rto == seconds(1));
    CHECK(after_samples(textbook, {1000}).rto == seconds(3));
}
