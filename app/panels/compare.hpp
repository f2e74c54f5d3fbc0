// One script in both worlds: the verdict, and two halves that show the same instant.
#pragma once

#include "panels/host_panel.hpp"
#include "panels/inspect.hpp"
#include "panels/sequence.hpp"
#include "ui/geometry.hpp"
#include "view/command.hpp"
#include "view/frame.hpp"

#include <cstddef>
#include <vector>

namespace ui {
struct Screen;
}

namespace panels {

// What one half remembers between frames.
struct HalfState {
    std::vector<HostPanelState> hosts;
    // Relative: the kernel chooses its own first numbers.
    SequenceState sequence{.numbers = Numbers::relative};
    InspectState inspect;
};
struct CompareState {
    HalfState simulator, kernel;
    std::size_t front = 0; // small windows: which half is in front
};

struct CompareLayout {
    struct Half {
        ui::Rect title, sequence; // empty: not shown
        std::vector<ui::Rect> hosts;
    };
    ui::Rect toolbar, verdict, tabs, timeline;
    Half simulator, kernel;
};
struct CompareNeeds {
    ui::Vec size;
    float scale = 1;
    std::size_t hosts = 2;
    float verdict_height = 0;
    bool timeline = false;
    std::size_t front = 0;
};
CompareLayout lay_out_compare(const CompareNeeds&);

struct DeskState;
// The whole window but what lies over it.
void compare(ui::Screen&, const view::Frame&, view::Commands&, DeskState&);

} // namespace panels
