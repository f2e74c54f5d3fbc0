// `twomsl live --pair` and `twomsl doctor`: the real kernel in the terminal.
#include "command_line/arguments.hpp"
#include "command_line/command.hpp"

#include "net/doctor.hpp"
#include "net/live.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace command_line {

int live(std::span<const std::string> given) {
    // --pair takes no value: taken out before the flags are read.
    std::vector<std::string> rest(given.begin(), given.end());
    const bool pair = std::erase(rest, "--pair") > 0;
    constexpr std::array<std::string_view, 1> flags = {"--format"};
    const Arguments arguments = read(rest, flags);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (!arguments.words.empty())
        return refuse(
            fmt::format("live does not know '{}'; see twomsl --help", arguments.words[0]));
    if (!pair)
        return refuse("live watches a pair of its own so far: twomsl live --pair");
    net::LivePairOptions options;
    const std::string format = arguments.flag("--format").value_or("text");
    if (format == "json")
        options.format = net::LiveFormat::json;
    else if (format != "text")
        return refuse(fmt::format("there is no format '{}'; expected text or json", format));
    return net::live_pair(options, stdout);
}

int doctor(std::span<const std::string> given) {
    if (!given.empty())
        return refuse(fmt::format("doctor takes no arguments, but was given '{}'", given[0]));
    return net::doctor(stdout);
}

} // namespace command_line
