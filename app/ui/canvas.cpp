// The only calls of ImDrawList's shapes. Widths and head sizes are given at 100 % and scaled here.
#include "ui/canvas.hpp"

#include "ui/compat.hpp"
#include "ui/screen.hpp"
#include "ui/sheet.hpp"

#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace ui {

namespace {

ImVec2 im(Vec v) {
    return {v.x, v.y};
}
ImU32 im(Colour c) {
    return IM_COL32(c.r, c.g, c.b, c.a);
}
ImVec2 corner(const Rect& r) {
    return {r.x, r.y};
}
ImVec2 far_corner(const Rect& r) {
    return {r.right(), r.bottom()};
}

float length(Vec v) {
    return std::sqrt(v.x * v.x + v.y * v.y);
}

// Whole-pixel widths draw faster (textured lines) and crisper.
float stroke(const Screen& screen, float width) {
    const float scaled = width * screen.scale;
    return scaled < 1 ? 1 : scaled > 2 ? std::round(scaled) : scaled;
}

} // namespace

void line(Screen& screen, Vec from, Vec to, Colour colour, float width) {
    screen.draw->AddLine(im(from), im(to), im(colour), stroke(screen, width));
    if (screen.sheet)
        screen.sheet->line(from, to, colour, stroke(screen, width));
}

void dashed_line(Screen& screen, Vec from, Vec to, Colour colour, float width, float dash,
                 float gap) {
    const float total = length(to - from);
    if (total <= 0) {
        return;
    }
    const Vec unit = (to - from) * (1 / total);
    const float on = screen.dp(dash), period = screen.dp(dash + gap);
    for (float at = 0; at < total; at += period) {
        const float end = std::min(at + on, total);
        screen.draw->AddLine(im(from + unit * at), im(from + unit * end), im(colour),
                             stroke(screen, width));
    }
    if (screen.sheet)
        screen.sheet->line(from, to, colour, stroke(screen, width), on, period - on);
}

void polyline(Screen& screen, std::span<const Vec> points, Colour colour, float width) {
    std::vector<ImVec2> converted;
    converted.reserve(points.size());
    for (const Vec point : points) {
        converted.push_back(im(point));
    }
    compat::add_polyline(*screen.draw, converted.data(), static_cast<int>(converted.size()),
                         im(colour), stroke(screen, width));
    if (screen.sheet)
        screen.sheet->polyline(points, colour, stroke(screen, width));
}

void arrow_head(Screen& screen, Vec from, Vec tip, Colour colour, float head) {
    const float total = length(tip - from);
    if (total <= 0) {
        return;
    }
    const float size = screen.dp(head);
    const Vec unit = (tip - from) * (1 / total);
    const Vec side{-unit.y * size * 0.4f, unit.x * size * 0.4f};
    const Vec base = tip - unit * size;
    triangle(screen, tip, base + side, base - side, colour);
}

void arrow(Screen& screen, Vec from, Vec to, Colour colour, float width, float head) {
    const float total = length(to - from);
    const float size = std::min(screen.dp(head), total);
    if (total <= 0) {
        return;
    }
    line(screen, from, to - (to - from) * (size * 0.7f / total), colour, width);
    arrow_head(screen, from, to, colour, head);
}

void triangle(Screen& screen, Vec a, Vec b, Vec c, Colour colour) {
    screen.draw->AddTriangleFilled(im(a), im(b), im(c), im(colour));
    if (screen.sheet)
        screen.sheet->polygon(std::array{a, b, c}, colour);
}

void fill(Screen& screen, const Rect& rect, Colour colour, float radius) {
    screen.draw->AddRectFilled(corner(rect), far_corner(rect), im(colour), screen.dp(radius));
    if (screen.sheet)
        screen.sheet->fill(rect, colour, screen.dp(radius));
}

void outline(Screen& screen, const Rect& rect, Colour colour, float radius, float width) {
    compat::add_rect(*screen.draw, corner(rect), far_corner(rect), im(colour), screen.dp(radius),
                     stroke(screen, width));
    if (screen.sheet)
        screen.sheet->outline(rect, colour, screen.dp(radius), stroke(screen, width));
}

void dashed_outline(Screen& screen, const Rect& r, Colour colour, float width) {
    dashed_line(screen, {r.x, r.y}, {r.right(), r.y}, colour, width, 4, 3);
    dashed_line(screen, {r.right(), r.y}, {r.right(), r.bottom()}, colour, width, 4, 3);
    dashed_line(screen, {r.right(), r.bottom()}, {r.x, r.bottom()}, colour, width, 4, 3);
    dashed_line(screen, {r.x, r.bottom()}, {r.x, r.y}, colour, width, 4, 3);
}

void box(Screen& screen, const Rect& rect, Colour ground, Colour border, float radius,
         float width) {
    fill(screen, rect, ground, radius);
    outline(screen, rect, border, radius, width);
}

void disc(Screen& screen, Vec centre, float radius, Colour colour) {
    screen.draw->AddCircleFilled(im(centre), screen.dp(radius), im(colour));
    if (screen.sheet)
        screen.sheet->disc(centre, screen.dp(radius), colour);
}

void circle(Screen& screen, Vec centre, float radius, Colour colour, float width) {
    screen.draw->AddCircle(im(centre), screen.dp(radius), im(colour), 0, stroke(screen, width));
    if (screen.sheet)
        screen.sheet->circle(centre, screen.dp(radius), colour, stroke(screen, width));
}

void ring(Screen& screen, Vec centre, float radius, float share, Colour colour, Colour ground,
          float width) {
    circle(screen, centre, radius, ground, width);
    if (share <= 0) {
        return;
    }
    constexpr float top = -std::numbers::pi_v<float> / 2;
    const float turn = 2 * std::numbers::pi_v<float> * std::min(share, 1.0f);
    screen.draw->PathClear();
    screen.draw->PathArcTo(im(centre), screen.dp(radius), top, top + turn);
    compat::path_stroke(*screen.draw, im(colour), stroke(screen, width));
    if (!screen.sheet)
        return;
    std::vector<Vec> points;
    constexpr int steps = 32;
    for (int i = 0; i <= steps; ++i) {
        const float angle = top + turn * static_cast<float>(i) / steps;
        points.push_back(centre + Vec{std::cos(angle), std::sin(angle)} * screen.dp(radius));
    }
    screen.sheet->polyline(points, colour, stroke(screen, width));
}

void cross(Screen& screen, Vec centre, float half, Colour colour, float width) {
    const float d = screen.dp(half);
    line(screen, centre - Vec{d, d}, centre + Vec{d, d}, colour, width);
    line(screen, centre + Vec{-d, d}, centre + Vec{d, -d}, colour, width);
}

void break_band(Screen& screen, const Rect& band, Colour colour, Colour ground) {
    const float step = screen.dp(9), tooth = screen.dp(3);
    fill(screen, band.inset(0, tooth), ground);
    for (const float y : {band.y + tooth, band.bottom() - tooth}) {
        std::vector<Vec> points;
        bool up = true;
        for (float x = band.x; x < band.right(); x += step, up = !up) {
            points.push_back({x, up ? y - tooth : y + tooth});
        }
        polyline(screen, points, colour, 1);
    }
}

void push_clip(Screen& screen, const Rect& rect) {
    screen.draw->PushClipRect(corner(rect), far_corner(rect), true);
    if (screen.sheet)
        screen.sheet->push_clip(rect);
}

void pop_clip(Screen& screen) {
    screen.draw->PopClipRect();
    if (screen.sheet)
        screen.sheet->pop_clip();
}

} // namespace ui
