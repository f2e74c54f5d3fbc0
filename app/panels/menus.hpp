// The menus of the toolbar: lessons with search, views, settings, and what found no room.
#pragma once

#include "panels/toolbar.hpp"
#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <array>
#include <span>
#include <string>

namespace panels {

void lesson_menu(ui::Screen&, const view::Frame&, view::Commands&, std::string& search,
                 ui::Rect at);
void views_menu(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect at);
void settings_menu(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect at);
void more_menu(ui::Screen&, const view::Frame&, view::Commands&, std::span<const ToolbarItem> items,
               ui::Rect at);

// The views that can be opened, in the order of the menu; whether this source has anything to show
// in one.
struct ViewName {
    view::Panel panel;
    const char* id;
    const char* label;
};
std::array<ViewName, view::panel_count> view_names();
bool offered(const view::Frame&, view::Panel);

// Is there a picture for a room?
bool can_present(const view::Frame&);

// Does a title match what was typed: its words in any order, the case does not matter. State names
// are found in their other spellings too (SYN_RCVD finds SYN_RECV).
bool matches(std::string_view title, std::string_view typed);

} // namespace panels
