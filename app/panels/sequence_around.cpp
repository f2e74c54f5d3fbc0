// Placing what stands beside the wires' traffic: badges, remarks, the callout, reasons, times.
#include "panels/sequence_build.hpp"

#include "ui/text.hpp"
#include "view/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace panels {

namespace {

struct Wanted {
    const StateSpan* span = nullptr; // null: a remark alone
    trace::Cookie socket = trace::none;
    trace::HostId host = trace::no_host;
    trace::EventId event = trace::none;
    float edge = 0, y = 0;
    std::string remark;
};

const char* text_of(Remark::What what) {
    switch (what) {
    case Remark::What::enters_accept_queue: return view::tr("enters the accept queue");
    case Remark::What::accepted: return view::tr("accept() takes it");
    }
    return "";
}

std::vector<Wanted> wanted_badges(SequenceBuild& build) {
    std::vector<Wanted> all;
    const Columns& columns = build.out.columns;
    const auto facing = [&](trace::HostId host, trace::Cookie socket) {
        for (const DotItem& dot : build.out.dots) {
            if (build.trace().events[dot.event].socket == socket) {
                return dot.edge;
            }
        }
        const HostColumn* column = columns.find(host);
        return column == nullptr    ? 0.0f
               : column->wire_right ? column->right_edge
                                    : column->left_edge;
    };
    for (const SocketStory& told : build.story.sockets) {
        for (const StateSpan& span : told.spans) {
            if (&span == &told.spans.front() && span.state == trace::State::closed) {
                continue;
            }
            const float first = build.out.axis.y(span.from);
            if (!build.seen(first, build.out.axis.y_after(span.from))) {
                continue;
            }
            const float y = build.out.axis.y(
                span.from, row_of(build.trace(), build.story, build.out.axis, span.event));
            if (build.seen(y, y)) {
                all.push_back({&span, told.cookie, told.host, span.event,
                               facing(told.host, told.cookie), y, ""});
            }
        }
    }
    for (const Remark& remark : build.story.remarks) {
        const auto state = std::find_if(all.begin(), all.end(), [&](const Wanted& wanted) {
            return wanted.socket == remark.socket && wanted.span != nullptr &&
                   wanted.span->from == remark.at;
        });
        if (state != all.end() && remark.what == Remark::What::enters_accept_queue) {
            state->remark = text_of(remark.what);
            continue;
        }
        const float y = build.out.axis.y(remark.at);
        if (build.seen(y, y)) {
            all.push_back({nullptr, remark.socket, remark.host, remark.event,
                           facing(remark.host, remark.socket), y, text_of(remark.what)});
        }
    }
    return all;
}

// Tries the places beside a boundary, nearest first: above and below its row, then between an
// arriving and a leaving arrow, where the wedge is wide enough.
std::optional<ui::Rect> beside(const SequenceBuild& build, const Wanted& wanted, float width,
                               bool to_the_right) {
    const float scale = build.style.scale, height = build.style.badge_height;
    const auto at = [&](float away, float middle) {
        const float x = to_the_right ? wanted.edge + away : wanted.edge - away - width;
        return ui::Rect{x, middle - height / 2, width, height};
    };
    const float shift = height / 2 + 4 * scale;
    const bool framed = wanted.span != nullptr && wanted.span->certainty != trace::Certainty::exact;
    const float clear = (framed ? 6 : 2) * scale; // a dashed frame stands around it
    std::vector<ui::Rect> places = {at(12 * scale, wanted.y - shift),
                                    at(12 * scale, wanted.y + shift)};
    for (float away = 12; away <= 200; away += 12) {
        places.push_back(at(away * scale, wanted.y));
    }
    for (float away = 30; away <= 150; away += 20) {
        places.push_back(at(away * scale, wanted.y + shift));
        places.push_back(at(away * scale, wanted.y - shift));
    }
    for (const ui::Rect& place : places) {
        // What is told of now must not reach below now.
        if (place.x >= 0 && place.right() <= build.query.width && place.y >= 2 &&
            place.bottom() <= build.out.now_y + (wanted.y >= build.out.now_y - 1 ? height : 0) &&
            build.taken.free(place, clear)) {
            return place;
        }
    }
    return std::nullopt;
}

bool fits_beside(const SequenceBuild& build, const Wanted& wanted, bool to_the_right) {
    for (const HostColumn& column : build.out.columns.hosts) {
        if (column.host == wanted.host) {
            return to_the_right ? column.wire_right : column.wire_left;
        }
    }
    return false;
}

void place_badge(SequenceBuild& build, const Wanted& wanted) {
    const HostColumn* column = build.out.columns.find(wanted.host);
    if (column == nullptr) {
        return;
    }
    const bool to_the_right = wanted.edge == column->right_edge && column->wire_right;
    if (!fits_beside(build, wanted, to_the_right)) {
        return;
    }
    const float gap = 8 * build.style.scale;
    const float remark_width =
        wanted.remark.empty() ? 0 : build.style.width(wanted.remark, Script::note);
    const float badge_width =
        wanted.span == nullptr ? 0 : build.style.badge_width(wanted.span->state);

    BadgeItem item{.event = wanted.event, .socket = wanted.socket};
    if (wanted.span != nullptr) {
        item.state = wanted.span->state;
        item.certainty = wanted.span->certainty;
    }
    struct Form {
        float badge, remark;
        bool sign_only;
    };
    std::vector<Form> forms;
    if (wanted.span == nullptr) {
        forms = {{0, remark_width, false}};
    } else {
        if (remark_width > 0) {
            forms.push_back({badge_width, remark_width, false});
        }
        forms.push_back({badge_width, 0, false});
        forms.push_back({build.style.sign_width, 0, true});
    }
    for (const Form& form : forms) {
        const float between_them = form.badge > 0 && form.remark > 0 ? gap : 0;
        const auto place =
            beside(build, wanted, form.badge + between_them + form.remark, to_the_right);
        if (!place) {
            continue;
        }
        // The badge stands at the boundary, its remark farther out.
        const float badge_x = to_the_right ? place->x : place->right() - form.badge;
        const float remark_x = to_the_right ? place->x + form.badge + between_them : place->x;
        item.sign_only = form.sign_only;
        if (form.badge > 0) {
            item.box = {badge_x, place->y, form.badge, place->h};
        }
        if (form.remark > 0) {
            item.remark = wanted.remark;
            item.remark_box = {remark_x, place->y, form.remark, place->h};
        }
        build.taken.add(*place);
        build.out.badges.push_back(std::move(item));
        return;
    }
}

} // namespace

void place_badges(SequenceBuild& build) {
    for (const Wanted& wanted : wanted_badges(build)) {
        place_badge(build, wanted);
    }
}

namespace {

bool callout_at(SequenceBuild& build, const ArrowItem& arrow,
                const std::vector<std::string>& lines) {
    const float scale = build.style.scale;
    float width = 0;
    for (const std::string& line : lines) {
        width = std::max(width, build.style.width(line, Script::note));
    }
    const float height = build.style.note_line * static_cast<float>(lines.size());
    const ui::Rect& label = arrow.label_box;
    // Below the ack number, which ends the label; moved along where that is taken.
    for (const float away : {9.0f, 6.0f, 14.0f, 22.0f, 30.0f}) {
        for (const float x :
             {label.right() - width / 2, label.right() - width, label.right() - 24 * scale,
              label.right() + 8 * scale, label.centre().x - width / 2, label.x}) {
            const ui::Rect box{x, label.bottom() + away * scale, width, height};
            if (!build.taken.free(box, 2 * scale) || box.bottom() > build.out.now_y) {
                continue;
            }
            const float from_x = std::clamp(label.right() - 16 * scale, box.x, box.right());
            const Stroke leader{{from_x, label.bottom() + 1}, {from_x, box.y - 2}};
            build.taken.add(box);
            build.out.callouts.push_back({lines, box, leader});
            return true;
        }
    }
    return false;
}

} // namespace

// Once: at the first SYN+ACK, while numbers are what the segment really carries.
void place_callout(SequenceBuild& build) {
    if (build.query.numbers != Numbers::absolute) {
        return;
    }
    for (const SegmentStory& told : build.story.segments) {
        const std::vector<std::string> lines = arithmetic(build.record(told).segment);
        if (lines.empty()) {
            continue;
        }
        for (const ArrowItem& arrow : build.out.arrows) {
            if (arrow.id != told.id || arrow.is_pill() || arrow.label.numbers.empty()) {
                continue;
            }
            // With the reason, or without it and its colon.
            if (callout_at(build, arrow, lines) ||
                callout_at(build, arrow, {lines.front().substr(0, lines.front().size() - 1)})) {
                return;
            }
        }
        return;
    }
}

std::vector<std::string> phrases_of(const SequenceQuery& query, const SegmentStory& told) {
    const RefusalReason reason = refusal_reason(*query.trace, query.visible, told);
    std::vector<std::string> phrases;
    for (const std::string* part : {&reason.seen, &reason.done, &reason.counted}) {
        if (!part->empty()) {
            phrases.push_back(*part);
        }
    }
    return phrases;
}

float widest_word(std::string_view phrase, const SequenceStyle& style) {
    float widest = 0;
    for (std::string_view word : ui::wrap_pieces(phrase)) {
        while (word.ends_with(' ')) {
            word.remove_suffix(1);
        }
        widest = std::max(widest, style.width(word, Script::note));
    }
    return widest;
}

std::vector<std::string> fold_phrases(const std::vector<std::string>& phrases, float width,
                                      const SequenceStyle& style) {
    std::vector<std::string> lines;
    for (const std::string& phrase : phrases) {
        if (widest_word(phrase, style) > width) {
            continue;
        }
        for (std::string& line : ui::wrap(phrase, width, [&](std::string_view part) {
                 return style.width(part, Script::note);
             })) {
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

namespace {

// Beside the lanes, inside the host.
bool note_inside(const SequenceBuild& build, const ArrowItem& arrow, const HostColumn& column,
                 std::vector<std::string> phrases, Taken& beside_lanes, NoteItem& note) {
    const float scale = build.style.scale;
    for (; !phrases.empty(); phrases.pop_back()) {
        // A phrase a line; what is too long folds.
        std::vector<std::string> lines = fold_phrases(phrases, column.notes.w, build.style);
        if (lines.empty()) {
            continue;
        }
        const float height = build.style.note_line * static_cast<float>(lines.size());
        for (const float shift : {0.0f, 8.0f, -8.0f, 16.0f, -16.0f, 24.0f}) {
            const ui::Rect box{column.notes.x, arrow.tip.y - height / 2 + shift * scale,
                               column.notes.w, height};
            if (!beside_lanes.free(box, 1)) {
                continue;
            }
            beside_lanes.add(box);
            note.lines = std::move(lines);
            note.box = box;
            const bool left = box.x < arrow.tip.x;
            note.leader = {arrow.tip,
                           {left ? box.right() + 2 * scale : box.x - 5 * scale, arrow.tip.y}};
            return true;
        }
    }
    return false;
}

// Where lanes leave no room: what became of it, on the wire beside the bar.
bool note_on_wire(SequenceBuild& build, const ArrowItem& arrow, const std::string& phrase,
                  NoteItem& note) {
    const float scale = build.style.scale;
    const float width = build.style.width(phrase, Script::note), height = build.style.note_line;
    const bool from_left = arrow.tip_from.x < arrow.tip.x;
    for (const float down : {height / 2 + 5 * scale, -height / 2 - 5 * scale, height + 8 * scale}) {
        for (const float away : {8.0f, 20.0f, 40.0f, 70.0f}) {
            const float x =
                from_left ? arrow.tip.x - away * scale - width : arrow.tip.x + away * scale;
            const ui::Rect box{x, arrow.tip.y + down - height / 2, width, height};
            if (box.x >= 0 && box.right() <= build.query.width && build.taken.free(box, 1)) {
                build.taken.add(box);
                note.lines = {phrase};
                note.box = box;
                note.on_wire = true;
                return true;
            }
        }
    }
    return false;
}

} // namespace

void place_notes(SequenceBuild& build) {
    Taken beside_lanes; // notes stand in columns of their own
    for (const BreakItem& gap : build.out.breaks) {
        beside_lanes.add(gap.band);
    }
    for (const SegmentStory& told : build.story.segments) {
        if (told.fate != Fate::refused) {
            continue;
        }
        const auto arrow = std::find_if(build.out.arrows.begin(), build.out.arrows.end(),
                                        [&](const ArrowItem& a) { return a.id == told.id; });
        const HostColumn* column = build.out.columns.find(build.record(told).to);
        if (arrow == build.out.arrows.end() || column == nullptr) {
            continue;
        }
        NoteItem note{.segment = told.id};
        const std::vector<std::string> phrases = phrases_of(build.query, told);
        const bool inside =
            column->notes.w > 0 && note_inside(build, *arrow, *column, phrases, beside_lanes, note);
        if (!inside) {
            const RefusalReason reason = refusal_reason(build.trace(), build.query.visible, told);
            note_on_wire(build, *arrow, reason.done, note);
        }
        build.out.notes.push_back(std::move(note));
    }
}

void place_ticks(SequenceBuild& build) {
    SequenceLayout& out = build.out;
    const float scale = build.style.scale, line_height = build.style.line_height;
    const trace::Instant latest = build.query.shown;
    const float width = build.style.width(out.now_text, Script::note) + 12 * scale;
    out.now_tag = {2 * scale, out.now_y - 13 * scale, width, 26 * scale};

    float below = -1000; // where the last label ended
    bool unit_due = true;
    std::size_t next_break = 0;
    const auto& breaks = out.axis.breaks;
    for (const Moment& here : out.axis.moments) {
        while (next_break < breaks.size() && breaks[next_break].bottom <= here.y + 1) {
            unit_due = true;
            ++next_break;
        }
        const float top = here.y - line_height / 2;
        const bool meets_now = top + line_height > out.now_tag.y && top < out.now_tag.bottom();
        if (!here.told || here.at > latest || top < below || meets_now) {
            continue;
        }
        below = here.y + line_height / 2;
        if (build.seen(here.y, here.y)) {
            out.ticks.push_back({here.y, tick_text(here.at, latest, unit_due)});
        }
        unit_due = false;
    }
}

} // namespace panels
