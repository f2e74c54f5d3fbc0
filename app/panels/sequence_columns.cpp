// Sharing the width: wires first get their least, lanes their names' width, notes what they need,
// and what is left goes to the wires.
#include "panels/sequence_columns.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace panels {

namespace {

// ":80"; of several listeners on a port ":80#2", as the cards have it.
std::string lane_name(const trace::Trace& trace, trace::Cookie cookie) {
    const trace::SocketRecord& record = trace.sockets[cookie];
    const bool child = record.listener != trace::none;
    std::string name = fmt::format(":{}", child ? record.remote.port : record.local.port);
    if (record.is_listener) {
        const std::string full = trace::socket_name(trace, cookie);
        if (const auto which = full.find('#'); which != full.npos) {
            name += full.substr(which);
        }
    }
    return name;
}

// How much a socket deserves a lane when there is no room for all.
struct Candidate {
    const SocketStory* told;
    bool selected, alive, listener;
    trace::Instant last;
};

std::vector<const SocketStory*> sockets_of(const trace::Trace& trace, const Story& story,
                                           trace::HostId host) {
    std::vector<const SocketStory*> found;
    for (const SocketStory& told : story.sockets) {
        // A socket that never did anything has nothing to draw.
        const bool idle = told.gone != trace::never && told.spans.size() <= 1;
        if (told.host == host && !(idle && told.gone == told.born)) {
            found.push_back(&told);
        }
    }
    std::stable_sort(found.begin(), found.end(), [&](const SocketStory* a, const SocketStory* b) {
        return trace.sockets[a->cookie].is_listener > trace.sockets[b->cookie].is_listener;
    });
    return found;
}

void choose_lanes(HostColumn& column, const trace::Trace& trace,
                  const std::vector<const SocketStory*>& sockets, std::size_t room,
                  trace::Cookie selected) {
    std::vector<Candidate> candidates;
    for (const SocketStory* told : sockets) {
        candidates.push_back({told, told->cookie == selected, told->gone == trace::never,
                              trace.sockets[told->cookie].is_listener,
                              told->spans.empty() ? told->born : told->spans.back().from});
    }
    const bool folds = candidates.size() > room;
    if (folds) {
        std::stable_sort(candidates.begin(), candidates.end(),
                         [](const Candidate& a, const Candidate& b) {
                             return std::tuple(a.selected, a.listener, a.alive, a.last) >
                                    std::tuple(b.selected, b.listener, b.alive, b.last);
                         });
        candidates.resize(room > 1 ? room - 1 : 0);
    }
    for (const SocketStory* told : sockets) {
        const bool chosen = std::any_of(candidates.begin(), candidates.end(),
                                        [&](const Candidate& c) { return c.told == told; });
        if (chosen) {
            column.lanes.push_back(
                {.cookie = told->cookie, .name = lane_name(trace, told->cookie)});
        }
    }
    if (folds) {
        const int hidden = static_cast<int>(sockets.size() - candidates.size());
        column.lanes.push_back({.folded = hidden, .name = fmt::format("+{}", hidden)});
    }
}

} // namespace

const HostColumn* Columns::find(trace::HostId host) const {
    for (const HostColumn& column : hosts) {
        if (column.host == host) {
            return &column;
        }
    }
    return nullptr;
}

const Lane* Columns::lane(trace::Cookie cookie) const {
    for (const HostColumn& column : hosts) {
        for (const Lane& lane : column.lanes) {
            if (lane.cookie == cookie && cookie != trace::none) {
                return &lane;
            }
        }
    }
    return nullptr;
}

float Columns::edge(trace::HostId from, trace::HostId to) const {
    const HostColumn* here = find(from);
    const HostColumn* there = find(to);
    if (here == nullptr || there == nullptr) {
        return axis_right;
    }
    if (from == to) { // to itself: on the side where there is a wire
        return here == &hosts.back() && hosts.size() > 1 ? here->left_edge : here->right_edge;
    }
    return here->left < there->left ? here->right_edge : here->left_edge;
}

int Columns::name_rows() const {
    int rows = 1;
    for (const HostColumn& column : hosts) {
        rows = std::max(rows, column.name_rows);
    }
    return rows;
}

std::vector<trace::HostId> order_of_hosts(const trace::Trace& trace, const Story& story,
                                          const trace::Snapshot& snapshot) {
    std::vector<trace::HostId> order;
    for (std::size_t i = 0; i < trace.hosts.size(); ++i) {
        order.push_back(static_cast<trace::HostId>(i));
    }
    if (order.size() < 3) {
        return order;
    }
    std::vector<std::pair<trace::HostId, trace::HostId>> pairs;
    for (const trace::WireView& wire : snapshot.wires) {
        pairs.emplace_back(wire.from, wire.to);
    }
    for (const SegmentStory& told : story.segments) {
        pairs.emplace_back(trace.segments[told.id].from, trace.segments[told.id].to);
    }
    for (const trace::HostId hub : order) {
        const bool talks_to_all =
            !pairs.empty() && std::all_of(pairs.begin(), pairs.end(), [&](const auto& pair) {
                return pair.first == hub || pair.second == hub;
            });
        if (talks_to_all) {
            std::erase(order, hub);
            order.insert(order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2), hub);
            break;
        }
    }
    return order;
}

Columns lay_columns(const trace::Trace& trace, const Story& story, const trace::Snapshot& snapshot,
                    float width, const ColumnWishes& wishes, const ColumnStyle& style,
                    const std::function<float(std::string_view)>& name_width) {
    Columns columns;
    columns.axis_right = style.axis;
    const std::vector<trace::HostId> order = order_of_hosts(trace, story, snapshot);
    const std::size_t count = order.size();
    if (count == 0) {
        return columns;
    }
    float widest = name_width(":80");
    std::vector<std::vector<const SocketStory*>> sockets;
    std::size_t lanes = 0;
    float notes_wanted = 0, notes_least = 0;
    const float least_note = std::max(style.least_notes, wishes.note_word);
    const float note_width = std::max(style.notes, least_note);
    const auto has_notes = [&](trace::HostId host) {
        return host < wishes.has_notes.size() && wishes.has_notes[host];
    };
    for (const trace::HostId host : order) {
        sockets.push_back(sockets_of(trace, story, host));
        lanes += std::max<std::size_t>(1, sockets.back().size());
        for (const SocketStory* told : sockets.back()) {
            widest = std::max(widest, name_width(lane_name(trace, told->cookie)));
        }
        notes_wanted += has_notes(host) ? note_width : 0;
        notes_least += has_notes(host) ? least_note : 0;
    }
    const float hosts_width = static_cast<float>(count) * style.margin;
    const float wires = static_cast<float>(count - 1);
    const float least_wire =
        std::min(style.least_wire, 0.5f * (width - style.axis) / std::max(1.0f, wires));
    const float free = width - style.axis - hosts_width - least_wire * wires;

    // Lanes as wide as their names; in two rows of names before the wires get narrow; nearer to
    // each other still where that does not fit; folded at last.
    const float full_pitch = widest + style.lane_gap;
    const float lane_room =
        std::max(free - notes_least, style.least_pitch * static_cast<float>(count));
    const float easy_room = free - (style.wire - least_wire) * wires - notes_wanted;
    const float narrow = full_pitch / static_cast<float>(style.name_rows);
    float pitch = std::clamp(easy_room / static_cast<float>(lanes), full_pitch / 2, full_pitch);
    pitch = std::min(pitch, std::max(narrow, lane_room / static_cast<float>(lanes)));
    pitch = std::max({pitch, narrow, style.least_pitch});
    // Beyond six lanes a host, the wires' room goes before more lanes.
    const float fitting =
        std::max(easy_room, std::min(lane_room, pitch * 6 * static_cast<float>(count)));
    const auto capacity = static_cast<std::size_t>(std::max(1.0f, fitting / pitch + 0.01f));
    const std::size_t share = std::max<std::size_t>(2, capacity / count);
    std::size_t placed = 0;
    for (std::size_t i = 0; i < count; ++i) {
        HostColumn column{.host = order[i], .name = trace.hosts[order[i]]};
        column.wire_left = i > 0;
        column.wire_right = i + 1 < count;
        // What one host leaves unused, another may have.
        const std::size_t room =
            lanes <= capacity ? sockets[i].size() : std::max(share, std::size_t{2});
        choose_lanes(column, trace, sockets[i], room, wishes.selected);
        placed += std::max<std::size_t>(1, column.lanes.size());
        columns.hosts.push_back(std::move(column));
    }
    const int name_rows = std::max(1, static_cast<int>(std::ceil(full_pitch / pitch - 0.01f)));
    const float left_over = std::max(0.0f, free - pitch * static_cast<float>(placed) - notes_least);
    // Wires come before notes until badges have room on them. Without room for the least notes,
    // reasons are left to tooltips.
    const float spare = std::max(0.0f, left_over - 0.5f * (style.wire - least_wire) * wires);
    const bool notes_fit = free - pitch * static_cast<float>(placed) >= notes_least;
    const float notes_share = notes_wanted > 0 && notes_fit
                                  ? std::min(1.0f, (notes_least + spare * 0.8f) / notes_wanted)
                                  : 0;
    const float notes_used = notes_wanted * notes_share;
    const float wire =
        count < 2
            ? 0
            : least_wire + std::max(0.0f, free - pitch * static_cast<float>(placed) - notes_used) /
                               static_cast<float>(count - 1);

    float x = style.axis;
    for (HostColumn& column : columns.hosts) {
        column.name_rows = std::min(name_rows, std::max(1, static_cast<int>(column.lanes.size())));
        column.left = x;
        column.left_edge = x;
        // Notes stand on the side that no wire leaves from: left of the first host, else right.
        const float notes = has_notes(column.host) ? note_width * notes_share : 0;
        const bool notes_left = !column.wire_left && column.wire_right;
        if (notes_left) {
            x += style.margin / 2;
            column.notes = {x, 0, notes, 0};
            x += notes;
        }
        const std::size_t slots = std::max<std::size_t>(1, column.lanes.size());
        for (std::size_t i = 0; i < column.lanes.size(); ++i) {
            column.lanes[i].x = x + pitch * (static_cast<float>(i) + 0.5f);
            column.lanes[i].name_row = static_cast<int>(i) % column.name_rows;
        }
        x += pitch * static_cast<float>(slots);
        if (!notes_left) {
            column.notes = {x, 0, notes, 0};
            x += notes + style.margin / 2;
        }
        column.right = x + (notes_left ? style.margin / 2 : style.margin / 2);
        x = column.right;
        column.right_edge = x;
        if (column.wire_right) {
            x += wire;
        }
    }
    return columns;
}

} // namespace panels
