// tcpdump -nS -ttttt tcp: a line for each segment that left or reached the host (tcp_print()).
#include <fmt/format.h>

#include "tools.hpp"
#include "trace/header.hpp"
#include "words.hpp"

namespace view {
namespace {

// In the order of tcp_flag_values: FIN first, the dot for ACK behind PSH.
std::string flag_letters(const trace::Segment& s) {
    constexpr struct {
        trace::Flags flag;
        char letter;
    } letters[] = {{trace::flag::fin, 'F'}, {trace::flag::syn, 'S'}, {trace::flag::rst, 'R'},
                   {trace::flag::psh, 'P'}, {trace::flag::ack, '.'}, {trace::flag::urg, 'U'},
                   {trace::flag::ece, 'E'}, {trace::flag::cwr, 'W'}};
    std::string text;
    for (const auto& l : letters)
        if (s.flags.has(l.flag))
            text += l.letter;
    if (s.accurate_ecn)
        text += 'e';
    return text.empty() ? "none" : text;
}

std::uint32_t word(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
        value = value << 8 | bytes[at + i];
    return value;
}

std::string option_text(const std::vector<std::uint8_t>& bytes, std::size_t at,
                        std::size_t length) {
    const auto half = [&](std::size_t i) { return bytes[i] << 8 | bytes[i + 1]; };
    switch (bytes[at]) {
    case 2: return fmt::format("mss {}", half(at + 2));
    case 3: return fmt::format("wscale {}", bytes[at + 2]);
    case 4: return "sackOK";
    case 5: {
        std::string text = fmt::format("sack {} ", (length - 2) / 8);
        for (std::size_t i = at + 2; i + 8 <= at + length; i += 8)
            text += fmt::format("{{{}:{}}}", word(bytes, i), word(bytes, i + 4));
        return text;
    }
    case 8: return fmt::format("TS val {} ecr {}", word(bytes, at + 2), word(bytes, at + 6));
    case 34: {
        std::string text = length == 2 ? "tfo  cookiereq" : "tfo  cookie ";
        for (std::size_t i = at + 2; i < at + length; ++i)
            text += fmt::format("{:02x}", bytes[i]);
        return text;
    }
    default: return fmt::format("unknown-{}", bytes[at]);
    }
}

// The options as they stand in the header, padding too.
std::string options_text(const std::vector<std::uint8_t>& bytes, std::size_t at) {
    std::string text;
    while (at < bytes.size()) {
        text += text.empty() ? ", options [" : ",";
        if (bytes[at] == 0) {
            text += "eol";
            break;
        }
        if (bytes[at] == 1) {
            text += "nop";
            ++at;
            continue;
        }
        const std::size_t length = at + 1 < bytes.size() ? bytes[at + 1] : 0;
        if (length < 2 || at + length > bytes.size())
            break; // tcpdump stops here too
        text += option_text(bytes, at, length);
        at += length;
    }
    return text.empty() ? text : text + "]";
}

// "10.0.0.1:80" and "[::1]:80", as tcpdump names an end: with a dot before the port.
std::string end_text(std::string end) {
    const auto colon = end.rfind(':');
    if (colon != end.npos)
        end[colon] = '.';
    std::erase(end, '[');
    std::erase(end, ']');
    return end;
}

// What tcpdump knows by the port; it names it and, where no method stands there, no more.
bool is_http(std::uint16_t port) {
    return port == 80 || port == 8080;
}

std::string clock(trace::Duration since) {
    const std::int64_t us = since.ns / 1000, s = us / 1'000'000;
    return fmt::format("{:02}:{:02}:{:02}.{:06}", s / 3600, s / 60 % 60, s % 60, us % 1'000'000);
}

} // namespace

std::string tcpdump_line(const trace::Trace& trace, trace::SegmentId id) {
    const trace::Segment& s = trace.segments[id].segment;
    const trace::Header header = trace::header_of(trace, id);
    const bool six = !header.bytes.empty() && header.bytes[0] >> 4 == 6;
    const std::size_t tcp = six ? 40 : 20;
    const std::string source = header.source.empty() ? trace::format(s.source) : header.source,
                      destination = header.destination.empty() ? trace::format(s.destination)
                                                               : header.destination;
    std::string line = fmt::format("{} {} > {}: Flags [{}]", six ? "IP6" : "IP", end_text(source),
                                   end_text(destination), flag_letters(s));
    if (trace::has_length(s) || s.flags.has(trace::flag::rst)) {
        line += fmt::format(", seq {}", s.seq.raw);
        if (s.length > 0)
            line += fmt::format(":{}", s.seq.raw + s.length);
    }
    if (s.flags.has(trace::flag::ack))
        line += fmt::format(", ack {}", s.ack.raw);
    line += fmt::format(", win {}", s.window);
    if (s.flags.has(trace::flag::urg))
        line += fmt::format(", urg {}", s.urgent);
    line += options_text(header.bytes, tcp + 20);
    line += fmt::format(", length {}", s.length);
    if (s.length > 0 && (is_http(s.source.port) || is_http(s.destination.port)))
        line += ": HTTP";
    return line;
}

ToolText tcpdump_text(const trace::Trace& trace, std::uint32_t visible_events, trace::HostId host) {
    ToolText text;
    trace::Instant first = trace::never;
    const auto end = std::min<std::size_t>(visible_events, trace.events.size());
    for (std::size_t i = 0; i < end; ++i) {
        const trace::Event& e = trace.events[i];
        const bool here = e.kind == trace::EventKind::segment_sent ||
                          e.kind == trace::EventKind::segment_arrived ||
                          e.kind == trace::EventKind::segment_refused;
        if (!here || e.host != host || e.ref >= trace.segments.size())
            continue;
        if (first == trace::never)
            first = e.at;
        text.lines.push_back(
            fmt::format(" {} {}", clock(e.at - first), tcpdump_line(trace, e.ref)));
    }
    return text;
}

} // namespace view
