// Placing what lies along the wires: breaks, lanes, pills, labels.
#include "panels/sequence_build.hpp"

#include "view/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace panels {

namespace {

constexpr float label_gap = 8; // between the parts of a label

float label_width(const SequenceBuild& build, const Label& label) {
    float width = build.style.width(label.kind, Script::label_strong);
    for (const std::string* part : {&label.numbers, &label.note}) {
        if (!part->empty()) {
            width += label_gap * build.style.scale + build.style.width(*part, Script::label);
        }
    }
    return width;
}

std::vector<Label> wordings_of(const SequenceBuild& build, const ArrowItem& arrow) {
    return wordings(build.trace(), arrow.id, build.query.numbers,
                    arrow.sent < build.query.visible ? &build.trace().events[arrow.sent] : nullptr);
}

// Left and right end of the wire that an arrow crosses; of several wires, the whole way.
std::pair<float, float> wire_of(const ArrowItem& arrow) {
    const float a = arrow.path.front().from.x;
    float b = arrow.tip.x;
    for (const Stroke& stroke : arrow.rest) {
        b = stroke.to.x;
    }
    return {std::min(a, b), std::max(a, b)};
}

// The lane boxes and boundaries of a host are no place for labels of segments that pass it.
void take_hosts(SequenceBuild& build) {
    for (const HostColumn& column : build.out.columns.hosts) {
        const float top = -1000, bottom = build.out.height + 1000;
        build.taken.add(
            ui::Rect{column.left_edge, top, column.right_edge - column.left_edge, bottom - top});
    }
}

} // namespace

void place_breaks(SequenceBuild& build) {
    if (build.out.columns.hosts.empty()) {
        return;
    }
    const float scale = build.style.scale;
    const float left = build.out.columns.axis_right - 6 * scale;
    const float right = build.query.width - 4 * scale;
    const auto& hosts = build.out.columns.hosts;
    // Named in the middle of the first wire, where no lane passes.
    const float centre =
        hosts.size() > 1 ? (hosts[0].right_edge + hosts[1].left_edge) / 2 : (left + right) / 2;
    for (const Break& gap : build.out.axis.breaks) {
        if (!build.seen(gap.top, gap.bottom)) {
            continue;
        }
        // Nearer to what is over: what comes next may have its badge above its row.
        const float middle = gap.top + std::min((gap.bottom - gap.top) / 2, 16 * scale);
        BreakItem item;
        // Chosen times exactly; a real kernel's to three digits.
        const bool chosen = gap.skipped.ns % trace::microseconds(100).ns == 0;
        item.text = view::say("{} later", chosen ? trace::format(gap.skipped)
                                                 : trace::format_short(gap.skipped));
        item.band = {left, middle - 7 * scale, right - left, 14 * scale};
        const float width = build.style.width(item.text, Script::note) + 20 * scale;
        item.label_box = {centre - width / 2, middle - 12 * scale, width, 24 * scale};
        build.taken.add(item.band);
        build.taken.add(item.label_box);
        build.out.breaks.push_back(std::move(item));
    }
}

void place_lanes(SequenceBuild& build) {
    SequenceLayout& out = build.out;
    const Axis& axis = out.axis;
    for (const HostColumn& column : out.columns.hosts) {
        for (const Lane& lane : column.lanes) {
            const auto told = std::find_if(
                build.story.sockets.begin(), build.story.sockets.end(),
                [&](const SocketStory& socket) { return socket.cookie == lane.cookie; });
            LaneItem item{.lane = &lane};
            if (lane.cookie == trace::none || told == build.story.sockets.end()) {
                out.lanes.push_back(std::move(item));
                continue;
            }
            for (std::size_t i = 0; i < told->spans.size(); ++i) {
                const StateSpan& span = told->spans[i];
                const bool last = i + 1 == told->spans.size();
                const auto height = [&](const StateSpan& s) {
                    return axis.y(s.from, row_of(build.trace(), build.story, axis, s.event));
                };
                const float top = height(span);
                float bottom = out.now_y;
                if (!last) {
                    bottom = height(told->spans[i + 1]);
                } else if (told->gone != trace::never) {
                    bottom = axis.y_after(told->gone);
                    item.ends = true;
                }
                // From before its beginning a CLOSED socket has no story.
                item.pieces.push_back({span.state, top, std::max(bottom, top), span.certainty});
                const bool birth = i == 0 && span.state == trace::State::closed;
                if (!birth && build.seen(top, top)) {
                    const auto& record = build.trace().sockets[told->cookie];
                    float edge = lane.x;
                    for (const HostColumn& other : out.columns.hosts) {
                        const auto address = build.query.snapshot->hosts.size() > other.host
                                                 ? build.query.snapshot->hosts[other.host].address
                                                 : trace::Address{};
                        if (other.host != column.host && address == record.remote.address) {
                            edge = out.columns.edge(column.host, other.host);
                        }
                    }
                    if (edge == lane.x) {
                        edge = column.wire_right ? column.right_edge : column.left_edge;
                    }
                    out.dots.push_back({{lane.x, top}, edge, span.event});
                }
            }
            out.lanes.push_back(std::move(item));
        }
    }
    take_hosts(build);
}

void place_pills(SequenceBuild& build) {
    const float scale = build.style.scale, height = build.style.pill_height;
    for (ArrowItem& arrow : build.out.arrows) {
        if (!arrow.is_pill()) {
            continue;
        }
        const auto [left, right] = wire_of(arrow);
        const float room = right - left - 16 * scale;
        std::vector<Label> words = wordings_of(build, arrow);
        if (arrow.fate == Fate::held) {
            for (Label& label : words) {
                label.note = view::tr("held");
            }
        }
        bool placed = false;
        // At its place; where another pill stands already, shorter or below it.
        for (int step = 0; step < 40 && !placed; ++step) {
            for (const Label& label : words) {
                const float width = label_width(build, label) + 24 * scale;
                if (width > room && &label != &words.back()) {
                    continue;
                }
                const float least = left + 8 * scale + width / 2;
                const float most = std::max(least, right - 8 * scale - width / 2);
                const float x = std::clamp(arrow.position.x, least, most);
                // On its own line, also where it had to move aside.
                float y = arrow.position.y;
                if (x != arrow.position.x && arrow.fate == Fate::in_flight &&
                    arrow.tip.x != arrow.tip_from.x) {
                    const float share = (x - arrow.tip_from.x) / (arrow.tip.x - arrow.tip_from.x);
                    y = between(arrow.tip_from, arrow.tip, std::clamp(share, 0.0f, 1.0f)).y;
                }
                y += static_cast<float>(step) * (height + 3 * scale);
                const ui::Rect box{x - width / 2, y - height / 2, width, height};
                bool clear = true;
                for (const ArrowItem& other : build.out.arrows) {
                    clear = clear && (&other == &arrow || !other.is_pill() ||
                                      !overlap(other.label_box, box));
                }
                if (clear || step == 39) {
                    arrow.label = label;
                    arrow.label_box = box;
                    placed = true;
                    break;
                }
            }
        }
        build.taken.add(arrow.label_box);
        build.out.height = std::max(build.out.height, arrow.label_box.bottom() + height);
    }
}

void place_labels(SequenceBuild& build) {
    const float scale = build.style.scale;
    // In the middle, else nearer to the sender: where two cross, each stands at its own side.
    constexpr float shares[] = {0.5f, 0.42f, 0.34f, 0.27f, 0.2f, 0.58f, 0.66f, 0.73f, 0.8f};
    for (ArrowItem& arrow : build.out.arrows) {
        arrow.pieces = arrow.path;
        if (arrow.is_pill() || arrow.path.empty()) {
            continue;
        }
        const auto [left, right] = wire_of(arrow);
        const Stroke& line = arrow.path.back();
        // Of a loop, beside it.
        const trace::SegmentRecord& record = build.trace().segments[arrow.id];
        const auto beside = [&](const Label& label) {
            const Stroke& turn = arrow.path[arrow.path.size() / 2];
            const float width = label_width(build, label);
            const float height = build.style.line_height;
            const bool rightward = turn.from.x > arrow.tip.x;
            const float x = turn.from.x + (rightward ? 12 * scale : -12 * scale - width);
            const ui::Rect box{x, (turn.from.y + turn.to.y - height) / 2, width, height};
            if (!build.taken.free(box, 2 * scale, arrow.id)) {
                return false;
            }
            arrow.label = label;
            arrow.label_box = box;
            return true;
        };
        // A lost segment's label stands nearer to its sender, clear of the cross.
        const auto place = [&](const Label& label, float clear) {
            const float width = label_width(build, label);
            const float height = build.style.line_height;
            for (const float share : shares) {
                const ui::Vec centre = between(line.from, line.to, share);
                const ui::Rect box{centre.x - width / 2, centre.y - height / 2, width, height};
                if (box.x >= left + 10 * scale && box.right() <= right - 10 * scale &&
                    build.taken.free(box, clear, arrow.id)) {
                    arrow.label = label;
                    arrow.label_box = box;
                    return true;
                }
            }
            return false;
        };
        for (const Label& label : wordings_of(build, arrow)) {
            if (record.from == record.to) {
                if (beside(label)) {
                    break;
                }
                continue;
            }
            if (place(label, 7 * scale) || place(label, 2 * scale)) {
                break;
            }
        }
        if (arrow.label.empty()) {
            continue;
        }
        build.taken.add(arrow.label_box);
        const ui::Rect gap = {arrow.label_box.x - 8 * scale, arrow.label_box.y,
                              arrow.label_box.w + 16 * scale, arrow.label_box.h};
        std::vector<Stroke> pieces;
        for (const Stroke& stroke : arrow.path) {
            for (const Stroke& part : outside(stroke, gap)) {
                pieces.push_back(part);
            }
        }
        arrow.pieces = std::move(pieces);
    }
    for (DensityItem& band : build.out.bands) {
        const std::string text = fmt::format("× {}", band.count);
        const float width = build.style.width(text, Script::label_strong) + 12 * scale;
        const ui::Vec centre = between(between(band.first_from, band.last_from, 0.5f),
                                       between(band.first_to, band.last_to, 0.5f), 0.5f);
        band.label_box = {centre.x - width / 2, centre.y - build.style.line_height / 2, width,
                          build.style.line_height};
        build.taken.add(band.label_box);
    }
}

// On the message's own line, which is cut by its ground.
void place_messages(SequenceBuild& build) {
    constexpr float shares[] = {0.5f, 0.6f, 0.4f, 0.7f, 0.3f, 0.8f};
    for (ArrowItem& arrow : build.out.arrows) {
        if (arrow.message_text.empty()) {
            continue;
        }
        const float scale = build.style.scale;
        const float width = build.style.width(arrow.message_text, Script::note) + 8 * scale;
        const float height = build.style.note_line;
        for (const float share : shares) {
            const ui::Vec centre = between(arrow.message.from, arrow.message.to, share);
            for (const float down : {0.0f, 0.75f, 1.5f}) {
                const ui::Rect box{centre.x - width / 2, centre.y + (down - 0.5f) * height, width,
                                   height};
                if (arrow.message_box.empty() && build.taken.free(box, 1, arrow.id)) {
                    arrow.message_box = box;
                    build.taken.add(box);
                }
            }
        }
    }
}

} // namespace panels
