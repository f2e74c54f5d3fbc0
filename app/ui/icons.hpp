// Signs drawn with strokes instead of glyphs, so that they look the same with every font.
#pragma once

#include "trace/state.hpp"
#include "ui/colour.hpp"
#include "ui/geometry.hpp"
#include "ui/text.hpp"

namespace ui {

enum class Icon {
    none,
    play,
    pause,
    step_back,
    step_forward,
    home,
    gear,
    chevron_down,
    chevron_right,
    check,
    cross,
    info,
    warning,
    search,
    clock,
    plus,
    arrow_up_right,
    arrow_down_left,
};
// Inside a square of `size` (at 100 %) around `centre`.
void icon(Screen&, Icon, Vec centre, float size, Colour);

// The state's sign: ↗ SYN_SENT, ↙ SYN_RECV, a dial for TIME_WAIT…; each state has its own or, for
// CLOSED and ESTABLISHED, none.
bool has_sign(trace::State);
void state_sign(Screen&, trace::State, Vec centre, float size, Colour);

// The state's name with its sign in a pill of its colours.
float state_pill_width(Screen&, trace::State, TextStyle = small_code);
float state_pill_height(const Screen&, TextStyle = small_code);
// With its left end at `at`, standing centred on at.y. Returns its rectangle.
Rect state_pill(Screen&, Vec at, trace::State, TextStyle = small_code);

// A lane or bar in the state's colour, with a pattern by which states differ without colour.
void state_bar(Screen&, const Rect&, trace::State);

} // namespace ui
