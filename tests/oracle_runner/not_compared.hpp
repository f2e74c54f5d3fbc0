// The one place that says which recordings are not compared, and why.
#pragma once
#include <optional>
#include <string>

#include "recording.hpp"

namespace oracle {

// The reason; nullopt: it is compared.
std::optional<std::string> not_compared(const Recording&);

} // namespace oracle
