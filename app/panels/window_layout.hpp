// Where each view stands in the window, for a size, a mode and the views that are open.
#pragma once

#include "ui/geometry.hpp"

#include <cstddef>
#include <vector>

namespace panels {

// What the layout depends on. Lengths are window pixels; `scale` 1 is 100 %.
struct WindowNeeds {
    ui::Vec size;
    float scale = 1;
    std::size_t hosts = 2;
    float lesson_height = 0; // what the lesson pane would like to have; 0: there is none
    float notice_height = 0; // one line for a message, or what the source is; 0: nothing to say
    bool machine = false, why = false, queues = false, tools = false, ladder_text = false, script = false,
         timeline = false;
    std::size_t tab = 0; // small windows: which of `WindowLayout::tabs` is in front
};

enum class Part { sequence, host, machine, why, queues, ladder_text, tools, script };
struct Tab {
    Part part = Part::sequence;
    std::size_t host = 0; // of Part::host
    friend bool operator==(const Tab&, const Tab&) = default;
};

// An empty rectangle: not shown.
struct WindowLayout {
    ui::Rect toolbar, notice, lesson, sequence, machine, why, queues, ladder_text, tools, script, timeline;
    std::vector<ui::Rect> hosts; // in order; the last ones stand at the right
    // A small window shows one view at a time and a strip to choose it.
    ui::Rect tab_strip;
    std::vector<Tab> tabs;
    std::size_t tab = 0;
};

WindowLayout lay_out_window(const WindowNeeds&);

// Lengths at 100 %.
inline constexpr float toolbar_height = 56, timeline_height = 96, gap_between_panels = 10;

} // namespace panels
