// Drawing the header as the RFCs do, 32 bits a row, with its bytes below.
#include "panels/inspect.hpp"

#include "panels/wording.hpp"
#include "trace/header.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace panels {

namespace {

constexpr int row_bits = 32, bytes_a_row = 16;

struct Sheet {
    ui::Screen& screen;
    const trace::Header& header;
    InspectState& state;
    int lit = -1;

    // A field of the figure; options longer than what is left of a row never occur.
    void field(std::size_t place, const ui::Rect& figure, float row) {
        const trace::HeaderField& what = header.fields[place];
        const ui::Theme& theme = screen.theme;
        const float unit = figure.w / row_bits;
        const float x = figure.x + unit * static_cast<float>(what.bit % row_bits);
        const float y = figure.y + row * static_cast<float>(what.bit / row_bits) +
                        (what.is_tcp ? screen.dp(8) : 0);
        const ui::Rect box{x, y, unit * static_cast<float>(what.bits), row};
        const std::string name = view::tr(what.name);
        const std::string hint = *what.about != 0 ? view::tr(what.about) : "";
        const ui::Interaction now = ui::hotspot(
            screen, box, fmt::format("field.{}", place), fmt::format("{} {}", name, what.value),
            fmt::format("{} {}{}{}", name, what.value, hint.empty() ? "" : "\n", hint));
        if (now.hovered || now.focused) {
            lit = static_cast<int>(place);
        }
        const bool chosen = state.field == static_cast<int>(place);
        ui::box(screen, box, chosen ? theme.accent_soft : theme.card,
                chosen ? theme.accent_border : theme.card_border, 0, chosen ? 2.0f : 1.0f);
        const ui::Rect text = box.inset(screen.dp(5), screen.dp(1));
        const float name_width = ui::text_width(screen, name, ui::small);
        const float value_width = ui::text_width(screen, what.value, ui::small_code_strong);
        if (name_width + value_width + screen.dp(8) <= text.w) {
            ui::text_in(screen, text, name, ui::small, theme.dim);
            ui::text_in(screen, text, what.value, ui::small_code_strong, theme.text,
                        ui::Align::right);
        } else { // the value says more than the name, which the tooltip has
            ui::text_in(screen, text, what.value.empty() ? name : what.value,
                        what.value.empty() ? ui::small : ui::small_code_strong, theme.text,
                        ui::Align::centre);
        }
        if (now.focused) {
            ui::focus_ring(screen, box.inset(screen.dp(3)));
        }
    }

    bool unknown(std::size_t byte) const {
        for (const trace::HeaderField& what : header.fields) {
            if (what.is_tcp && std::string_view(what.name) == "checksum") {
                const int at = static_cast<int>(byte);
                return !header.checksum_known && at >= what.first_byte() && at <= what.last_byte();
            }
        }
        return false;
    }

    void bytes(ui::Rect area) {
        const float line = ui::line_height(screen, ui::small_code) + screen.dp(2);
        const float offset = ui::text_width(screen, "0000  ", ui::small_code);
        const float step = std::min(ui::text_width(screen, "00 ", ui::small_code) + screen.dp(2),
                                    (area.w - offset) / bytes_a_row);
        for (std::size_t i = 0; i < header.bytes.size(); ++i) {
            const auto column = static_cast<float>(i % bytes_a_row);
            const float y = area.y + line * static_cast<float>(i / bytes_a_row);
            if (i % bytes_a_row == 0) {
                ui::text(screen, {area.x, y + line / 2}, fmt::format("{:04x}", i), ui::small_code,
                         screen.theme.dim);
            }
            const ui::Rect box{area.x + offset + step * column, y, step, line};
            int owner = -1;
            for (std::size_t f = 0; f < header.fields.size(); ++f) {
                const trace::HeaderField& what = header.fields[f];
                const int at = static_cast<int>(i);
                if (at >= what.first_byte() && at <= what.last_byte()) {
                    owner = owner < 0 || static_cast<int>(f) == state.field ? static_cast<int>(f)
                                                                            : owner;
                }
            }
            if (ui::hovering(screen, box)) {
                lit = owner;
            }
            const bool chosen = owner >= 0 && owner == state.field;
            if (chosen) {
                ui::fill(screen, box, screen.theme.accent, 2);
            }
            const std::string text =
                unknown(i) ? std::string("··") : fmt::format("{:02x}", header.bytes[i]);
            ui::text(screen, box.centre(), text, ui::small_code,
                     chosen ? screen.theme.on_accent : screen.theme.text, ui::Align::centre);
            ui::mark(screen, fmt::format("byte.{}", i), text, box);
        }
    }
};

// How the host that it reached found whose it is; "" before it has arrived.
std::string lookup_of(const view::Frame& frame) {
    const auto& events = frame.trace->events;
    for (std::size_t i = std::min<std::size_t>(frame.visible_events, events.size()); i-- > 0;)
        if (events[i].ref == frame.inspected)
            if (auto text = lookup_text(*frame.trace, events[i]); !text.empty())
                return text;
    return {};
}

} // namespace

void inspect(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
             InspectState& state, ui::Rect area) {
    if (frame.inspected >= frame.trace->segments.size()) {
        return;
    }
    const trace::SegmentRecord& record = frame.trace->segments[frame.inspected];
    const trace::Header header = trace::header_of(*frame.trace, frame.inspected);
    ui::Rect inside = ui::panel(screen, area, "inspect", view::tr("Header bytes"));
    const float tall = ui::line_height(screen, ui::heading) + screen.dp(2);
    const ui::Button close{.id = "inspect.close",
                           .label = view::tr("Close"),
                           .before = ui::Icon::cross,
                           .style = ui::small};
    const float close_width = ui::button_width(screen, close);
    if (ui::button(
            screen,
            {area.right() - close_width - screen.dp(10), area.y + screen.dp(6), close_width, tall},
            close) ||
        ui::take_key(screen, ui::Key::escape)) {
        commands.push_back(view::command::Inspect{trace::none});
    }
    ui::text_in(screen, ui::cut_top(inside, ui::line_height(screen, ui::code) + screen.dp(4)),
                fmt::format("{}  {} → {}", trace::segment_label(record.segment), header.source,
                            header.destination),
                ui::code, screen.theme.text);
    if (const std::string found = lookup_of(frame); !found.empty()) {
        const float tall_enough =
            ui::paragraph_height(screen, inside.w, found, ui::small) + screen.dp(6);
        const ui::Rect place = ui::cut_top(inside, tall_enough);
        ui::paragraph(screen, place, found, ui::small, screen.theme.dim);
        ui::mark(screen, "inspect.lookup", found, place);
    }

    const float row = ui::line_height(screen, ui::small) + screen.dp(8);
    const float line = ui::line_height(screen, ui::small_code) + screen.dp(2);
    const auto rows = static_cast<float>(header.bytes.size() * 8 / row_bits);
    const auto dump = static_cast<float>((header.bytes.size() + bytes_a_row - 1) / bytes_a_row);
    const float figure_height = row * rows + screen.dp(8);
    const float height =
        figure_height + screen.dp(14) + line * dump + 2 * ui::line_height(screen, ui::small);
    const ui::Rect content = ui::begin_scroll(screen, inside, "inspect.scroll", height);
    Sheet sheet{screen, header, state};
    for (std::size_t i = 0; i < header.fields.size(); ++i) {
        sheet.field(i, {content.x, content.y, content.w - 1, figure_height}, row);
    }
    ui::Rect below{content.x, content.y + figure_height + screen.dp(14), content.w, line * dump};
    sheet.bytes(below);
    state.field = sheet.lit;
    ui::paragraph(screen, {content.x, below.bottom() + screen.dp(6), content.w, 0},
                  record.segment.length > 0
                      ? view::say("then {} bytes of payload", record.segment.length)
                      : view::tr("no payload"),
                  ui::small, screen.theme.dim);
    ui::end_scroll(screen);
}

} // namespace panels
