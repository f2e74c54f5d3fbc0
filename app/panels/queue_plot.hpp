// The length of a queue over time: drawn the same for a simulated listener and one of this machine.
#pragma once

#include "trace/state.hpp"
#include "ui/geometry.hpp"

#include <cstdint>
#include <vector>

namespace ui {
struct Screen;
}

namespace panels {

struct QueuePlot {
    struct Step {
        float x = 0; // in window pixels; from here on
        std::uint32_t length = 0;
    };
    std::vector<Step> steps;
    float until = 0;          // where the last one ends: now
    std::vector<float> drops; // refused because of this queue
    std::uint32_t limit = 0;
    trace::State hue = trace::State::established; // of those who wait in it
};

// What stands at the top: the limit and the one more that fits, unless nothing ever came near it.
struct QueueScale {
    std::uint32_t top = 1;
    bool shows_limit = true;
};
QueueScale queue_scale(const QueuePlot&);

// The numbers stand in the first `numbers` pixels of the area, the curve right of them.
float queue_numbers_width(ui::Screen&, const QueuePlot&);
void paint_queue_plot(ui::Screen&, const ui::Rect& area, float numbers, const QueuePlot&);

} // namespace panels
