// What is drawn, kept as SVG: the canvas and the text draw upon it too, where a screen has one.
#pragma once

#include "ui/colour.hpp"
#include "ui/geometry.hpp"
#include "ui/text.hpp"

#include <span>
#include <string>
#include <string_view>

namespace ui {

// Widths and radii are pixels here. What lies outside the sheet when it is taken is cut off.
class Sheet {
public:
    // `dash` 0: a whole line.
    void line(Vec from, Vec to, Colour, float width, float dash = 0, float gap = 0);
    void polyline(std::span<const Vec>, Colour, float width);
    void polygon(std::span<const Vec>, Colour);
    void fill(const Rect&, Colour, float radius);
    void outline(const Rect&, Colour, float radius, float width);
    void disc(Vec centre, float radius, Colour);
    void circle(Vec centre, float radius, Colour, float width);
    // `left` is where the writing begins, on its baseline; `width` is what it takes here, with the
    // fonts of this machine.
    void text(Vec left, std::string_view, Face, float em, Colour, float width);
    void push_clip(const Rect&);
    void pop_clip();

    // The whole file, on this ground; nothing is left on the sheet.
    std::string take(Vec size, Colour ground, std::string_view name);

private:
    std::string body_;
    int clips_ = 0;
};

} // namespace ui
