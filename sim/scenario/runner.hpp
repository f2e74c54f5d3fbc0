// Plays a script on a stage, line by line, and says what held.
#pragma once
#include <vector>

#include "judge.hpp"
#include "stage.hpp"

namespace scenario {

struct Report {
    std::vector<Finding> findings;          // in the order of judging
    std::vector<std::uint32_t> line_events; // how many events there were before each line ran
    struct Ran {
        trace::Instant at;
        trace::CallId call = trace::none; // that it made
    };
    std::vector<Ran> lines; // as they ran
    std::string stopped;    // why the stage did not play to the end, or ""
    bool held() const;      // all that was judged, to the end
    // The first that failed, in the order of judging; nullptr: all held.
    const Finding* first_failure() const;
    std::size_t failed = npos; // its index
    static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};

Report play(const Scenario&, Stage&);

} // namespace scenario
