// Drawing: thin wrappers over ImGui's draw list, in window pixels and our colours. Panels draw
// only through these (and through text.hpp and icons.hpp).
#pragma once

#include "ui/colour.hpp"
#include "ui/geometry.hpp"

#include <span>

namespace ui {

struct Screen;

void line(Screen&, Vec from, Vec to, Colour, float width = 1);
void dashed_line(Screen&, Vec from, Vec to, Colour, float width = 1, float dash = 5, float gap = 4);
void polyline(Screen&, std::span<const Vec> points, Colour, float width = 1);
// A line with a filled head at `to`.
void arrow(Screen&, Vec from, Vec to, Colour, float width = 1.5f, float head = 9);
// Only the head, pointing from `from` to `tip`.
void arrow_head(Screen&, Vec from, Vec tip, Colour, float head = 9);
void triangle(Screen&, Vec a, Vec b, Vec c, Colour);

void fill(Screen&, const Rect&, Colour, float radius = 0);
void outline(Screen&, const Rect&, Colour, float radius = 0, float width = 1);
void dashed_outline(Screen&, const Rect&, Colour, float width = 1);
// fill + outline
void box(Screen&, const Rect&, Colour ground, Colour border, float radius, float width = 1);

void disc(Screen&, Vec centre, float radius, Colour);
void circle(Screen&, Vec centre, float radius, Colour, float width = 1);
// A timer: the share (0…1) that is left, clockwise from the top, over a faint full circle.
void ring(Screen&, Vec centre, float radius, float share, Colour, Colour ground, float width);
void cross(Screen&, Vec centre, float half, Colour, float width = 2);
// Two zigzag lines with the ground between them, across `band`: time was left out here.
void break_band(Screen&, const Rect& band, Colour stroke, Colour ground);

// Everything drawn until pop_clip shows only inside `rect`.
void push_clip(Screen&, const Rect&);
void pop_clip(Screen&);

} // namespace ui
