// The kernel's tick, measured.
#include "catch.hpp"

#include "net/clock.hpp"
#include "net/jiffies.hpp"

#include <sys/times.h>

TEST_CASE("The wheel's phase tells the kernel's jiffies, where there are 250 a second") {
    const auto phase = net::wheel_phase(net::monotonic_ns());
    if (!phase)
        return; // another HZ
    for (int i = 0; i < 1000; ++i) {
        const std::int64_t before = ::times(nullptr),
                           jiffies = net::wheel_phase(net::monotonic_ns())->ns / 4'000'000,
                           after = ::times(nullptr);
        CHECK(jiffies * 4 / 10 >= before);
        CHECK(jiffies * 4 / 10 <= after + 1); // an idle processor may be late to count
    }
}
