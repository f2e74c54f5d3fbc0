// The state diagram: its edges come from the table, and nothing on it touches anything else.
#include "catch.hpp"
#include "telling.hpp"

#include "panels/machine_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace panels;
using trace::State;

namespace {

MachineStyle style() {
    MachineStyle made;
    made.node_width = [](State state) {
        return 30.0f + 8.0f * static_cast<float>(trace::name(state).size());
    };
    made.label_width = [](std::string_view text) { return 6.5f * static_cast<float>(text.size()); };
    made.token_width = [](std::string_view text) {
        return 10 + 8.0f * static_cast<float>(text.size());
    };
    return made;
}

trace::Snapshot with_sockets(int established) {
    trace::Snapshot snapshot;
    trace::HostView client, server;
    client.name = "client";
    server.name = "server";
    trace::ListenerView listener;
    listener.cookie = 0;
    listener.local.port = 80;
    server.listeners.push_back(listener);
    for (int i = 0; i < established; ++i) {
        trace::SocketView socket;
        socket.cookie = static_cast<trace::Cookie>(i + 1);
        socket.state = State::established;
        socket.local.port = static_cast<std::uint16_t>(40000 + i);
        client.sockets.push_back(socket);
    }
    snapshot.hosts = {client, server};
    return snapshot;
}

std::vector<bool> walked(const std::vector<Edge>& edges, bool all) {
    return std::vector<bool>(edges.size(), all);
}

} // namespace

TEST_CASE("every row of the table belongs to exactly one edge, and an edge has one from and to") {
    for (const trace::Policies policies : {trace::linux_policies, trace::rfc_policies}) {
        std::size_t rows = 0, expected = 0;
        for (const Edge& edge : edges_of(policies)) {
            rows += edge.rows.size();
            for (const trace::Transition* row : edge.rows) {
                CHECK(row->from == edge.from);
                CHECK((row->spawn == trace::Spawn::request ? row->spawned : row->to) == edge.to);
            }
        }
        for (const trace::Transition& row : trace::transitions()) {
            expected += policies.has(row.needs) ? 1u : 0u;
        }
        CHECK(rows == expected);
    }
}

TEST_CASE("an edge says event / sent, events that send the same share one") {
    for (const Edge& edge : edges_of(trace::linux_policies)) {
        if (edge.from == State::established && edge.to == State::fin_wait_1) {
            CHECK(edge_labels(edge).front() == "close(), shutdown(WR) / FIN");
        }
        if (edge.from == State::listen && edge.to == State::syn_recv) {
            CHECK(edge_labels(edge).front() == "SYN / SYN+ACK");
            CHECK(edge.passive);
        }
        if (edge.from == State::time_wait && edge.to == State::closed) {
            CHECK(edge_labels(edge).front().starts_with("2MSL"));
            CHECK_FALSE(edge.exit);
        }
    }
}

TEST_CASE("no label, token or state of the diagram touches another or a line") {
    const bool exits = GENERATE(false, true);
    const int sockets = GENERATE(0, 1, 3, 7);
    const auto size =
        GENERATE(ui::Vec{540, 260}, ui::Vec{700, 360}, ui::Vec{1200, 700}, ui::Vec{420, 220});
    const auto policies = GENERATE(trace::linux_policies, trace::rfc_policies);
    const auto edges = edges_of(policies);
    const ui::Rect area{10, 20, size.x, size.y};
    const MachineLayout layout =
        lay_machine(area, edges, walked(edges, exits), with_sockets(sockets), style());
    INFO(size.x << "x" << size.y << " with " << sockets << " sockets");
    std::vector<std::pair<std::string, ui::Rect>> boxes;
    for (const NodeItem& node : layout.nodes) {
        boxes.emplace_back(trace::name(node.state), node.box);
    }
    for (const EdgeItem& edge : layout.edges) {
        if (!edge.label.empty()) {
            boxes.emplace_back(edge.label, edge.label_box);
        }
    }
    for (const TokenItem& token : layout.tokens) {
        boxes.emplace_back(token.text, token.box);
    }
    for (std::size_t i = 0; i < boxes.size(); ++i) {
        INFO(boxes[i].first);
        CHECK(boxes[i].second.x >= area.x - 0.5f);
        CHECK(boxes[i].second.right() <= area.right() + 0.5f);
        for (std::size_t k = 0; k < i; ++k) {
            INFO("and " << boxes[k].first);
            CHECK_FALSE(overlap(boxes[i].second, boxes[k].second));
        }
        if (i < layout.nodes.size()) {
            continue; // edges end at nodes
        }
        if (size.x < 700 && i >= boxes.size() - layout.tokens.size()) {
            continue; // where lines leave no place, a token hides a piece of one
        }
        for (const EdgeItem& edge : layout.edges) {
            for (std::size_t k = 0; k + 1 < edge.path.size(); ++k) {
                CHECK_FALSE(crosses({edge.path[k], edge.path[k + 1]}, boxes[i].second));
            }
        }
    }
}

TEST_CASE("at the size of the window's corner every edge of the figure has its label") {
    const auto edges = edges_of(trace::linux_policies);
    const MachineLayout layout =
        lay_machine({0, 0, 700, 360}, edges, walked(edges, false), with_sockets(2), style());
    CHECK(layout.edges.size() >= 16);
    for (const EdgeItem& edge : layout.edges) {
        INFO(trace::name(edges[edge.edge].from) << " to " << trace::name(edges[edge.edge].to));
        CHECK_FALSE(edge.label.empty());
    }
    CHECK(layout.left_out.empty());
}

TEST_CASE("up to three sockets of a state have a token each, more fold into one that counts") {
    const auto edges = edges_of(trace::linux_policies);
    const auto tokens = [&](int sockets) {
        std::vector<std::string> texts;
        for (const TokenItem& token : lay_machine({0, 0, 700, 360}, edges, walked(edges, false),
                                                  with_sockets(sockets), style())
                                          .tokens) {
            texts.push_back(token.text);
        }
        return texts;
    };
    CHECK(tokens(2) == std::vector<std::string>{"S :80", "C :40000", "C :40001"});
    CHECK(tokens(4) == std::vector<std::string>{"S :80", "× 4"});
}

TEST_CASE("a handshake walks the edges of both its sockets") {
    gui::Telling t;
    t.at(0);
    const trace::Cookie listener = t.socket(1, 80);
    t.state(listener, State::listen);
    t.handshake(listener, 40002, 1000, 5000, 1);
    const auto edges = edges_of(trace::linux_policies);
    std::vector<std::string> taken;
    for (const Edge& edge : edges) {
        for (const trace::EventId id : walks(t.trace, t.visible(), edges, edge)) {
            taken.push_back(fmt::format("{}>{} by {}", trace::name(edge.from), trace::name(edge.to),
                                        t.trace.events[id].socket));
        }
    }
    std::sort(taken.begin(), taken.end());
    CHECK(taken == std::vector<std::string>{"CLOSED>LISTEN by 0", "CLOSED>SYN_SENT by 1",
                                            "LISTEN>SYN_RECV by 2", "SYN_RECV>ESTABLISHED by 2",
                                            "SYN_SENT>ESTABLISHED by 1"});
}
