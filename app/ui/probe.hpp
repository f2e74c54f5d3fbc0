// The probe: what is on the screen and where, by ids that never change with the language. Tests and
// outside drivers find things through it, and the keyboard walks through its controls.
#pragma once

#include "ui/geometry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ui {

struct Control {
    std::string id;    // "next", "option.1", "segment.17"
    std::string label; // as shown, in the language shown
    Rect rect;         // in window pixels, clipped to what can be seen; empty if scrolled away
    bool enabled = true;
    std::string reason;    // why it is not enabled, or a hint; shown as a tooltip
    bool focusable = true; // false: drawn only (a lane, a label)
    bool hovered = false, active = false;
    int layer = 0; // 0 the window, 1 an open menu over it
    friend bool operator==(const Control&, const Control&) = default;
};

struct Probe {
    std::vector<Control> controls; // in drawing order, which is the Tab order

    const Control* find(std::string_view id) const {
        for (const Control& control : controls) {
            if (control.id == id) {
                return &control;
            }
        }
        return nullptr;
    }
};

} // namespace ui
