// The last lines: items into strokes and glyphs.
#include "panels/sequence_paint.hpp"

#include "ui/canvas.hpp"
#include "ui/icons.hpp"
#include "ui/screen.hpp"
#include "ui/text.hpp"
#include "view/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace panels {

namespace {

struct Painter {
    ui::Screen& screen;
    const view::Frame& frame;
    const SequenceLayout& layout;
    ui::Vec origin;
    ui::Rect window;
    const SequenceLights& lights;
    bool wide = false;

    const ui::Theme& theme() const { return screen.theme; }
    ui::Vec at(ui::Vec p) const { return p + origin; }
    ui::Rect at(const ui::Rect& r) const { return {r.x + origin.x, r.y + origin.y, r.w, r.h}; }
    bool is_fresh(trace::EventId event) const {
        return event != trace::none && frame.motion.fresh != trace::none &&
               event >= frame.motion.fresh;
    }
    // What belongs to the newest beat appears as the beat is told.
    ui::Colour revealed(ui::Colour colour, trace::EventId event) const {
        if (is_fresh(event) && frame.motion.moving) {
            const double share = std::clamp(frame.motion.progress, 0.0, 1.0);
            colour.a = static_cast<std::uint8_t>(colour.a * share);
        }
        return colour;
    }

    // Picked itself, or by one of its events (a line of Why?, a mark on the timeline).
    bool is_picked(trace::SegmentId id) const {
        if (frame.selection.segment == id) {
            return true;
        }
        if (frame.selection.event >= frame.visible_events) {
            return false;
        }
        const trace::Event& event = frame.trace->events[frame.selection.event];
        switch (event.kind) {
        case trace::EventKind::segment_sent:
        case trace::EventKind::segment_arrived:
        case trace::EventKind::segment_refused:
        case trace::EventKind::segment_lost:
        case trace::EventKind::segment_held:
        case trace::EventKind::segment_released: return event.ref == id;
        case trace::EventKind::socket_created:
        case trace::EventKind::socket_gone:
        case trace::EventKind::call_entered:
        case trace::EventKind::call_returned:
        case trace::EventKind::icmp_arrived:
        case trace::EventKind::transition:
        case trace::EventKind::queue_changed:
        case trace::EventKind::timer_fired:
        case trace::EventKind::counter:
        case trace::EventKind::setting:
        case trace::EventKind::inferred: return false;
        }
        return false;
    }
    // The one thing that the lesson's step points at.
    bool is_pointed_at(trace::SegmentId id) const {
        return frame.lesson && frame.lesson->highlight.what == view::Highlight::What::segment &&
               frame.lesson->highlight.segment == id;
    }
    void point_at(const ui::Rect& box, float radius) const {
        const float away = screen.dp(4);
        ui::outline(screen, box.inset(-away), theme().accent_border, radius, 4);
        ui::outline(screen, box.inset(-away), theme().accent, radius, 2);
    }

    void lanes() const {
        const float half = screen.dp(4.5f);
        for (const LaneItem& item : layout.lanes) {
            const float x = item.lane->x + origin.x;
            ui::line(screen, {x, window.y}, {x, std::min(window.bottom(), layout.now_y + origin.y)},
                     ui::with_alpha(theme().faint, 110), 1);
            for (const LanePiece& piece : item.pieces) {
                // The first piece of a story that began before the picture reaches up to its top.
                const ui::Rect bar = ui::intersection(
                    {x - half, piece.top + origin.y, 2 * half, piece.bottom - piece.top}, window);
                if (bar.empty()) {
                    continue;
                }
                ui::state_bar(screen, bar, piece.state);
                if (item.lane->cookie == frame.selection.socket) {
                    ui::outline(screen, bar.inset(-screen.dp(3), 0), theme().accent, 3, 2);
                }
                if (piece.certainty == trace::Certainty::inferred) {
                    ui::dashed_outline(screen, bar.inset(-2, 0), theme().dim);
                }
            }
            if (item.ends && !item.pieces.empty()) {
                const float y = item.pieces.back().bottom + origin.y;
                ui::line(screen, {x - 2 * half, y}, {x + 2 * half, y}, theme().dim, 2);
            }
        }
    }

    void boundaries() const {
        const float bottom = std::min(window.bottom(), layout.now_y + origin.y);
        for (const HostColumn& column : layout.columns.hosts) {
            for (const auto& [drawn, x] : {std::pair{column.wire_left, column.left_edge},
                                           {column.wire_right, column.right_edge}}) {
                if (drawn) {
                    ui::line(screen, {x + origin.x, window.y}, {x + origin.x, bottom},
                             theme().stroke, 1.5f);
                }
            }
        }
        const float axis = layout.columns.axis_right - screen.dp(4) + origin.x;
        ui::line(screen, {axis, window.y}, {axis, bottom}, theme().faint, 1);
        for (const TickItem& tick : layout.ticks) {
            const float y = tick.y + origin.y;
            ui::line(screen, {axis - screen.dp(4), y}, {axis + screen.dp(4), y}, theme().dim, 1);
            ui::text(screen, {axis - screen.dp(8), y}, tick.text, ui::small_code, theme().dim,
                     ui::Align::right);
        }
    }

    void dots() const {
        for (const DotItem& dot : layout.dots) {
            const ui::Vec centre = at(dot.at);
            ui::line(screen, centre, {dot.edge + origin.x, centre.y},
                     ui::with_alpha(theme().dim, 170), 1);
        }
        for (const DotItem& dot : layout.dots) {
            const bool selected = frame.selection.event == dot.event;
            ui::disc(screen, at(dot.at), selected ? 7 : 5,
                     selected ? theme().accent : theme().text);
            ui::disc(screen, at(dot.at), 3, theme().panel);
            ui::disc(screen, at(dot.at), 2.5f, theme().text);
        }
    }

    void joins() const {
        for (const JoinItem& join : layout.joins) {
            const bool lit = lights.hovered == join.again || lights.hovered == join.original ||
                             frame.selection.segment == join.again ||
                             frame.selection.segment == join.original;
            const ui::Colour colour = lit ? theme().text : theme().dim;
            const float x = join.x + origin.x, from = join.from + origin.y, to = join.to + origin.y;
            ui::dashed_line(screen, {x, from}, {x, to}, colour, lit ? 2.0f : 1.0f, 2, 3);
            ui::disc(screen, {x, from}, 2, colour);
            ui::triangle(screen, {x, to}, {x - screen.dp(3), to - screen.dp(6)},
                         {x + screen.dp(3), to - screen.dp(6)}, colour);
        }
    }

    void stroke(const Stroke& part, const ArrowItem& arrow, ui::Colour colour, float width) const {
        if (arrow.again) {
            ui::dashed_line(screen, at(part.from), at(part.to), colour, width, 6, 4);
        } else {
            ui::line(screen, at(part.from), at(part.to), colour, width);
        }
    }

    void label(const ArrowItem& arrow, ui::Colour strong, ui::Colour rest) const {
        const ui::Rect box = at(arrow.label_box);
        const float pad = arrow.is_pill() ? screen.dp(12) : 0;
        float x = box.x + pad;
        const ui::TextStyle bold = sequence_text(Script::label_strong, wide);
        const ui::TextStyle plain = sequence_text(Script::label, wide);
        const bool bare_ack = arrow.label.kind == "ACK" || arrow.label.kind == ".";
        const auto write = [&](const std::string& part, ui::TextStyle style, ui::Colour colour) {
            if (!part.empty()) {
                ui::text(screen, {x, box.centre().y}, part, style, colour);
                x += ui::text_width(screen, part, style) + screen.dp(8);
            }
        };
        // A bare ACK carries nothing: it is written lighter than what opens, closes or carries.
        write(arrow.label.kind, bare_ack && !arrow.is_pill() ? plain : bold, strong);
        write(arrow.label.numbers, plain, rest);
        write(arrow.label.note, plain, rest);
    }

    void ending(const ArrowItem& arrow, ui::Colour colour) const {
        const ui::Vec tip = at(arrow.tip);
        switch (arrow.fate) {
        case Fate::delivered: ui::arrow_head(screen, at(arrow.tip_from), tip, colour, 11); break;
        case Fate::lost:
            ui::cross(screen, tip, 6, revealed(theme().refused, arrow.newest), 2.5f);
            break;
        case Fate::refused: {
            const float half = screen.dp(3), tall = screen.dp(8);
            ui::fill(screen, {tip.x - half, tip.y - tall, 2 * half, 2 * tall},
                     revealed(theme().refused, arrow.newest), 1);
            break;
        }
        case Fate::in_flight:
        case Fate::held: break;
        }
    }

    // What a router says to the sender of what it dropped.
    void message(const ArrowItem& arrow) const {
        if (arrow.message_text.empty()) {
            return;
        }
        const ui::Vec from = at(arrow.message.from), to = at(arrow.message.to);
        ui::dashed_line(screen, from, to, theme().refused, 1.5f, 3, 3);
        ui::arrow_head(screen, from, to, theme().refused, 8);
        if (!arrow.message_box.empty()) {
            const ui::Rect box = at(arrow.message_box);
            ui::fill(screen, box, theme().panel, 3);
            ui::text(screen, box.centre(), arrow.message_text, ui::small, theme().refused_text,
                     ui::Align::centre);
        }
    }

    void arrows() const {
        for (const DensityItem& band : layout.bands) {
            const ui::Colour colour = ui::with_alpha(theme().stroke, 90);
            const ui::Vec a = at(band.first_from), b = at(band.first_to), c = at(band.last_to),
                          d = at(band.last_from);
            ui::triangle(screen, a, b, c, colour);
            ui::triangle(screen, a, c, d, colour);
            const ui::Rect box = at(band.label_box);
            ui::fill(screen, box, theme().panel, 4);
            ui::text(screen, box.centre(), fmt::format("× {}", band.count),
                     sequence_text(Script::label_strong, wide), theme().text, ui::Align::centre);
        }
        for (const ArrowItem& arrow : layout.arrows) {
            const bool picked = is_picked(arrow.id);
            const bool hovered = arrow.id == lights.hovered;
            const bool covered = std::find(lights.covered.begin(), lights.covered.end(),
                                           arrow.id) != lights.covered.end();
            const bool fresh = is_fresh(arrow.newest);
            const float width = picked || hovered || fresh ? 2.5f : 1.5f;
            if (picked || covered) {
                for (const Stroke& part : arrow.path) {
                    ui::line(screen, at(part.from), at(part.to),
                             ui::with_alpha(theme().accent, covered && !picked ? 90 : 150), 8);
                }
            }
            for (const Stroke& part : arrow.rest) {
                ui::dashed_line(screen, at(part.from), at(part.to), theme().dim, 1.5f, 2, 4);
                ui::arrow_head(screen, at(part.from), at(part.to), theme().dim, 8);
            }
            for (const Stroke& part : arrow.waits) {
                ui::dashed_line(screen, at(part.from), at(part.to), theme().dim, 1.5f, 2, 4);
            }
            for (const Stroke& part : arrow.pieces) {
                stroke(part, arrow, theme().stroke, width);
            }
            ending(arrow, theme().stroke);
            message(arrow);
            if (!arrow.is_pill() && !arrow.label.empty()) {
                if (covered || picked) { // over the light that runs along the line
                    ui::fill(screen, at(arrow.label_box).inset(-screen.dp(4), 0), theme().panel, 3);
                }
                label(arrow, theme().text, theme().text);
                if (is_pointed_at(arrow.id)) {
                    point_at(at(arrow.label_box).inset(-screen.dp(3), 0), 5);
                }
            }
        }
    }

    void pills() const {
        for (const ArrowItem& arrow : layout.arrows) {
            if (!arrow.is_pill()) {
                continue;
            }
            const ui::Rect box = at(arrow.label_box);
            const bool picked = is_picked(arrow.id);
            if (arrow.fate == Fate::held) {
                // Standing still: bars at both ends, the ground of the panel.
                ui::box(screen, box, theme().panel, theme().stroke, 4, 2);
                for (const float x : {box.x + screen.dp(4), box.right() - screen.dp(4)}) {
                    ui::line(screen, {x, box.y + screen.dp(5)}, {x, box.bottom() - screen.dp(5)},
                             theme().stroke, 2);
                }
                label(arrow, theme().text, theme().text);
            } else {
                ui::fill(screen, box, theme().tag, 13);
                label(arrow, theme().on_tag, theme().on_tag);
            }
            if (picked || lights.hovered == arrow.id) {
                ui::outline(screen, box, theme().accent, 13, picked ? 3.0f : 2.0f);
            }
            if (is_pointed_at(arrow.id)) {
                point_at(box, 15);
            }
        }
    }

    void badges() const {
        for (const BadgeItem& badge : layout.badges) {
            const bool picked = frame.selection.event == badge.event;
            if (!badge.box.empty()) {
                const ui::Rect box = at(badge.box);
                const auto& colours = theme().of(badge.state);
                if (badge.sign_only) {
                    ui::box(screen, box, revealed(colours.fill, badge.event),
                            revealed(colours.border, badge.event), 11);
                    ui::state_sign(screen, badge.state, box.centre(), 10,
                                   revealed(colours.text, badge.event));
                } else if (!(is_fresh(badge.event) && frame.motion.moving &&
                             frame.motion.progress < 0.25)) {
                    ui::state_pill(screen, {box.x, box.centre().y}, badge.state);
                }
                if (badge.certainty == trace::Certainty::inferred) {
                    ui::dashed_outline(screen, box.inset(-screen.dp(2)), theme().dim);
                }
                // Where nothing may move, what is new is outlined instead.
                if (picked || (frame.reduced_motion && is_fresh(badge.event))) {
                    ui::outline(screen, box.inset(-screen.dp(2)), theme().accent, 12, 2);
                }
                ui::mark(screen, fmt::format("badge.{}", badge.event), trace::name(badge.state),
                         box);
            }
            if (!badge.remark.empty()) {
                const ui::Rect box = at(badge.remark_box);
                ui::text(screen, {box.x, box.centre().y}, badge.remark, ui::small,
                         revealed(theme().dim, badge.event));
            }
        }
    }

    void breaks() const {
        for (const BreakItem& gap : layout.breaks) {
            ui::break_band(screen, at(gap.band), theme().dim, theme().panel);
            const ui::Rect box = at(gap.label_box);
            ui::box(screen, box, theme().panel, theme().dim, 5);
            ui::text(screen, box.centre(), gap.text, ui::small_strong, theme().text,
                     ui::Align::centre);
        }
    }

    void notes() const {
        for (const NoteItem& note : layout.notes) {
            if (note.box.empty()) {
                continue;
            }
            const ui::Rect box = at(note.box);
            if (!note.on_wire) {
                ui::line(screen, at(note.leader.from), at(note.leader.to), theme().refused, 1);
            }
            float y = box.y;
            const float step = box.h / static_cast<float>(note.lines.size());
            for (const std::string& line : note.lines) {
                ui::text(screen, {box.x, y + step / 2}, line, ui::small, theme().refused_text);
                y += step;
            }
        }
        for (const CalloutItem& callout : layout.callouts) {
            ui::line(screen, at(callout.leader.from), at(callout.leader.to), theme().dim, 1);
            const ui::Rect box = at(callout.box);
            float y = box.y;
            const float step = box.h / static_cast<float>(callout.lines.size());
            for (const std::string& line : callout.lines) {
                ui::text(screen, {box.x, y + step / 2}, line, ui::small, theme().text);
                y += step;
            }
        }
    }

    void now() const {
        const float y = layout.now_y + origin.y;
        ui::line(screen, {window.x, y}, {window.right(), y}, theme().accent_border, 2);
    }
    void now_tag() const {
        const ui::Rect tag = at(layout.now_tag);
        ui::box(screen, tag, theme().accent, theme().accent_border, 4);
        ui::text(screen, tag.centre(), layout.now_text, ui::small_strong, theme().on_accent,
                 ui::Align::centre);
        ui::mark(screen, "sequence.now", layout.now_text, tag);
    }
};

} // namespace

void paint_sequence(ui::Screen& screen, const view::Frame& frame, const SequenceLayout& layout,
                    ui::Vec origin, const ui::Rect& window, const SequenceLights& lights) {
    const Painter painter{
        screen, frame, layout, origin, window, lights, sequence_is_wide(screen, window.w)};
    ui::push_clip(screen, window);
    painter.boundaries();
    painter.lanes();
    painter.breaks();
    painter.dots();
    painter.joins();
    painter.now();
    painter.arrows();
    painter.badges();
    painter.notes();
    painter.pills();
    painter.now_tag();
    ui::pop_clip(screen);
}

} // namespace panels
