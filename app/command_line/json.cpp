// A play as JSON.
#include "command_line/json.hpp"

#include "trace/json_text.hpp"

#include <fmt/format.h>

#include <iterator>

namespace command_line {
namespace {

// One object: fields in the order in which they are added.
class Object {
public:
    Object& text(std::string_view name, std::string_view value) {
        return raw(name, trace::json_string(value));
    }
    Object& number(std::string_view name, std::int64_t value) {
        return raw(name, fmt::format("{}", value));
    }
    Object& truth(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    Object& raw(std::string_view name, std::string_view json) {
        fmt::format_to(std::back_inserter(out_), "{}{}: {}", out_.empty() ? "" : ", ",
                       trace::json_string(name), json);
        return *this;
    }
    std::string done() const { return "{" + out_ + "}"; }

private:
    std::string out_;
};

template <typename Range, typename Print>
std::string list(const Range& range, std::string_view between, Print print) {
    std::string out = "[";
    bool first = true;
    for (const auto& element : range) {
        if (!first)
            out += between;
        first = false;
        out += print(element);
    }
    return out + "]";
}

std::string_view kind_name(trace::EventKind kind) {
    using enum trace::EventKind;
    switch (kind) {
    case socket_created: return "socket_created";
    case socket_gone: return "socket_gone";
    case call_entered: return "call_entered";
    case call_returned: return "call_returned";
    case segment_sent: return "segment_sent";
    case segment_arrived: return "segment_arrived";
    case segment_refused: return "segment_refused";
    case segment_lost: return "segment_lost";
    case segment_held: return "segment_held";
    case segment_released: return "segment_released";
    case icmp_arrived: return "icmp_arrived";
    case transition: return "transition";
    case queue_changed: return "queue_changed";
    case timer_fired: return "timer_fired";
    case counter: return "counter";
    case setting: return "setting";
    case inferred: return "inferred";
    }
    return "";
}

void add_segment(Object& o, const trace::Trace& log, trace::SegmentId id) {
    const auto& record = log.segments[id];
    const auto& s = record.segment;
    Object segment;
    segment.number("id", id)
        .text("flags", trace::describe(s))
        .number("seq", s.seq.raw)
        .number("ack", s.ack.raw)
        .number("len", s.length)
        .number("window", s.window)
        .text("from", log.hosts[record.from])
        .text("to", log.hosts[record.to])
        .number("source_port", s.source.port)
        .number("destination_port", s.destination.port)
        .number("transmission", record.transmission);
    if (s.has_timestamps)
        segment.number("ts_value", s.ts_value).number("ts_echo", s.ts_echo);
    if (s.sack_blocks > 0) {
        std::string blocks;
        for (std::size_t i = 0; i < s.sack_blocks; ++i)
            blocks += fmt::format("{}[{}, {}]", i == 0 ? "" : ", ", s.sack[i].first.raw,
                                  s.sack[i].last.raw);
        segment.raw("sack", "[" + blocks + "]");
    }
    if (record.copy)
        segment.truth("copy", true);
    o.raw("segment", segment.done());
}

void add_details(Object& o, const trace::Trace& log, const trace::Event& e) {
    using enum trace::EventKind;
    switch (e.kind) {
    case segment_sent:
    case segment_arrived:
    case segment_refused:
    case segment_lost:
    case segment_held:
    case segment_released: add_segment(o, log, e.ref); return;
    case icmp_arrived: {
        const trace::Icmp message = trace::unpack_icmp(e.value);
        o.number("type", message.type);
        o.number("code", message.code);
        if (message.wants_fragments())
            o.number("mtu", message.mtu);
        add_segment(o, log, e.ref);
        return;
    }
    case call_entered:
        o.text("call", trace::name(log.calls[e.ref].call)).text("arguments", log.calls[e.ref].text);
        return;
    case call_returned:
        o.text("call", trace::name(log.calls[e.ref].call)).number("value", e.value);
        if (e.value < 0)
            o.text("errno", trace::name(static_cast<trace::Errno>(-e.value)));
        return;
    case transition:
        o.text("from", trace::name(e.from)).text("to", trace::name(e.to));
        o.text("trigger", trace::name(e.trigger()));
        return;
    case queue_changed:
        o.text("queue", trace::name(e.queue())).number("length", e.value).number("limit", e.limit);
        return;
    case timer_fired: o.text("timer", trace::name(e.timer())).number("repetition", e.value); return;
    case counter: o.text("counter", trace::name(e.counter())).number("value", e.value); return;
    case socket_created:
    case socket_gone:
    case setting:
    case inferred: return;
    }
}

std::string event(const trace::Trace& log, const trace::Event& e, std::size_t id,
                  const std::string& language) {
    Object o;
    o.number("id", static_cast<std::int64_t>(id))
        .number("t_ns", e.at.ns)
        .text("kind", kind_name(e.kind));
    if (e.host < log.hosts.size())
        o.text("host", log.hosts[e.host]);
    if (e.socket != trace::none)
        o.text("socket", trace::socket_name(log, e.socket));
    add_details(o, log, e);
    if (e.cause != trace::none)
        o.number("cause", e.cause);
    if (e.rule != trace::Rule::none)
        o.text("rule", trace::text(e.rule).key);
    o.number("beat", e.beat).text("sentence", trace::sentence(log, e, language));
    return o.done();
}

std::string finding(const scenario::Scenario& s, const scenario::Finding& f) {
    constexpr std::string_view kinds[] = {"expectation", "result", "question"};
    Object o;
    o.text("what", kinds[static_cast<std::size_t>(f.what)])
        .number("line", s.lines[f.line].where.line)
        .truth("held", f.held)
        .number("t_ns", f.at.ns)
        .number("events", f.events)
        .text("expected", f.expected)
        .text("found", f.found);
    if (f.what == scenario::Finding::What::question) {
        const auto& options = std::get<scenario::Prediction>(s.lines[f.line].what).options;
        o.raw("right", list(f.right, ", ",
                            [&](std::uint32_t i) { return trace::json_string(options[i].value); }));
    }
    return o.done();
}

std::string step(const scenario::Line& line, std::uint32_t events, const std::string& language) {
    Object o;
    o.number("step", line.step).number("t_ns", line.at.ns).number("events", events);
    if (const auto* note = std::get_if<scenario::Note>(&line.what)) {
        o.text("note", note->text.in(language));
    } else if (const auto* asked = std::get_if<scenario::Prediction>(&line.what)) {
        o.text("ask", asked->ask.in(language));
        o.raw("options", list(asked->options, ", ", [&](const scenario::Option& option) {
                  return Object()
                      .text("value", option.value)
                      .text("text", option.text.in(language))
                      .done();
              }));
    }
    return o.done();
}

} // namespace

std::string json(const scenario::Scenario& s, const scenario::Report& report,
                 const trace::Trace& log, const std::string& language) {
    std::vector<std::string> events, steps;
    for (std::size_t i = 0; i < log.events.size(); ++i)
        events.push_back(event(log, log.events[i], i, language));
    for (std::size_t i = 0; i < report.line_events.size(); ++i) {
        if (s.lines[i].step != 0)
            steps.push_back(step(s.lines[i], report.line_events[i], language));
    }
    const auto same = [](const std::string& text) { return text; };
    Object o;
    o.text("file", s.file).text("title", s.title.in(language));
    o.raw("hosts", list(s.hosts, ", ", [](const scenario::HostLine& host) {
              return Object().text("name", host.name).text("profile", host.profile).done();
          }));
    o.number("end_ns", s.end.ns).truth("held", report.held());
    o.raw("steps", list(steps, ",\n  ", same));
    o.raw("findings", list(report.findings, ",\n  ", [&](const auto& f) { return finding(s, f); }));
    o.raw("events", list(events, ",\n  ", same));
    return o.done();
}

} // namespace command_line
