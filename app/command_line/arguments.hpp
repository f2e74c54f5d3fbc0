// Reading the arguments of a command: words, and flags with values.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace command_line {

struct Arguments {
    std::vector<std::string> words;
    std::map<std::string, std::string, std::less<>> flags; // "--lang" -> "zh"
    std::string mistake; // one sentence when something is wrong, else ""

    std::optional<std::string> flag(std::string_view name) const;
};
// `flags` are those that take a value ("--lang x" or "--lang=x"); everything after "--" is a word.
Arguments read(std::span<const std::string> arguments, std::span<const std::string_view> flags);

// "--lang", else the language of the environment: "en" or "zh". Nothing: `mistake` is set.
std::optional<std::string> language(Arguments&);

// --scale, in percent of the usual text, as a factor; none when it is not given or, with the
// mistake noted, when it is no scale.
std::optional<double> text_scale(Arguments&);

} // namespace command_line
