// A play as a picture that scales: the window's sequence view, all of it.
#pragma once
#include <string>

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace command_line {

std::string svg(const trace::Trace&, const trace::Snapshot& end, const std::string& title,
                const std::string& language);

} // namespace command_line
