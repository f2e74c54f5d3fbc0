// times(2) returns the kernel's jiffies, in hundredths of a second: at the instant when that
// changes they are known exactly.
#include "net/jiffies.hpp"

#include "net/clock.hpp"

#include <sys/times.h>
#include <unistd.h>

#include <algorithm>

namespace net {
namespace {

constexpr std::int64_t tick = 4'000'000; // HZ=250

struct Change {
    std::int64_t at_ns = 0;
    std::int64_t hundredths = 0;
};

std::optional<Change> next_change() {
    const std::int64_t before = ::times(nullptr), give_up = monotonic_ns() + 50'000'000;
    while (true) {
        const Change now{monotonic_ns(), ::times(nullptr)};
        if (now.hundredths != before)
            return now;
        if (now.at_ns > give_up)
            return std::nullopt;
    }
}

// The first whole tick of this hundredth of a second.
std::int64_t jiffies(const Change& change) {
    return (change.hundredths * 5 + 1) / 2;
}

// The instant of CLOCK_MONOTONIC at which jiffies were 0, less than a tick late.
std::optional<std::int64_t> measure() {
    if (::sysconf(_SC_CLK_TCK) != 100)
        return std::nullopt;
    const auto first = next_change(), second = first ? next_change() : first;
    if (!second)
        return std::nullopt;
    // With 250 ticks a second the hundredths take two ticks and three in turn.
    const std::int64_t apart = second->at_ns - first->at_ns,
                       ticks = jiffies(*second) - jiffies(*first);
    if (second->hundredths != first->hundredths + 1 || ticks < 2 || ticks > 3 ||
        std::max(apart - ticks * tick, ticks * tick - apart) > tick / 4)
        return std::nullopt;
    const std::int64_t zero =
        std::min(first->at_ns - jiffies(*first) * tick, second->at_ns - jiffies(*second) * tick);
    // Since 6.4 the tick is a multiple of its length: tick_setup_device().
    const std::int64_t beside = ((zero % tick) + tick + tick / 8) % tick - tick / 8;
    return beside < tick / 8 ? zero - beside : zero;
}

} // namespace

std::optional<trace::Duration> wheel_phase(std::int64_t at_ns) {
    static const std::optional<std::int64_t> zero = [] {
        auto found = measure(); // a busy machine may keep us from seeing it
        for (int tries = 0; !found && tries < 12; ++tries)
            found = measure();
        return found;
    }();
    if (!zero)
        return std::nullopt;
    return trace::nanoseconds(at_ns - *zero);
}

} // namespace net
