// Simulated time: int64 nanoseconds since the start of the world; no clock is ever read.
#pragma once
#include <compare>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace trace {

struct Duration {
    std::int64_t ns = 0;
    friend constexpr auto operator<=>(Duration, Duration) = default;
    friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
    friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
    friend constexpr Duration operator*(Duration a, std::int64_t n) { return {a.ns * n}; }
    friend constexpr Duration operator/(Duration a, std::int64_t n) { return {a.ns / n}; }
};

struct Instant {
    std::int64_t ns = 0;
    friend constexpr auto operator<=>(Instant, Instant) = default;
    friend constexpr Instant operator+(Instant t, Duration d) { return {t.ns + d.ns}; }
    friend constexpr Instant operator-(Instant t, Duration d) { return {t.ns - d.ns}; }
    friend constexpr Duration operator-(Instant a, Instant b) { return {a.ns - b.ns}; }
};

// An instant after every other: "not scheduled".
inline constexpr Instant never{std::numeric_limits<std::int64_t>::max()};

constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
constexpr Duration microseconds(std::int64_t n) { return {n * 1'000}; }
constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
constexpr double in_seconds(Duration d) { return static_cast<double>(d.ns) / 1e9; }

// "0", "250 us", "20 ms", "1.215 s", "60 s": the largest unit that keeps it short, exact to the ns.
std::string format(Duration);
std::string format(Instant);

// The same to three significant digits, for times that no one chose: "292 ms", "1.16 s".
std::string format_short(Duration);

// "0", "20ms", "1.5s", "250us", "7ns" (unit required unless 0, no blanks). nullopt: not a time,
// negative, or beyond 292 years.
std::optional<Duration> parse_duration(std::string_view);

}  // namespace trace
