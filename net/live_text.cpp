// Lines to be read by people. Sequence numbers count from each side's own SYN, as tcpdump prints
// them.
#include "net/live_lines.hpp"

#include <fmt/core.h>

namespace net {
namespace {

std::string at(trace::Instant time) {
    return fmt::format("{:>10.3f} ms", static_cast<double>(time.ns) / 1e6);
}

std::string mark(trace::Certainty certainty) {
    return certainty == trace::Certainty::exact ? ""
                                                : fmt::format("   ({})", certainty_name(certainty));
}

// The SYN's sequence number of the sender in this direction, 0 if it was not seen.
trace::Seq initial(const trace::Trace& trace, const trace::Endpoint& from,
                   const trace::Endpoint& to, trace::SegmentId before) {
    for (trace::SegmentId i = before + 1; i-- > 0;) {
        const trace::Segment& segment = trace.segments[i].segment;
        if (segment.source == from && segment.destination == to &&
            segment.flags.has(trace::flag::syn))
            return segment.seq;
    }
    return {};
}

std::string segment_text(const trace::Trace& trace, trace::SegmentId id) {
    const trace::SegmentRecord& record = trace.segments[id];
    trace::Segment segment = record.segment;
    if (!segment.flags.has(trace::flag::syn))
        segment.seq = {segment.seq - initial(trace, segment.source, segment.destination, id)};
    if (segment.flags.has(trace::flag::ack))
        segment.ack = {segment.ack - initial(trace, segment.destination, segment.source, id)};
    std::string text = trace::segment_label(segment);
    if (record.transmission > 1)
        text += fmt::format("   (retransmission {})", record.transmission - 1);
    return text;
}

std::string line(trace::Instant time, std::string_view who, std::string_view what) {
    return fmt::format("{}  {:<16} {}", at(time), who, what);
}

} // namespace

std::string_view certainty_name(trace::Certainty certainty) {
    switch (certainty) {
    case trace::Certainty::exact: return "exact";
    case trace::Certainty::sampled: return "sampled";
    case trace::Certainty::inferred: return "inferred";
    case trace::Certainty::unknown: return "unknown";
    }
    return "unknown";
}

std::string text_line(const trace::Trace& trace, const trace::Event& event) {
    const auto socket = [&] { return trace::socket_name(trace, event.socket); };
    const auto host = [&](trace::HostId id) {
        return id < trace.hosts.size() ? trace.hosts[id] : std::string("?");
    };
    const auto direction = [&] {
        return fmt::format("{} > {}", host(trace.segments[event.ref].from),
                           host(trace.segments[event.ref].to));
    };
    switch (event.kind) {
    case trace::EventKind::call_entered: {
        const trace::CallRecord& call = trace.calls[event.ref];
        return line(event.at, host(event.host),
                    fmt::format("{}({})", trace::name(call.call), call.text));
    }
    case trace::EventKind::call_returned: {
        const trace::CallRecord& call = trace.calls[event.ref];
        const std::string value =
            event.value < 0
                ? fmt::format("-1 {}", trace::name(static_cast<trace::Errno>(-event.value)))
                : fmt::format("{}", event.value);
        return line(event.at, host(event.host),
                    fmt::format("{}() = {}", trace::name(call.call), value));
    }
    case trace::EventKind::segment_sent:
        return line(event.at, direction(), segment_text(trace, event.ref));
    case trace::EventKind::segment_refused:
        return line(event.at, direction(),
                    fmt::format("{} is refused: {}", segment_text(trace, event.ref),
                                trace::text(event.rule).en));
    case trace::EventKind::segment_lost:
        return line(event.at, direction(), segment_text(trace, event.ref) + " is lost");
    case trace::EventKind::transition:
        return line(event.at, socket(),
                    fmt::format("{} -> {}{}", trace::name(event.from), trace::name(event.to),
                                mark(event.certainty)));
    case trace::EventKind::queue_changed:
        return line(event.at, socket(),
                    fmt::format("{} {} · limit {} (+1 fits){}", trace::name(event.queue()),
                                event.value, event.limit, mark(event.certainty)));
    case trace::EventKind::inferred:
        return line(event.at, socket(),
                    fmt::format("one of several ways from {} to {}", trace::name(event.from),
                                trace::name(event.to)));
    case trace::EventKind::socket_created:
    case trace::EventKind::socket_gone:
    case trace::EventKind::segment_arrived:
    case trace::EventKind::segment_held:
    case trace::EventKind::segment_released:
    case trace::EventKind::icmp_arrived:
    case trace::EventKind::timer_fired:
    case trace::EventKind::counter:
    case trace::EventKind::setting: return "";
    }
    return "";
}

std::string text_line(const QueueLine& change) {
    const std::string_view name = change.queue == "send_queue" ? "send queue" : "receive queue";
    const std::uint32_t data = change.bytes - (change.fin || change.syn ? 1 : 0);
    return line(change.at, change.socket,
                fmt::format("{} {} B{}", name, data,
                            change.fin   ? " + FIN"
                            : change.syn ? " + SYN"
                                         : ""));
}

std::vector<QueueLine> queue_changes(const trace::Snapshot& before, const trace::Snapshot& now) {
    std::vector<QueueLine> lines;
    for (const trace::HostView& host : now.hosts)
        for (const trace::SocketView& socket : host.sockets) {
            const trace::SocketView* old = trace::find_socket(before, socket.cookie);
            const auto changed = [&](const trace::BufferView& buffer,
                                     const trace::BufferView* was) {
                return was ? was->bytes != buffer.bytes || was->fin != buffer.fin
                           : buffer.bytes != 0;
            };
            if (changed(socket.send_queue, old ? &old->send_queue : nullptr))
                lines.push_back({now.now, socket.name, "send_queue", socket.send_queue.bytes,
                                 socket.state == trace::State::syn_sent, socket.send_queue.fin});
            if (changed(socket.recv_queue, old ? &old->recv_queue : nullptr))
                lines.push_back({now.now, socket.name, "recv_queue", socket.recv_queue.bytes, false,
                                 socket.recv_queue.fin});
        }
    return lines;
}

} // namespace net
