// Knots by logarithm, labels by first come, branches by row.
#include "panels/timeline_layout.hpp"

#include "view/words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace panels {

TimelineAxis lay_timeline_axis(const view::TimelineView& view, float left, float right) {
    std::vector<trace::Instant> instants = {trace::Instant{}};
    for (const view::TimelineMark& mark : view.marks) {
        instants.push_back(mark.at);
    }
    instants.push_back(std::max(view.end, trace::Instant{} + trace::milliseconds(1)));
    std::sort(instants.begin(), instants.end());
    instants.erase(std::unique(instants.begin(), instants.end()), instants.end());

    std::vector<double> weights;
    double total = 0;
    for (std::size_t i = 0; i + 1 < instants.size(); ++i) {
        const double milliseconds = trace::in_seconds(instants[i + 1] - instants[i]) * 1e3;
        weights.push_back(std::log2(1 + milliseconds) + 0.1);
        total += weights.back();
    }
    TimelineAxis axis;
    double passed = 0;
    for (std::size_t i = 0; i < instants.size(); ++i) {
        axis.knots.push_back(
            {instants[i], left + static_cast<float>(passed / total) * (right - left)});
        passed += i < weights.size() ? weights[i] : 0;
    }
    return axis;
}

float TimelineAxis::x(trace::Instant at) const {
    const auto next =
        std::lower_bound(knots.begin(), knots.end(), at,
                         [](const TimelineKnot& k, trace::Instant t) { return k.at < t; });
    if (next == knots.begin()) {
        return knots.front().x;
    }
    if (next == knots.end()) {
        return knots.back().x;
    }
    const TimelineKnot& before = *(next - 1);
    const double share =
        trace::in_seconds(at - before.at) / trace::in_seconds(next->at - before.at);
    return before.x + static_cast<float>(share) * (next->x - before.x);
}

trace::Instant TimelineAxis::at(float x) const {
    const auto next = std::lower_bound(knots.begin(), knots.end(), x,
                                       [](const TimelineKnot& k, float at) { return k.x < at; });
    if (next == knots.begin()) {
        return knots.front().at;
    }
    if (next == knots.end()) {
        return knots.back().at;
    }
    const TimelineKnot& before = *(next - 1);
    const double share = (x - before.x) / (next->x - before.x);
    return before.at + trace::Duration{static_cast<std::int64_t>(
                           share * static_cast<double>((next->at - before.at).ns))};
}

TimelineLayout lay_timeline(const view::TimelineView& view, const TimelineAxis& axis,
                            trace::Instant hidden_after, const ui::Rect& below_bar,
                            const TimelineStyle& style) {
    TimelineLayout layout;
    const float end_width = style.width(style.end);
    layout.start = {below_bar.x, below_bar.x + style.width(style.start), style.start};
    layout.finish = {below_bar.right() - end_width, below_bar.right(), style.end};
    float taken_to = below_bar.x;
    for (const view::TimelineMark& mark : view.marks) {
        if (mark.at > hidden_after) {
            continue;
        }
        const float x = axis.x(mark.at);
        layout.marks.push_back({mark, x});
        const std::string text = style.name(mark);
        const float width = style.width(text);
        const float left = std::clamp(x - width / 2, below_bar.x,
                                      std::max(below_bar.x, below_bar.right() - width));
        if (!text.empty() && left >= taken_to && left + width <= below_bar.right()) {
            layout.labels.push_back({left, left + width, text,
                                     mark.kind == view::TimelineMark::Kind::lost ||
                                         mark.kind == view::TimelineMark::Kind::refused});
            taken_to = left + width + style.gap;
        }
    }
    // The ends are named where no mark's name stands already.
    if (!layout.labels.empty() && layout.labels.front().left < layout.start.right + style.gap) {
        layout.start.text.clear();
    }
    if (taken_to > layout.finish.left) {
        layout.finish.text.clear();
    }
    // The story itself needs no name until there is another one. Names follow each other in rows,
    // each as near to the right of its fork as there is room.
    float y = below_bar.y + style.row, x = below_bar.x;
    for (std::size_t i = 0; i < view.branches.size() && view.branches.size() > 1; ++i) {
        const view::BranchView& branch = view.branches[i];
        BranchItem item;
        item.branch = static_cast<int>(i);
        item.fork_x = axis.x(branch.forked);
        item.text = branch.label;
        const float width = std::min(style.width(item.text) + 3 * style.gap, below_bar.w);
        float left = i == 0 ? x : std::max(x, item.fork_x + style.gap);
        if (left + width > below_bar.right()) {
            left = std::max(x, below_bar.right() - width);
        }
        if (left + width > below_bar.right()) { // the row is full
            y += style.row;
            left = std::clamp(item.fork_x + style.gap, below_bar.x, below_bar.right() - width);
        }
        item.box = {left, y, width, style.row};
        x = left + width + style.gap;
        layout.branches.push_back(std::move(item));
    }
    return layout;
}

} // namespace panels
