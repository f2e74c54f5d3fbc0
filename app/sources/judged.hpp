// What a dry run of a script says beforehand: when each question is decided, which answer is right,
// what held.
#pragma once
#include <cstdint>
#include <map>
#include <vector>

#include "scenario/scenario.hpp"
#include "world/timeline.hpp"

namespace sources {

struct Judged {
    std::vector<world::Decision> decisions;
    std::map<std::uint32_t, int> right; // by line: index of the right option
    int held = 0, expectations = 0;
};

// Plays the script once on a world of its own. REQUIRES: valid (parsed with world::known()).
Judged judge(const scenario::Scenario&);

} // namespace sources
