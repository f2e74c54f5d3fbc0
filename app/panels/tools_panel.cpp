// Tabs, a host, and a page of text as a terminal shows it.
#include "panels/tools_panel.hpp"

#include "panels/column.hpp"
#include "panels/wording.hpp"
#include "ui/menu.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>

namespace panels {
namespace {

using view::Tool;
using view::tr;

constexpr std::array<const char*, view::tool_count> names = {"ss", "netstat", "tcpdump", "strace"};

view::ToolKnows knows(const view::Frame& frame) {
    view::ToolKnows known;
    const bool counted =
        std::any_of(frame.snapshot->hosts.begin(), frame.snapshot->hosts.end(),
                    [](const trace::HostView& host) { return !host.counters.empty(); });
    known.counters =
        frame.mode != view::Mode::attach && (frame.mode != view::Mode::recording || counted);
    known.segments = frame.can.segments;
    if (frame.attach)
        known.ends = &frame.attach->ends;
    return known;
}

std::string all_of(const view::ToolText& text) {
    std::string all;
    for (const std::string& line : text.lines)
        all += line + "\n";
    return all;
}

void make(const view::Frame& frame, ToolsState& state, std::size_t cells) {
    const ToolsState::Made now{frame.trace,          frame.trace->events.size(),
                               frame.visible_events, frame.snapshot->now,
                               state.tool,           state.host,
                               view::language(),     cells};
    if (now == state.made)
        return;
    const bool same_page = now.tool == state.made.tool && now.host == state.made.host;
    const std::size_t before = state.text.lines.size();
    state.made = now;
    state.text = view::tool_text(state.tool, *frame.snapshot, *frame.trace, frame.visible_events,
                                 state.host, knows(frame));
    state.rows.clear();
    for (const std::string& line : state.text.lines)
        for (std::string& row : terminal_rows(line, cells))
            state.rows.push_back(std::move(row));
    const bool grows = state.tool == Tool::tcpdump || state.tool == Tool::strace;
    state.to_the_end = grows && (!same_page || state.text.lines.size() > before);
}

// Where the head's controls stand: in one row, or in two.
void head(ui::Screen& screen, const view::Frame& frame, view::Commands& commands, ToolsState& state,
          const ui::Rect& area, ui::Rect& inside) {
    ui::Rect row{area.x + screen.dp(12), area.y + screen.dp(6), area.w - screen.dp(24),
                 screen.dp(27)};
    const ui::Button copy{.id = "tools.copy",
                          .label = tr("Copy"),
                          .refused = state.text.lines.empty()
                                         ? std::string_view(tr("There is nothing to copy."))
                                         : std::string_view{},
                          .style = ui::small};
    if (ui::button(screen, ui::cut_right(row, ui::button_width(screen, copy)), copy))
        commands.push_back(view::command::Copy{all_of(state.text)});
    ui::cut_right(row, screen.dp(6));
    std::vector<ui::Choice> hosts;
    float widest = 0;
    for (const auto& host : frame.snapshot->hosts) {
        hosts.push_back({host.name, host_title(host.name)});
        widest = std::max(widest, ui::text_width(screen, hosts.back().label, ui::body));
    }
    const float titled = ui::text_width(screen, tr("Tools"), ui::heading) + screen.dp(12);
    const float wanted = std::min(widest + screen.dp(46), row.w - titled);
    if (const auto chosen =
            ui::combo(screen, ui::cut_right(row, wanted), "tools.host", hosts, state.host))
        state.host = *chosen;
    ui::cut_right(row, screen.dp(12));
    ui::cut_left(row, titled);
    const float gap = screen.dp(5), least = screen.dp(4 * 78);
    ui::Rect tabs = row;
    if (row.w < least) {
        tabs = ui::cut_top(inside, screen.dp(27));
        ui::cut_top(inside, screen.dp(6));
    }
    const float each = std::min((tabs.w - 3 * gap) / 4, screen.dp(96));
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string id = fmt::format("tools.{}", names[i]);
        if (ui::button(screen, ui::cut_left(tabs, each),
                       {.id = id,
                        .label = names[i],
                        .selected = static_cast<std::size_t>(state.tool) == i,
                        .style = ui::small_code}))
            state.tool = static_cast<Tool>(i);
        ui::cut_left(tabs, gap);
    }
}

} // namespace

std::vector<std::string> terminal_rows(const std::string& line, std::size_t cells) {
    std::vector<std::string> rows(1);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < line.size();) {
        std::size_t next = i + 1;
        while (next < line.size() && (static_cast<unsigned char>(line[next]) & 0xc0) == 0x80)
            ++next;
        if (taken == std::max<std::size_t>(cells, 1)) {
            rows.emplace_back();
            taken = 0;
        }
        rows.back().append(line, i, next - i);
        ++taken;
        i = next;
    }
    return rows;
}

void tools_panel(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 ToolsState& state, ui::Rect area) {
    if (area.empty() || frame.snapshot->hosts.empty())
        return;
    const ui::Theme& theme = screen.theme;
    ui::Rect inside = ui::panel(screen, area, "tools", tr("Tools"));
    state.host = std::min(state.host, frame.snapshot->hosts.size() - 1);
    head(screen, frame, commands, state, area, inside);
    const float cell = ui::text_width(screen, "0000000000", ui::small_code) / 10;
    const float bar = screen.dp(14), room = inside.w - bar;
    make(frame, state, static_cast<std::size_t>(std::max(1.0f, room / cell)));

    const std::string prompt =
        fmt::format("{}$ {}", frame.snapshot->hosts[state.host].name, state.text.command);
    const float row = ui::line_height(screen, ui::small_code), gap = screen.dp(6);
    const auto notes_of = [&](Column& c) {
        for (const std::string& note : state.text.notes)
            c.paragraph(note, ui::small, c.screen.theme.dim);
    };
    const float prompt_tall = ui::paragraph_height(screen, room, prompt, ui::small_code_strong);
    const float lines = row * static_cast<float>(state.rows.size());
    const float height = prompt_tall + lines + gap + height_of(screen, room, notes_of);
    const ui::Rect content = ui::begin_scroll(screen, inside, "tools.scroll", height);
    ui::paragraph(screen, {content.x, content.y, room, prompt_tall}, prompt, ui::small_code_strong,
                  theme.text);
    ui::mark(screen, "tools.text", prompt, inside);
    const float top = content.y + prompt_tall;
    const auto first = static_cast<std::size_t>(std::max(0.0f, (inside.y - top) / row - 1));
    const auto last =
        std::min(state.rows.size(), first + static_cast<std::size_t>(inside.h / row + 3));
    for (std::size_t i = first; i < last; ++i)
        ui::text_in(screen, {content.x, top + row * static_cast<float>(i), room + bar, row},
                    state.rows[i], ui::small_code, theme.text);
    Column c{screen, content.x, top + lines + gap, room, true};
    notes_of(c);
    if (state.to_the_end) {
        ui::bring_into_view(screen, {content.x, top + lines, 1, row});
        state.to_the_end = false;
    }
    ui::end_scroll(screen);
}

} // namespace panels
