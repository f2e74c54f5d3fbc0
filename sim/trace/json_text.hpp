// A text as a JSON string, for everything here that prints JSON.
#pragma once
#include <string>
#include <string_view>

namespace trace {

// In quotes; quotes, backslashes and control characters escaped (RFC 8259 §7). The text is UTF-8.
std::string json_string(std::string_view text);

} // namespace trace
