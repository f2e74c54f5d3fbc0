// How a listener's queue is drawn as boxes.
#include "panels/queue_layout.hpp"

#include <algorithm>

namespace panels {
namespace {

using Kind = QueueBox::Kind;

// The boxes from the head on, without places; `before_bar` of them lie within the limit.
std::vector<QueueBox> boxes_of(std::size_t length, std::size_t limit, std::size_t fits,
                               std::size_t& before_bar) {
    std::vector<QueueBox> boxes;
    const auto entry = [&](std::size_t i) { boxes.push_back({Kind::entry, i, 1, {}}); };
    if (length <= boxes_drawn_singly && fits <= boxes_drawn_singly) {
        for (std::size_t i = 0; i < std::max(length, fits); ++i) {
            if (i < length)
                entry(i);
            else
                boxes.push_back({Kind::empty, 0, 1, {}});
        }
        before_bar = std::min(limit, boxes.size());
        return boxes;
    }
    // Head, the middle folded, tail; then how many more fit.
    const std::size_t within = std::min(length, limit);
    if (length <= boxes_drawn_singly) {
        for (std::size_t i = 0; i < length; ++i)
            entry(i);
    } else {
        entry(0);
        boxes.push_back({Kind::folded, 1, length - 2, {}});
        entry(length - 1);
    }
    before_bar = boxes.size() - (length > within ? 1 : 0);
    if (length < limit) {
        boxes.push_back({Kind::room, 0, limit - length, {}});
        before_bar = boxes.size();
    }
    if (length < fits)
        boxes.push_back({Kind::empty, 0, 1, {}});
    return boxes;
}

} // namespace

QueueLayout lay_out_queue(std::size_t length, std::size_t limit, std::size_t fits, float width,
                          QueueMeasures m) {
    QueueLayout layout;
    std::size_t before_bar = 0;
    layout.boxes = boxes_of(length, limit, fits, before_bar);
    const std::size_t n = layout.boxes.size();
    const auto fitting = static_cast<std::size_t>((width + m.gap) / (m.box_width + m.gap));
    const std::size_t columns = std::clamp<std::size_t>(fitting, 1, std::max<std::size_t>(n, 1));
    const std::size_t rows = std::max<std::size_t>(1, (n + columns - 1) / columns);
    // A single box or two need not become a metre wide.
    const float even =
        (width - m.gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const float box = std::min(std::max(even, std::min(m.box_width, width)), 1.5f * m.box_width);
    for (std::size_t i = 0; i < n; ++i) {
        const auto column = static_cast<float>(i % columns), row = static_cast<float>(i / columns);
        layout.boxes[i].rect = {width - box - column * (box + m.gap), row * (m.box_height + m.gap),
                                std::min(box, width), m.box_height};
    }
    layout.height = static_cast<float>(rows) * (m.box_height + m.gap) - m.gap;
    if (n > 0) {
        const float bar = 2 * std::max(1.0f, m.gap / 8);
        const float over = m.gap / 2;
        // Left of the last box within the limit; with none within it, right of the head.
        const bool right_of_head = before_bar == 0;
        const ui::Rect& by = layout.boxes[right_of_head ? 0 : before_bar - 1].rect;
        const float x = right_of_head ? by.right() - bar / 2 : by.x - (m.gap + bar) / 2;
        layout.limit_bar = {std::max(0.0f, x), by.y - over, bar, by.h + 2 * over};
    }
    return layout;
}

} // namespace panels
