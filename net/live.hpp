// `twomsl live --pair`: one whole connection of the real kernel, played in the terminal.
#pragma once

#include "net/laboratory.hpp"

#include <cstdio>

namespace net {

enum class LiveFormat : std::uint8_t { text, json };
enum class PairGround : std::uint8_t {
    best,
    namespaces,
    loopback
}; // best: namespaces, else loopback with the reason

struct LivePairOptions {
    LiveFormat format = LiveFormat::text;
    PairGround ground = PairGround::best;
};

// Connect, bytes each way, close; one line per segment, transition, queue change and call at both
// ends. 0 once TIME_WAIT has been seen, 1 if it was not within 3 s, 3 if this machine cannot do it.
int live_pair(const LivePairOptions& options, std::FILE* out);

} // namespace net
