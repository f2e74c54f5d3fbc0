// Which rules of TCP the recordings and the scenario files have taken: what no test takes is not
// held by any.
#pragma once
#include <string>

#include "trace/rule.hpp"

namespace oracle {

void rule_taken(trace::Rule);
// Plays a scenario file and notes the rules it takes; "" or what is wrong with the file.
std::string play_scenario(const std::string& path);
// How many were taken, and which were not; true: all were, but those for which there is a reason.
bool report_rules();

} // namespace oracle
