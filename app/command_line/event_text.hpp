// One event as a line: segments as tcpdump prints them, the rest as a sentence.
#pragma once
#include <string>

#include "trace/event.hpp"

namespace command_line {

// "0.210000 client > server: Flags [S], seq 3000, length 0"
std::string event_text(const trace::Trace&, const trace::Event&);

} // namespace command_line
