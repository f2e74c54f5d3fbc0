// What opens over the window: menus and combos. One is open at a time; it has the keyboard (Up,
// Down, Enter, Escape), and a click elsewhere closes it.
#pragma once

#include "ui/widgets.hpp"

#include <optional>
#include <span>
#include <string>

namespace ui {

void open_popup(Screen&, std::string_view id);
void close_popup(Screen&);
// If this popup is open: its inside, `height` high, to be filled before end_popup. It opens below
// `anchor`, or above it if there is no room, and scrolls if it is higher than the window.
std::optional<Rect> begin_popup(Screen&, std::string_view id, const Rect& anchor, float width,
                                float height);
void end_popup(Screen&);

float menu_item_height(const Screen&);
// A row of an open popup. Being clicked closes the popup and returns true.
bool menu_item(Screen&, const Rect&, const Button&);

struct Choice {
    std::string id, label;
};
// Shows the current choice; returns the index of a new one. A choice's control is "ID.CHOICE-ID".
// `prefix` stands dim before the current label (a lesson's number, "step by:").
std::optional<std::size_t> combo(Screen&, const Rect&, std::string_view id, std::span<const Choice>,
                                 std::size_t current, std::string_view prefix = {},
                                 std::string_view refused = {});

} // namespace ui
