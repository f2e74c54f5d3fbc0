// What every drawing call is given: theme, fonts, scale, where to draw, this frame's input, and the
// record of what was drawn.
#pragma once

#include "ui/fonts.hpp"
#include "ui/geometry.hpp"
#include "ui/keys.hpp"
#include "ui/probe.hpp"
#include "ui/theme.hpp"

#include <string>
#include <vector>

struct ImDrawList;

namespace ui {

class Sheet;

struct Screen {
    Theme theme = ui::theme(ThemeName::dark);
    float scale = 1; // 1 is 100 %: text scale times the display's own
    Fonts fonts;

    // Stands before every id: what is drawn twice in one window needs two names.
    std::string ids;

    // This frame.
    Rect area;                  // the whole window
    ImDrawList* draw = nullptr; // where the canvas draws now
    Sheet* sheet = nullptr;     // and here, if there is one
    int layer = 0;              // 1 inside an open menu
    Vec mouse{-1, -1};
    std::vector<KeyPress> keys; // pressed since the last frame, in order, not yet taken
    std::u32string typed;       // characters typed since the last frame, not yet taken
    double seconds = 0;         // since the window opened, for animation
    bool animating = false;     // set by whoever moves something: draw again soon

    // What was drawn; `drawn` of the last whole frame, `probe` of this one so far.
    Probe probe, drawn;

    std::string focused;        // the control that Enter acts on
    bool focus_visible = false; // the keyboard was used last: show the ring
    bool focus_moved = false;   // not yet acted on: a scrolling region brings it into view
    bool typing = false;        // a text field has the keyboard
    bool menu_open = false;     // something lies over the window and has the keyboard

    struct Tooltip {
        std::string text;
        Rect beside;
    } tooltip;

    // The menu or combo that is open, and what it needs to remember.
    std::string open_menu, focus_before_menu;
    bool menu_fresh = false, menu_seen = false;
    std::vector<ImDrawList*> outer; // where to draw again after a scrolling region or a menu

    // Pixels for a length given at 100 %.
    float dp(float length) const { return length * scale; }
};

// Between ImGui::NewFrame and ImGui::Render. `keys` are those pressed since the last frame.
void begin_frame(Screen&, std::vector<KeyPress> keys);
void end_frame(Screen&);

// Takes the key out of the queue and says whether it was there. While a text field has the keyboard
// only Tab, Escape, F-keys and keys with Ctrl or Alt are ever given.
bool take_key(Screen&, Key, Modifiers = no_modifiers);
// Same for a typed character, whichever key makes it on this keyboard.
bool take_typed(Screen&, char32_t);

// Moves the keyboard's focus, as Tab does, and shows it.
void focus(Screen&, std::string_view id);

// Records something drawn that is no control: a lane, a queue entry, a label.
void mark(Screen&, std::string_view id, std::string_view label, const Rect&);

} // namespace ui
