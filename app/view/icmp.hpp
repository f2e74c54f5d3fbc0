// What an ICMP "destination unreachable" says, in words (RFC 792).
#pragma once
#include <cstdint>
#include <string>

namespace view {

// "ICMP: network unreachable"
std::string icmp_text(std::int64_t code, bool chinese);

} // namespace view
