// What observing costs: a quiet laboratory sends nothing and uses next to no processor.
#include "need_laboratory.hpp"

#include <sys/resource.h>

namespace {

std::int64_t processor_time_us() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto us = [](const timeval& time) {
        return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec;
    };
    return us(used.ru_utime) + us(used.ru_stime);
}

} // namespace

TEST_CASE("observing an idle pair sends no segment and takes at most one hundredth of a core") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    REQUIRE(player.wait(in_state("server~client#1", trace::State::established)));
    const auto segments = player.trace().segments.size();
    [[maybe_unused]] const auto before = processor_time_us();
    constexpr auto watched = std::chrono::milliseconds(2000);
    CHECK_FALSE(
        player.wait([&](const trace::Trace& trace,
                        const trace::Snapshot&) { return trace.segments.size() > segments; },
                    watched));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    // Twice the budget: the first second after something happened still looks 60 times.
    CHECK(processor_time_us() - before < 40'000);
#endif
}
