// Reading and writing the settings file.
#include "window/settings.hpp"

#include "record/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace window {

namespace {

constexpr std::pair<std::string_view, view::Language> languages[] = {{"en", view::Language::en},
                                                                     {"zh", view::Language::zh}};
constexpr std::pair<std::string_view, view::Theme> themes[] = {
    {"dark", view::Theme::dark},
    {"light", view::Theme::light},
    {"high-contrast", view::Theme::high_contrast}};
constexpr std::pair<std::string_view, view::Pace> paces[] = {
    {"auto", view::Pace::automatic}, {"1:1000", view::Pace::r1_1000}, {"1:100", view::Pace::r1_100},
    {"1:20", view::Pace::r1_20},     {"1:10", view::Pace::r1_10},     {"1:1", view::Pace::r1_1},
    {"10:1", view::Pace::r10_1}};

template <typename Table, typename Value>
void read_name(const Table& table, std::string_view text, Value& into) {
    for (const auto& [name, value] : table) {
        if (name == text) {
            into = value;
        }
    }
}

template <typename Table, typename Value>
std::string_view name_of(const Table& table, Value value) {
    for (const auto& [name, known] : table) {
        if (known == value) {
            return name;
        }
    }
    return "";
}

std::optional<double> number(std::string_view text) {
    const std::string copy(text);
    char* end = nullptr;
    const double value = std::strtod(copy.c_str(), &end);
    const bool whole = !copy.empty() && end == copy.c_str() + copy.size();
    return whole && value == value ? std::optional(value) : std::nullopt;
}

void read_int(std::string_view text, int low, int high, int& into) {
    if (const auto value = number(text); value && *value >= low && *value <= high) {
        into = static_cast<int>(*value);
    }
}

// "done 4 accept-queue.twomsl" or "open 4 accept-queue.twomsl"
void read_progress(std::string_view text, Settings& settings) {
    const std::size_t first = text.find(' '), second = text.find(' ', first + 1);
    if (first == text.npos || second == text.npos || second + 1 >= text.size()) {
        return;
    }
    Progress progress;
    progress.done = text.substr(0, first) == "done";
    read_int(text.substr(first + 1, second - first - 1), -1, 100000, progress.step);
    settings.progress[std::string(text.substr(second + 1))] = progress;
}

void read_line(std::string_view line, Settings& settings) {
    const std::size_t space = line.find(' ');
    if (space == line.npos) {
        return;
    }
    const std::string_view key = line.substr(0, space), value = line.substr(space + 1);
    if (key == "language") {
        read_name(languages, value, settings.language);
    } else if (key == "theme") {
        read_name(themes, value, settings.theme);
    } else if (key == "pace") {
        read_name(paces, value, settings.pace);
    } else if (key == "scale") {
        settings.scale = std::clamp(number(value).value_or(settings.scale), view::least_scale,
                                    view::largest_scale);
    } else if (key == "reduced_motion") {
        settings.reduced_motion = value == "yes";
    } else if (key == "width") {
        read_int(value, 320, 16384, settings.width);
    } else if (key == "height") {
        read_int(value, 240, 16384, settings.height);
    } else if (key == "last_lesson") {
        settings.last_lesson = value;
    } else if (key == "lesson") {
        read_progress(value, settings);
    } else if (key == "walked") {
        settings.walked.insert(std::string(value));
    }
}

} // namespace

Settings parse_settings(std::string_view text) {
    Settings settings;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        read_line(text.substr(0, end), settings);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return settings;
}

std::string print_settings(const Settings& settings) {
    std::string text = fmt::format(
        "language {}\ntheme {}\npace {}\nscale {:.2f}\nreduced_motion {}\nwidth {}\nheight {}\n",
        name_of(languages, settings.language), name_of(themes, settings.theme),
        name_of(paces, settings.pace), settings.scale, settings.reduced_motion ? "yes" : "no",
        settings.width, settings.height);
    if (!settings.last_lesson.empty()) {
        text += fmt::format("last_lesson {}\n", settings.last_lesson);
    }
    for (const auto& [file, progress] : settings.progress) {
        text +=
            fmt::format("lesson {} {} {}\n", progress.done ? "done" : "open", progress.step, file);
    }
    for (const std::string& edge : settings.walked) {
        text += fmt::format("walked {}\n", edge);
    }
    return text;
}

std::string settings_path() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && config[0] == '/') {
        return std::string(config) + "/twomsl/settings";
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && home[0] != '\0' ? std::string(home) + "/.config/twomsl/settings" : "";
}

Settings load_settings() {
    const std::string path = settings_path();
    return parse_settings(path.empty() ? "" : record::read_file(path).text);
}

std::string save_settings(const Settings& settings) {
    const std::string path = settings_path();
    return path.empty() ? "" : record::replace_file(path, print_settings(settings));
}

} // namespace window
