// Buttons and what is built like them.
#include "ui/widgets.hpp"

#include "ui/canvas.hpp"
#include "ui/compat.hpp"
#include "ui/control.hpp"
#include "ui/screen.hpp"

namespace ui {

namespace {

constexpr float padding = 12, icon_size = 12, lone_icon_size = 18, icon_gap = 8, badge_size = 20,
                radius = 5;

struct Paint {
    Colour ground, border, ink;
    float border_width = 1;
};

Paint paint(const Screen& screen, const Button& what, const Interaction& now) {
    const Theme& theme = screen.theme;
    if (!what.refused.empty()) {
        return {theme.panel, theme.faint, theme.dim};
    }
    if (what.selected) {
        return {theme.accent_soft, theme.accent_border, theme.text};
    }
    const bool lit = now.hovered || now.held;
    switch (what.look) {
    case Look::normal:
        return {lit ? theme.button_hover : theme.button, theme.button_border, theme.text};
    case Look::accent:
        return {lit ? theme.accent_hover : theme.accent, theme.accent_border, theme.on_accent};
    case Look::option:
        return {theme.accent_soft, theme.accent_border, theme.text, lit ? 2.0f : 1.0f};
    case Look::quiet: {
        const Colour none = with_alpha(theme.panel, 0);
        return {lit ? theme.button_hover : none, none, theme.text};
    }
    }
    return {};
}

void draw_badge(Screen& screen, Rect& rest, std::string_view badge, bool enabled) {
    const float side = screen.dp(badge_size);
    const Rect square{rest.x, rest.centre().y - side / 2, side, side};
    const Theme& theme = screen.theme;
    box(screen, square, enabled ? theme.accent : theme.panel,
        enabled ? theme.accent_border : theme.faint, 4);
    text(screen, square.centre(), badge, small_code_strong, enabled ? theme.on_accent : theme.dim,
         Align::centre);
    cut_left(rest, side + screen.dp(icon_gap));
}

void draw_label(Screen& screen, Rect rest, const Button& what, const Paint& with) {
    if (what.label.empty() && what.badge.empty()) {
        icon(screen, what.before, rest.centre(), lone_icon_size, with.ink);
        return;
    }
    if (!what.badge.empty()) {
        draw_badge(screen, rest, what.badge, what.refused.empty());
    }
    if (!what.trailing.empty()) {
        const float width = std::min(text_width(screen, what.trailing, small_code), rest.w / 2);
        text_in(screen, cut_right(rest, width), what.trailing, small_code,
                what.look == Look::accent ? with.ink : screen.theme.dim, Align::right);
        cut_right(rest, screen.dp(icon_gap));
    }
    const float icon_room = screen.dp(icon_size + icon_gap);
    const float before = what.before == Icon::none ? 0 : icon_room;
    const float after = what.after == Icon::none ? 0 : icon_room;
    const float label = text_width(screen, what.label, what.style);
    const float shown = std::min(label, std::max(0.0f, rest.w - before - after));
    float x = rest.x;
    if (what.align == Align::centre) {
        x += std::max(0.0f, (rest.w - (before + shown + after)) / 2);
    }
    const float y = rest.centre().y, half = screen.dp(icon_size) / 2;
    icon(screen, what.before, {x + half, y}, icon_size, with.ink);
    text_in(screen, {x + before, rest.y, shown, rest.h}, what.label, what.style, with.ink);
    // A combo's chevron stands at the right end, an arrow right behind the label.
    const float end =
        what.align == Align::left ? rest.right() - half : x + before + shown + after - half;
    icon(screen, what.after, {end, y}, icon_size, with.ink);
}

} // namespace

float control_height(const Screen& screen) {
    return line_height(screen, body) + screen.dp(11);
}

float button_width(Screen& screen, const Button& what) {
    float width = screen.dp(2 * padding);
    if (!what.label.empty()) {
        width += text_width(screen, what.label, what.style);
    }
    const int icons = (what.before != Icon::none ? 1 : 0) + (what.after != Icon::none ? 1 : 0);
    width += screen.dp((icon_size + icon_gap) * static_cast<float>(icons));
    if (what.label.empty() && icons == 1) {
        return control_height(screen) + screen.dp(4); // nearly square
    }
    if (!what.badge.empty()) {
        width += screen.dp(badge_size + icon_gap);
    }
    if (!what.trailing.empty()) {
        width += text_width(screen, what.trailing, small_code) + screen.dp(icon_gap);
    }
    return width + 1;
}

bool button(Screen& screen, const Rect& rect, const Button& what) {
    const Interaction now = control(screen, rect, what.id, what.label, what.hint, what.refused);
    const Paint with = paint(screen, what, now);
    box(screen, rect, with.ground, with.border, radius, with.border_width);
    const float side = std::min(screen.dp(padding), rect.w / 8);
    draw_label(screen, rect.inset(what.label.empty() ? 0 : side, 0), what, with);
    if (now.focused) {
        focus_ring(screen, rect);
    }
    return now.clicked;
}

bool checkbox(Screen& screen, const Rect& rect, const Button& what, bool checked) {
    const Interaction now = control(screen, rect, what.id, what.label, what.hint, what.refused);
    const Theme& theme = screen.theme;
    const bool enabled = what.refused.empty();
    Rect rest = rect;
    const Rect square = cut_left(rest, screen.dp(18));
    const Rect ticked{square.x, rect.centre().y - square.w / 2, square.w, square.w};
    box(screen, ticked, now.hovered ? theme.button_hover : theme.button,
        enabled ? theme.button_border : theme.faint, 3);
    if (checked) {
        icon(screen, Icon::check, ticked.centre(), 12, enabled ? theme.text : theme.dim);
    }
    cut_left(rest, screen.dp(icon_gap));
    text_in(screen, rest, what.label, what.style, enabled ? theme.text : theme.dim);
    if (now.focused) {
        focus_ring(screen, rect);
    }
    return now.clicked;
}

bool collapsible(Screen& screen, const Rect& rect, const Button& what, bool open) {
    Button head = what;
    head.before = open ? Icon::chevron_down : Icon::chevron_right;
    head.align = Align::left;
    return button(screen, rect, head);
}

void focus_ring(Screen& screen, const Rect& rect) {
    outline(screen, rect.inset(-screen.dp(3)), screen.theme.text, radius + 3, 2);
}

Rect panel(Screen& screen, const Rect& rect, std::string_view id, std::string_view title_text,
           std::string_view trailing) {
    const Theme& theme = screen.theme;
    box(screen, rect, theme.panel, theme.panel_border, 6);
    mark(screen, id, title_text, rect);
    Rect inside = rect.inset(screen.dp(padding), screen.dp(8));
    if (!title_text.empty()) {
        Rect head = cut_top(inside, line_height(screen, heading));
        if (!trailing.empty()) {
            const float width = text_width(screen, trailing, small);
            text_in(screen, cut_right(head, std::min(width, head.w / 2)), trailing, small,
                    theme.dim, Align::right);
            cut_right(head, screen.dp(icon_gap));
        }
        text_in(screen, head, title_text, heading, theme.text);
        cut_top(inside, screen.dp(6));
    }
    return inside;
}

} // namespace ui
