// The menus of the toolbar: lessons with search, views, settings, and what found no room.
#pragma once

#include "panels/toolbar.hpp"
#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <span>
#include <string>

namespace panels {

void lesson_menu(ui::Screen&, const view::Frame&, view::Commands&, std::string& search,
                 ui::Rect at);
void views_menu(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect at);
void settings_menu(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect at);
void more_menu(ui::Screen&, const view::Frame&, view::Commands&, std::span<const ToolbarItem> items,
               ui::Rect at);

// Does a title match what was typed: its words in any order, the case does not matter. State names
// are found in their other spellings too (SYN_RCVD finds SYN_RECV).
bool matches(std::string_view title, std::string_view typed);

} // namespace panels
