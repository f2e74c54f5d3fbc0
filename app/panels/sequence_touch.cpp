// Mouse and keyboard upon the sequence view: picking segments, reading about them, scrolling.
#include "panels/sequence_view.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace panels {

namespace {

std::string segment_id(trace::SegmentId id) {
    return fmt::format("segment.{}", id);
}

// What else lies there: a badge is its event, a lane its socket; nothing takes the selection away.
view::Selection beside(const SequenceLayout& layout, ui::Vec point) {
    view::Selection selection;
    for (const BadgeItem& badge : layout.badges) {
        if (badge.box.contains(point) || badge.remark_box.contains(point)) {
            selection.event = badge.event;
            selection.socket = badge.socket;
            return selection;
        }
    }
    for (const LaneItem& item : layout.lanes) {
        if (std::abs(item.lane->x - point.x) <= 8 && !item.pieces.empty() &&
            point.y >= item.pieces.front().top && point.y <= item.pieces.back().bottom) {
            selection.socket = item.lane->cookie;
        }
    }
    return selection;
}

} // namespace

void SequenceView::select(trace::SegmentId id) const {
    view::Selection selection;
    selection.segment = id;
    commands.push_back(view::command::Select{selection});
}

// What the tooltip says of an arrow: its full label, its times, how it ended and why.
std::string SequenceView::about(const ArrowItem& arrow) const {
    const trace::SegmentRecord& record = trace().segments[arrow.id];
    std::string text = trace::segment_label(record.segment);
    text += "\n";
    text += view::say("left {} at {}", trace().hosts[record.from], trace::format(record.sent));
    if (arrow.newest != trace::none && arrow.newest < frame.visible_events) {
        const trace::Event& last = trace().events[arrow.newest];
        if (last.kind != trace::EventKind::segment_sent) {
            text +=
                "\n" +
                trace::sentence(trace(), last, frame.language == view::Language::zh ? "zh" : "en") +
                fmt::format(" · {}", trace::format(last.at));
        }
    }
    if (frame.attach) { // the source of what is shown, and how old it is
        text += "\n" + view::say("captured on this machine, {} ago",
                                 trace::format_short(frame.snapshot->now - record.sent));
        const bool far =
            std::any_of(trace().events.begin(), trace().events.begin() + frame.visible_events,
                        [&](const trace::Event& event) {
                            return event.ref == arrow.id &&
                                   event.certainty != trace::Certainty::exact &&
                                   (event.kind == trace::EventKind::segment_sent ||
                                    event.kind == trace::EventKind::segment_arrived);
                        });
        if (far)
            text += std::string("; ") + view::tr("when the far end sent or took it is not seen");
    }
    return text;
}

void SequenceView::pills(const SequenceLayout& layout, ui::Vec origin, SequenceLights& lights) {
    for (const ArrowItem& arrow : layout.arrows) {
        if (!arrow.is_pill()) {
            continue;
        }
        const ui::Rect box{arrow.label_box.x + origin.x, arrow.label_box.y + origin.y,
                           arrow.label_box.w, arrow.label_box.h};
        const std::string id = segment_id(arrow.id);
        const ui::Interaction now =
            ui::hotspot(screen, box, id, trace::segment_label(trace().segments[arrow.id].segment),
                        screen.menu_open ? std::string() : about(arrow));
        if (now.hovered) {
            lights.hovered = arrow.id;
        }
        if (now.clicked || now.right_clicked) {
            screen.focused = id;
            select(arrow.id);
            open_menu(arrow.id, "segment.menu");
        }
        if (now.focused) {
            ui::focus_ring(screen, box);
        }
        if (screen.focused == id && !screen.menu_open) {
            keys(arrow.id);
        }
    }
}

// Arrows whose journey is over: hovered and picked by the mouse wherever their line is, by the
// keyboard with Up and Down while the view has it.
void SequenceView::body(const SequenceLayout& layout, ui::Vec origin, const ui::Rect& window,
                        SequenceLights& lights) {
    for (const ArrowItem& arrow : layout.arrows) {
        if (!arrow.is_pill()) {
            ui::mark(screen, segment_id(arrow.id),
                     trace::segment_label(trace().segments[arrow.id].segment),
                     {arrow.label_box.x + origin.x, arrow.label_box.y + origin.y, arrow.label_box.w,
                      arrow.label_box.h});
        }
    }
    for (const LaneItem& item : layout.lanes) {
        if (item.lane->cookie != trace::none && !item.pieces.empty()) {
            const float x = item.lane->x + origin.x, half = screen.dp(7);
            const std::string name = trace::socket_name(trace(), item.lane->cookie);
            ui::mark(screen, fmt::format("lane.{}", name),
                     fmt::format("{} {}", name, trace::name(item.pieces.back().state)),
                     {x - half, item.pieces.front().top + origin.y, 2 * half,
                      item.pieces.back().bottom - item.pieces.front().top});
        }
    }
    const ui::Interaction now = ui::hotspot(screen, window, "sequence.view", view::tr("Sequence"));
    const ArrowItem* under =
        now.hovered ? hit(layout, screen.mouse - origin, screen.dp(6)) : nullptr;
    if (under != nullptr && !under->is_pill()) {
        lights.hovered = under->id;
        screen.tooltip = {about(*under), {screen.mouse.x, screen.mouse.y, 1, screen.dp(14)}};
        if (now.clicked) {
            select(under->id);
        }
        if (now.right_clicked) {
            select(under->id);
            commands.push_back(view::command::Inspect{under->id});
        }
    } else if (now.clicked) {
        commands.push_back(view::command::Select{beside(layout, screen.mouse - origin)});
    }
    if (now.focused) {
        ui::focus_ring(screen, window.inset(screen.dp(4)));
    }
    if (screen.focused != "sequence.view" || screen.menu_open) {
        return;
    }
    const int step = ui::take_key(screen, ui::Key::down) ? 1
                     : ui::take_key(screen, ui::Key::up) ? -1
                                                         : 0;
    if (step != 0 && !layout.arrows.empty()) {
        const auto& all = layout.arrows;
        const auto current = std::find_if(all.begin(), all.end(), [&](const ArrowItem& a) {
            return a.id == frame.selection.segment;
        });
        const auto last = static_cast<std::ptrdiff_t>(all.size()) - 1;
        const auto place = current == all.end()
                               ? (step > 0 ? 0 : last)
                               : std::clamp<std::ptrdiff_t>(current - all.begin() + step, 0, last);
        select(all[static_cast<std::size_t>(place)].id);
    }
    if (frame.selection.segment != trace::none) {
        keys(frame.selection.segment);
    }
}

void SequenceView::scroll_keys(const ui::Rect& window, float most) {
    const bool ours = screen.focused == "sequence.view" || screen.focused.starts_with("segment.");
    if (!ours || screen.menu_open) {
        return;
    }
    const float page = window.h * 0.8f;
    const float before = state.scroll;
    if (ui::take_key(screen, ui::Key::page_up)) {
        state.scroll -= page;
    } else if (ui::take_key(screen, ui::Key::page_down)) {
        state.scroll += page;
    } else if (ui::take_key(screen, ui::Key::home)) {
        state.scroll = 0;
    } else if (ui::take_key(screen, ui::Key::end)) {
        state.following = true;
        return;
    } else {
        return;
    }
    state.scroll = std::clamp(state.scroll, 0.0f, most);
    state.following = state.following && state.scroll == before;
}

} // namespace panels
