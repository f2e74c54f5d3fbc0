// Reading and holding the list of agreeing recordings.
#include "listed.hpp"

#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace oracle {

std::optional<std::map<std::string, unsigned>> read_list(const std::string& path) {
    std::ifstream file(path);
    if (!file)
        return std::nullopt;
    std::map<std::string, unsigned> list;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string id;
        unsigned cells = 0;
        if (!(words >> id) || id.starts_with("#"))
            continue;
        words >> cells;
        list[id] = cells;
    }
    return list;
}

std::string list_line(const std::string& id, const Outcome& o) {
    if (o.cells != 0)
        return o.agreeing_cells == 0 ? "" : fmt::format("{} {}", id, o.agreeing_cells);
    return o.what == Outcome::What::agrees ? id : "";
}

bool keeps(unsigned cells, const Outcome& o) {
    return o.cells != 0 ? o.agreeing_cells >= cells : o.what == Outcome::What::agrees;
}

} // namespace oracle
