// The timeline's axis and marks as a pure function: where every instant lies on the bar.
//
// Long idle stretches would leave no room for what happens: from mark to mark the bar grows with
// the logarithm of the time between them, evenly inside.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace panels {

struct TimelineKnot {
    trace::Instant at;
    float x = 0;
};

struct TimelineAxis {
    std::vector<TimelineKnot> knots; // never fewer than two; both ends of the bar

    float x(trace::Instant) const;
    trace::Instant at(float x) const;
};

TimelineAxis lay_timeline_axis(const view::TimelineView&, float left, float right);

struct MarkItem {
    view::TimelineMark mark;
    float x = 0;
};
struct MarkLabel {
    float left = 0, right = 0;
    std::string text{};
    bool failed = false;
};
struct BranchItem {
    int branch = 0;
    float fork_x = 0;
    ui::Rect box; // its row below the bar, from the fork on
    std::string text;
};

struct TimelineLayout {
    std::vector<MarkItem> marks; // those after `hidden_after` are not there
    MarkLabel start, finish;
    std::vector<MarkLabel> labels; // never over each other
    std::vector<BranchItem> branches;
};

struct TimelineStyle {
    float row = 22, gap = 8;
    std::string start, end; // the instants at both ends of the bar
    std::function<float(std::string_view)> width;
    std::function<std::string(const view::TimelineMark&)> name; // "" for marks without a label
};

TimelineLayout lay_timeline(const view::TimelineView&, const TimelineAxis&,
                            trace::Instant hidden_after, const ui::Rect& below_bar,
                            const TimelineStyle&);

} // namespace panels
