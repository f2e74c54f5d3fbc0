// Putting the sequence view together: axis, columns, then everything placed around each other.
#include "panels/sequence_build.hpp"

#include "view/icmp.hpp"
#include "view/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace panels {

namespace {

constexpr std::int64_t ns_per_us = 1'000, ns_per_ms = 1'000'000, ns_per_s = 1'000'000'000;

// `value` nanoseconds in a unit, with just the decimals that it needs, three at least when asked.
std::string decimal(std::int64_t value, std::int64_t unit, int least_decimals) {
    const std::int64_t rounded = value / ns_per_us * ns_per_us;
    std::string text = fmt::format("{}", rounded / unit);
    std::string rest;
    for (std::int64_t left = rounded % unit, step = unit / 10;
         step >= ns_per_us && (left > 0 || static_cast<int>(rest.size()) < least_decimals);
         left %= step, step /= 10) {
        rest += static_cast<char>('0' + left / step);
    }
    return rest.empty() ? text : text + "." + rest;
}

// Which segments can be seen: those that leave before the end of the window and, as no flight is
// longer than the longest, do not leave too long before its start.
std::pair<std::size_t, std::size_t> seen_segments(const SequenceBuild& build) {
    const auto& segments = build.story.segments;
    trace::Duration longest{0};
    for (const SegmentStory& told : segments) {
        const trace::Instant end = told.ended == trace::never ? build.query.shown : told.ended;
        longest = std::max(longest, end - told.sent);
    }
    const trace::Instant top = build.out.axis.at(build.query.top - 60) - longest;
    const trace::Instant bottom = build.out.axis.at(build.query.bottom + 60);
    const auto first = std::lower_bound(
        segments.begin(), segments.end(), top,
        [](const SegmentStory& told, trace::Instant at) { return told.sent < at; });
    const auto last = std::upper_bound(
        first, segments.end(), bottom,
        [](trace::Instant at, const SegmentStory& told) { return at < told.sent; });
    return {static_cast<std::size_t>(first - segments.begin()),
            static_cast<std::size_t>(last - segments.begin())};
}

// A host that sends to itself: out of its boundary and back, further down.
ArrowItem loop_of(const SequenceBuild& build, std::size_t place) {
    const SegmentStory& told = build.story.segments[place];
    const trace::SegmentRecord& record = build.record(told);
    const AxisRow& rows = build.out.axis.segments[place];
    const HostColumn& column = *build.out.columns.find(record.from);
    const float x = build.out.columns.edge(record.from, record.to);
    const float out = (x == column.right_edge ? 30.0f : -30.0f) * build.style.scale;
    const float top = build.out.axis.y(told.sent, rows.departure);
    const float bottom = told.ended == trace::never ? top + build.out.axis.style.row
                                                    : build.out.axis.y(told.ended, rows.arrival);
    ArrowItem arrow{.id = told.id, .fate = told.fate};
    arrow.again = record.transmission > 1 || record.copy;
    arrow.newest = told.end_event != trace::none ? told.end_event : told.sent_event;
    arrow.sent = told.sent_event;
    arrow.tip = {x, bottom};
    arrow.tip_from = {x + out, bottom};
    arrow.position = arrow.tip_from;
    arrow.path = {{{x, top}, {x + out, top}},
                  {{x + out, top}, {x + out, bottom}},
                  {arrow.tip_from, arrow.tip}};
    return arrow;
}

ArrowItem arrow_of(const SequenceBuild& build, std::size_t place) {
    const SegmentStory& told = build.story.segments[place];
    const trace::SegmentRecord& record = build.record(told);
    const Axis& axis = build.out.axis;
    const AxisRow& rows = axis.segments[place];
    const float from_x = build.out.columns.edge(record.from, record.to);
    const float to_x = build.out.columns.edge(record.to, record.from);
    const ui::Vec start{from_x, axis.y(told.sent, rows.departure)};

    ArrowItem arrow{.id = told.id, .fate = told.fate};
    arrow.again = record.transmission > 1 || record.copy;
    arrow.newest = told.end_event != trace::none ? told.end_event : told.sent_event;
    arrow.sent = told.sent_event;

    ui::Vec from = start;
    if (told.held_at) {
        // It stands where it was stopped while time goes by.
        const ui::Vec stop{start.x + (to_x - start.x) * 0.4f,
                           std::max(axis.y_after(*told.held_at), start.y + axis.style.dwell)};
        arrow.path.push_back({start, stop});
        const float until = told.released_at ? axis.y(*told.released_at) : build.out.now_y;
        const ui::Vec stand{stop.x, std::max(until, stop.y)};
        arrow.waits.push_back({stop, stand});
        from = stand;
        if (told.fate == Fate::held) {
            arrow.position = stand;
            arrow.tip = stand;
            arrow.tip_from = stop;
            return arrow;
        }
    }
    ui::Vec end{to_x, axis.y(told.ended, rows.arrival)};
    if (told.fate == Fate::lost) {
        const trace::Instant left = told.released_at.value_or(told.sent);
        const bool at_once = told.ended <= left;
        const double way = std::max(1e-9, trace::in_seconds(told.way));
        const auto share =
            static_cast<float>(std::clamp(trace::in_seconds(told.ended - left) / way, 0.2, 0.8));
        end = {from.x + (to_x - from.x) * (at_once ? 0.5f : share),
               at_once ? from.y + axis.style.flight * 0.5f : std::max(end.y, from.y + 8)};
    }
    arrow.tip = end;
    arrow.tip_from = from;
    if (told.fate == Fate::lost && told.message) {
        arrow.message = {end, {from_x, std::max(axis.y(told.message->at), end.y + 8)}};
        arrow.message_text =
            view::icmp_text(told.message->code, view::language() == view::Language::zh);
    }
    if (told.fate == Fate::in_flight) {
        const float begin = axis.y_after(told.released_at.value_or(told.sent));
        const float stretch = axis.y(told.ended) - begin;
        const float share =
            stretch > 0 ? std::clamp((build.out.now_y - begin) / stretch, 0.0f, 1.0f) : 0;
        arrow.position = between(from, end, share);
        arrow.path.push_back({from, arrow.position});
        arrow.rest.push_back({arrow.position, end});
    } else {
        arrow.path.push_back({from, end});
    }
    return arrow;
}

// In true scale arrows of one direction may come nearer than two pixels: then a band stands for
// them.
void merge_into_bands(SequenceBuild& build) {
    std::vector<ArrowItem> kept;
    std::vector<ArrowItem>& all = build.out.arrows;
    for (std::size_t i = 0; i < all.size();) {
        std::size_t end = i + 1;
        const auto plain = [&](const ArrowItem& a) {
            return a.fate == Fate::delivered && a.waits.empty() &&
                   a.id != build.query.selected_segment;
        };
        const auto joins = [&](const ArrowItem& a, const ArrowItem& b) {
            const Stroke &x = a.path.front(), &y = b.path.front();
            return plain(a) && plain(b) && x.from.x == y.from.x && x.to.x == y.to.x &&
                   y.from.y - x.from.y < 2;
        };
        while (end < all.size() && joins(all[end - 1], all[end])) {
            ++end;
        }
        if (end - i >= 3) {
            build.out.bands.push_back({all[i].path.front().from,
                                       all[i].path.front().to,
                                       all[end - 1].path.front().from,
                                       all[end - 1].path.front().to,
                                       static_cast<int>(end - i),
                                       {}});
        } else {
            kept.insert(kept.end(), all.begin() + static_cast<std::ptrdiff_t>(i),
                        all.begin() + static_cast<std::ptrdiff_t>(end));
        }
        i = end;
    }
    all = std::move(kept);
}

void join_repetitions(SequenceBuild& build) {
    for (std::size_t i = 0; i < build.story.segments.size(); ++i) {
        const SegmentStory& again = build.story.segments[i];
        const trace::SegmentRecord& record = build.record(again);
        if (record.original == trace::none || record.original == again.id) {
            continue;
        }
        for (std::size_t k = 0; k < i; ++k) {
            if (build.story.segments[k].id != record.original) {
                continue;
            }
            const Axis& axis = build.out.axis;
            const float from = axis.y(build.story.segments[k].sent, axis.segments[k].departure);
            const float to = axis.y(again.sent, axis.segments[i].departure);
            if (build.seen(from, to)) {
                const float edge = build.out.columns.edge(record.from, record.to);
                const float side =
                    edge < build.out.columns.edge(record.to, record.from) ? -1.0f : 1.0f;
                build.out.joins.push_back(
                    {record.original, again.id, edge + side * 5 * build.style.scale, from, to});
            }
            break;
        }
    }
}

} // namespace

std::string tick_text(trace::Instant at, trace::Instant latest, bool with_unit) {
    // A finer trace (a real kernel's) is written in milliseconds too: three decimals are 1 us.
    const bool in_seconds_ = latest.ns >= ns_per_s;
    std::string text = in_seconds_ ? decimal(at.ns, ns_per_s, 3) : decimal(at.ns, ns_per_ms, 0);
    if (with_unit) {
        text += in_seconds_ ? " s" : " ms";
    }
    return text;
}

void place_arrows(SequenceBuild& build) {
    const auto [first, last] = seen_segments(build);
    for (std::size_t i = first; i < last; ++i) {
        const trace::SegmentRecord& record = build.record(build.story.segments[i]);
        if (build.out.columns.find(record.from) == nullptr ||
            build.out.columns.find(record.to) == nullptr) {
            continue;
        }
        ArrowItem arrow = record.from == record.to ? loop_of(build, i) : arrow_of(build, i);
        const float low = std::max(arrow.tip.y, arrow.position.y);
        if (build.seen(arrow.path.front().from.y, low)) {
            build.out.arrows.push_back(std::move(arrow));
        }
    }
    if (build.style.axis.true_scale) {
        merge_into_bands(build);
    }
    for (const ArrowItem& arrow : build.out.arrows) {
        for (const auto* strokes : {&arrow.path, &arrow.waits, &arrow.rest}) {
            for (const Stroke& stroke : *strokes) {
                build.taken.add(stroke, arrow.id);
            }
        }
        if (arrow.fate == Fate::lost) {
            const float half = 8 * build.style.scale;
            build.taken.add(ui::Rect{arrow.tip.x - half, arrow.tip.y - half, 2 * half, 2 * half});
        }
        if (!arrow.message_text.empty()) {
            build.taken.add(arrow.message, arrow.id);
        }
    }
    for (const DensityItem& band : build.out.bands) {
        build.taken.add(Stroke{band.first_from, band.first_to});
        build.taken.add(Stroke{band.last_from, band.last_to});
    }
    join_repetitions(build);
}

namespace {

// The room for a reason is asked of all refusals, not only of those in sight: not of a storm.
constexpr std::size_t story_with_room = 100;

ColumnWishes wishes_of(const SequenceQuery& query, const SequenceStyle& style, const Story& story) {
    ColumnWishes wishes{query.selected_socket, std::vector<bool>(query.trace->hosts.size(), false)};
    std::size_t asked = 0;
    for (std::size_t i = story.segments.size(); i-- > 0;) { // the newest are in sight
        const SegmentStory& told = story.segments[i];
        const trace::HostId to = query.trace->segments[told.id].to;
        if (told.fate != Fate::refused || to >= wishes.has_notes.size()) {
            continue;
        }
        wishes.has_notes[to] = true;
        if (++asked <= 30) {
            for (const std::string& phrase : phrases_of(query, told)) {
                wishes.note_word = std::max(wishes.note_word, widest_word(phrase, style));
            }
        }
    }
    return wishes;
}

// Finer than 0.1 ms it would only flicker while time runs.
trace::Instant shown_as_now(const SequenceQuery& query) {
    return {query.shown.ns - query.shown.ns % (ns_per_ms / 10)};
}

ColumnStyle column_style(const SequenceQuery& query, const SequenceStyle& style,
                         const std::string& now_text) {
    ColumnStyle columns = style.columns;
    columns.axis =
        std::max(style.width(tick_text(shown_as_now(query), query.shown, true), Script::tick) +
                     16 * style.scale,
                 style.width(now_text, Script::note) + 18 * style.scale);
    return columns;
}

std::string now_text_of(const SequenceQuery& query) {
    return view::say("now {}", tick_text(shown_as_now(query), query.shown, true));
}

Columns columns_of(const SequenceQuery& query, const SequenceStyle& style, const Story& story) {
    return lay_columns(*query.trace, story, *query.snapshot, query.width,
                       wishes_of(query, style, story),
                       column_style(query, style, now_text_of(query)),
                       [&](std::string_view text) { return style.width(text, Script::tick); });
}

std::vector<float> room_for(const SequenceQuery& query, const SequenceStyle& style,
                            const Story& story, const Columns& columns) {
    std::vector<float> room;
    if (style.axis.true_scale || story.segments.size() > story_with_room) {
        return room;
    }
    for (std::size_t i = 0; i < story.segments.size(); ++i) {
        const SegmentStory& told = story.segments[i];
        const HostColumn* column = columns.find(query.trace->segments[told.id].to);
        if (told.fate != Fate::refused || column == nullptr || column->notes.w <= 0) {
            continue;
        }
        room.resize(story.segments.size(), 0);
        const auto lines = fold_phrases(phrases_of(query, told), column->notes.w, style);
        // What follows begins a little below: the band of a break, or the next row.
        room[i] = style.note_line * static_cast<float>(lines.size()) / 2 - 5 * style.scale;
    }
    return room;
}

} // namespace

std::vector<float> reason_room(const SequenceQuery& query, const SequenceStyle& style,
                               const Story& story) {
    const bool any = std::any_of(story.segments.begin(), story.segments.end(),
                                 [](const auto& told) { return told.fate == Fate::refused; });
    return any ? room_for(query, style, story, columns_of(query, style, story))
               : std::vector<float>{};
}

SequenceLayout lay_sequence(const SequenceQuery& query, const SequenceStyle& style,
                            const Story& story) {
    SequenceBuild build{query, style, story, {}, {}};
    SequenceLayout& out = build.out;
    out.now_text = now_text_of(query);
    out.columns = columns_of(query, style, story);
    out.axis = lay_axis(*query.trace, build.story, *query.snapshot, query.shown, style.axis,
                        room_for(query, style, story, out.columns));
    out.now_y = out.axis.now_y;
    out.height = std::max(out.axis.end_y, out.now_y) + 2 * style.pill_height;

    place_breaks(build);
    place_arrows(build);
    place_lanes(build);
    place_pills(build);
    place_labels(build);
    place_messages(build);
    place_badges(build);
    place_callout(build);
    place_notes(build);
    place_ticks(build);
    return std::move(build.out);
}

const ArrowItem* hit(const SequenceLayout& layout, ui::Vec point, float reach) {
    for (auto arrow = layout.arrows.rbegin(); arrow != layout.arrows.rend(); ++arrow) {
        if (arrow->label_box.contains(point)) {
            return &*arrow;
        }
    }
    const ArrowItem* nearest = nullptr;
    for (const ArrowItem& arrow : layout.arrows) {
        for (const auto* strokes : {&arrow.path, &arrow.waits}) {
            for (const Stroke& stroke : *strokes) {
                const float away = distance(point, stroke);
                if (away <= reach) {
                    reach = away;
                    nearest = &arrow;
                }
            }
        }
    }
    return nearest;
}

} // namespace panels
