// Refusals of the helper in words: the step that failed and what to do about it.
#pragma once

#include "net/permitted/protocol.hpp"
#include "net/result.hpp"

#include <string>

namespace net::permitted {

// `helper`: the program that was asked.
Failure explain(Step step, int error, const std::string& helper);

// Where an installed helper lies, and the exact line that installs this one.
inline constexpr const char* installed_helper = "/usr/local/lib/twomsl/twomsl-helper";
std::string install_line(const std::string& built);

} // namespace net::permitted
