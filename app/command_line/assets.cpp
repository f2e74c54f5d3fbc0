// Where the scenarios, translations and cards of the program are.
#include "command_line/assets.hpp"

#include <fmt/format.h>

#include "record/file.hpp"

namespace command_line {
namespace fs = std::filesystem;

std::optional<fs::path> assets() {
    std::error_code error;
    std::vector<fs::path> places;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    if (!error)
        places.push_back(program.parent_path().parent_path() / "share/twomsl/assets");
    places.emplace_back(TWOMSL_ASSETS);
    for (const auto& place : places) {
        if (fs::is_regular_file(place / "scenarios" / "lessons.txt", error))
            return place;
    }
    return std::nullopt;
}

Catalogue catalogue() {
    const auto root = assets();
    if (!root) {
        return {{},
                fmt::format("the folder of lessons is missing; expected it at {}", TWOMSL_ASSETS)};
    }
    const auto folder = *root / "scenarios";
    const auto list = record::read_file((folder / "lessons.txt").string());
    if (!list.mistake.empty())
        return {{}, list.mistake};
    Catalogue result;
    std::error_code error;
    const auto here = fs::current_path(error);
    for (std::size_t at = 0; at < list.text.size();) {
        const auto end = std::min(list.text.find('\n', at), list.text.size());
        auto line = list.text.substr(at, end - at);
        at = end + 1;
        line.erase(std::min(line.find('#'), line.size()));
        line.erase(line.find_last_not_of(" \t\r") + 1);
        line.erase(0, line.find_first_not_of(" \t"));
        if (line.empty())
            continue;
        const auto file = (folder / line).lexically_normal();
        const auto near = error ? file : file.lexically_relative(here);
        const bool below = !near.empty() && *near.begin() != "..";
        result.files.push_back(below ? near : file);
    }
    return result;
}

} // namespace command_line
