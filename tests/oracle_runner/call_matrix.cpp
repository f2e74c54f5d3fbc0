// State x call.
#include "call_matrix.hpp"

namespace oracle {

std::string play_cell(const CallCell&) {
    return "not played yet";
}

} // namespace oracle
