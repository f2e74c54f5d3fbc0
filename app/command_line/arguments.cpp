// Reading the arguments of a command.
#include "command_line/arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace command_line {

std::optional<std::string> Arguments::flag(std::string_view name) const {
    const auto found = flags.find(name);
    return found == flags.end() ? std::nullopt : std::optional(found->second);
}

Arguments read(std::span<const std::string> arguments, std::span<const std::string_view> flags) {
    Arguments result;
    bool words_only = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string& argument = arguments[i];
        if (words_only || !argument.starts_with('-') || argument == "-") {
            result.words.push_back(argument);
            continue;
        }
        if (argument == "--") {
            words_only = true;
            continue;
        }
        const auto equals = argument.find('=');
        const auto name = argument.substr(0, equals);
        if (std::find(flags.begin(), flags.end(), name) == flags.end()) {
            result.mistake = fmt::format("there is no option '{}' here; see twomsl --help", name);
            return result;
        }
        if (result.flags.contains(name)) {
            result.mistake = fmt::format("{} is given twice", name);
            return result;
        }
        if (equals != argument.npos) {
            result.flags[name] = argument.substr(equals + 1);
        } else if (i + 1 < arguments.size()) {
            result.flags[name] = arguments[++i];
        } else {
            result.mistake = fmt::format("{} needs a value; see twomsl --help", name);
            return result;
        }
    }
    return result;
}

std::optional<std::string> language(Arguments& arguments) {
    if (const auto asked = arguments.flag("--lang")) {
        if (*asked == "en" || *asked == "zh")
            return asked;
        arguments.mistake = fmt::format("--lang takes en or zh, not '{}'", *asked);
        return std::nullopt;
    }
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const char* value = std::getenv(name);
        if (value && *value)
            return std::string(value).starts_with("zh") ? "zh" : "en";
    }
    return "en";
}

std::optional<double> text_scale(Arguments& arguments) {
    const auto asked = arguments.flag("--scale");
    if (!asked)
        return std::nullopt;
    int percent = 0;
    const char* end = asked->data() + asked->size();
    const auto [rest, bad] = std::from_chars(asked->data(), end, percent);
    const bool ends_well = rest == end || std::string_view(rest, end) == "%";
    if (bad != std::errc() || !ends_well || percent < 75 || percent > 300) {
        arguments.mistake =
            fmt::format("'{}' is not a scale; expected 75 to 300 (percent)", *asked);
        return std::nullopt;
    }
    return percent / 100.0;
}

} // namespace command_line
