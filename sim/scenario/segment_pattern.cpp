// A segment as an option describes it.
#include "segment_pattern.hpp"

#include <charconv>

#include "words.hpp"

namespace scenario {
namespace {

std::optional<trace::SegmentKind> parse_kind(std::string_view text) {
    using enum trace::SegmentKind;
    for (const auto kind : {any, syn, syn_ack, ack, data, fin, rst, ece, cwr}) {
        if (text == name(kind))
            return kind;
    }
    return std::nullopt;
}

std::optional<trace::Flags> parse_flags(std::string_view text) {
    trace::Flags flags;
    while (!text.empty()) {
        const auto plus = text.find('+');
        const auto word = text.substr(0, plus);
        if (word == "SYN")
            flags = flags | trace::flag::syn;
        else if (word == "ACK")
            flags = flags | trace::flag::ack;
        else if (word == "FIN")
            flags = flags | trace::flag::fin;
        else if (word == "RST")
            flags = flags | trace::flag::rst;
        else if (word == "PSH")
            flags = flags | trace::flag::psh;
        else if (word == "ECE")
            flags = flags | trace::flag::ece;
        else if (word == "CWR")
            flags = flags | trace::flag::cwr;
        else
            return std::nullopt;
        if (plus == std::string_view::npos)
            return flags;
        text.remove_prefix(plus + 1);
    }
    return std::nullopt;
}

} // namespace

std::optional<SegmentPattern> parse_pattern(std::string_view text) {
    Words words(text, 1);
    const auto first = words.next();
    if (!first)
        return std::nullopt;
    SegmentPattern pattern;
    pattern.kind = parse_kind(first->text);
    if (!pattern.kind) {
        const auto flags = parse_flags(first->text);
        if (!flags)
            return std::nullopt;
        pattern.flags = *flags;
    }
    while (const auto field = words.next()) {
        auto& place = field->text == "seq"   ? pattern.seq
                      : field->text == "ack" ? pattern.ack
                                             : pattern.length;
        const bool known = field->text == "seq" || field->text == "ack" || field->text == "len";
        const auto value = words.next();
        if (!known || place || !value)
            return std::nullopt;
        std::uint32_t number = 0;
        const char* end = value->text.data() + value->text.size();
        const auto [stop, error] = std::from_chars(value->text.data(), end, number);
        if (error != std::errc{} || stop != end)
            return std::nullopt;
        place = number;
    }
    if (words.failed())
        return std::nullopt;
    return pattern;
}

bool matches(const SegmentPattern& pattern, const trace::Segment& segment) {
    if (pattern.kind ? !is_kind(segment, *pattern.kind) : segment.flags != pattern.flags)
        return false;
    if (pattern.seq && segment.seq.raw != *pattern.seq)
        return false;
    if (pattern.ack && (!segment.flags.has(trace::flag::ack) || segment.ack.raw != *pattern.ack)) {
        return false;
    }
    return !pattern.length || segment.length == *pattern.length;
}

} // namespace scenario
