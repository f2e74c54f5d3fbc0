// The measures of the sequence view on a screen, and the names above its lanes.
#include "panels/sequence_paint.hpp"

#include "ui/canvas.hpp"
#include "ui/icons.hpp"
#include "ui/screen.hpp"
#include "view/words.hpp"

#include <algorithm>

namespace panels {

constexpr ui::TextStyle wide_label = ui::code, wide_label_strong = ui::code_strong;

bool sequence_is_wide(const ui::Screen& screen, float width) {
    return width >= 640 * screen.scale;
}

ui::TextStyle sequence_text(Script script, bool wide) {
    switch (script) {
    case Script::label: return wide ? wide_label : ui::small_code;
    case Script::label_strong: return wide ? wide_label_strong : ui::small_code_strong;
    case Script::note: return ui::small;
    case Script::tick: return ui::small_code;
    }
    return ui::small;
}

SequenceStyle sequence_style(ui::Screen& screen, float width) {
    const bool wide = sequence_is_wide(screen, width);
    const float scale = screen.scale;
    SequenceStyle style;
    style.scale = scale;
    const auto scaled = [&](auto&... lengths) { ((lengths *= scale), ...); };
    scaled(style.axis.top, style.axis.flight, style.axis.fold, style.axis.row, style.axis.dwell);
    scaled(style.columns.lane_gap, style.columns.least_pitch, style.columns.wire,
           style.columns.least_wire, style.columns.notes, style.columns.least_notes,
           style.columns.margin);
    style.badge_height = ui::state_pill_height(screen);
    style.line_height = ui::line_height(screen, sequence_text(Script::label, wide));
    style.note_line = ui::line_height(screen, ui::small);
    style.pill_height = style.line_height + screen.dp(8);
    style.sign_width = screen.dp(30);
    style.width = [&screen, wide](std::string_view text, Script script) {
        // Notes are measured in the heavier face in which some of them are written.
        return script == Script::note ? std::max(ui::text_width(screen, text, ui::small),
                                                 ui::text_width(screen, text, ui::small_strong))
                                      : ui::text_width(screen, text, sequence_text(script, wide));
    };
    style.badge_width = [&screen](trace::State state) {
        return ui::state_pill_width(screen, state);
    };
    return style;
}

float names_height(ui::Screen& screen, const Columns& columns) {
    return ui::line_height(screen, ui::strong) +
           ui::line_height(screen, ui::small_code) * static_cast<float>(columns.name_rows()) +
           screen.dp(4);
}

void paint_names(ui::Screen& screen, const ui::Rect& head, const SequenceLayout& layout,
                 trace::Cookie selected) {
    const float row = ui::line_height(screen, ui::small_code);
    const float first = head.y + ui::line_height(screen, ui::strong) + row / 2;
    for (const HostColumn& column : layout.columns.hosts) {
        const float left = column.lanes.empty() ? column.left : column.lanes.front().x;
        const float right = column.lanes.empty() ? column.right : column.lanes.back().x;
        ui::text(screen,
                 {head.x + (left + right) / 2, head.y + ui::line_height(screen, ui::strong) / 2},
                 view::tr(column.name.c_str()), ui::strong, screen.theme.dim, ui::Align::centre);
        for (const Lane& lane : column.lanes) {
            const ui::Vec at{head.x + lane.x, first + row * static_cast<float>(lane.name_row)};
            const bool picked = lane.cookie == selected && selected != trace::none;
            const ui::Rect box =
                ui::text(screen, at, lane.name, picked ? ui::small_code_strong : ui::small_code,
                         screen.theme.text, ui::Align::centre);
            if (picked) {
                ui::outline(screen, box.inset(-screen.dp(3), 0), screen.theme.accent, 4, 2);
            }
            // A name that stands higher than the last row is tied to its lane.
            if (lane.name_row + 1 < column.name_rows) {
                ui::line(screen, {at.x, box.bottom()}, {at.x, head.bottom()},
                         ui::with_alpha(screen.theme.faint, 160), 1);
            }
        }
    }
}

} // namespace panels
