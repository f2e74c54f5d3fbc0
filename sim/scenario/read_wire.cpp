// Lines that lay a hand on the wire: `wire drop client>server DATA 2`.
#include "reader.hpp"

namespace scenario {
namespace {

using What = WireRule::What;

std::optional<What> read_what(Words& words) {
    const auto verb = words.next();
    if (verb && !verb->quoted) {
        if (verb->text == "drop")
            return What::drop;
        if (verb->text == "delay")
            return What::delay;
        if (verb->text == "dup")
            return What::duplicate;
        if (verb->text == "hold")
            return What::hold;
        if (verb->text == "pass")
            return What::pass;
        if (verb->text == "release")
            return What::release;
        if (verb->text == "unreachable")
            return What::unreachable;
        if (verb->text == "mark")
            return What::mark;
        if (verb->text == "narrow")
            return What::narrow;
    }
    constexpr auto expected =
        "drop, delay, dup, hold, mark, narrow, pass, release, unreachable or set";
    verb ? words.fail(*verb, expected) : words.fail_missing(expected);
    return std::nullopt;
}

std::optional<Verdict::What> verdict(What what) {
    switch (what) {
    case What::drop: return Verdict::What::drop;
    case What::delay: return Verdict::What::delay;
    case What::duplicate: return Verdict::What::duplicate;
    case What::hold: return Verdict::What::hold;
    case What::mark: return Verdict::What::mark;
    case What::pass:
    case What::narrow:
    case What::unreachable:
    case What::release: break;
    }
    return std::nullopt;
}

// What ICMP says: "destination unreachable" (RFC 792, RFC 1191, RFC 1812 §5.2.7.1) by its code,
// or another of the messages about a packet.
std::optional<trace::Icmp> read_icmp(Words& words) {
    using trace::Icmp;
    constexpr std::string_view names[] = {"net", "host", "protocol", "port"};
    for (std::uint8_t code = 0; code < std::size(names); ++code)
        if (words.accept(names[code]))
            return Icmp{Icmp::unreachable, code};
    if (words.accept("expired"))
        return Icmp{Icmp::time_exceeded, 0};
    if (words.accept("malformed"))
        return Icmp{Icmp::parameter_problem, 0};
    if (words.accept("mtu")) {
        const auto mtu = read_number(words, "the largest packet that passes", 0, 65535);
        return mtu ? std::optional(Icmp{Icmp::unreachable, Icmp::fragmentation_needed,
                                        static_cast<std::uint16_t>(*mtu)})
                   : std::nullopt;
    }
    const auto word = words.peek();
    constexpr auto expected = "what it is told: net, host, protocol, port, mtu N, expired, "
                              "malformed or a code from 0 to 15";
    if (!word || word->quoted || word->text.find_first_not_of("0123456789") != word->text.npos) {
        word ? words.fail(*word, expected) : words.fail_missing(expected);
        return std::nullopt;
    }
    const auto at = word->at;
    const auto number = read_number(words, "a code from 0 to 15", 0, 15);
    if (number && *number == Icmp::fragmentation_needed) {
        words.fail_at(at, "found 4 (fragmentation needed), expected 'mtu N' in its place");
        return std::nullopt;
    }
    return number ? std::optional(Icmp{Icmp::unreachable, static_cast<std::uint8_t>(*number)})
                  : std::nullopt;
}

// `wire set A>B delay T loss P`: from now on.
std::optional<WireAct> read_set(const Reader& reader, Words& words) {
    const auto pair = read_pair(reader, words);
    if (!pair)
        return std::nullopt;
    SetWire set{pair->from, pair->to, {}, 0};
    for (const std::string_view field : {"delay", "loss"}) {
        const auto word = words.peek();
        if (!words.accept(field)) {
            word ? words.fail(*word, field) : words.fail_missing(field);
            return std::nullopt;
        }
        if (field == "delay") {
            const auto delay = read_duration(words, "a time");
            if (!delay)
                return std::nullopt;
            set.delay = *delay;
        } else {
            const auto loss = read_probability(words);
            if (!loss)
                return std::nullopt;
            set.loss = *loss;
        }
    }
    return Act{set, std::nullopt};
}

// `wire narrow 1000 [silent] A>B`: until `wire pass A>B *`.
std::optional<WireAct> read_narrow(const Reader& reader, Words& words) {
    using trace::Icmp;
    // Below 552 a sender allows fragments, which nothing here makes.
    const auto mtu = read_number(words, "the largest packet that passes", 552, 1500);
    if (!mtu)
        return std::nullopt;
    const bool silent = words.accept("silent");
    const auto pair = read_pair(reader, words);
    if (!pair)
        return std::nullopt;
    WireRule rule{What::narrow, pair->from, pair->to, trace::SegmentKind::any, std::nullopt, {}};
    rule.icmp = {Icmp::unreachable, Icmp::fragmentation_needed, static_cast<std::uint16_t>(*mtu)};
    rule.silent = silent;
    return Act{rule, std::nullopt};
}

} // namespace

std::optional<WireAct> read_wire(const Reader& reader, Words& words) {
    if (words.accept("set"))
        return read_set(reader, words);
    const auto what = read_what(words);
    if (!what)
        return std::nullopt;
    trace::Duration time{};
    if (*what == What::delay || (*what == What::duplicate && words.accept("after"))) {
        const auto read = read_duration(words, "a time");
        if (!read)
            return std::nullopt;
        time = *read;
    }
    if (*what == What::narrow)
        return read_narrow(reader, words);
    trace::Icmp icmp;
    if (*what == What::unreachable) {
        const auto read = read_icmp(words);
        if (!read)
            return std::nullopt;
        icmp = *read;
    }
    const auto pair = read_pair(reader, words);
    if (!pair)
        return std::nullopt;
    const auto kind = read_kind(words);
    if (!kind)
        return std::nullopt;
    WireRule rule{*what, pair->from, pair->to, *kind, 1, time, icmp};
    if (*what == What::pass) {
        rule.nth = std::nullopt;
        return Act{rule, std::nullopt};
    }
    if (words.accept("flying")) {
        const auto which = verdict(*what);
        if (!which) {
            words.fail_at(words.end() - 6, "found 'flying', expected which held one: a number");
            return std::nullopt;
        }
        FlyingVerdict flying{*which, pair->from, pair->to, *kind, 1, rule.time};
        if (words.peek()) {
            const auto nth =
                read_number(words, "which of them in the order of leaving", 1, UINT32_MAX - 1);
            if (!nth)
                return std::nullopt;
            flying.nth = static_cast<std::uint32_t>(*nth);
        }
        return flying;
    }
    if (words.accept("all")) {
        rule.nth = std::nullopt;
    } else if (words.peek()) {
        const auto nth = read_number(words, "which one, 'all' or a number", 1, UINT32_MAX - 1);
        if (!nth)
            return std::nullopt;
        rule.nth = static_cast<std::uint32_t>(*nth);
    }
    return Act{rule, std::nullopt};
}

} // namespace scenario
