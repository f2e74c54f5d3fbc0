// How a listener's queue is drawn as boxes: head at the right, a bar at the limit, long queues
// folded.
#pragma once

#include "ui/geometry.hpp"

#include <cstddef>
#include <vector>

namespace panels {

struct QueueBox {
    enum class Kind { entry, folded, empty, room };
    Kind kind = Kind::entry;
    std::size_t entry = 0; // entry: its index, the head is 0
    std::size_t count = 1; // folded: how many entries; room: how many more fit
    ui::Rect rect;
    friend bool operator==(const QueueBox&, const QueueBox&) = default;
};

struct QueueLayout {
    std::vector<QueueBox> boxes; // from the head on
    ui::Rect limit_bar;          // between the entries up to the limit and the one more that fits
    float height = 0;
};

inline constexpr std::size_t boxes_drawn_singly = 8;

struct QueueMeasures {
    float box_width = 100; // the least width in which a box's text fits
    float box_height = 30;
    float gap = 8;
};

// Lays `length` entries of a queue whose limit is `limit` (of which `fits` fit) into `width`.
QueueLayout lay_out_queue(std::size_t length, std::size_t limit, std::size_t fits, float width,
                          QueueMeasures);

} // namespace panels
