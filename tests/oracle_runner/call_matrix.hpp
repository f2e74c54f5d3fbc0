// State x call: one call on a non-blocking descriptor in a given state.
#pragma once
#include "matrix.hpp"

namespace oracle {

std::string play_cell(const CallCell&);

} // namespace oracle
