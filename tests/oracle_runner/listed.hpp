// The list of what agreed before: progress only goes forward.
#pragma once
#include <map>
#include <optional>
#include <string>

#include "replay.hpp"

namespace oracle {

// Lines "ID" or, for a matrix, "ID CELLS": at least so many cells agree. nullopt: cannot be read.
std::optional<std::map<std::string, unsigned>> read_list(const std::string& path);
std::string list_line(const std::string& id, const Outcome&); // "" when nothing agrees
// Whether a recording does at least what its line says.
bool keeps(unsigned cells, const Outcome&);

} // namespace oracle
