// The way from one state to another, written down as events.
#pragma once

#include "net/likely_path.hpp"
#include "trace/event.hpp"

#include <vector>

namespace net {

class Recorder;

struct PathTold {
    trace::Event of; // at, host, socket and cause of each event
    trace::State from = trace::State::closed;
    trace::State to = trace::State::closed;
    trace::Rule unclear = trace::Rule::inferred_between_samples; // why the legs are not certain
    bool is_past = false;     // not even the last leg was seen to happen
    trace::Certainty arrival; // of the last leg; those before it are inferred
};

// That it is one of several ways, if so, and a transition for each leg (one of unknown reason if
// the table knows no way); the transitions, with the id of the last.
struct PathEvents {
    std::vector<trace::Event> legs;
    trace::EventId last = trace::none;
};
PathEvents tell_path(Recorder&, const LikelyPath&, const PathTold&);

} // namespace net
