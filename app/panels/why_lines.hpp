// The lines of Why?: one per beat, with what happened, the rule and its source. Made once, kept
// while the trace grows.
#pragma once

#include "trace/event.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace panels {

struct WhyLine {
    trace::EventId first = 0, last = 0; // the events of this beat
    trace::EventId main = 0;            // the one whose rule the line names; a click selects it
    trace::Instant at;
    trace::HostId host = trace::no_host;
    std::string what, rule, source;
    bool refused = false;
};

class WhyLines {
public:
    // Brings the lines up to `visible` events of the trace. Cheap when only few are new.
    void update(const trace::Trace&, std::uint32_t visible, std::string_view language);
    const std::vector<WhyLine>& all() const { return lines; }

private:
    std::vector<WhyLine> lines;
    const trace::Trace* of = nullptr;
    std::string in;
    std::uint32_t seen = 0;
    trace::Event newest; // the last event seen: another one at its place means another story
};

// The line that holds this event; npos if none.
std::size_t line_of(const std::vector<WhyLine>&, trace::EventId);
// The events that led to `event`, itself first.
std::vector<trace::EventId> causes(const trace::Trace&, trace::EventId event);

} // namespace panels
