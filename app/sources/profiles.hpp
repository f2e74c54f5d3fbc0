// The kernels that a host can be given, in the words of the window.
#pragma once
#include <vector>

#include "scenario/scenario.hpp"
#include "view/frame.hpp"

namespace sources {

// Those offered by name, the one underneath, and what these hosts have beside them.
std::vector<view::ProfileChoice> profile_choices(const std::vector<scenario::HostLine>&,
                                                 view::Language);
// "" when there is such a profile, else a sentence.
std::string refuse_profile(const std::string& name);

} // namespace sources
