// A script as a busy machine played it: lines when they ran, segments as late as they were handed
// over, threads as late as they got a processor. The simulator then has what the kernel had.
#pragma once
#include <map>
#include <vector>

#include "both.hpp"

namespace sources {

struct Late {
    scenario::Scenario script;
    std::vector<std::uint32_t> lines; // of the script as it was written, by lines of this one
    // What a report says of these lines is said of those that were written.
    void put_back(scenario::Report&) const;
};
Late as_late(const scenario::Scenario&, const KernelPlay&);

// How long threads waited for a processor within their calls ...
using Waits = std::map<trace::CallId, trace::Duration>;
Waits waits(const KernelPlay&);
Waits waits(const Late&, const scenario::Report& simulated); // before it is put back
// ... which is no part of what the calls did.
trace::Trace without_waits(trace::Trace, const Waits&);

// Each line that failed on the kernel failed in the simulator as well.
bool failed_alike(const scenario::Report& kernel, const scenario::Report& simulated);

} // namespace sources
