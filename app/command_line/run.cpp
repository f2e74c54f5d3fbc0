// `twomsl run`: one scenario without a window, as a ladder, JSON, a picture or a capture.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "command_line/arguments.hpp"
#include "command_line/assets.hpp"
#include "command_line/command.hpp"
#include "command_line/files.hpp"
#include "command_line/output.hpp"
#include "command_line/run_recording.hpp"
#include "command_line/worlds.hpp"
#include "record/file.hpp"
#include "record/format.hpp"

namespace command_line {
namespace {

std::optional<std::size_t> parse_width(const std::string& text) {
    std::size_t width = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), width);
    if (error != std::errc{} || stop != text.data() + text.size() || width < 60 || width > 1000) {
        return std::nullopt;
    }
    return width;
}

std::size_t terminal_width() {
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) {
        return std::min<std::size_t>(size.ws_col, 140);
    }
    const char* columns = std::getenv("COLUMNS");
    if (const auto width = columns ? parse_width(columns) : std::nullopt)
        return *width;
    return 100;
}

// A lesson may be named as the catalogue's list names it, from anywhere.
std::filesystem::path find_file(const std::string& name) {
    std::error_code error;
    if (std::filesystem::exists(name, error))
        return name;
    if (const auto root = assets()) {
        for (const auto& place :
             {*root / "scenarios" / name, *root / "scenarios" / (name + ".twomsl")}) {
            if (std::filesystem::is_regular_file(place, error))
                return place;
        }
    }
    return name;
}

} // namespace

int run(std::span<const std::string> given) {
    std::vector<std::string> rest(given.begin(), given.end());
    const bool anyway = std::erase(rest, "--anyway") > 0; // takes no value
    constexpr std::array<std::string_view, 6> flags = {"--format", "--profile", "--lang",
                                                       "--width",  "-o",        "--on"};
    auto arguments = read(rest, flags);
    const auto lang = arguments.mistake.empty() ? language(arguments) : std::nullopt;
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (arguments.words.size() != 1) {
        return refuse(
            fmt::format("run takes one file, not {}; see twomsl --help", arguments.words.size()));
    }
    const auto format = arguments.flag("--format").value_or("text");
    constexpr std::array<std::string_view, 5> formats = {"text", "json", "mermaid", "svg",
                                                         "pcapng"};
    if (std::find(formats.begin(), formats.end(), format) == formats.end())
        return refuse(
            fmt::format("--format takes text, json, mermaid, svg or pcapng, not '{}'", format));
    const auto asked_width = arguments.flag("--width");
    const auto width = asked_width ? parse_width(*asked_width) : terminal_width();
    if (!width)
        return refuse(
            fmt::format("--width takes a number from 60 to 1000, not '{}'", *asked_width));

    const auto path = find_file(arguments.words[0]);
    const auto out = arguments.flag("-o");
    if (const auto file = record::read_file(path.string()); record::is_recording(file.text))
        return run_recording(file.text, path.string(), {format, *lang, *width, out});
    const auto loaded = load(path, arguments.flag("--profile"));
    if (!loaded.scenario)
        return refuse(loaded);
    const auto on = parse_worlds(arguments);
    if (!on)
        return refuse(on_takes(arguments));
    const auto played = play_in(*on, *loaded.scenario, {format, *lang, *width, anyway});
    if (!played.out.empty())
        if (const int code = put_out(played.out, out, format != "pcapng"); code != Exit::held)
            return code;
    if (!played.why_not.empty())
        return refuse(played.why_not, played.code);
    return played.code;
}

} // namespace command_line
