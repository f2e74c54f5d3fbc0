// Controls. Each takes its rectangle, draws itself flat, walks with Tab, answers to mouse and
// Enter, and records itself in the probe under its id. A control that is `refused` is greyed and
// says why.
//
//     if (ui::button(screen, rect, {.id = "next", .label = tr("Next"), .look = Look::accent})) …
#pragma once

#include "ui/geometry.hpp"
#include "ui/icons.hpp"
#include "ui/text.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ui {

struct Screen;

enum class Look {
    normal, // a bordered button
    accent, // the thing to do now
    option, // one of several things to do now: an answer
    quiet,  // no border until hovered: menu items, rows
};

struct Button {
    std::string_view id, label;
    Look look = Look::normal;
    bool selected = false; // the chosen one of several
    Icon before = Icon::none, after = Icon::none;
    std::string_view badge = {};    // a small solid square before the label: the key to press
    std::string_view trailing = {}; // dim, at the right end: a shortcut, a value
    std::string_view refused = {};  // not empty: disabled, and this is the reason
    std::string_view hint = {};     // a tooltip for an enabled one
    TextStyle style = strong;
    Align align = Align::centre;
};
// True when it was clicked, or Enter was pressed on it.
bool button(Screen&, const Rect&, const Button&);
// The width at which nothing is shortened.
float button_width(Screen&, const Button&);
// The usual height of a button, a combo, a field.
float control_height(const Screen&);

// A box to tick; returns true when it was clicked (the caller flips `checked`).
bool checkbox(Screen&, const Rect&, const Button&, bool checked);
// The head of something that folds: chevron, label, trailing text. True when it was clicked.
bool collapsible(Screen&, const Rect&, const Button&, bool open);

// Something drawn by the caller that can be hovered, picked, dragged: a segment, a queue entry.
// Where two overlap, the one that was submitted first gets the mouse.
struct Interaction {
    bool hovered = false, held = false, focused = false;
    bool clicked = false, right_clicked = false;
};
Interaction hotspot(Screen&, const Rect&, std::string_view id, std::string_view label,
                    std::string_view hint = {}, std::string_view refused = {});
// The ring around what the keyboard is on; controls draw it themselves, hotspots' owners call it.
void focus_ring(Screen&, const Rect&);
// The mouse is inside, and nothing lies over it.
bool hovering(Screen&, const Rect&);

struct FieldResult {
    bool changed = false, submitted = false; // submitted: Enter
};
// One line of text; `placeholder` shows while it is empty. Tab reaches it as any control.
FieldResult text_field(Screen&, const Rect&, std::string_view id, std::string_view placeholder,
                       std::string& text, TextStyle = body);
// Several lines.
FieldResult text_area(Screen&, const Rect&, std::string_view id, std::string_view label,
                      std::string& text, TextStyle = code);

// A region that scrolls: draw into the returned rectangle (as wide as `rect` less a scroll bar, as
// high as `content_height`, already moved by the scroll), then end_scroll.
Rect begin_scroll(Screen&, const Rect&, std::string_view id, float content_height);
void end_scroll(Screen&);
// Inside a region: scrolls so that `rect` is seen, from the next frame on.
void bring_into_view(Screen&, const Rect& rect);

// A panel's ground and title; returns what is left inside. `trailing` is dim, at the right.
Rect panel(Screen&, const Rect&, std::string_view id, std::string_view title,
           std::string_view trailing = {});

} // namespace ui
