// Strokes against boxes by the slab method: where a stroke enters and leaves.
#include "panels/placing.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace panels {

namespace {

// The shares of the stroke at which it enters and leaves the box.
std::optional<std::pair<float, float>> inside(const Stroke& stroke, const ui::Rect& box) {
    float enter = 0, leave = 1;
    const auto slab = [&](float from, float to, float low, float high) {
        const float run = to - from;
        if (run == 0) {
            return from >= low && from <= high;
        }
        float a = (low - from) / run, b = (high - from) / run;
        if (a > b) {
            std::swap(a, b);
        }
        enter = std::max(enter, a);
        leave = std::min(leave, b);
        return enter <= leave;
    };
    if (!slab(stroke.from.x, stroke.to.x, box.x, box.right()) ||
        !slab(stroke.from.y, stroke.to.y, box.y, box.bottom())) {
        return std::nullopt;
    }
    return std::pair(enter, leave);
}

} // namespace

bool crosses(const Stroke& stroke, const ui::Rect& box) {
    return inside(stroke, box).has_value();
}

std::vector<Stroke> outside(const Stroke& stroke, const ui::Rect& box) {
    const auto shares = inside(stroke, box);
    if (!shares) {
        return {stroke};
    }
    std::vector<Stroke> parts;
    if (shares->first > 0) {
        parts.push_back({stroke.from, between(stroke.from, stroke.to, shares->first)});
    }
    if (shares->second < 1) {
        parts.push_back({between(stroke.from, stroke.to, shares->second), stroke.to});
    }
    return parts;
}

float distance(ui::Vec p, const Stroke& stroke) {
    const ui::Vec run = stroke.to - stroke.from;
    const float length2 = run.x * run.x + run.y * run.y;
    float share = 0;
    if (length2 > 0) {
        const ui::Vec to = p - stroke.from;
        share = std::clamp((to.x * run.x + to.y * run.y) / length2, 0.0f, 1.0f);
    }
    const ui::Vec nearest = between(stroke.from, stroke.to, share);
    return std::hypot(p.x - nearest.x, p.y - nearest.y);
}

bool Taken::free_of_boxes(const ui::Rect& box, float margin) const {
    const ui::Rect wide{box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin};
    return std::none_of(boxes_.begin(), boxes_.end(),
                        [&](const ui::Rect& other) { return overlap(wide, other); });
}

bool Taken::free(const ui::Rect& box, float margin, unsigned owner) const {
    const ui::Rect wide{box.x - margin, box.y - margin, box.w + 2 * margin, box.h + 2 * margin};
    if (!free_of_boxes(box, margin)) {
        return false;
    }
    for (const Owned& other : strokes_) {
        if ((other.owner == nobody || other.owner != owner) && crosses(other.stroke, wide)) {
            return false;
        }
    }
    return true;
}

} // namespace panels
