// The profile of the kernel underneath: `running`, by its release and its sysctls.
#pragma once
#include <string>
#include <vector>

#include "scenario/scenario.hpp"
#include "tcp/profile.hpp"

namespace sources {

// What the simulated machine knows, and `running`.
const scenario::Machine& machine_here();
// The profile that `running` stands for: "linux-6.18.44". Older than any that is known: linux-6.18.
std::string running_profile();
// Hosts whose profile is `running` get that of this kernel, and what its sysctls are set to.
void resolve_running(scenario::Scenario&);
// What the stack of a host does that this kernel does not, or the reverse; empty: they go the same
// ways.
std::vector<tcp::StackDifference> differences_from_kernel(const scenario::Scenario&, trace::HostId);

} // namespace sources
