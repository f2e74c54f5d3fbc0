// The marks on the timeline, for every source that can be scrubbed.
#pragma once
#include <vector>

#include "view/frame.hpp"

namespace sources {

// Of the first `events` events.
std::vector<view::TimelineMark> timeline_marks(const trace::Trace&, std::uint32_t events);

} // namespace sources
