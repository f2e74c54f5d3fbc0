// What truly cannot be compared. What this machine cannot do yet is not on this list: it differs.
#include "not_compared.hpp"

namespace oracle {

std::optional<std::string> not_compared(const Recording& r) {
    if (r.id.starts_with("12-"))
        return "UDP and AF_UNIX sockets: facts for later work, there are no such sockets here";
    return std::nullopt;
}

} // namespace oracle
