// Why?: a list of beats, newest first. Only the rows that can be seen are drawn.
#include "panels/why_list.hpp"

#include "panels/menus.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr float row_height = 27, overscan_rows = 2;

std::string_view language() {
    return view::language() == view::Language::zh ? "zh" : "en";
}

const std::string& host_name(const view::Frame& frame, trace::HostId host) {
    static const std::string wire = "–";
    return host < frame.trace->hosts.size() ? frame.trace->hosts[host] : wire;
}

// The places of the lines of the chain, and how far down the chain each is.
struct Chain {
    std::vector<std::pair<std::size_t, int>> lines;
    int depth(std::size_t line) const {
        for (const auto& [at, how_deep] : lines)
            if (at == line)
                return how_deep;
        return -1;
    }
};

Chain chain_of(const view::Frame& frame, const std::vector<WhyLine>& lines) {
    Chain chain;
    int depth = 0;
    for (const auto event : causes(*frame.trace, frame.selection.event)) {
        const std::size_t line = line_of(lines, event);
        if (line != std::string::npos && chain.depth(line) < 0)
            chain.lines.emplace_back(line, depth++);
    }
    return chain;
}

struct Columns {
    float time, host, source;
};

Columns columns(ui::Screen& screen, const view::Frame& frame, float width) {
    float host = 0;
    for (const auto& name : frame.trace->hosts)
        host = std::max(host, ui::text_width(screen, name, ui::small));
    return {ui::text_width(screen, "000.00 ms", ui::small_code), std::min(host, width * 0.2f),
            width > screen.dp(560) ? width * 0.26f : 0};
}

void draw_row(ui::Screen& screen, const view::Frame& frame, const WhyLine& line, const Columns& c,
              ui::Rect row, int depth) {
    const ui::Theme& theme = screen.theme;
    const float gap = screen.dp(12);
    ui::Rect rest = row.inset(screen.dp(8), 0);
    ui::text_in(screen, ui::cut_left(rest, c.time), rounded(line.at - trace::Instant{}),
                ui::small_code, theme.dim, ui::Align::right);
    ui::cut_left(rest, gap);
    ui::text_in(screen, ui::cut_left(rest, c.host), host_name(frame, line.host), ui::small,
                theme.dim);
    ui::cut_left(rest, gap);
    const ui::Rect sign = ui::cut_left(rest, screen.dp(5));
    if (line.refused)
        ui::fill(screen, {sign.x, sign.y + screen.dp(6), sign.w, sign.h - screen.dp(12)},
                 theme.refused);
    ui::cut_left(rest, screen.dp(8));
    if (c.source > 0) {
        const float w = std::min(c.source, ui::text_width(screen, line.source, ui::small_code) + 1);
        ui::text_in(screen, ui::cut_right(rest, w), line.source, ui::small_code, theme.dim,
                    ui::Align::right);
        ui::cut_right(rest, gap);
    }
    if (depth > 0) { // a cause: an elbow that leads back from its effect
        const float step = std::min(screen.dp(14) * static_cast<float>(depth), rest.w / 3);
        const ui::Rect elbow = ui::cut_left(rest, step);
        const float x = elbow.right() - screen.dp(8), y = elbow.centre().y;
        ui::line(screen, {x, elbow.y + screen.dp(3)}, {x, y}, theme.text, 2);
        ui::line(screen, {x, y}, {elbow.right() - screen.dp(2), y}, theme.text, 2);
    }
    ui::text_in(screen, rest, line.what, depth == 0 ? ui::strong : ui::body, theme.text);
}

// The rule of the selected line, in full, below the list.
float draw_rule(ui::Screen& screen, const view::Frame& frame, const std::vector<WhyLine>& lines,
                const ui::Rect& inside) {
    const std::size_t at = line_of(lines, frame.selection.event);
    if (frame.selection.event == trace::none || at == std::string::npos || lines[at].rule.empty())
        return 0;
    const auto& rule = trace::text(frame.trace->events[frame.selection.event].rule);
    const bool own = frame.trace->events[frame.selection.event].rule != trace::Rule::none;
    const std::string sentence =
        own ? std::string(language() == "zh" ? rule.zh : rule.en) : lines[at].rule;
    const std::string source = own ? std::string(rule.source) : lines[at].source;
    const float text = ui::paragraph_height(screen, inside.w, sentence, ui::body);
    const float more = ui::paragraph_height(screen, inside.w, source, ui::small_code);
    const float height = text + more + screen.dp(8);
    if (height > inside.h * 0.5f)
        return 0;
    const float y = inside.bottom() - height;
    ui::line(screen, {inside.x, y}, {inside.right(), y}, screen.theme.faint);
    ui::paragraph(screen, {inside.x, y + screen.dp(5), inside.w, text}, sentence, ui::body,
                  screen.theme.text);
    ui::paragraph(screen, {inside.x, y + screen.dp(5) + text, inside.w, more}, source,
                  ui::small_code, screen.theme.dim);
    ui::mark(screen, "why.rule", sentence, {inside.x, y, inside.w, height});
    return height + screen.dp(4);
}

void select(view::Commands& commands, const WhyLine& line, bool selected) {
    view::Selection s;
    if (!selected)
        s.event = line.main;
    commands.push_back(view::command::Select{s});
}

} // namespace

void why_list(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
              WhyState& state, ui::Rect area) {
    if (area.empty())
        return;
    state.lines.update(*frame.trace, frame.visible_events, language());
    const auto& lines = state.lines.all();
    ui::Rect inside = ui::panel(screen, area, "why", tr("Why?"), "");
    const float field = screen.dp(28), field_width = std::min(screen.dp(240), inside.w * 0.5f);
    ui::text_field(screen,
                   {inside.right() - field_width, area.y + screen.dp(7), field_width, field},
                   "why.filter", tr("Filter"), state.filter, ui::small);
    ui::cut_top(inside, screen.dp(4));

    std::vector<std::size_t> shown; // newest first
    for (std::size_t i = lines.size(); i-- > 0;)
        if (lines[i].at <= frame.hidden_after &&
            (state.filter.empty() ||
             matches(lines[i].what + " " + host_name(frame, lines[i].host) + " " + lines[i].source,
                     state.filter)))
            shown.push_back(i);
    if (shown.empty()) {
        ui::text_in(screen, ui::cut_top(inside, screen.dp(row_height)),
                    lines.empty() ? tr("Nothing has happened yet.") : tr("No line matches."),
                    ui::body, screen.theme.dim);
        return;
    }
    inside.h -= draw_rule(screen, frame, lines, inside);
    const Chain chain = chain_of(frame, lines);
    const float height = screen.dp(row_height);
    const ui::Rect content =
        ui::begin_scroll(screen, inside, "why.scroll", height * static_cast<float>(shown.size()));
    const Columns widths = columns(screen, frame, content.w);
    const float above = (inside.y - content.y) / height - overscan_rows;
    const auto first = static_cast<std::size_t>(std::max(0.0f, above));
    const auto last = std::min(
        shown.size(), first + static_cast<std::size_t>(inside.h / height + 2 * overscan_rows + 2));
    std::size_t focused = shown.size();
    for (std::size_t k = first; k < last; ++k) {
        const WhyLine& line = lines[shown[k]];
        const ui::Rect row{content.x, content.y + height * static_cast<float>(k), content.w,
                           height};
        const std::string id = fmt::format("why.{}", line.main);
        const auto now = ui::hotspot(screen, row.inset(0, 1), id, line.what, line.rule);
        const int depth = chain.depth(shown[k]);
        if (depth == 0)
            ui::box(screen, row.inset(0, 1), screen.theme.accent_soft, screen.theme.accent_border,
                    4);
        else if (depth > 0 || now.hovered)
            ui::fill(screen, row.inset(0, 1), screen.theme.card, 4);
        draw_row(screen, frame, line, widths, row, depth);
        if (now.focused)
            ui::focus_ring(screen, row.inset(screen.dp(3)));
        if (now.clicked)
            select(commands, line, depth == 0);
        focused = screen.focused == id ? k : focused;
    }
    ui::end_scroll(screen);
    if (focused == shown.size() || screen.menu_open)
        return;
    // With the keyboard on a line, Up and Down walk and select.
    const bool up = ui::take_key(screen, ui::Key::up),
               down = !up && ui::take_key(screen, ui::Key::down);
    if ((up && focused > 0) || (down && focused + 1 < shown.size())) {
        const WhyLine& line = lines[shown[up ? focused - 1 : focused + 1]];
        ui::focus(screen, fmt::format("why.{}", line.main));
        select(commands, line, false);
    }
}

} // namespace panels
