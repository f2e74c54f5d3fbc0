// The edges of the state diagram: rows of the transition table, merged where they lead from one
// state to the same other one.
#pragma once

#include "trace/event.hpp"
#include "trace/transition.hpp"

#include <string>
#include <vector>

namespace panels {

struct Edge {
    trace::State from = trace::State::closed, to = trace::State::closed;
    std::vector<const trace::Transition*> rows{};
    bool passive = false; // on the side of whoever waits: drawn dashed
    // Resets, timeouts and aborts lead from everywhere to CLOSED; they are drawn once walked.
    bool exit = false;
};

std::vector<Edge> edges_of(trace::Policies);
// What holds for this profile: "rfc9293", or Linux.
trace::Policies policies_of(std::string_view profile);

// "close(), shutdown(WR) / FIN": the fullest wording first.
std::vector<std::string> edge_labels(const Edge&);

// The edge that a transition event took; none if the event is not one.
const Edge* edge_of(const std::vector<Edge>&, const trace::Event&);

// Every visible event that took the edge, in time.
std::vector<trace::EventId> walks(const trace::Trace&, std::uint32_t visible,
                                  const std::vector<Edge>&, const Edge&);

} // namespace panels
