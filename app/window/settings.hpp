// What the program remembers from one start to the next.
#pragma once

#include "view/settings.hpp"

#include <string>
#include <string_view>

namespace window {

using view::Progress;
using view::Settings;

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
