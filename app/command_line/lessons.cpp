// `twomsl lessons`: the catalogue.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "command_line/arguments.hpp"
#include "command_line/assets.hpp"
#include "command_line/command.hpp"
#include "command_line/files.hpp"
#include "view/cells.hpp"

namespace command_line {

int lessons(std::span<const std::string> given) {
    constexpr std::array<std::string_view, 1> flags = {"--lang"};
    auto arguments = read(given, flags);
    const auto lang = arguments.mistake.empty() ? language(arguments) : std::nullopt;
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (!arguments.words.empty())
        return refuse("lessons takes no file; see twomsl --help");
    const auto list = catalogue();
    if (!list.mistake.empty())
        return refuse(list.mistake);
    std::vector<std::string> titles;
    std::size_t widest = 0;
    for (const auto& file : list.files) {
        const auto loaded = load(file);
        if (!loaded.scenario)
            return refuse(loaded);
        titles.push_back(loaded.scenario->title.in(*lang));
        widest = std::max(widest, view::cells(titles.back()));
    }
    for (std::size_t i = 0; i < titles.size(); ++i) {
        fmt::print("{:>2}  {}  {}\n", i + 1, view::pad(titles[i], widest), list.files[i].string());
    }
    return Exit::held;
}

} // namespace command_line
