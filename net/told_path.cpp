// What was seen is told as such; what must have happened on the way to it, as inferred.
#include "net/told_path.hpp"

#include "net/recorder.hpp"

namespace net {

PathEvents tell_path(Recorder& recorder, const LikelyPath& path, const PathTold& told) {
    PathEvents events;
    trace::Event event = told.of;
    if (path.has_alternatives || path.legs.empty()) {
        event.kind = trace::EventKind::inferred; // the legs that follow are one of several ways
        event.from = told.from;
        event.to = told.to;
        event.rule = told.unclear;
        event.certainty = trace::Certainty::inferred;
        recorder.add(event);
    }
    event.kind = trace::EventKind::transition;
    const auto leg_is_told = [&](const Leg& leg, bool seen) {
        event.from = leg.from;
        event.to = leg.to;
        event.what = static_cast<std::uint8_t>(leg.trigger);
        event.rule = seen ? leg.rule : trace::Rule::inferred_between_samples;
        event.certainty = seen ? told.arrival : trace::Certainty::inferred;
        events.last = recorder.add(event);
        events.legs.push_back(event);
    };
    for (const Leg& leg : path.legs)
        leg_is_told(leg, &leg == &path.legs.back() && !told.is_past);
    if (path.legs.empty())
        leg_is_told({told.from, told.to, trace::Trigger::gave_up, trace::Rule::observed},
                    !told.is_past);
    return events;
}

} // namespace net
