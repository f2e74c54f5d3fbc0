// The same script with one line changed that no file offers: the user's own what-if.
#pragma once
#include <variant>

#include "scenario.hpp"

namespace scenario {

// As what_if() by index; a mistake in the change is told at its `where`.
std::variant<Scenario, ParseError> what_if(const Scenario&, const WhatIf&, const Machine&);

} // namespace scenario
