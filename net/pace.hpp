// What of a play the machine decided and not the script: how late each frame was handed over, and
// how long each thread waited for a processor. With it a simulator can play the same again.
#pragma once

#include "scenario/lateness.hpp"
#include "trace/event.hpp"
#include "trace/time.hpp"

#include <map>
#include <optional>
#include <vector>

namespace net {

struct Pace {
    struct Call {
        std::optional<trace::Instant> began; // when its thread made it, after it was told to
        trace::Duration waited;              // for a processor, within the call
        std::optional<trace::Instant> returned;
        std::int64_t value = 0;
    };
    // Of each wire (from * hosts + to), in the order of leaving.
    std::vector<std::vector<scenario::Handover>> frames;
    // How far the kernel's timer wheel had turned when the play began; nullopt: not known.
    std::optional<trace::Duration> wheel;
    std::map<trace::CallId, Call> calls;
};

} // namespace net
