// The state diagram as placed items: RFC 9293 Figure 5 in its own layout, orthogonal edges, labels
// that touch nothing, one token per socket beside its state.
#pragma once

#include "panels/machine_edges.hpp"
#include "panels/placing.hpp"
#include "trace/snapshot.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace panels {

struct MachineStyle {
    float scale = 1;
    float node_height = 22, line_height = 17, token_height = 20;
    ui::Rect title{}; // already written in the area
    std::function<float(trace::State)> node_width;
    std::function<float(std::string_view)> label_width, token_width;
};

struct NodeItem {
    trace::State state = trace::State::closed;
    bool end = false; // the second CLOSED, where lives end
    ui::Rect box{};
};
struct EdgeItem {
    std::size_t edge = 0; // place in the list of edges
    std::vector<ui::Vec> path{};
    std::string label{}; // empty: no room, hover says it
    ui::Rect label_box{};
};
struct TokenItem {
    trace::Cookie cookie = trace::none; // none: `count` sockets stand here
    int count = 1;
    trace::State state = trace::State::closed;
    std::string text{};
    ui::Rect box{};
};

struct MachineLayout {
    std::vector<NodeItem> nodes;
    std::vector<EdgeItem> edges;
    std::vector<TokenItem> tokens;
    std::vector<std::string> left_out; // tokens for which no place was found (none, by test)
};

// `walked`: by edge, whether a visible event took it (exits are drawn only then).
MachineLayout lay_machine(const ui::Rect& area, const std::vector<Edge>& edges,
                          const std::vector<bool>& walked, const trace::Snapshot&,
                          const MachineStyle&);

} // namespace panels
