// Measured times take the place of those that were written.
#include "late.hpp"

#include <algorithm>
#include <numeric>

namespace sources {
namespace {

// When a line took effect: a thread makes its call when it has got a processor.
trace::Instant ran(const scenario::Report::Ran& line, const net::Pace& pace) {
    const auto call = pace.calls.find(line.call);
    if (call == pace.calls.end() || !call->second.began)
        return line.at;
    return std::max(line.at, *call->second.began);
}

scenario::Woken woken(const scenario::Act& act, trace::CallId id, const net::Pace& pace) {
    const auto call = pace.calls.find(id);
    // A write that waits for room is woken many times.
    if (call == pace.calls.end() || std::holds_alternative<scenario::Write>(act.action))
        return {};
    scenario::Woken found{call->second.waited};
    if (std::holds_alternative<scenario::Read>(act.action) && call->second.returned) {
        found.returns = *call->second.returned;
        found.found = static_cast<std::uint32_t>(std::max<std::int64_t>(call->second.value, 0));
    }
    return found;
}

} // namespace

Late as_late(const scenario::Scenario& script, const KernelPlay& kernel) {
    const auto& lines = kernel.report.lines;
    Late late;
    late.script = script;
    late.script.lines.resize(std::min(script.lines.size(), lines.size()));
    std::map<trace::Cookie, trace::Instant> latest; // a thread's calls stay in their order
    for (std::size_t i = 0; i < late.script.lines.size(); ++i) {
        scenario::Line& line = late.script.lines[i];
        line.at = ran(lines[i], kernel.pace);
        if (auto* act = std::get_if<scenario::Act>(&line.what))
            act->woken = woken(*act, lines[i].call, kernel.pace);
        if (lines[i].call < kernel.trace.calls.size()) {
            trace::Instant& before = latest[kernel.trace.calls[lines[i].call].socket];
            line.at = before = std::max(before, line.at);
        }
    }
    late.lines.resize(late.script.lines.size());
    std::iota(late.lines.begin(), late.lines.end(), 0u);
    std::stable_sort(late.lines.begin(), late.lines.end(), [&](std::uint32_t a, std::uint32_t b) {
        return late.script.lines[a].at < late.script.lines[b].at;
    });
    std::vector<scenario::Line> sorted;
    for (const std::uint32_t i : late.lines)
        sorted.push_back(std::move(late.script.lines[i]));
    late.script.lines = std::move(sorted);
    if (!late.script.lines.empty())
        late.script.end = std::max(script.end, late.script.lines.back().at);
    for (scenario::WireLine& wire : late.script.wires) {
        const std::size_t place = wire.from * script.hosts.size() + wire.to;
        if (place < kernel.pace.frames.size())
            wire.late = kernel.pace.frames[place];
    }
    return late;
}

void Late::put_back(scenario::Report& report) const {
    for (scenario::Finding& finding : report.findings)
        finding.line = lines[finding.line];
    auto events = report.line_events;
    for (std::size_t i = 0; i < report.line_events.size(); ++i)
        events[lines[i]] = report.line_events[i];
    report.line_events = std::move(events);
}

Waits waits(const KernelPlay& kernel) {
    Waits found;
    for (const auto& [id, call] : kernel.pace.calls)
        found[id] = call.waited;
    return found;
}

Waits waits(const Late& late, const scenario::Report& simulated) {
    Waits found;
    for (std::size_t i = 0; i < simulated.lines.size(); ++i)
        if (const auto* act = std::get_if<scenario::Act>(&late.script.lines[i].what))
            if (simulated.lines[i].call != trace::none)
                found[simulated.lines[i].call] = act->woken.waits;
    return found;
}

trace::Trace without_waits(trace::Trace trace, const Waits& waits) {
    std::map<trace::CallId, trace::Instant> entered;
    for (trace::Event& event : trace.events) {
        if (event.kind == trace::EventKind::call_entered)
            entered[event.ref] = event.at;
        const auto wait = waits.find(event.ref);
        if (event.kind == trace::EventKind::call_returned && wait != waits.end())
            event.at = std::max(event.at - wait->second, entered[event.ref]);
    }
    return trace;
}

bool failed_alike(const scenario::Report& kernel, const scenario::Report& simulated) {
    return std::all_of(
        kernel.findings.begin(), kernel.findings.end(), [&](const scenario::Finding& theirs) {
            return theirs.held || std::any_of(simulated.findings.begin(), simulated.findings.end(),
                                              [&](const scenario::Finding& ours) {
                                                  return ours.line == theirs.line && !ours.held;
                                              });
        });
}

} // namespace sources
