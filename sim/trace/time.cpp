// Times as people read them.
#include "time.hpp"

#include <charconv>

#include <fmt/format.h>

namespace trace {
namespace {

// n / unit with the fraction that is needed, without trailing zeros.
std::string in_unit(std::int64_t ns, std::int64_t unit, std::string_view suffix) {
    const std::int64_t whole = ns / unit;
    std::int64_t rest = ns % unit;
    if (rest == 0) return fmt::format("{} {}", whole, suffix);
    std::string fraction;
    for (std::int64_t place = unit / 10; rest != 0; place /= 10) {
        fraction += static_cast<char>('0' + rest / place);
        rest %= place;
    }
    return fmt::format("{}.{} {}", whole, fraction, suffix);
}

}  // namespace

std::string format(Duration d) {
    if (d.ns < 0) return "-" + format(Duration{-d.ns});
    if (d.ns == 0) return "0";
    if (d.ns >= 1'000'000'000) return in_unit(d.ns, 1'000'000'000, "s");
    if (d.ns >= 1'000'000) return in_unit(d.ns, 1'000'000, "ms");
    if (d.ns >= 1'000) return in_unit(d.ns, 1'000, "us");
    return fmt::format("{} ns", d.ns);
}

std::string format_short(Duration d) {
    std::int64_t place = 1;
    while (d.ns / place >= 1000 || d.ns / place <= -1000) place *= 10;
    return format(Duration{(d.ns + (d.ns >= 0 ? place / 2 : -place / 2)) / place * place});
}

std::string format(Instant t) { return t == never ? "never" : format(Duration{t.ns}); }

std::optional<Duration> parse_duration(std::string_view text) {
    if (text == "0") return Duration{};
    std::int64_t unit = 0;
    std::size_t suffix = 2;
    if (text.ends_with("ns")) unit = 1;
    else if (text.ends_with("us")) unit = 1'000;
    else if (text.ends_with("ms")) unit = 1'000'000;
    else if (text.ends_with("s")) unit = 1'000'000'000, suffix = 1;
    if (unit == 0) return std::nullopt;
    text.remove_suffix(suffix);

    // Whole part and fraction as integers: exact to the nanosecond.
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    const std::string_view fraction = point == text.npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() || (point != text.npos && fraction.empty())) return std::nullopt;
    std::int64_t n = 0;
    for (char c : whole) {
        if (c < '0' || c > '9' || n > (most - 9) / 10) return std::nullopt;
        n = n * 10 + (c - '0');
    }
    if (n > most / unit - 1) return std::nullopt;
    std::int64_t ns = n * unit;
    std::int64_t place = unit;
    for (char c : fraction) {
        if (c < '0' || c > '9') return std::nullopt;
        place /= 10;
        if (place == 0 && c != '0') return std::nullopt;  // finer than a nanosecond
        ns += place * (c - '0');
    }
    return Duration{ns};
}

}  // namespace trace
