// Which events are marked on the timeline.
#include "marks.hpp"

#include <optional>

namespace sources {

std::vector<view::TimelineMark> timeline_marks(const trace::Trace& trace, std::uint32_t events) {
    using Mark = view::TimelineMark::Kind;
    std::vector<view::TimelineMark> marks;
    for (std::uint32_t i = 0; i < events; ++i) {
        const trace::Event& e = trace.events[i];
        std::optional<Mark> kind;
        if (e.kind == trace::EventKind::transition)
            kind = Mark::transition;
        else if (e.kind == trace::EventKind::segment_lost)
            kind = Mark::lost;
        else if (e.kind == trace::EventKind::segment_refused)
            kind = Mark::refused;
        else if (e.kind == trace::EventKind::timer_fired)
            kind = Mark::timer;
        else if (e.kind == trace::EventKind::call_entered)
            kind = Mark::call;
        if (kind)
            marks.push_back({e.at, i, *kind});
    }
    return marks;
}

} // namespace sources
