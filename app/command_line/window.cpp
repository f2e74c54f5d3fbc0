// `twomsl [FILE]`: the window.
#include "command_line/arguments.hpp"
#include "command_line/assets.hpp"
#include "command_line/command.hpp"

#include "panels/desk.hpp"
#include "sources/lab_source.hpp"
#include "sources/session.hpp"
#include "ui/screen.hpp"
#include "ui/theme.hpp"
#include "view/words.hpp"
#include "window/probe_file.hpp"
#include "window/settings.hpp"
#include "window/window.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <optional>

namespace command_line {

namespace {

// One window and its user.
class Desk {
public:
    Desk(sources::Session& session, window::Window& window, std::optional<std::string> probe)
        : session_(session), window_(window) {
        if (probe)
            probe_.emplace(*probe);
    }

    window::Wish draw(ui::Screen& screen) {
        const auto now = std::chrono::steady_clock::now();
        session_.advance(std::chrono::duration<double>(now - last_).count());
        last_ = now;
        for (const std::string& file : window_.take_dropped_files())
            session_.open_file(file);

        const view::Frame& frame = session_.frame();
        screen.theme = ui::theme(frame.theme);
        view::Commands commands;
        panels::desk(screen, frame, commands, state_);
        if (probe_ && frame.snapshot) {
            if (const std::string wrong = probe_->update(frame, screen.probe); !wrong.empty())
                session_.say(wrong);
        }
        session_.perform(commands);
        if (const std::string text = session_.take_clipboard(); !text.empty())
            window_.copy(text);
        session_.window_size(window_.width(), window_.height());
        if (session_.scale() != scale_) {
            scale_ = session_.scale();
            window_.set_scale(scale_);
        }
        remember();

        window::Wish wish;
        wish.quit = session_.wants_to_quit();
        wish.wake_after = session_.next_wakeup().value_or(-1);
        // What was asked for shows in the next frame.
        if (!commands.empty())
            wish.wake_after = 0;
        return wish;
    }

private:
    // Settings are kept as they change: whatever ends the program later loses nothing.
    void remember() {
        if (saved_ && *saved_ == session_.settings())
            return;
        saved_ = session_.settings();
        if (const std::string wrong = window::save_settings(*saved_); !wrong.empty() && !told_) {
            told_ = true; // once is enough
            session_.say(wrong);
        }
    }

    sources::Session& session_;
    window::Window& window_;
    panels::DeskState state_;
    std::optional<window::ProbeFile> probe_;
    std::optional<view::Settings> saved_;
    bool told_ = false;
    double scale_ = session_.scale();
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

} // namespace

int open_window(std::span<const std::string> given) {
    constexpr std::array<std::string_view, 4> flags = {"--lang", "--theme", "--probe", "--scale"};
    Arguments arguments = read(given, flags);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    if (arguments.words.size() > 1)
        return refuse(fmt::format("one file at a time: '{}' is too many; see twomsl --help",
                                  arguments.words[1]));
    view::Settings settings = window::load_settings();
    if (arguments.flag("--lang")) {
        const auto lang = language(arguments);
        if (!lang)
            return refuse(arguments.mistake);
        settings.language = *lang == "zh" ? view::Language::zh : view::Language::en;
    }
    if (const auto theme = arguments.flag("--theme")) {
        const auto named = ui::parse_theme(*theme);
        if (!named)
            return refuse(fmt::format(
                "there is no theme '{}'; expected dark, light or high-contrast", *theme));
        settings.theme = *named;
    }
    const auto scale = text_scale(arguments);
    if (!arguments.mistake.empty())
        return refuse(arguments.mistake);
    settings.scale = scale.value_or(settings.scale);
    const auto folder = assets();
    if (!folder)
        return refuse("the folder of lessons is not there; install the program again");
    sources::Session session(folder->string(), settings, [](bool loopback, std::string& why_not) {
        return sources::open_laboratory(loopback, why_not, [] { window::Window::wake(); });
    });
    session.offer_attach([](std::string& why_not) {
        return sources::AttachSource::open(why_not, [] { window::Window::wake(); });
    });
    if (arguments.words.empty()) {
        session.open_last();
    } else if (!session.open_file(arguments.words[0])) {
        return refuse(session.frame().message);
    }

    window::WindowOptions options;
    options.width = settings.width;
    options.height = settings.height;
    options.scale = settings.scale;
    options.theme = settings.theme;
    std::string why;
    const auto window = window::Window::open(options, why);
    if (!window) {
        fmt::print(stderr,
                   "twomsl: {}. Without a display use 'twomsl run FILE', 'twomsl check PATH' or "
                   "'twomsl live --pair'.\n",
                   why);
        return impossible;
    }
    window->announce(session.characters());
    Desk desk(session, *window, arguments.flag("--probe"));
    window->run([&](ui::Screen& screen) { return desk.draw(screen); });
    return held;
}

} // namespace command_line
