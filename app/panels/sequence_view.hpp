// The sequence view at work in one frame: what its files share.
#pragma once

#include "panels/sequence.hpp"
#include "panels/sequence_paint.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace panels {

struct SequenceView {
    ui::Screen& screen;
    const view::Frame& frame;
    view::Commands& commands;
    SequenceState& state;

    const trace::Trace& trace() const { return *frame.trace; }

    // sequence.cpp: the parts of the panel.
    void header(const ui::Rect& area);
    SequenceLayout settle(SequenceQuery, const Story&, ui::Rect inside);
    std::optional<ui::Rect> back_to_now(const ui::Rect& window);
    void paint_back(const ui::Rect&) const;

    // sequence_touch.cpp: mouse and keyboard upon the picture.
    void pills(const SequenceLayout&, ui::Vec origin, SequenceLights&);
    void body(const SequenceLayout&, ui::Vec origin, const ui::Rect& window, SequenceLights&);
    void scroll_keys(const ui::Rect& window, float most);
    std::string about(const ArrowItem&) const;
    void select(trace::SegmentId) const;

    // sequence_menu.cpp: deciding the fate of a segment on the wire.
    void keys(trace::SegmentId) const;
    void open_menu(trace::SegmentId, std::string_view which) const;
    void menu(const SequenceLayout&, ui::Vec origin);
    void delay_menu(const ui::Rect& anchor);
    void act(view::command::OnSegment, trace::SegmentId, trace::Duration time = {}) const;
    // Which of the segment's fates can still be decided, and why not otherwise.
    std::string why_not(view::command::OnSegment, trace::SegmentId) const;
    bool is_held(trace::SegmentId) const;
};

} // namespace panels
