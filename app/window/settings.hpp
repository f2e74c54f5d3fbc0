// What the program remembers from one start to the next.
#pragma once

#include "view/command.hpp"

#include <map>
#include <string>
#include <string_view>

namespace window {

struct Progress {
    bool done = false; // was at its end once
    int step = -1;     // where the user left it; -1: not started
};

struct Settings {
    view::Language language = view::Language::en;
    view::Theme theme = view::Theme::dark;
    view::Pace pace = view::Pace::automatic;
    double scale = 1; // of text, 0.75 to 3
    bool reduced_motion = false;
    int width = 1600, height = 1000;
    std::string last_lesson;                  // file name of the lesson to reopen
    std::map<std::string, Progress> progress; // by file name
};

// One "key value" per line. What is not understood is left out: a broken file costs its broken
// lines, never the start.
Settings parse_settings(std::string_view text);
std::string print_settings(const Settings&);

// $XDG_CONFIG_HOME/twomsl/settings, or below ~/.config; "" when there is no home.
std::string settings_path();
Settings load_settings();
// Returns "" or what went wrong.
std::string save_settings(const Settings&);

} // namespace window
