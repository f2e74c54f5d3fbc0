// The lines of Why?.
#include "panels/why_lines.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace panels {
namespace {

using trace::EventKind;

// Does an event of a beat belong into its one line? The rest is found in the other views.
bool told(EventKind kind) {
    switch (kind) {
    case EventKind::call_entered:
    case EventKind::call_returned:
    case EventKind::segment_sent:
    case EventKind::segment_arrived:
    case EventKind::segment_refused:
    case EventKind::segment_lost:
    case EventKind::segment_held:
    case EventKind::segment_released:
    case EventKind::icmp_arrived:
    case EventKind::transition:
    case EventKind::queue_changed:
    case EventKind::timer_fired:
    case EventKind::setting:
    case EventKind::inferred: return true;
    case EventKind::socket_created:
    case EventKind::socket_gone:
    case EventKind::counter: return false;
    }
    return false;
}

// Which event's rule explains the beat best.
int weight(const trace::Event& e) {
    if (e.rule == trace::Rule::none)
        return 0;
    switch (e.kind) {
    case EventKind::segment_refused: return 6;
    case EventKind::transition: return 5;
    case EventKind::segment_lost:
    case EventKind::segment_held:
    case EventKind::segment_released: return 4;
    case EventKind::icmp_arrived:
    case EventKind::timer_fired: return 4;
    case EventKind::queue_changed: return 3;
    case EventKind::segment_arrived:
    case EventKind::segment_sent:
    case EventKind::call_returned: return 2;
    case EventKind::call_entered:
    case EventKind::setting:
    case EventKind::inferred:
    case EventKind::socket_created:
    case EventKind::socket_gone:
    case EventKind::counter: return 1;
    }
    return 1;
}

WhyLine begin_line(const trace::Event& e, trace::EventId id) {
    WhyLine line;
    line.first = line.last = line.main = id;
    line.at = e.at;
    line.host = e.host;
    return line;
}

void finish(WhyLine& line, const trace::Trace& trace, std::string_view language) {
    std::vector<std::string> parts;
    for (trace::EventId i = line.first; i <= line.last; ++i) {
        const auto& e = trace.events[i];
        line.refused = line.refused || e.kind == EventKind::segment_refused ||
                       e.kind == EventKind::segment_lost ||
                       (e.kind == EventKind::call_returned && e.value < 0);
        if (weight(e) > weight(trace.events[line.main]))
            line.main = i;
        if (told(e.kind))
            parts.push_back(trace::sentence(trace, e, language));
    }
    if (parts.empty())
        parts.push_back(trace::sentence(trace, trace.events[line.first], language));
    parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
    line.what = fmt::format("{}", fmt::join(parts, language == "zh" ? "；" : "; "));
    const auto& rule = trace::text(trace.events[line.main].rule);
    line.rule = language == "zh" ? rule.zh : rule.en;
    line.source = rule.source;
}

} // namespace

void WhyLines::update(const trace::Trace& trace, std::uint32_t visible, std::string_view language) {
    visible = std::min(visible, static_cast<std::uint32_t>(trace.events.size()));
    const bool same = of == &trace && in == language && seen <= visible &&
                      (seen == 0 || trace.events[seen - 1] == newest);
    if (same && seen == visible)
        return;
    if (!same) {
        lines.clear();
        seen = 0;
    } else if (!lines.empty()) { // the last beat may have been cut in its middle
        seen = lines.back().first;
        lines.pop_back();
    }
    of = &trace;
    in = language;
    const std::size_t old = lines.size();
    for (trace::EventId i = seen; i < visible; ++i) {
        const auto& e = trace.events[i];
        if (lines.size() == old || trace.events[lines.back().last].beat != e.beat ||
            lines.back().host != e.host || lines.back().at != e.at)
            lines.push_back(begin_line(e, i));
        lines.back().last = i;
    }
    for (std::size_t i = old; i < lines.size(); ++i)
        finish(lines[i], trace, language);
    seen = visible;
    if (visible > 0)
        newest = trace.events[visible - 1];
}

std::size_t line_of(const std::vector<WhyLine>& lines, trace::EventId event) {
    const auto found = std::partition_point(lines.begin(), lines.end(),
                                            [&](const WhyLine& l) { return l.last < event; });
    if (found == lines.end() || found->first > event)
        return std::string::npos;
    return static_cast<std::size_t>(found - lines.begin());
}

std::vector<trace::EventId> causes(const trace::Trace& trace, trace::EventId event) {
    std::vector<trace::EventId> chain;
    // A cause always comes before what it caused, so this ends.
    while (event < trace.events.size()) {
        chain.push_back(event);
        const trace::EventId cause = trace.events[event].cause;
        if (cause >= event)
            break;
        event = cause;
    }
    return chain;
}

} // namespace panels
