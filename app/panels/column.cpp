// Writing down a column.
#include "panels/column.hpp"

namespace panels {

void Column::line(std::string_view text, ui::TextStyle style, ui::Colour colour, ui::Align align) {
    const ui::Rect strip = take_line(style);
    if (painting)
        ui::text_in(screen, strip, text, style, colour, align);
}

void Column::paragraph(std::string_view text, ui::TextStyle style, ui::Colour colour) {
    const ui::Rect strip = take(ui::paragraph_height(screen, width, text, style));
    if (painting)
        ui::paragraph(screen, strip, text, style, colour);
}

void Column::pair(std::string_view name, ui::TextStyle name_style, ui::Colour name_colour,
                  std::string_view value, ui::TextStyle value_style, ui::Colour value_colour) {
    const float needed = ui::text_width(screen, name, name_style) + px(6) +
                         ui::text_width(screen, value, value_style);
    const float height =
        std::max(ui::line_height(screen, name_style), ui::line_height(screen, value_style));
    if (needed <= width) {
        const ui::Rect strip = take(height);
        if (painting) {
            ui::text_in(screen, strip, name, name_style, name_colour);
            ui::text_in(screen, strip, value, value_style, value_colour, ui::Align::right);
        }
        return;
    }
    // The value stands behind the last line of the name where there is room.
    const auto lines = ui::wrap(name, width, [&](std::string_view part) {
        return ui::text_width(screen, part, name_style);
    });
    const float last = ui::text_width(screen, lines.back(), name_style) + px(6) +
                       ui::text_width(screen, value, value_style);
    const float named = ui::line_height(screen, name_style) * static_cast<float>(lines.size());
    const ui::Rect block = take(named);
    if (painting)
        ui::paragraph(screen, block, name, name_style, name_colour);
    if (last <= width) {
        if (painting)
            ui::text_in(screen, {block.x, block.bottom() - height, block.w, height}, value,
                        value_style, value_colour, ui::Align::right);
        return;
    }
    const ui::Rect strip = take(ui::paragraph_height(screen, width, value, value_style));
    if (painting)
        ui::paragraph(screen, strip, value, value_style, value_colour, ui::Align::right);
}

void Column::rule() {
    gap(6);
    const ui::Rect strip = take(px(1));
    if (painting)
        ui::line(screen, {strip.x, strip.y}, {strip.right(), strip.y}, screen.theme.faint);
    gap(6);
}

} // namespace panels
