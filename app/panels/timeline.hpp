// The timeline: scrub anywhere, marks for what happened, branches below the story.
#pragma once

#include "panels/timeline_layout.hpp"
#include "view/command.hpp"
#include "view/frame.hpp"

#include <optional>

namespace ui {
struct Screen;
}

namespace panels {

struct TimelineState {
    // While the cursor is dragged the axis stands still, whatever comes to light.
    std::optional<TimelineAxis> dragged;
    trace::Instant asked; // by the drag
};

void timeline(ui::Screen&, const view::Frame&, view::Commands&, TimelineState&, ui::Rect area);

} // namespace panels
