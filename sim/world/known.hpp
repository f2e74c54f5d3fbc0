// What this machine knows, for the parser of scenario files: profiles, sysctls, options, counters,
// timers.
#pragma once
#include "scenario/scenario.hpp"

namespace world {

// Whatever a file asks for that is not built yet is refused by it, with the names that are.
const scenario::Machine& known();

} // namespace world
