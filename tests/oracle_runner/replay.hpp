// Plays a recording's inputs on a world and compares what both tell.
#pragma once
#include <optional>
#include <string>

#include "bench.hpp"
#include "recording.hpp"
#include "trace/compare.hpp"

namespace oracle {

struct Outcome {
    enum class What : std::uint8_t { agrees, differs, not_compared };
    What what = What::agrees;
    std::string why;                             // the first difference, or the reason
    std::uint32_t cells = 0, agreeing_cells = 0; // of a matrix
    std::vector<std::string> all = {};           // of a matrix: every difference
};

Outcome replay(const Recording&);
// Both logs' sequence in which the first difference is, fact by fact.
std::string show(const Recording&);
// The first difference in each way of playing it.
std::string ways(const Recording&);
// The same with one order of exact ties between a timer and an arrival.
std::optional<trace::Difference> replay_once(const Recording&, const Order&,
                                             trace::Story* got = nullptr,
                                             trace::Story* expected = nullptr,
                                             std::vector<trace::Instant>* read_at = nullptr);
// The same, with the reads placed among the segments of bursts as agrees best: races.cpp.
std::optional<trace::Difference> replay_races(const Recording&, Order);

// The counters at the end that must match.
void tell_counters(const Recording&, const Bench&, trace::Story& expected, trace::Story& got);
// Rows of a recording as the story they tell. `bound`: the port that each connect call got.
trace::Story story_of(const Recording&);
// The local port that the recorded kernel chose for this connect() row, if its SYN is there.
std::vector<std::optional<std::uint16_t>> chosen_ports(const Recording&);

} // namespace oracle
