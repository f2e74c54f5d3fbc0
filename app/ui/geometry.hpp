// Points and rectangles in window pixels, and the cutting of rectangles that layouts are made of.
#pragma once

#include <algorithm>

namespace ui {

struct Vec {
    float x = 0, y = 0;
    friend bool operator==(Vec, Vec) = default;
};
constexpr Vec operator+(Vec a, Vec b) {
    return {a.x + b.x, a.y + b.y};
}
constexpr Vec operator-(Vec a, Vec b) {
    return {a.x - b.x, a.y - b.y};
}
constexpr Vec operator*(Vec a, float k) {
    return {a.x * k, a.y * k};
}

struct Rect {
    float x = 0, y = 0, w = 0, h = 0;
    friend bool operator==(const Rect&, const Rect&) = default;

    constexpr float right() const { return x + w; }
    constexpr float bottom() const { return y + h; }
    constexpr Vec centre() const { return {x + w / 2, y + h / 2}; }
    constexpr bool empty() const { return w <= 0 || h <= 0; }
    constexpr bool contains(Vec p) const {
        return p.x >= x && p.x < right() && p.y >= y && p.y < bottom();
    }
    constexpr Rect inset(float by) const { return inset(by, by); }
    constexpr Rect inset(float dx, float dy) const {
        return {x + dx, y + dy, std::max(0.0f, w - 2 * dx), std::max(0.0f, h - 2 * dy)};
    }
};

constexpr Rect intersection(const Rect& a, const Rect& b) {
    const float x = std::max(a.x, b.x), y = std::max(a.y, b.y);
    return {x, y, std::max(0.0f, std::min(a.right(), b.right()) - x),
            std::max(0.0f, std::min(a.bottom(), b.bottom()) - y)};
}
constexpr bool overlap(const Rect& a, const Rect& b) {
    return !intersection(a, b).empty();
}

// Each cuts a strip off `rest`, shrinks it, and returns the strip.
constexpr Rect cut_top(Rect& rest, float height) {
    height = std::clamp(height, 0.0f, rest.h);
    const Rect strip{rest.x, rest.y, rest.w, height};
    rest.y += height;
    rest.h -= height;
    return strip;
}
constexpr Rect cut_bottom(Rect& rest, float height) {
    height = std::clamp(height, 0.0f, rest.h);
    rest.h -= height;
    return {rest.x, rest.bottom(), rest.w, height};
}
constexpr Rect cut_left(Rect& rest, float width) {
    width = std::clamp(width, 0.0f, rest.w);
    const Rect strip{rest.x, rest.y, width, rest.h};
    rest.x += width;
    rest.w -= width;
    return strip;
}
constexpr Rect cut_right(Rect& rest, float width) {
    width = std::clamp(width, 0.0f, rest.w);
    rest.w -= width;
    return {rest.right(), rest.y, width, rest.h};
}

} // namespace ui
