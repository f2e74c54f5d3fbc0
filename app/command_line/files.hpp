// Files of the user: read whole, found below folders, parsed; every failure is one sentence.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace command_line {

// A file itself, or all .twomsl files below a folder, sorted.
struct Found {
    std::vector<std::filesystem::path> files;
    std::string mistake;
};
Found find_scenarios(const std::string& path);

struct Loaded {
    std::optional<scenario::Scenario> scenario;
    std::string mistake;  // "file:line:column: ..." or why it cannot be read
    bool located = false; // it begins with its place, as a compiler would print it
};
// Prints the mistake; returns bad_input.
int refuse(const Loaded&);
// `profile` replaces the profile of every host.
Loaded load(const std::filesystem::path&, const std::optional<std::string>& profile = std::nullopt);

} // namespace command_line
