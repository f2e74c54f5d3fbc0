// One event as a line.
#include "command_line/event_text.hpp"

#include <fmt/format.h>

namespace command_line {
namespace {

// tcpdump -nS: absolute numbers, bare ACKs without a sequence number.
std::string segment_text(const trace::Trace& trace, const trace::SegmentRecord& record) {
    const auto& s = record.segment;
    const auto host = [&](trace::HostId id) {
        return id < trace.hosts.size() ? std::string_view(trace.hosts[id]) : std::string_view("?");
    };
    auto text = fmt::format("{}.{} > {}.{}: Flags [{}]", host(record.from), s.source.port,
                            host(record.to), s.destination.port, trace::packetdrill(s));
    if (s.length > 0)
        text += fmt::format(", seq {}:{}", s.seq.raw, (s.seq + s.length).raw);
    else if (seg_len(s) > 0 || !s.flags.has(trace::flag::ack))
        text += fmt::format(", seq {}", s.seq.raw);
    if (s.flags.has(trace::flag::ack))
        text += fmt::format(", ack {}", s.ack.raw);
    return text + fmt::format(", win {}, length {}", s.window, s.length);
}

std::string_view fate(trace::EventKind kind) {
    using enum trace::EventKind;
    switch (kind) {
    case segment_sent: return "";
    case segment_arrived: return "  arrives";
    case segment_refused: return "  refused";
    case segment_lost: return "  lost";
    case segment_held: return "  held";
    case segment_released: return "  released";
    case socket_created:
    case socket_gone:
    case call_entered:
    case call_returned:
    case icmp_arrived:
    case transition:
    case queue_changed:
    case timer_fired:
    case counter:
    case setting:
    case inferred: break;
    }
    return "";
}

bool is_of_segment(trace::EventKind kind) {
    return kind == trace::EventKind::segment_sent || !fate(kind).empty();
}

} // namespace

std::string event_text(const trace::Trace& trace, const trace::Event& event) {
    const auto whole = event.at.ns / 1'000'000'000, part = event.at.ns % 1'000'000'000 / 1'000;
    const auto time = fmt::format("{:>4}.{:06}", whole, part);
    if (is_of_segment(event.kind) && event.ref < trace.segments.size()) {
        auto text = fmt::format("{} {}{}", time, segment_text(trace, trace.segments[event.ref]),
                                fate(event.kind));
        if (event.kind == trace::EventKind::segment_refused) {
            text += fmt::format(": {}", trace::text(event.rule).en);
        }
        return text;
    }
    const auto host =
        event.host < trace.hosts.size() ? std::string_view(trace.hosts[event.host]) : "";
    return fmt::format("{} {}: {}", time, host, trace::sentence(trace, event, "en"));
}

} // namespace command_line
