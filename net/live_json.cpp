// Lines to be read by programs: one JSON object each.
#include "net/live_lines.hpp"
#include "trace/json_text.hpp"

#include <fmt/core.h>

namespace net {

std::string json_line(const trace::Trace& trace, const trace::Event& event) {
    const auto head = [&](std::string_view kind) {
        return fmt::format("{{\"t_ns\":{},\"kind\":\"{}\"", event.at.ns, kind);
    };
    const auto socket = [&] { return trace::json_string(trace::socket_name(trace, event.socket)); };
    const auto host = [&](trace::HostId id) {
        return trace::json_string(id < trace.hosts.size() ? trace.hosts[id] : "?");
    };
    const auto segment = [&](std::string_view fate) {
        const trace::SegmentRecord& record = trace.segments[event.ref];
        return fmt::format("{},\"id\":{},\"fate\":\"{}\",\"from\":{},\"to\":{},\"flags\":\"{}\","
                           "\"seq\":{},\"ack\":{},\"length\":{},\"window\":{},"
                           "\"transmission\":{}}}",
                           head("segment"), event.ref, fate, host(record.from), host(record.to),
                           trace::describe(record.segment), record.segment.seq.raw,
                           record.segment.ack.raw, record.segment.length, record.segment.window,
                           record.transmission);
    };
    const auto certainty = certainty_name(event.certainty);
    switch (event.kind) {
    case trace::EventKind::call_entered:
        return fmt::format("{},\"host\":{},\"call\":\"{}\",\"arguments\":{}}}", head("call"),
                           host(event.host), trace::name(trace.calls[event.ref].call),
                           trace::json_string(trace.calls[event.ref].text));
    case trace::EventKind::call_returned:
        return fmt::format(
            "{},\"host\":{},\"call\":\"{}\",\"value\":{},\"errno\":{}}}", head("return"),
            host(event.host), trace::name(trace.calls[event.ref].call),
            event.value < 0 ? -1 : event.value,
            event.value < 0
                ? trace::json_string(trace::name(static_cast<trace::Errno>(-event.value)))
                : "null");
    case trace::EventKind::segment_sent: return segment("sent");
    case trace::EventKind::segment_arrived: return segment("arrived");
    case trace::EventKind::segment_refused: return segment("refused");
    case trace::EventKind::segment_lost: return segment("lost");
    case trace::EventKind::transition:
    case trace::EventKind::inferred:
        return fmt::format(
            "{},\"socket\":{},\"from\":\"{}\",\"to\":\"{}\",\"certainty\":\"{}\"}}",
            head(event.kind == trace::EventKind::transition ? "transition" : "one_of_several_ways"),
            socket(), trace::name(event.from), trace::name(event.to), certainty);
    case trace::EventKind::queue_changed:
        return fmt::format(
            "{},\"socket\":{},\"queue\":\"{}\",\"length\":{},\"limit\":{},\"certainty\":\"{}\"}}",
            head("queue"), socket(),
            event.queue() == trace::Queue::syn ? "syn_queue" : "accept_queue", event.value,
            event.limit, certainty);
    case trace::EventKind::counter:
        return fmt::format("{},\"host\":{},\"name\":\"{}\",\"value\":{}}}", head("counter"),
                           host(event.host), trace::name(event.counter()), event.value);
    case trace::EventKind::timer_fired:
        return fmt::format("{},\"socket\":{},\"timer\":\"{}\",\"repetition\":{}}}", head("timer"),
                           socket(), trace::name(event.timer()), event.value);
    case trace::EventKind::socket_created:
    case trace::EventKind::socket_gone:
    case trace::EventKind::segment_held:
    case trace::EventKind::segment_released:
    case trace::EventKind::icmp_arrived:
    case trace::EventKind::setting: return "";
    }
    return "";
}

std::string json_line(const QueueLine& change) {
    return fmt::format("{{\"t_ns\":{},\"kind\":\"queue\",\"socket\":{},\"queue\":\"{}\",\"bytes\":{"
                       "},\"syn\":{},\"fin\":{}}}",
                       change.at.ns, trace::json_string(change.socket), change.queue, change.bytes,
                       change.syn, change.fin);
}

} // namespace net
