// The menus of the toolbar: lessons with search, views, settings, and what found no room.
#pragma once

#include "panels/toolbar.hpp"
#include "ui/widgets.hpp"
#include "view/frame.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace panels {

// One row of a menu, or what `/` finds: what it does, or which other popup it opens.
struct MenuRow {
    ui::Button button;
    view::Commands commands;
    std::string_view opens{};
};

inline constexpr std::string_view lesson_list_id = "lessons";
void lesson_menu(ui::Screen&, const view::Frame&, view::Commands&, std::string& search,
                 ui::Rect at);
// What it opens: where the button itself found no room, beside another one.
void lesson_list(ui::Screen&, const view::Frame&, view::Commands&, std::string& search,
                 ui::Rect at);
void views_menu(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect at);
void settings_menu(ui::Screen&, const view::Frame&, view::Commands&, ui::Rect at);
void more_menu(ui::Screen&, const view::Frame&, view::Commands&, std::span<const ToolbarItem> items,
               ui::Rect at);

// Has this window anything to show in a view?
bool offered(const view::Frame&, view::Panel);
std::vector<MenuRow> view_rows(const view::Frame&); // those that are offered
std::vector<MenuRow> mode_rows(const view::Frame&);
std::vector<MenuRow> language_rows(const view::Frame&);
std::vector<MenuRow> setting_rows(const view::Frame&);

// Does a title match what was typed: its words in any order, the case does not matter. State names
// are found in their other spellings too (SYN_RCVD finds SYN_RECV).
bool matches(std::string_view title, std::string_view typed);

} // namespace panels
