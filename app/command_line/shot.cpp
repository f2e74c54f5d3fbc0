// `twomsl shot FILE --at TIME --size WxH -o x.png`: a picture of the window, without showing it.
#include "command_line/arguments.hpp"
#include "command_line/assets.hpp"
#include "command_line/command.hpp"

#include "panels/desk.hpp"
#include "sources/session.hpp"
#include "trace/time.hpp"
#include "ui/screen.hpp"
#include "ui/theme.hpp"
#include "window/picture.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <optional>

namespace command_line {

namespace {

struct Size {
    int width = 1600, height = 1000;
};
// "1600x1000"
std::optional<Size> parse_size(std::string_view text) {
    Size size;
    const char* end = text.data() + text.size();
    const auto [x, bad] = std::from_chars(text.data(), end, size.width);
    if (bad != std::errc() || x == end || *x != 'x')
        return std::nullopt;
    const auto [rest, worse] = std::from_chars(x + 1, end, size.height);
    if (worse != std::errc() || rest != end)
        return std::nullopt;
    constexpr int least = 320, most = 16384;
    if (size.width < least || size.height < least || size.width > most || size.height > most)
        return std::nullopt;
    return size;
}

constexpr std::string_view panel_names[] = {"machine",     "why",      "counters",    "sysctls",
                                            "descriptors", "timeline", "ladder_text", "script",
                                            "queues",      "tools"};

// "machine,why" or "all"
std::optional<view::Commands> parse_panels(std::string_view text) {
    view::Commands commands;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(','));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        bool known = false;
        for (std::size_t i = 0; i < std::size(panel_names); ++i) {
            if (word != panel_names[i] && word != "all")
                continue;
            known = true;
            if (word == "all" && (panel_names[i] == "ladder_text" || panel_names[i] == "script" ||
                                  panel_names[i] == "tools"))
                continue;
            commands.push_back(view::command::Show{static_cast<view::Panel>(i), true});
        }
        if (!known)
            return std::nullopt;
    }
    return commands;
}

} // namespace

int shot(std::span<const std::string> given) {
    constexpr std::array<std::string_view, 7> flags = {"--at",    "--size",   "--theme", "--lang",
                                                       "--scale", "--panels", "-o"};
    Arguments arguments = read(given, flags);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (arguments.words.size() != 1)
        return refuse("shot takes one scenario file; see twomsl --help");
    const auto path = arguments.flag("-o");
    if (!path)
        return refuse("shot needs -o FILE.png: where the picture goes");

    view::Settings settings;
    settings.reduced_motion = true;
    const auto lang = language(arguments);
    if (!lang)
        return refuse(arguments.mistake);
    settings.language = *lang == "zh" ? view::Language::zh : view::Language::en;
    window::PictureOptions picture;
    picture.path = *path;
    picture.theme = settings.theme;
    if (const auto theme = arguments.flag("--theme")) {
        const auto named = ui::parse_theme(*theme);
        if (!named)
            return refuse(fmt::format(
                "there is no theme '{}'; expected dark, light or high-contrast", *theme));
        picture.theme = settings.theme = *named;
    }
    if (const auto size = arguments.flag("--size")) {
        const auto parsed = parse_size(*size);
        if (!parsed)
            return refuse(
                fmt::format("'{}' is not a size; expected WxH from 320x320 to 16384x16384", *size));
        picture.width = parsed->width;
        picture.height = parsed->height;
    }
    const auto scale = text_scale(arguments);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    picture.scale = settings.scale = scale.value_or(settings.scale);
    std::optional<trace::Duration> at;
    if (const auto time = arguments.flag("--at")) {
        at = trace::parse_duration(*time);
        if (!at)
            return refuse(fmt::format(
                "'{}' is not a time; expected 0 or a decimal with ns, us, ms or s", *time));
    }
    const auto shown = parse_panels(arguments.flag("--panels").value_or(""));
    if (!shown)
        return refuse(
            "--panels takes names from machine, why, counters, sysctls, descriptors, timeline, "
            "ladder_text, script, queues, tools, with commas, or all");

    const auto folder = assets();
    if (!folder)
        return refuse("the folder of lessons is not there; install the program again");
    sources::Session session(folder->string(), settings);
    if (!session.open_file(arguments.words[0]))
        return refuse(session.frame().message);
    session.show_at(at ? trace::Instant{} + *at : trace::never);
    session.perform(*shown);

    panels::DeskState state;
    std::string why;
    const auto result = window::take_picture(
        picture,
        [&](ui::Screen& screen) {
            view::Commands ignored;
            panels::desk(screen, session.frame(), ignored, state);
        },
        why);
    switch (result) {
    case window::PictureResult::drawn: return held;
    case window::PictureResult::impossible:
        fmt::print(stderr, "twomsl: no picture can be drawn here: {}\n", why);
        return impossible;
    case window::PictureResult::not_written: break;
    }
    return refuse(why);
}

} // namespace command_line
