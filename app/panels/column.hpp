// Writing down a column: each thing takes its height from the top. The same code is run twice, once
// to learn the height and once to paint, so that a card's frame can never disagree with its inside.
#pragma once

#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/text.hpp"

#include <string_view>

namespace panels {

struct Column {
    ui::Screen& screen;
    float x = 0, y = 0, width = 0;
    bool painting = false;

    float px(float at_100) const { return screen.dp(at_100); }
    void gap(float at_100) { y += px(at_100); }
    // The next strip; controls may only be drawn into it while painting.
    ui::Rect take(float height) {
        const ui::Rect strip{x, y, width, height};
        y += height;
        return strip;
    }
    ui::Rect take_line(ui::TextStyle style) { return take(ui::line_height(screen, style)); }

    // One line, shortened when too long.
    void line(std::string_view text, ui::TextStyle, ui::Colour, ui::Align = ui::Align::left);
    // As many lines as it needs.
    void paragraph(std::string_view text, ui::TextStyle, ui::Colour);
    // Name at the left and value at the right of one line, on two lines when they do not fit.
    void pair(std::string_view name, ui::TextStyle, ui::Colour, std::string_view value,
              ui::TextStyle, ui::Colour);
    void rule(); // a thin line across
};

// The height that `body(Column&)` takes at this width.
template <typename Body>
float height_of(ui::Screen& screen, float width, const Body& body) {
    Column column{screen, 0, 0, width, false};
    body(column);
    return column.y;
}

struct CardLook {
    ui::Colour ground, border;
    float border_width = 1;
    bool dashed = false; // sampled or inferred, not exact
};

inline constexpr float card_padding = 12, card_radius = 6;

// A framed box around `body(Column&)`. Returns its rectangle.
template <typename Body>
ui::Rect card(Column& outer, const CardLook& look, const Body& body) {
    const float pad = outer.px(outer.width < outer.px(240) ? 9 : card_padding);
    const float inside = height_of(outer.screen, outer.width - 2 * pad, body);
    const ui::Rect frame = outer.take(inside + 1.7f * pad);
    if (outer.painting) {
        ui::fill(outer.screen, frame, look.ground, card_radius);
        if (look.dashed)
            ui::dashed_outline(outer.screen, frame, look.border, look.border_width);
        else
            ui::outline(outer.screen, frame, look.border, card_radius, look.border_width);
        Column inner{outer.screen, frame.x + pad, frame.y + 0.85f * pad, outer.width - 2 * pad,
                     true};
        body(inner);
    }
    return frame;
}

} // namespace panels
