// What can be played in more than one way that a kernel shows: ties, how late timers are, and what
// a laboratory may be refused.
#pragma once
#include <optional>

#include "deadlines.hpp"

namespace world {

struct Manner {
    Ties ties = Ties::as_inserted;
    std::optional<Timers> timers; // else as the script has them
    bool reno = false;            // on every host, whatever its profile says
};

} // namespace world
