// Icons, as lines and triangles in a square of side 2 around the origin.
#include "ui/icons.hpp"

#include "ui/canvas.hpp"
#include "ui/screen.hpp"

#include <array>
#include <cmath>
#include <numbers>

namespace ui {

namespace {

struct Pen {
    Screen& screen;
    Vec centre;
    float half; // pixels
    Colour colour;

    Vec at(float x, float y) const { return centre + Vec{x, y} * half; }
    float width() const { return std::max(1.0f, half / screen.scale / 4.5f); }
    void stroke(float x1, float y1, float x2, float y2) const {
        line(screen, at(x1, y1), at(x2, y2), colour, width());
    }
    void solid(Vec a, Vec b, Vec c) const {
        triangle(screen, at(a.x, a.y), at(b.x, b.y), at(c.x, c.y), colour);
    }
    void round(float radius) const {
        circle(screen, centre, radius * half / screen.scale, colour, width());
    }
};

void gear(const Pen& pen) {
    constexpr int teeth = 8;
    for (int i = 0; i < teeth; ++i) {
        const float turn = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / teeth;
        const float x = std::cos(turn), y = std::sin(turn);
        line(pen.screen, pen.at(x * 0.5f, y * 0.5f), pen.at(x * 0.95f, y * 0.95f), pen.colour,
             pen.width() * 1.8f);
    }
    circle(pen.screen, pen.centre, 0.48f * pen.half / pen.screen.scale, pen.colour,
           pen.width() * 2);
}

void home(const Pen& pen) {
    const std::array roof = {pen.at(-0.9f, 0), pen.at(0, -0.85f), pen.at(0.9f, 0)};
    const std::array walls = {pen.at(-0.62f, -0.2f), pen.at(-0.62f, 0.8f), pen.at(0.62f, 0.8f),
                              pen.at(0.62f, -0.2f)};
    polyline(pen.screen, roof, pen.colour, pen.width());
    polyline(pen.screen, walls, pen.colour, pen.width());
    pen.stroke(0, 0.8f, 0, 0.3f);
}

} // namespace

void icon(Screen& screen, Icon which, Vec centre, float size, Colour colour) {
    const Pen pen{screen, centre, screen.dp(size) / 2, colour};
    switch (which) {
    case Icon::none: break;
    case Icon::play: pen.solid({-0.6f, -0.8f}, {0.85f, 0}, {-0.6f, 0.8f}); break;
    case Icon::pause:
        line(screen, pen.at(-0.4f, -0.7f), pen.at(-0.4f, 0.7f), colour, pen.width() * 2);
        line(screen, pen.at(0.4f, -0.7f), pen.at(0.4f, 0.7f), colour, pen.width() * 2);
        break;
    case Icon::step_back: pen.solid({0.6f, -0.8f}, {-0.85f, 0}, {0.6f, 0.8f}); break;
    case Icon::step_forward:
        pen.solid({-0.8f, -0.8f}, {0.45f, 0}, {-0.8f, 0.8f});
        line(screen, pen.at(0.7f, -0.8f), pen.at(0.7f, 0.8f), colour, pen.width() * 1.5f);
        break;
    case Icon::home: home(pen); break;
    case Icon::gear: gear(pen); break;
    case Icon::chevron_down:
        pen.stroke(-0.7f, -0.3f, 0, 0.4f);
        pen.stroke(0, 0.4f, 0.7f, -0.3f);
        break;
    case Icon::chevron_right:
        pen.stroke(-0.3f, -0.7f, 0.4f, 0);
        pen.stroke(0.4f, 0, -0.3f, 0.7f);
        break;
    case Icon::check:
        pen.stroke(-0.8f, 0.05f, -0.25f, 0.6f);
        pen.stroke(-0.25f, 0.6f, 0.8f, -0.6f);
        break;
    case Icon::cross:
        pen.stroke(-0.7f, -0.7f, 0.7f, 0.7f);
        pen.stroke(-0.7f, 0.7f, 0.7f, -0.7f);
        break;
    case Icon::info:
        pen.round(0.95f);
        pen.stroke(0, -0.05f, 0, 0.5f);
        pen.stroke(0, -0.5f, 0, -0.35f);
        break;
    case Icon::warning:
        pen.round(0.95f);
        pen.stroke(0, -0.55f, 0, 0.15f);
        pen.stroke(0, 0.4f, 0, 0.55f);
        break;
    case Icon::search:
        circle(screen, pen.at(-0.2f, -0.2f), 0.6f * pen.half / screen.scale, colour, pen.width());
        pen.stroke(0.25f, 0.25f, 0.85f, 0.85f);
        break;
    case Icon::clock:
        pen.round(0.95f);
        pen.stroke(0, 0, 0, -0.6f);
        pen.stroke(0, 0, 0.45f, 0);
        break;
    case Icon::plus:
        pen.stroke(-0.7f, 0, 0.7f, 0);
        pen.stroke(0, -0.7f, 0, 0.7f);
        break;
    case Icon::arrow_up_right:
        pen.stroke(-0.65f, 0.65f, 0.6f, -0.6f);
        pen.stroke(-0.2f, -0.65f, 0.65f, -0.65f);
        pen.stroke(0.65f, -0.65f, 0.65f, 0.2f);
        break;
    case Icon::arrow_down_left:
        pen.stroke(0.65f, -0.65f, -0.6f, 0.6f);
        pen.stroke(-0.65f, -0.2f, -0.65f, 0.65f);
        pen.stroke(-0.65f, 0.65f, 0.2f, 0.65f);
        break;
    }
}

} // namespace ui
