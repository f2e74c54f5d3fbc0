// A play as JSON, for other programs.
#pragma once
#include <string>

#include "scenario/runner.hpp"

namespace command_line {

// {"file", "title", "hosts", "end_ns", "events": [...], "steps": [...], "findings": [...], "held"}
std::string json(const scenario::Scenario&, const scenario::Report&, const trace::Trace&,
                 const std::string& language);

} // namespace command_line
