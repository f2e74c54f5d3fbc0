// Opening, stepping and scrubbing what was recorded.
#include "recorded_source.hpp"

#include <algorithm>

#include "marks.hpp"
#include "view/player.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;

namespace {

bool shows_something(const record::Look& look) {
    return look.events > 0 ||
           std::any_of(look.hosts.begin(), look.hosts.end(), [](const auto& host) {
               return !host->sockets.empty() || !host->listeners.empty();
           });
}

} // namespace

RecordedSource::RecordedSource(record::Recording recording) : recording_(std::move(recording)) {
    // Whoever watched waited for the first thing to be seen; whoever opens it does not.
    auto& looks = recording_.looks;
    const auto first = std::find_if(looks.begin(), looks.end(), shows_something);
    if (first != looks.end())
        looks.erase(looks.begin(), first);
    go(0);
}

bool RecordedSource::go(std::size_t look) {
    if (look >= recording_.looks.size())
        return false;
    look_ = look;
    snapshot_ = record::snapshot(recording_.looks[look]);
    return true;
}

view::Can RecordedSource::can() const {
    view::Can can;
    can.back = look_ > 0;
    if (!can.back)
        can.why_not_back = view::tr("This is the beginning.");
    can.act = can.verdicts = can.wire = false;
    can.why_not_act = can.why_not_verdicts = can.why_not_wire =
        view::tr("This is a recording: what happened has happened.");
    can.segments = !recording_.trace.segments.empty();
    can.scope = recording_.about.scope;
    return can;
}

std::optional<trace::Instant> RecordedSource::next_due() const {
    if (at_stop())
        return std::nullopt;
    return recording_.looks[look_ + 1].at;
}

// Back over at least one thing of that kind.
void RecordedSource::step_back_over(view::StepBy kind) {
    const std::uint32_t before = visible_events();
    while (step_back())
        for (std::uint32_t i = visible_events(); i < before; ++i)
            if (view::matches(trace().events[i], kind))
                return;
}

std::string RecordedSource::perform(const view::Command& command) {
    const auto& looks = recording_.looks;
    if (const auto* seek = std::get_if<cmd::Seek>(&command)) {
        const auto after =
            std::upper_bound(looks.begin(), looks.end(), seek->to,
                             [](trace::Instant t, const record::Look& l) { return t < l.at; });
        go(after == looks.begin() ? 0 : static_cast<std::size_t>(after - looks.begin()) - 1);
    } else if (const auto* e = std::get_if<cmd::SeekEvent>(&command)) {
        const auto shows = std::find_if(looks.begin(), looks.end(),
                                        [&](const record::Look& l) { return l.events > e->event; });
        if (shows != looks.end())
            go(static_cast<std::size_t>(shows - looks.begin()));
    } else if (std::holds_alternative<cmd::Back>(command)) {
        step_back_over(view::StepBy::beat);
    } else if (const auto* s = std::get_if<cmd::StepBackward>(&command)) {
        step_back_over(s->by);
    } else if (std::holds_alternative<cmd::StartOver>(command)) {
        go(0);
    }
    return "";
}

void RecordedSource::fill(view::Frame& frame) const {
    frame.snapshot = &snapshot_;
    frame.trace = &recording_.trace;
    frame.visible_events = visible_events();
    frame.can = can();
    frame.timeline.end = recording_.looks.back().at;
    frame.timeline.marks = timeline_marks(trace(), visible_events());
    if (at_stop())
        frame.nothing_due = view::tr("The recording ends here.");
}

} // namespace sources
