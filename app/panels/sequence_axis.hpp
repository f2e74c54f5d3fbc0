// The time axis of the sequence view: from instants to heights.
//
// Every instant at which something is drawn is a moment. Between two moments time runs evenly; how
// high the gap is depends on what happens in it: a flight gets the height of a flight, idle time
// folds into a break that names it. Segments that leave or arrive at one instant take rows below
// each other. True scale drops all of this: height is time.
#pragma once

#include "panels/sequence_story.hpp"

#include <vector>

namespace panels {

struct AxisStyle {
    float top = 30;    // above the first moment
    float flight = 56; // height of the usual one-way delay
    float fold = 84;   // height of idle time that is folded
    float row = 36;    // from one row of an instant to the next
    float dwell = 24;  // below a moment that has something to say, before time goes on
    bool true_scale = false;
    double pixels_per_second = 1000; // true scale only
};

struct Moment {
    trace::Instant at{};
    float y = 0;
    float height = 0; // rows and dwell
    int rows = 1;
    bool told = false; // something is drawn here: it deserves a label on the axis
};

struct Break {
    float top = 0, bottom = 0; // the gap
    trace::Duration skipped;
};

// Where one end of a segment lies.
struct AxisRow {
    int departure = 0, arrival = 0;
};

struct Axis {
    AxisStyle style;
    std::vector<Moment> moments; // never empty
    std::vector<Break> breaks;
    std::vector<AxisRow> segments; // by place in Story::segments
    float now_y = 0;               // of the instant shown
    float end_y = 0;               // below everything, promised arrivals included

    // The height of a row of an instant; of an instant between moments, in between.
    float y(trace::Instant, int row = 0) const;
    // Where time goes on after everything of this instant.
    float y_after(trace::Instant) const;
    trace::Instant at(float y) const;
};

// `shown` is the instant that is drawn as now.
// `below`: how much the end of a refused segment needs below it, by place in Story::segments.
Axis lay_axis(const trace::Trace&, const Story&, const trace::Snapshot&, trace::Instant shown,
              const AxisStyle&, const std::vector<float>& below = {});

// The row of whatever segment end belongs to this event, 0 if none does.
int row_of(const trace::Trace&, const Story&, const Axis&, trace::EventId);

} // namespace panels
