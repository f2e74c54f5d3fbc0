// What the program remembers from one start to the next.
#pragma once
#include <map>
#include <set>
#include <string>

#include "command.hpp"

namespace view {

struct Progress {
    bool done = false; // was at its end once
    int step = -1;     // where the user left it: notes and questions passed; -1: not started
    friend bool operator==(const Progress&, const Progress&) = default;
};

struct Settings {
    Language language = Language::en;
    Theme theme = Theme::light;
    Pace pace = Pace::automatic;
    double scale = 1; // of text, from least_scale to largest_scale
    bool reduced_motion = false;
    int width = 1600, height = 1000;
    std::string last_lesson;                  // file name of the lesson to reopen
    std::map<std::string, Progress> progress; // by file name
    std::set<std::string> walked;             // edges seen so far: "SYN_SENT > ESTABLISHED"
    friend bool operator==(const Settings&, const Settings&) = default;
};

} // namespace view
