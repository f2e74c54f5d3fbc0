// What an ICMP message says, in words (RFC 792).
#pragma once
#include <cstdint>
#include <string>

namespace view {

// Of the value of an event: "ICMP: network unreachable".
std::string icmp_text(std::int64_t value, bool chinese);

} // namespace view
