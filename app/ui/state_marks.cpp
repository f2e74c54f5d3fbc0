// How a state looks besides its colour: its sign, its pill, the pattern of its bar.
#include "ui/canvas.hpp"
#include "ui/icons.hpp"
#include "ui/screen.hpp"

#include <numbers>

namespace ui {

namespace {

using trace::State;

constexpr float pill_padding = 8, sign_size = 10, sign_gap = 5;

// Lines across a bar: `lean` is how far each falls from left to right, in widths of the bar.
void hatch(Screen& screen, const Rect& bar, Colour colour, float period, float lean) {
    push_clip(screen, bar);
    const float step = screen.dp(period), fall = lean * bar.w;
    for (float y = bar.y - bar.w; y < bar.bottom() + bar.w; y += step) {
        line(screen, {bar.x, y}, {bar.right(), y + fall}, colour, 1.5f);
    }
    pop_clip(screen);
}

} // namespace

bool has_sign(State state) {
    return state != State::closed && state != State::established;
}

void state_sign(Screen& screen, State state, Vec centre, float size, Colour colour) {
    const float half = screen.dp(size) / 2;
    const auto at = [&](float x, float y) { return centre + Vec{x, y} * half; };
    switch (state) {
    // These two carry no sign beside their word; alone they need one.
    case State::closed: circle(screen, centre, half * 0.6f, colour, 1.5f); break;
    case State::established: // both ways
        arrow(screen, at(-0.9f, -0.4f), at(0.9f, -0.4f), colour, 1.5f, size * 0.35f);
        arrow(screen, at(0.9f, 0.4f), at(-0.9f, 0.4f), colour, 1.5f, size * 0.35f);
        break;
    case State::listen: { // an ear: a dot and a wave
        disc(screen, at(-0.5f, 0), size * 0.14f, colour);
        const std::array wave = {at(0.1f, -0.75f), at(0.6f, -0.35f), at(0.7f, 0), at(0.6f, 0.35f),
                                 at(0.1f, 0.75f)};
        polyline(screen, wave, colour, 1.5f);
        break;
    }
    case State::syn_sent: icon(screen, Icon::arrow_up_right, centre, size, colour); break;
    case State::syn_recv: icon(screen, Icon::arrow_down_left, centre, size, colour); break;
    case State::fin_wait_1: // one thing still to come: an arrow out and a bar
        arrow(screen, at(-1, 0), at(0.5f, 0), colour, 1.5f, size * 0.45f);
        line(screen, at(0.8f, -0.7f), at(0.8f, 0.7f), colour, 1.5f);
        break;
    case State::fin_wait_2: // two bars: our side is shut, waiting for theirs
        line(screen, at(-0.3f, -0.7f), at(-0.3f, 0.7f), colour, 2);
        line(screen, at(0.4f, -0.7f), at(0.4f, 0.7f), colour, 2);
        break;
    case State::close_wait: // an arrow in and a bar
        arrow(screen, at(1, 0), at(-0.5f, 0), colour, 1.5f, size * 0.45f);
        line(screen, at(-0.8f, -0.7f), at(-0.8f, 0.7f), colour, 1.5f);
        break;
    case State::closing: // both at once
        line(screen, at(-0.7f, -0.7f), at(0.7f, 0.7f), colour, 1.5f);
        line(screen, at(-0.7f, 0.7f), at(0.7f, -0.7f), colour, 1.5f);
        break;
    case State::last_ack: // one bar and a dot: the last thing to come
        line(screen, at(-0.5f, -0.7f), at(-0.5f, 0.7f), colour, 2);
        disc(screen, at(0.4f, 0), size * 0.16f, colour);
        break;
    case State::time_wait: icon(screen, Icon::clock, centre, size, colour); break;
    }
}

float state_pill_width(Screen& screen, State state, TextStyle style) {
    const float sign = has_sign(state) ? sign_size + sign_gap : 0;
    return text_width(screen, trace::name(state), style) + screen.dp(2 * pill_padding + sign);
}

float state_pill_height(const Screen& screen, TextStyle style) {
    return line_height(screen, style) + screen.dp(3);
}

Rect state_pill(Screen& screen, Vec at, State state, TextStyle style) {
    const StateColours& colours = screen.theme.of(state);
    const float height = state_pill_height(screen, style);
    const Rect pill{at.x, at.y - height / 2, state_pill_width(screen, state, style), height};
    box(screen, pill, colours.fill, colours.border, height / 2 / screen.scale);
    float x = pill.x + screen.dp(pill_padding);
    if (has_sign(state)) {
        state_sign(screen, state, {x + screen.dp(sign_size) / 2, at.y}, sign_size, colours.text);
        x += screen.dp(sign_size + sign_gap);
    }
    text(screen, {x, at.y}, trace::name(state), style, colours.text);
    return pill;
}

void state_bar(Screen& screen, const Rect& bar, State state) {
    const Colour lane = screen.theme.of(state).lane, ground = screen.theme.panel;
    if (state == State::closed) { // hollow: there is no connection
        box(screen, bar, ground, lane, 0, 1.5f);
        return;
    }
    fill(screen, bar, lane);
    switch (state) {
    case State::closed:
    case State::established: break;
    case State::listen: hatch(screen, bar, ground, 14, 0); break;
    case State::syn_sent: hatch(screen, bar, ground, 9, -1); break;
    case State::syn_recv: hatch(screen, bar, ground, 9, 1); break;
    case State::fin_wait_1: hatch(screen, bar, ground, 16, -1); break;
    case State::fin_wait_2: hatch(screen, bar, ground, 6, -1); break;
    case State::close_wait: hatch(screen, bar, ground, 16, 1); break;
    case State::closing:
        hatch(screen, bar, ground, 9, 1);
        hatch(screen, bar, ground, 9, -1);
        break;
    case State::last_ack: hatch(screen, bar, ground, 6, 1); break;
    case State::time_wait: hatch(screen, bar, ground, 6, 0); break;
    }
}

} // namespace ui
