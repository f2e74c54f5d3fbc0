// Drawing the placed items of the sequence view.
#pragma once

#include "panels/sequence_layout.hpp"
#include "ui/text.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

struct SequenceLights {
    trace::SegmentId hovered = trace::none;
    std::vector<trace::SegmentId> covered; // by the ack that is hovered or selected
};

// Panels wider than this write their labels at body size.
bool sequence_is_wide(const ui::Screen&, float width);
ui::TextStyle sequence_text(Script, bool wide);
// The measures of this screen for a panel so wide.
SequenceStyle sequence_style(ui::Screen&, float width);

// Names of hosts and lanes, above the scrolling part. `head.bottom()` is where lanes begin.
float names_height(ui::Screen&, const Columns&);
void paint_names(ui::Screen&, const ui::Rect& head, const SequenceLayout&, trace::Cookie selected);

// Everything else; `origin` is where the content's (0, 0) lies in the window.
void paint_sequence(ui::Screen&, const view::Frame&, const SequenceLayout&, ui::Vec origin,
                    const ui::Rect& window, const SequenceLights&);

} // namespace panels
