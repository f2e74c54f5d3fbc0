// One script in both worlds.
#include "panels/compare.hpp"

#include "panels/column.hpp"
#include "panels/desk.hpp"
#include "panels/window_layout.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

constexpr float least_half = 470, title_height = 28;

void place_half(CompareLayout::Half& half, ui::Rect area, std::size_t hosts, float scale) {
    const auto px = [&](float at_100) { return at_100 * scale; };
    const float gap = px(gap_between_panels) * 0.7f;
    half.title = ui::cut_top(area, px(title_height));
    ui::cut_top(area, gap * 0.5f);
    const std::size_t columns = std::min<std::size_t>(hosts, area.w >= px(230) * 3 ? 3 : 2);
    const std::size_t rows = columns == 0 ? 0 : (hosts + columns - 1) / columns;
    // The ladder needs room more than the cards do.
    ui::Rect cards = ui::cut_top(area, rows == 0 ? 0 : area.h * (rows > 1 ? 0.55f : 0.46f));
    ui::cut_top(area, gap);
    half.sequence = area;
    half.hosts.resize(hosts);
    for (std::size_t row = 0, at = 0; row < rows; ++row) {
        const auto left = static_cast<float>(rows - row);
        ui::Rect strip = ui::cut_top(cards, (cards.h - gap * (left - 1)) / left);
        ui::cut_top(cards, gap);
        for (std::size_t column = 0; column < columns && at < hosts; ++column, ++at) {
            const auto more = static_cast<float>(columns - column);
            half.hosts[at] = ui::cut_left(strip, (strip.w - gap * (more - 1)) / more);
            ui::cut_left(strip, gap);
        }
    }
}

void write_verdict(Column& c, const view::Frame& frame, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const view::CompareView& said = *frame.compare;
    const ui::Button again{.id = "compare.again",
                           .label = tr("Play again"),
                           .before = ui::Icon::play,
                           .refused = said.playing
                                          ? std::string_view(tr("The kernel is still playing."))
                                          : std::string_view{},
                           .hint = tr("the same script once more on the real kernel")};
    const ui::Button back{
        .id = "compare.back", .label = tr("Back to the simulator"), .before = ui::Icon::step_back};
    const float buttons =
        ui::button_width(c.screen, again) + ui::button_width(c.screen, back) + c.px(8);
    const bool beside = c.width > buttons * 2;
    const float width = c.width;
    const float top = c.y;
    if (beside)
        c.width -= buttons + c.px(16);
    c.paragraph(said.verdict, ui::strong, said.differs ? theme.refused_text : theme.text);
    if (c.painting)
        ui::mark(c.screen, "compare.verdict", said.verdict, {c.x, top, c.width, c.y - top});
    if (!said.rule.empty()) {
        const float before = c.y;
        c.paragraph(said.rule, ui::body, theme.text);
        if (c.painting)
            ui::mark(c.screen, "compare.rule", said.rule, {c.x, before, c.width, c.y - before});
    }
    if (!said.note.empty())
        c.paragraph(said.note, ui::body, theme.dim);
    c.width = width;
    if (!beside)
        c.gap(6);
    const float height = ui::control_height(c.screen);
    ui::Rect row{c.x, beside ? top : c.y, c.width, height};
    if (beside)
        ui::cut_left(row, c.width - buttons);
    if (c.painting) {
        if (ui::button(c.screen, ui::cut_left(row, ui::button_width(c.screen, again)), again))
            commands.push_back(cmd::StartOver{});
        ui::cut_left(row, c.px(8));
        if (ui::button(c.screen, ui::cut_left(row, ui::button_width(c.screen, back)), back))
            commands.push_back(cmd::ReturnToScript{});
    }
    c.y = beside ? std::max(c.y, top + height) : c.y + height;
}

float verdict_height(ui::Screen& screen, const view::Frame& frame, float width) {
    view::Commands none;
    return height_of(screen, width - screen.dp(32),
                     [&](Column& c) { write_verdict(c, frame, none); }) +
           screen.dp(20);
}

// What is picked in one half is picked there; everything else is as in any window.
void pass_on(const view::Commands& from, view::Commands& to, bool beside) {
    for (const view::Command& command : from) {
        if (const auto* select = std::get_if<cmd::Select>(&command); select && beside)
            to.push_back(cmd::SelectBeside{select->selection});
        else
            to.push_back(command);
    }
}

void draw_half(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
               HalfState& state, const CompareLayout::Half& half, const std::string& title,
               bool beside) {
    if (half.sequence.empty())
        return;
    if (beside)
        screen.ids = "sim.";
    ui::text_in(screen, half.title, title, ui::heading, screen.theme.text);
    ui::mark(screen, "half", title, half.title);
    view::Commands mine;
    state.hosts.resize(frame.snapshot->hosts.size());
    for (std::size_t i = 0; i < half.hosts.size() && i < state.hosts.size(); ++i)
        host_panel(screen, frame, mine, state.hosts[i], i, half.hosts[i]);
    sequence(screen, frame, mine, state.sequence, half.sequence);
    if (frame.inspected != trace::none)
        inspect(screen, frame, mine, state.inspect, half.sequence);
    pass_on(mine, commands, beside);
    screen.ids.clear();
}

} // namespace

CompareLayout lay_out_compare(const CompareNeeds& needs) {
    const auto px = [&](float at_100) { return at_100 * needs.scale; };
    const float gap = px(gap_between_panels);
    CompareLayout layout;
    ui::Rect rest{0, 0, needs.size.x, needs.size.y};
    layout.toolbar = ui::cut_top(rest, px(toolbar_height));
    ui::cut_top(rest, gap);
    rest = rest.inset(gap, 0);
    rest.h = std::max(0.0f, rest.h - gap);
    layout.verdict = ui::cut_top(rest, std::min(needs.verdict_height, rest.h * 0.4f));
    ui::cut_top(rest, gap);
    const bool narrow = (rest.w - gap) / 2 < px(least_half);
    if (narrow) {
        layout.tabs = ui::cut_top(rest, px(34));
        ui::cut_top(rest, gap);
    }
    if (needs.timeline && rest.h > px(timeline_height) * 3) {
        layout.timeline = ui::cut_bottom(rest, px(timeline_height));
        ui::cut_bottom(rest, gap);
    }
    if (narrow) {
        place_half(needs.front == 0 ? layout.simulator : layout.kernel, rest, needs.hosts,
                   needs.scale);
        return layout;
    }
    const ui::Rect left = ui::cut_left(rest, (rest.w - gap) / 2);
    ui::cut_left(rest, gap);
    place_half(layout.simulator, left, needs.hosts, needs.scale);
    place_half(layout.kernel, rest, needs.hosts, needs.scale);
    return layout;
}

void compare(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
             DeskState& state) {
    CompareNeeds needs;
    needs.size = {screen.area.w, screen.area.h};
    needs.scale = screen.scale;
    needs.hosts = std::max(frame.beside->snapshot->hosts.size(), frame.snapshot->hosts.size());
    needs.verdict_height =
        verdict_height(screen, frame, screen.area.w - 2 * screen.dp(gap_between_panels));
    needs.timeline = frame.can.scrub && frame.open(view::Panel::timeline);
    needs.front = state.compare.front;
    const CompareLayout layout = lay_out_compare(needs);
    toolbar(screen, frame, commands, state.toolbar, layout.toolbar);

    ui::box(screen, layout.verdict, screen.theme.panel,
            frame.compare->differs ? screen.theme.refused : screen.theme.panel_border, 6);
    const ui::Rect inside = layout.verdict.inset(screen.dp(16), screen.dp(10));
    const ui::Rect content =
        ui::begin_scroll(screen, inside, "compare.scroll", needs.verdict_height - screen.dp(20));
    Column c{screen, content.x, content.y, content.w, true};
    write_verdict(c, frame, commands);
    ui::end_scroll(screen);

    const std::string titles[] = {tr("The simulator"), tr("The real kernel")};
    if (!layout.tabs.empty()) {
        ui::Rect strip = layout.tabs;
        const float width = (strip.w - screen.dp(6)) / 2;
        for (std::size_t i = 0; i < 2; ++i) {
            if (ui::button(screen, ui::cut_left(strip, width),
                           {.id = i == 0 ? "tab.simulator" : "tab.kernel",
                            .label = titles[i],
                            .selected = state.compare.front == i,
                            .style = ui::body}))
                state.compare.front = i;
            ui::cut_left(strip, screen.dp(6));
        }
    }
    draw_half(screen, *frame.beside, commands, state.compare.simulator, layout.simulator, titles[0],
              true);
    draw_half(screen, frame, commands, state.compare.kernel, layout.kernel, titles[1], false);
    if (!layout.timeline.empty())
        timeline(screen, frame, commands, state.timeline, layout.timeline);
}

} // namespace panels
