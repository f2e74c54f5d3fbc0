// Measuring, folding and drawing text. Coordinates are window pixels.
#pragma once

#include "ui/colour.hpp"
#include "ui/fonts.hpp"
#include "ui/geometry.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ui {

struct Screen;

struct TextStyle {
    Face face = Face::text;
    Size size = Size::body;
};
inline constexpr TextStyle small{Face::text, Size::small}, body{Face::text, Size::body},
    strong{Face::bold, Size::body}, small_strong{Face::bold, Size::small},
    heading{Face::bold, Size::heading}, narration{Face::text, Size::narration},
    title{Face::bold, Size::title}, code{Face::mono, Size::body},
    code_strong{Face::mono_bold, Size::body}, small_code{Face::mono, Size::small},
    small_code_strong{Face::mono_bold, Size::small};

enum class Align { left, centre, right };

float text_width(Screen&, std::string_view, TextStyle);
// The distance between two lines.
float line_height(const Screen&, TextStyle);

// One line. `at` is the left end, centre or right end, half-way up the capital letters: text
// stands centred on at.y. Returns the rectangle that it takes (as high as a line).
Rect text(Screen&, Vec at, std::string_view, TextStyle, Colour, Align = Align::left);
// One line inside `rect`, centred in its height, shortened with "…" if it does not fit.
Rect text_in(Screen&, const Rect& rect, std::string_view, TextStyle, Colour, Align = Align::left);
// Folded to the width of `rect` from its top; not cut at its bottom. Returns the height taken.
float paragraph(Screen&, const Rect& rect, std::string_view, TextStyle, Colour,
                Align = Align::left);
float paragraph_height(Screen&, float width, std::string_view, TextStyle);

// Shortened with "…" so that it fits; whole if it does.
std::string elide(Screen&, std::string_view, float width, TextStyle);

// The pieces between which a line may end; spaces stay at the end of the piece before them.
std::vector<std::string_view> wrap_pieces(std::string_view text);

// The lines of `text` folded to `width`. Breaks at spaces and between CJK characters, never before
// a closing mark (，。) nor after an opening one （「; a word longer than a line is cut.
std::vector<std::string> wrap(std::string_view text, float width,
                              const std::function<float(std::string_view)>& measure);

} // namespace ui
