// What is told between the rungs of a text ladder: notes, questions and their answers, what failed.
#pragma once
#include <string>
#include <vector>

#include "scenario/runner.hpp"
#include "view/ladder.hpp"

namespace command_line {

std::vector<view::Aside> story(const scenario::Scenario&, const scenario::Report&,
                               const std::string& language);
// What stands below the ladder: the rule, what held, what to try.
std::vector<std::string> closing(const scenario::Scenario&, const scenario::Report&,
                                 const std::string& language);

} // namespace command_line
