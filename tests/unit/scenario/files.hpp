// The scenario files of the project, as tests read them.
#pragma once
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace files {

inline std::string read(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::vector<std::filesystem::path> below(const std::string& folder) {
    std::vector<std::filesystem::path> found;
    const auto root = std::filesystem::path(TWOMSL_SOURCE_DIR) / folder;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
        if (entry.path().extension() == ".twomsl")
            found.push_back(entry.path());
    }
    std::sort(found.begin(), found.end());
    return found;
}

// All that are meant to be good.
inline std::vector<std::filesystem::path> all() {
    auto found = below("assets/scenarios");
    for (auto& path : below("tests/scenarios")) {
        if (path.string().find("broken") == std::string::npos)
            found.push_back(path);
    }
    return found;
}

} // namespace files
