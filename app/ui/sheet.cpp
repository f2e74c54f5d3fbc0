// One element for each call; groups are only made for clips.
#include "ui/sheet.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace ui {

namespace {

// A tenth of a pixel is finer than anything that is drawn.
std::string number(float value) {
    const float tenths = std::round(value * 10);
    const auto whole = static_cast<long>(tenths);
    const long left = std::labs(whole);
    std::string text = fmt::format("{}{}", whole < 0 ? "-" : "", left / 10);
    if (left % 10 != 0)
        text += fmt::format(".{}", left % 10);
    return text;
}

std::string paint(const char* what, Colour c) {
    std::string text = fmt::format(" {}=\"#{:02x}{:02x}{:02x}\"", what, c.r, c.g, c.b);
    if (c.a != 255)
        text += fmt::format(" {}-opacity=\"{:.2f}\"", what, static_cast<double>(c.a) / 255);
    return text;
}

std::string stroke(Colour colour, float width) {
    return paint("stroke", colour) + fmt::format(" stroke-width=\"{}\"", number(width));
}

std::string box(const Rect& r) {
    return fmt::format("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", number(r.x), number(r.y),
                       number(r.w), number(r.h));
}

std::string corners(float radius, const Rect& r) {
    const float most = std::min({radius, r.w / 2, r.h / 2});
    return most > 0 ? fmt::format(" rx=\"{}\"", number(most)) : std::string();
}

std::string points(std::span<const Vec> all) {
    std::string text;
    for (const Vec v : all)
        text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(v.x), number(v.y));
    return text;
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text)
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    return out;
}

// The window's own fonts first, then what most machines have.
std::string face(Face which) {
    const bool bold = which == Face::bold || which == Face::mono_bold;
    const bool mono = which == Face::mono || which == Face::mono_bold;
    return fmt::format(" class=\"{}\"{}", mono ? "m" : "t", bold ? " font-weight=\"600\"" : "");
}

} // namespace

void Sheet::line(Vec from, Vec to, Colour colour, float width, float dash, float gap) {
    body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}", number(from.x),
                         number(from.y), number(to.x), number(to.y), stroke(colour, width));
    if (dash > 0)
        body_ += fmt::format(" stroke-dasharray=\"{} {}\"", number(dash), number(gap));
    body_ += "/>\n";
}

void Sheet::polyline(std::span<const Vec> all, Colour colour, float width) {
    body_ += fmt::format("<polyline fill=\"none\" points=\"{}\"{}/>\n", points(all),
                         stroke(colour, width));
}

void Sheet::polygon(std::span<const Vec> all, Colour colour) {
    body_ += fmt::format("<polygon points=\"{}\"{}/>\n", points(all), paint("fill", colour));
}

void Sheet::fill(const Rect& r, Colour colour, float radius) {
    body_ += fmt::format("<rect {}{}{}/>\n", box(r), corners(radius, r), paint("fill", colour));
}

void Sheet::outline(const Rect& r, Colour colour, float radius, float width) {
    body_ += fmt::format("<rect {}{} fill=\"none\"{}/>\n", box(r), corners(radius, r),
                         stroke(colour, width));
}

void Sheet::disc(Vec centre, float radius, Colour colour) {
    body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}/>\n", number(centre.x),
                         number(centre.y), number(radius), paint("fill", colour));
}

void Sheet::circle(Vec centre, float radius, Colour colour, float width) {
    body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" fill=\"none\"{}/>\n",
                         number(centre.x), number(centre.y), number(radius), stroke(colour, width));
}

void Sheet::text(Vec left, std::string_view what, Face which, float em, Colour colour,
                 float width) {
    if (what.empty())
        return;
    // Other fonts are stretched to the room that was measured: nothing runs into anything.
    body_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" textLength=\"{}\" "
                         "lengthAdjust=\"spacingAndGlyphs\"{}{}>{}</text>\n",
                         number(left.x), number(left.y), number(em), number(width), face(which),
                         paint("fill", colour), escaped(what));
}

void Sheet::push_clip(const Rect& r) {
    body_ += fmt::format("<clipPath id=\"c{0}\"><rect {1}/></clipPath>\n"
                         "<g clip-path=\"url(#c{0})\">\n",
                         clips_++, box(r));
}

void Sheet::pop_clip() {
    body_ += "</g>\n";
}

std::string Sheet::take(Vec size, Colour ground, std::string_view name) {
    clips_ = 0;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" "
        "viewBox=\"0 0 {0} {1}\">\n<title>{2}</title>\n"
        "<style>text{{white-space:pre}}.t{{font-family:Inter,'Noto Sans CJK "
        "SC',sans-serif}}.m{{font-family:'JetBrains Mono','Noto Sans Mono CJK "
        "SC',monospace}}</style>\n<rect width=\"100%\" height=\"100%\"{3}/>\n{4}</svg>\n",
        number(size.x), number(size.y), escaped(name), paint("fill", ground),
        std::exchange(body_, {}));
}

} // namespace ui
