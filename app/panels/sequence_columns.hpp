// The columns of the sequence view: the time axis, each host with its lanes, and the wires between.
#pragma once

#include "panels/sequence_story.hpp"
#include "ui/geometry.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace panels {

struct ColumnStyle {
    float axis = 64;        // room of the time labels
    float lane_gap = 10;    // between the names of two lanes
    float least_pitch = 22; // lanes never come nearer to each other
    float wire = 330;       // between two hosts, where there is room
    float least_wire = 190;
    float notes = 165; // beside the lanes of a host that refused something
    float least_notes = 84;
    float margin = 10;
    int name_rows = 3; // names of lanes may stand in so many rows
};

struct Lane {
    trace::Cookie cookie = trace::none; // none: `folded` sockets stand here
    int folded = 0;
    float x = 0;
    int name_row = 0;
    std::string name{};
};

struct HostColumn {
    trace::HostId host = trace::no_host;
    std::string name{};
    float left = 0, right = 0;           // everything of this host
    float left_edge = 0, right_edge = 0; // its boundaries; equal to left or right where no wire is
    bool wire_left = false, wire_right = false;
    std::vector<Lane> lanes{};
    ui::Rect notes{}; // x and w only; empty: no room
    int name_rows = 1;
};

struct Columns {
    float axis_right = 0;
    std::vector<HostColumn> hosts{}; // from left to right

    const HostColumn* find(trace::HostId) const;
    const Lane* lane(trace::Cookie) const;
    // The boundary of `from` that looks towards `to`.
    float edge(trace::HostId from, trace::HostId to) const;
    int name_rows() const;
};

struct ColumnWishes {
    trace::Cookie selected = trace::none;
    std::vector<bool> has_notes{}; // by host: something was refused there
    float note_word = 0;           // the widest thing in the notes that does not break
};

Columns lay_columns(const trace::Trace&, const Story&, const trace::Snapshot&, float width,
                    const ColumnWishes&, const ColumnStyle&,
                    const std::function<float(std::string_view)>& name_width);

// Hosts from left to right: as the script names them, but one that everybody talks to stands in
// the middle of three or more.
std::vector<trace::HostId> order_of_hosts(const trace::Trace&, const Story&,
                                          const trace::Snapshot&);

} // namespace panels
