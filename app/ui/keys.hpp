// Keys as the window reports them: by what is printed on them, not by their place.
#pragma once

#include <cstdint>

namespace ui {

enum class Key : std::uint8_t {
    tab,
    enter,
    escape,
    space,
    backspace,
    del,
    left,
    right,
    up,
    down,
    home,
    end,
    page_up,
    page_down,
    f1,
    f2,
    f3,
    f4,
    f5,
    f6,
    f7,
    f8,
    f9,
    f10,
    f11,
    f12,
    a,
    b,
    c,
    d,
    e,
    f,
    g,
    h,
    i,
    j,
    k,
    l,
    m,
    n,
    o,
    p,
    q,
    r,
    s,
    t,
    u,
    v,
    w,
    x,
    y,
    z,
    digit_0,
    digit_1,
    digit_2,
    digit_3,
    digit_4,
    digit_5,
    digit_6,
    digit_7,
    digit_8,
    digit_9,
    slash,
    period,
    comma,
    plus,
    minus,
};

struct Modifiers {
    bool ctrl = false, shift = false, alt = false;
    friend bool operator==(Modifiers, Modifiers) = default;
};
inline constexpr Modifiers no_modifiers{}, with_ctrl{true, false, false},
    with_shift{false, true, false}, with_alt{false, false, true};

struct KeyPress {
    Key key{};
    Modifiers modifiers;
    friend bool operator==(KeyPress, KeyPress) = default;
};

} // namespace ui
