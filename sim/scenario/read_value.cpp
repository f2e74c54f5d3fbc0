// Numbers, times and values of sysctls in a scenario file.
#include "reader.hpp"
#include "trace/sysctl.hpp"

#include <fmt/format.h>

#include <bit>
#include <charconv>

namespace scenario {

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || stop != end)
        return std::nullopt;
    return value;
}

std::optional<std::int64_t> parse_result(std::string_view text) {
    if (const auto number = parse_integer(text); number && *number >= 0)
        return number;
    if (text.empty() || text[0] != 'E')
        return std::nullopt;
    if (const auto error = trace::parse_errno(text))
        return -static_cast<std::int64_t>(*error);
    return std::nullopt;
}

std::optional<std::int64_t> read_number(Words& words, std::string_view what, std::int64_t least,
                                        std::int64_t most) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing(what);
        return std::nullopt;
    }
    const auto value = word->quoted ? std::nullopt : parse_integer(word->text);
    if (!value || *value < least || *value > most) {
        words.fail(*word, fmt::format("{} from {} to {}", what, least, most));
        return std::nullopt;
    }
    return value;
}

namespace {

std::optional<std::int64_t> read_power_of_two(Words& words, std::int64_t most) {
    const auto word = words.next();
    if (!word) {
        words.fail_missing("a first number");
        return std::nullopt;
    }
    const auto value = word->quoted ? std::nullopt : parse_integer(word->text);
    if (!value || *value < 1 || *value > most || !std::has_single_bit(std::uint64_t(*value))) {
        words.fail(*word, fmt::format("a first number that is a power of two, up to {}", most));
        return std::nullopt;
    }
    return value;
}

} // namespace

std::optional<std::int64_t> read_sysctl_value(Words& words, std::string_view name) {
    const auto sysctl = trace::find_sysctl(name);
    if (sysctl && trace::is_triple(*sysctl)) {
        const auto least = read_power_of_two(words, trace::triple_most);
        const auto standard =
            least ? read_number(words, "a second number", 1, trace::triple_most) : least;
        const auto third =
            standard ? read_number(words, "a third number", 1, trace::triple_most) : standard;
        return third ? std::optional(trace::pack({*least, *standard, *third})) : std::nullopt;
    }
    if (!sysctl || !trace::is_pair(*sysctl))
        return read_number(words, "a number", INT64_MIN, INT64_MAX);
    const auto low = read_number(words, "a first number", 0, 65535);
    const auto high = low ? read_number(words, "a second number", 0, 65535) : low;
    return high ? std::optional(trace::pack(*low, *high)) : std::nullopt;
}

std::optional<trace::Duration> read_duration(Words& words, std::string_view what) {
    const auto expected = fmt::format("{} such as 50ms or 1.5s", what);
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return std::nullopt;
    }
    const auto time = word->quoted ? std::nullopt : trace::parse_duration(word->text);
    if (!time || *time > longest) {
        words.fail(*word, time ? std::string("a time below 73 years") : expected);
        return std::nullopt;
    }
    return time;
}

std::optional<double> read_probability(Words& words) {
    constexpr auto expected = "a probability such as 0.1 or 10%, from 0 to 1";
    const auto word = words.next();
    if (!word) {
        words.fail_missing(expected);
        return std::nullopt;
    }
    auto text = word->text;
    const bool percent = text.ends_with('%');
    if (percent)
        text.remove_suffix(1);
    double value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    if (percent)
        value /= 100;
    if (error != std::errc{} || stop != end || !(value >= 0 && value <= 1)) {
        words.fail(*word, expected);
        return std::nullopt;
    }
    return value;
}

} // namespace scenario
