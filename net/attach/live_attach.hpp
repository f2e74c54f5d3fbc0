// `twomsl live`: the sockets of this machine in the terminal, or one target, a line for each
// change.
#pragma once

#include "net/attach/target.hpp"
#include "net/live.hpp"

#include "trace/snapshot.hpp"

#include <cstdio>
#include <functional>
#include <optional>
#include <string>

namespace net::attach {

struct LiveOptions {
    LiveFormat format = LiveFormat::text;
    std::optional<Target> target;       // none: verdicts and the list
    std::optional<std::int64_t> for_ns; // none: until interrupted; the list: at once
    Reader::Way way = Reader::Way::best;
    bool sampled_only = false; // of a target: do not ask for segments and transitions
    std::string helper;        // another twomsl-helper than the usual one
    std::uint32_t trace_buffer_kb = 0;
    // Called after each look that brought something new, to keep it. `scope`: what is watched, how.
    std::function<void(const std::string& scope, const trace::Trace&, const trace::Snapshot&)>
        on_look;
};

// 0: it has shown what was there; 1: the target is not there; 3: this machine cannot do it.
int live(const LiveOptions& options, std::FILE* out);

} // namespace net::attach
