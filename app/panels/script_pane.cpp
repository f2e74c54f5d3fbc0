// Free play's side pane.
#include "panels/script_pane.hpp"

#include "panels/column.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {

using view::tr;
namespace cmd = view::command;

void script_pane(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 ScriptState& state, ui::Rect area) {
    if (area.empty())
        return;
    const ui::Theme& theme = screen.theme;
    ui::Rect inside = ui::panel(screen, area, "script", tr("Script"), "");
    const float control = screen.dp(32), gap = screen.dp(6);
    ui::Rect foot = ui::cut_bottom(inside, 2 * control + 2 * gap);
    ui::cut_top(foot, gap);
    ui::text_field(screen, ui::cut_top(foot, control), "script.path", tr("file name"), state.path,
                   ui::small_code);
    ui::cut_top(foot, gap);
    const float third = (foot.w - 2 * gap) / 3;
    const std::string unnamed =
        state.path.empty() ? std::string(tr("Give the file a name first.")) : std::string();
    if (ui::button(
            screen, ui::cut_left(foot, third),
            {.id = "script.save", .label = tr("Save"), .refused = unnamed, .style = ui::body}))
        commands.push_back(cmd::SaveScript{state.path});
    ui::cut_left(foot, gap);
    if (ui::button(
            screen, ui::cut_left(foot, third),
            {.id = "script.open", .label = tr("Open"), .refused = unnamed, .style = ui::body}))
        commands.push_back(cmd::OpenFile{state.path});
    ui::cut_left(foot, gap);
    std::string all;
    for (const auto& line : frame.script)
        all += line.text + "\n";
    if (ui::button(screen, foot, {.id = "script.copy", .label = tr("Copy"), .style = ui::body}))
        commands.push_back(cmd::Copy{all});

    const auto body = [&](Column& c) {
        for (std::size_t i = 0; i < frame.script.size(); ++i) {
            const float before = c.y;
            c.paragraph(frame.script[i].text, ui::small_code,
                        frame.script[i].done ? theme.text : theme.dim);
            if (c.painting)
                ui::mark(c.screen, fmt::format("script.{}", i + 1), frame.script[i].text,
                         {c.x, before, c.width, c.y - before});
            c.gap(2);
        }
        if (frame.script.empty())
            c.paragraph(tr("What you do appears here, line by line."), ui::body, theme.dim);
    };
    const float height = height_of(screen, inside.w - screen.dp(14), body);
    const ui::Rect content = ui::begin_scroll(screen, inside, "script.scroll", height);
    Column c{screen, content.x, content.y, inside.w - screen.dp(14), true};
    body(c);
    ui::end_scroll(screen);
}

} // namespace panels
