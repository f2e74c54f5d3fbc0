// From the table to a graph.
#include "panels/machine_edges.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace panels {

namespace {

using trace::State;
using trace::Trigger;

// Figure 5's passive side: waits for the peer to open, and to close.
constexpr std::array passive_edges = {std::pair{State::closed, State::listen},
                                      std::pair{State::listen, State::syn_recv},
                                      std::pair{State::syn_recv, State::established},
                                      std::pair{State::established, State::close_wait},
                                      std::pair{State::close_wait, State::last_ack},
                                      std::pair{State::last_ack, State::closed}};

// The ordinary ends of a life, which the figure draws.
constexpr std::array ends = {State::last_ack, State::time_wait};

bool is_disruption(Trigger trigger) {
    return trigger == Trigger::rst || trigger == Trigger::gave_up || trigger == Trigger::abort ||
           trigger == Trigger::syn_again;
}

} // namespace

trace::Policies policies_of(std::string_view profile) {
    return profile == "rfc9293" ? trace::rfc_policies : trace::linux_policies;
}

std::vector<Edge> edges_of(trace::Policies policies) {
    std::vector<Edge> edges;
    for (const trace::Transition& row : trace::transitions()) {
        if (!policies.has(row.needs)) {
            continue;
        }
        // What is spawned begins its life at the state that the listener's edge leads to.
        const State to = row.spawn == trace::Spawn::request ? row.spawned : row.to;
        auto found = std::find_if(edges.begin(), edges.end(), [&](const Edge& edge) {
            return edge.from == row.from && edge.to == to;
        });
        if (found == edges.end()) {
            Edge edge{.from = row.from, .to = to};
            edge.passive = std::find(passive_edges.begin(), passive_edges.end(),
                                     std::pair{edge.from, edge.to}) != passive_edges.end();
            edge.exit =
                to == State::closed && std::find(ends.begin(), ends.end(), edge.from) == ends.end();
            edges.push_back(edge);
            found = edges.end() - 1;
        }
        found->rows.push_back(&row);
    }
    return edges;
}

std::vector<std::string> edge_labels(const Edge& edge) {
    // Triggers that emit the same share a slash; disruptions go unsaid on an ordinary end.
    std::vector<std::pair<trace::Emission, std::vector<std::string>>> groups;
    std::vector<const trace::Transition*> rows = edge.rows;
    // The ordinary way first: TIME_WAIT ends by 2MSL, a new SYN may end it early.
    std::stable_partition(rows.begin(), rows.end(), [](const trace::Transition* row) {
        return row->trigger == Trigger::time_wait_over;
    });
    for (const trace::Transition* row : rows) {
        if (!edge.exit && is_disruption(row->trigger)) {
            continue;
        }
        auto group = std::find_if(groups.begin(), groups.end(),
                                  [&](const auto& g) { return g.first == row->emission; });
        if (group == groups.end()) {
            groups.push_back({row->emission, {}});
            group = groups.end() - 1;
        }
        group->second.emplace_back(trace::name(row->trigger));
    }
    std::string full;
    for (const auto& [emission, triggers] : groups) {
        full += full.empty() ? "" : "; ";
        for (std::size_t i = 0; i < triggers.size(); ++i) {
            full += (i == 0 ? "" : ", ") + triggers[i];
        }
        full += fmt::format(" / {}", trace::name(emission));
    }
    std::vector<std::string> all = {full};
    if (!groups.empty()) {
        const std::string first = fmt::format("{} / {}", groups.front().second.front(),
                                              trace::name(groups.front().first));
        if (first != full) {
            all.push_back(first);
        }
        all.push_back(groups.front().second.front());
    }
    return all;
}

const Edge* edge_of(const std::vector<Edge>& edges, const trace::Event& event) {
    if (event.kind != trace::EventKind::transition) {
        return nullptr;
    }
    State from = event.from;
    // A request is born in SYN_RECV out of its listener's LISTEN.
    if (event.to == State::syn_recv && from != State::syn_sent) {
        from = State::listen;
    }
    for (const Edge& edge : edges) {
        if (edge.from == from && edge.to == event.to) {
            return &edge;
        }
    }
    return nullptr;
}

std::vector<trace::EventId> walks(const trace::Trace& trace, std::uint32_t visible,
                                  const std::vector<Edge>& edges, const Edge& edge) {
    std::vector<trace::EventId> found;
    for (trace::EventId id = 0; id < visible; ++id) {
        if (edge_of(edges, trace.events[id]) == &edge) {
            found.push_back(id);
        }
    }
    return found;
}

} // namespace panels
