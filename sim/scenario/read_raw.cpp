// Segments by hand: `attacker raw 10.9.9.9:4000>server:80 ACK seq 1 ack 1`, and floods of SYNs.
#include <fmt/format.h>

#include <array>

#include "print.hpp"
#include "reader.hpp"

namespace scenario {
namespace {

// "SYN+ACK" as describe() spells it, in any order.
std::optional<trace::Flags> parse_flags(std::string_view text) {
    struct Name {
        std::string_view name;
        trace::Flags flag;
    };
    namespace flag = trace::flag;
    constexpr std::array<Name, 8> names = {{{"SYN", flag::syn},
                                            {"ACK", flag::ack},
                                            {"FIN", flag::fin},
                                            {"RST", flag::rst},
                                            {"PSH", flag::psh},
                                            {"URG", flag::urg},
                                            {"ECE", flag::ece},
                                            {"CWR", flag::cwr}}};
    trace::Flags flags;
    while (true) {
        const auto plus = text.find('+');
        const auto word = text.substr(0, plus);
        bool known = false;
        for (const Name& n : names)
            if (n.name == word) {
                flags = flags | n.flag;
                known = true;
            }
        if (!known)
            return std::nullopt;
        if (plus == text.npos)
            return flags;
        text.remove_prefix(plus + 1);
    }
}

// The ends of a segment: `:40002>server:80`.
bool read_ends(const Reader& reader, Words& words, trace::HostId host, trace::Segment& s) {
    constexpr auto expected = "two ends such as 10.9.9.9:4000>server:80";
    const auto word = words.next();
    const auto arrow = word ? word->text.find('>') : std::string_view::npos;
    if (!word || word->quoted || arrow == word->text.npos) {
        word ? words.fail(*word, expected) : words.fail_missing(expected);
        return false;
    }
    const auto end = [&](std::string_view text,
                         trace::HostId alone) -> std::optional<trace::Endpoint> {
        Words part(text, words.number());
        const auto found = read_end(reader, part, alone);
        if (!found)
            words.fail(*word, expected);
        return found;
    };
    const auto other =
        reader.scenario.hosts.size() == 2 ? static_cast<trace::HostId>(1 - host) : trace::no_host;
    const auto from = end(word->text.substr(0, arrow), host);
    const auto to = from ? end(word->text.substr(arrow + 1), other) : std::nullopt;
    if (!to)
        return false;
    s.source = *from;
    s.destination = *to;
    return true;
}

bool read_field(Words& words, trace::Segment& s) {
    const auto number = [&](std::int64_t most, auto& into) {
        const auto value = read_number(words, "a number", 0, most);
        if (value)
            into = static_cast<std::remove_reference_t<decltype(into)>>(*value);
        return value.has_value();
    };
    if (words.accept("seq"))
        return number(UINT32_MAX, s.seq.raw);
    if (words.accept("ack"))
        return number(UINT32_MAX, s.ack.raw);
    if (words.accept("len"))
        return number(65535, s.length);
    if (words.accept("window"))
        return number(65535, s.window);
    if (words.accept("urgent"))
        return number(65535, s.urgent);
    if (words.accept("mss"))
        return number(65535, s.mss);
    if (words.accept("wscale"))
        return number(14, s.window_scale);
    if (words.accept("sackok")) {
        s.sack_permitted = true;
        return true;
    }
    if (words.accept("ts")) {
        s.has_timestamps = true;
        return number(UINT32_MAX, s.ts_value) && number(UINT32_MAX, s.ts_echo);
    }
    if (words.accept("ae")) {
        s.accurate_ecn = true;
        return true;
    }
    using Codepoint = std::pair<std::string_view, trace::Ecn>;
    for (const auto& [word, ecn] : {Codepoint{"ect0", trace::Ecn::capable},
                                    {"ect1", trace::Ecn::capable_1},
                                    {"ce", trace::Ecn::congestion}})
        if (words.accept(word)) {
            s.ecn = ecn;
            return true;
        }
    words.fail(*words.peek(), "seq, ack, len, window, urgent, mss, wscale, sackok, ts, ect0, ect1, ce or ae");
    return false;
}

} // namespace

std::optional<Action> read_raw(const Reader& reader, Words& words, trace::HostId host) {
    Raw raw{host, {}};
    trace::Segment& s = raw.segment;
    s.window = 65535;
    if (!read_ends(reader, words, host, s))
        return std::nullopt;
    const auto flags = words.next();
    const auto parsed = flags && !flags->quoted ? parse_flags(flags->text) : std::nullopt;
    if (!parsed) {
        constexpr auto expected = "flags such as SYN, ACK or RST+ACK";
        flags ? words.fail(*flags, expected) : words.fail_missing(expected);
        return std::nullopt;
    }
    s.flags = *parsed;
    while (words.peek())
        if (!read_field(words, s))
            return std::nullopt;
    return raw;
}

std::optional<Action> read_flood(const Reader& reader, Words& words, trace::HostId host) {
    const auto other =
        reader.scenario.hosts.size() == 2 ? static_cast<trace::HostId>(1 - host) : trace::no_host;
    const auto to = read_end(reader, words, other);
    if (!to)
        return std::nullopt;
    const auto count = read_number(words, "how many SYNs", 1, 100'000);
    if (!count)
        return std::nullopt;
    Flood flood{host, *to, static_cast<std::uint32_t>(*count), trace::milliseconds(1)};
    if (words.accept("every")) {
        const auto every = read_duration(words, "a time");
        if (!every)
            return std::nullopt;
        flood.every = *every;
    }
    return flood;
}

std::string print(const trace::Segment& s) {
    std::string out =
        fmt::format("{}>{} {} seq {}", trace::format(s.source), trace::format(s.destination),
                    trace::describe(s.flags), s.seq.raw);
    if (s.flags.has(trace::flag::ack))
        out += fmt::format(" ack {}", s.ack.raw);
    if (s.length > 0)
        out += fmt::format(" len {}", s.length);
    if (s.window != 65535)
        out += fmt::format(" window {}", s.window);
    if (s.urgent > 0)
        out += fmt::format(" urgent {}", s.urgent);
    if (s.mss > 0)
        out += fmt::format(" mss {}", s.mss);
    if (s.window_scale >= 0)
        out += fmt::format(" wscale {}", s.window_scale);
    if (s.sack_permitted)
        out += " sackok";
    if (s.ecn != trace::Ecn::not_capable)
        out += s.ecn == trace::Ecn::congestion ? " ce" : s.ecn == trace::Ecn::capable ? " ect0" : " ect1";
    if (s.accurate_ecn)
        out += " ae";
    if (s.has_timestamps)
        out += fmt::format(" ts {} {}", s.ts_value, s.ts_echo);
    return out;
}

} // namespace scenario
