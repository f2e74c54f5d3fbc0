// Nodes on a grid of three columns and six rows, edges by the sides they leave and enter.
#include "panels/machine_layout.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include <fmt/format.h>

namespace panels {

namespace {

using trace::State;

struct Place {
    State state;
    int column, row; // columns: 0 left, 1 middle, 2 right
    bool end = false;
};
constexpr std::array places = {Place{State::closed, 1, 0},      Place{State::listen, 0, 1},
                               Place{State::syn_sent, 2, 1},    Place{State::syn_recv, 0, 2},
                               Place{State::established, 1, 2}, Place{State::fin_wait_1, 0, 3},
                               Place{State::close_wait, 2, 3},  Place{State::fin_wait_2, 0, 4},
                               Place{State::closing, 1, 4},     Place{State::last_ack, 2, 4},
                               Place{State::time_wait, 1, 5},   Place{State::closed, 2, 5, true}};
constexpr int last_row = 5;

struct Machine {
    const ui::Rect& area;
    const MachineStyle& style;
    MachineLayout out;
    Taken taken;

    const ui::Rect& box(State state, bool end = false) const {
        for (const NodeItem& node : out.nodes) {
            if (node.state == state && node.end == end) {
                return node.box;
            }
        }
        return out.nodes.front().box;
    }

    void nodes() {
        float widest = 0;
        for (const State state : trace::all_states) {
            widest = std::max(widest, style.node_width(state));
        }
        // Beside the outer columns tokens stand; above and below, loops and exits pass.
        const float side = std::min(style.token_width("S :40002") + 26 * style.scale,
                                    std::max(0.0f, (area.w - 3 * widest) / 4));
        const float left = area.x + side + widest / 2, right = area.right() - side - widest / 2;
        const float top = area.y + 12 * style.scale + style.node_height / 2;
        const float bottom = area.bottom() - 24 * style.scale - style.node_height / 2;
        for (const Place& place : places) {
            const float x = left + (right - left) * static_cast<float>(place.column) / 2;
            const float y =
                top + (bottom - top) * static_cast<float>(place.row) / static_cast<float>(last_row);
            const float width = style.node_width(place.state);
            const ui::Rect box{x - width / 2, y - style.node_height / 2, width, style.node_height};
            out.nodes.push_back({place.state, place.end, box});
            taken.add(box);
        }
    }

    // The route of an edge; the pairs of Figure 5 have their own, exits go round the outside.
    std::vector<ui::Vec> route(const Edge& edge) const {
        const ui::Rect a = box(edge.from);
        const bool to_end = edge.to == State::closed && !edge.exit;
        const ui::Rect b = box(edge.to, to_end);
        const ui::Vec ca = a.centre(), cb = b.centre();
        const auto is = [&](State from, State to) { return edge.from == from && edge.to == to; };
        const float lane = a.w / 2 - 10 * style.scale;
        if (edge.from == edge.to) { // a small loop below
            const float x = ca.x + a.w / 4, low = a.bottom() + 13 * style.scale;
            return {{x, a.bottom()}, {x, low}, {x - a.w / 2, low}, {x - a.w / 2, a.bottom()}};
        }
        if (edge.exit) {
            return exit_route(edge, a);
        }
        if (is(State::syn_sent, State::syn_recv)) {
            const float middle = (a.bottom() + b.y) / 2;
            return {{ca.x - a.w / 4, a.bottom()},
                    {ca.x - a.w / 4, middle},
                    {cb.x + b.w / 4, middle},
                    {cb.x + b.w / 4, b.y}};
        }
        if (is(State::fin_wait_1, State::closing)) {
            const float middle = (a.bottom() + b.y) / 2;
            return {{ca.x + a.w / 4, a.bottom()},
                    {ca.x + a.w / 4, middle},
                    {cb.x, middle},
                    {cb.x, b.y}};
        }
        if (is(State::established, State::fin_wait_1)) {
            return {{ca.x - lane, a.bottom()}, {ca.x - lane, cb.y}, {b.right(), cb.y}};
        }
        if (is(State::established, State::close_wait)) {
            return {{ca.x + lane, a.bottom()}, {ca.x + lane, cb.y}, {b.x, cb.y}};
        }
        if (ca.x == cb.x) { // straight down
            return {{ca.x, a.bottom()}, {cb.x, b.y}};
        }
        const bool rightwards = cb.x > ca.x;
        if (ca.y == cb.y) { // straight across
            return {{rightwards ? a.right() : a.x, ca.y}, {rightwards ? b.x : b.right(), cb.y}};
        }
        if (edge.from == State::closed) { // across, then down
            return {{rightwards ? a.right() : a.x, ca.y}, {cb.x, ca.y}, {cb.x, b.y}};
        }
        // Down, then across.
        return {{ca.x, a.bottom()}, {ca.x, cb.y}, {rightwards ? b.x : b.right(), cb.y}};
    }

    std::vector<ui::Vec> exit_route(const Edge& edge, const ui::Rect& a) const {
        const ui::Rect closed = box(State::closed), end = box(State::closed, true);
        const ui::Vec ca = a.centre();
        const float offset = 26 * style.scale;
        if (edge.from == State::established) {
            return {{ca.x, a.y}, {ca.x, closed.bottom()}};
        }
        if (edge.from == State::closing) {
            const float x = end.centre().x - end.w / 4;
            return {{a.right(), ca.y}, {x, ca.y}, {x, end.y}};
        }
        const float up = closed.y - 8 * style.scale;
        if (ca.x < closed.x) { // round the left
            const float x = area.x + 3 * style.scale;
            const float in = closed.centre().x - closed.w / 4;
            return {{a.x, ca.y}, {x, ca.y}, {x, up}, {in, up}, {in, closed.y}};
        }
        if (edge.from == State::syn_sent) {
            const float x = area.right() - 3 * style.scale;
            const float in = closed.centre().x + closed.w / 4;
            return {{a.right(), ca.y}, {x, ca.y}, {x, up}, {in, up}, {in, closed.y}};
        }
        const float x = std::min(area.right() - 3 * style.scale, a.right() + offset);
        return {{a.right(), ca.y}, {x, ca.y}, {x, end.centre().y}, {end.right(), end.centre().y}};
    }

    void edges(const std::vector<Edge>& all, const std::vector<bool>& walked) {
        for (std::size_t i = 0; i < all.size(); ++i) {
            if (all[i].exit && !walked[i]) {
                continue;
            }
            EdgeItem item{.edge = i, .path = route(all[i])};
            for (std::size_t k = 0; k + 1 < item.path.size(); ++k) {
                taken.add(Stroke{item.path[k], item.path[k + 1]});
            }
            out.edges.push_back(std::move(item));
        }
    }

    // Beside the parts of its path, the longest first: above and below what runs across, left and
    // right of what runs down.
    std::optional<ui::Rect> label_place(const EdgeItem& item, float width) const {
        const float height = style.line_height, away = 3 * style.scale;
        std::vector<Stroke> parts;
        for (std::size_t k = 0; k + 1 < item.path.size(); ++k) {
            parts.push_back({item.path[k], item.path[k + 1]});
        }
        const auto length = [](const Stroke& s) {
            return std::abs(s.to.x - s.from.x) + std::abs(s.to.y - s.from.y);
        };
        std::stable_sort(parts.begin(), parts.end(),
                         [&](const Stroke& a, const Stroke& b) { return length(a) > length(b); });
        for (const Stroke& part : parts) {
            for (const float share : {0.5f, 0.35f, 0.65f, 0.2f, 0.8f, 0.05f, 0.95f}) {
                const ui::Vec at = between(part.from, part.to, share);
                std::array<ui::Rect, 2> sides;
                if (part.from.y == part.to.y) {
                    sides = {ui::Rect{at.x - width / 2, at.y - away - height, width, height},
                             ui::Rect{at.x - width / 2, at.y + away, width, height}};
                } else {
                    sides = {
                        ui::Rect{at.x + 6 * style.scale, at.y - height / 2, width, height},
                        ui::Rect{at.x - 6 * style.scale - width, at.y - height / 2, width, height}};
                }
                for (const ui::Rect& side : sides) {
                    if (side.x >= area.x && side.right() <= area.right() && side.y >= area.y &&
                        side.bottom() <= area.bottom() && taken.free(side, 1)) {
                        return side;
                    }
                }
            }
        }
        return std::nullopt;
    }

    void labels(const std::vector<Edge>& all) {
        for (EdgeItem& item : out.edges) {
            for (const std::string& wording : edge_labels(all[item.edge])) {
                if (const auto place = label_place(item, style.label_width(wording))) {
                    item.label = wording;
                    item.label_box = *place;
                    taken.add(*place);
                    break;
                }
            }
        }
    }

    State nearest(ui::Vec point) const {
        const NodeItem* found = nullptr;
        float least = 0;
        for (const NodeItem& node : out.nodes) {
            const float dx = std::max({node.box.x - point.x, point.x - node.box.right(), 0.0f});
            const float dy = std::max({node.box.y - point.y, point.y - node.box.bottom(), 0.0f});
            if (found == nullptr || dx * dx + dy * dy < least) {
                found = &node;
                least = dx * dx + dy * dy;
            }
        }
        return found->state;
    }

    // Beside its state; with `over_lines` also where an edge passes behind it.
    bool token(TokenItem item, bool over_lines) {
        const ui::Rect node = box(item.state);
        const float width = style.token_width(item.text), height = style.token_height;
        const float gap = 5 * style.scale;
        const ui::Vec c = node.centre();
        std::vector<ui::Rect> around;
        for (int ring = 0; ring < 6; ++ring) {
            const float out_by = static_cast<float>(ring) * (height + 3 * style.scale);
            const float aside = static_cast<float>(ring) * (width + 4 * style.scale);
            around.push_back({node.x - gap - width - aside, c.y - height / 2, width, height});
            around.push_back({node.right() + gap + aside, c.y - height / 2, width, height});
            for (const float shift : {0.0f, -0.5f, 0.5f, -1.0f, 1.0f, -1.5f, 1.5f}) {
                const float x = c.x - width / 2 + shift * width;
                around.push_back({x, node.bottom() + gap + out_by, width, height});
                around.push_back({x, node.y - gap - height - out_by, width, height});
            }
            for (const float down : {0.75f, -0.75f, 1.5f, -1.5f}) {
                const float y = c.y - height / 2 + down * height;
                around.push_back({node.x - gap - width - aside, y, width, height});
                around.push_back({node.right() + gap + aside, y, width, height});
            }
        }
        for (const ui::Rect& place : around) {
            if (nearest(place.centre()) != item.state) {
                continue; // it would seem to stand at another state
            }
            if (place.x >= area.x && place.right() <= area.right() && place.y >= area.y &&
                place.bottom() <= area.bottom() &&
                (over_lines ? taken.free_of_boxes(place, 1) : taken.free(place, 1))) {
                item.box = place;
                taken.add(place);
                out.tokens.push_back(std::move(item));
                return true;
            }
        }
        return false;
    }

    // Whole, else without the port, else over an edge: a socket is never left out for want of room
    // beside lines.
    void token(const TokenItem& item) {
        TokenItem brief = item;
        brief.text = item.text.substr(0, item.text.find(' '));
        if (item.count > 1)
            brief = item;
        if (token(item, false) || token(brief, false) || token(item, true) || token(brief, true))
            return;
        out.left_out.push_back(item.text);
    }

    void tokens(const trace::Snapshot& snapshot) {
        std::map<State, std::vector<TokenItem>> by_state;
        for (const trace::HostView& host : snapshot.hosts) {
            const char initial =
                host.name.empty() ? '?' : static_cast<char>(std::toupper(host.name.front()));
            for (const trace::ListenerView& listener : host.listeners) {
                by_state[State::listen].push_back(
                    {.cookie = listener.cookie,
                     .state = State::listen,
                     .text = fmt::format("{} :{}", initial, listener.local.port)});
            }
            for (const trace::SocketView& socket : host.sockets) {
                if (socket.kind == trace::RecordKind::listener) {
                    continue;
                }
                const bool passive = socket.listener != trace::none;
                by_state[socket.state].push_back(
                    {.cookie = socket.cookie,
                     .state = socket.state,
                     .text = fmt::format("{} :{}", initial,
                                         passive ? socket.remote.port : socket.local.port)});
            }
        }
        for (auto& [state, sockets] : by_state) {
            if (sockets.size() > 3) {
                token(TokenItem{.count = static_cast<int>(sockets.size()),
                                .state = state,
                                .text = fmt::format("× {}", sockets.size())});
                continue;
            }
            for (TokenItem& socket : sockets) {
                token(socket);
            }
        }
    }
};

} // namespace

MachineLayout lay_machine(const ui::Rect& area, const std::vector<Edge>& edges,
                          const std::vector<bool>& walked, const trace::Snapshot& snapshot,
                          const MachineStyle& style) {
    Machine machine{area, style, {}, {}};
    machine.taken.add(style.title);
    machine.nodes();
    machine.edges(edges, walked);
    machine.labels(edges);
    machine.tokens(snapshot);
    return std::move(machine.out);
}

} // namespace panels
