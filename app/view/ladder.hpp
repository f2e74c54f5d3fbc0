// The ladder as text: the twin of the sequence view, for terminals and screen readers.
//
// One lane per host; a segment leaves its lane in one row and reaches the other in a later one.
// Four endings: delivered ─▶│, still in flight ▷, lost ╳ between the lanes, refused ─┤ with the
// reason.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace view {

// Text that stands between two events: narration, questions, what failed.
struct Aside {
    std::uint32_t events = 0;       // before the event with this index
    std::vector<std::string> lines; // wrapped to the width; further lines of one text are indented
};

struct LadderOptions {
    std::size_t width = 100;
    std::string language = "en";
    std::uint32_t visible = UINT32_MAX;        // events shown
    std::span<const Aside> asides{};           // by `events`
    const trace::Snapshot* snapshot = nullptr; // for what is still in flight at the end
};

// Lines without trailing blanks, none wider than the width (at least 60).
std::vector<std::string> ladder(const trace::Trace&, const LadderOptions&);

} // namespace view
