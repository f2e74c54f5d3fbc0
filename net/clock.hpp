// CLOCK_MONOTONIC in nanoseconds, and what turns the kernel's packet times (CLOCK_REALTIME) into
// it.
#pragma once

#include <cstdint>
#include <ctime>

namespace net {

inline std::int64_t nanoseconds(const timespec& time) {
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

inline std::int64_t monotonic_ns() {
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    return nanoseconds(time);
}

// Processor time of this thread: what something costs, however busy the machine is.
inline std::int64_t thread_cpu_ns() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return nanoseconds(time);
}

inline std::int64_t realtime_minus_monotonic_ns() {
    timespec real{};
    clock_gettime(CLOCK_REALTIME, &real);
    return nanoseconds(real) - monotonic_ns();
}

} // namespace net
