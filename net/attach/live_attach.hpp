// `twomsl live`: the sockets of this machine in the terminal, or one target, a line for each
// change.
#pragma once

#include "net/attach/target.hpp"
#include "net/live.hpp"

#include <cstdio>
#include <optional>

namespace net::attach {

struct LiveOptions {
    LiveFormat format = LiveFormat::text;
    std::optional<Target> target;       // none: verdicts and the list
    std::optional<std::int64_t> for_ns; // none: until interrupted; the list: at once
    Reader::Way way = Reader::Way::best;
};

// 0: it has shown what was there; 1: the target is not there; 3: this machine cannot do it.
int live(const LiveOptions& options, std::FILE* out);

} // namespace net::attach
