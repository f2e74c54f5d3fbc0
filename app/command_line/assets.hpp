// Where the scenarios, translations and cards of the program are.
#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace command_line {

// The folder `assets`: of an installed program ../share/twomsl/assets beside its bin folder, else
// that of the source tree it was built from. Nothing: none of them is there.
std::optional<std::filesystem::path> assets();

// The lessons in the order of the catalogue, as paths that can be opened from here.
struct Catalogue {
    std::vector<std::filesystem::path> files;
    std::string mistake; // one sentence if it cannot be read
};
Catalogue catalogue();

} // namespace command_line
