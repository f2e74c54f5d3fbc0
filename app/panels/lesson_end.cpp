// The card at the end of a lesson: the rule, what was seen, what to do next.
#include "panels/lesson_parts.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr float choice_gap = 6;

void fact(Column& c, std::string_view text, bool ticked) {
    Column indented{c.screen, c.x + c.px(24), c.y, c.width - c.px(24), c.painting};
    if (c.painting)
        ui::icon(c.screen, ticked ? ui::Icon::check : ui::Icon::info,
                 {c.x + c.px(8), c.y + ui::line_height(c.screen, ui::body) / 2}, 13,
                 c.screen.theme.text);
    indented.paragraph(text, ui::body, c.screen.theme.text);
    c.y = indented.y;
}

struct Choice {
    ui::Button button;
    view::Command command;
};

// Buttons in rows as they fit, each as wide as its words.
void choices(Column& c, const std::vector<Choice>& all, view::Commands& commands) {
    const float height = c.px(30), gap = c.px(choice_gap);
    float x = 0;
    ui::Rect row = c.take(height);
    for (const auto& choice : all) {
        const float width = std::min(ui::button_width(c.screen, choice.button), c.width);
        if (x > 0 && x + width > c.width) {
            c.y += gap;
            row = c.take(height);
            x = 0;
        }
        if (c.painting && ui::button(c.screen, {row.x + x, row.y, width, height}, choice.button))
            commands.push_back(choice.command);
        x += width + gap;
    }
}

} // namespace

void end_rule(Column& c, const view::EndCard& end) {
    const ui::Theme& theme = c.screen.theme;
    if (!end.rule.empty()) {
        const float before = c.y;
        c.paragraph(end.rule, ui::narration, theme.text);
        if (c.painting)
            ui::mark(c.screen, "rule", end.rule, {c.x, before, c.width, c.y - before});
        c.gap(10);
    }
    if (end.expectations > 0)
        fact(c,
             say("{} of {} expectations of this lesson held", end.expectations_held,
                 end.expectations),
             end.expectations_held == end.expectations);
    if (end.asked > 0)
        fact(c, say("{} of {} questions answered right", end.right, end.asked),
             end.right == end.asked);
    if (!end.new_edges.empty()) {
        // The first few by name; the state machine shows them all.
        constexpr std::size_t named = 3;
        std::string edges;
        for (std::size_t i = 0; i < std::min(named, end.new_edges.size()); ++i)
            edges += (i == 0 ? "" : tr(", ")) + end.new_edges[i];
        if (end.new_edges.size() > named)
            edges = say("{} and {} more", edges, end.new_edges.size() - named);
        fact(c, say("Walked for the first time: {}", edges), true);
    }
}

void end_choices(Column& c, const view::EndCard& end, view::Commands& commands) {
    namespace cmd = view::command;
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect first = c.take(c.px(40));
    const std::string plain = end.has_next ? tr("Next lesson") : tr("All lessons");
    ui::Button next{
        .id = "next_lesson", .label = plain, .look = ui::Look::accent, .after = ui::Icon::play};
    // The title in the button where it fits, else below.
    const std::string named = say("Next lesson: {}", end.next_title);
    const bool has_title = end.has_next && !end.next_title.empty();
    next.label = has_title ? named : plain;
    const bool inside = has_title && ui::button_width(c.screen, next) <= c.width;
    next.label = inside ? named : plain;
    if (c.painting && ui::button(c.screen, first, next))
        commands.push_back(end.has_next ? view::Command{cmd::Next{}}
                                        : view::Command{cmd::OpenHome{}});
    if (has_title && !inside) {
        c.gap(3);
        c.line(end.next_title, ui::small, theme.dim, ui::Align::centre);
    }
    c.gap(8);
    std::vector<std::string> ids, labels;
    std::vector<Choice> all;
    for (std::size_t i = 0; i < end.what_ifs.size(); ++i) {
        ids.push_back(fmt::format("what_if.{}", i + 1));
        labels.push_back(say("What if: {}", end.what_ifs[i]));
    }
    for (std::size_t i = 0; i < ids.size(); ++i)
        all.push_back({{.id = ids[i], .label = labels[i], .style = ui::small_strong},
                       cmd::WhatIf{static_cast<int>(i)}});
    all.push_back({{.id = "run_on_kernel",
                    .label = tr("Run on the real kernel"),
                    .hint = tr("run this on the real kernel, beside the simulator"),
                    .style = ui::small_strong},
                   cmd::OpenCompare{}});
    all.push_back(
        {{.id = "play_freely", .label = tr("Play freely from here"), .style = ui::small_strong},
         cmd::OpenFreePlay{true}});
    choices(c, all, commands);
}

void end_shell(Column& c, const view::EndCard& end, view::Commands& commands) {
    namespace cmd = view::command;
    const ui::Theme& theme = c.screen.theme;
    if (end.try_in_shell.empty())
        return;
    c.gap(8);
    c.line(tr("Try it in your shell"), ui::small_strong, theme.dim);
    for (std::size_t i = 0; i < end.try_in_shell.size(); ++i) {
        c.gap(3);
        const std::string id = fmt::format("copy.{}", i + 1);
        const ui::Button copy{.id = id, .label = tr("Copy"), .style = ui::small};
        const float button = ui::button_width(c.screen, copy);
        const std::string& command = end.try_in_shell[i];
        const float text =
            ui::paragraph_height(c.screen, c.width - button - c.px(8), command, ui::small_code);
        ui::Rect row = c.take(std::max(text, c.px(26)));
        if (!c.painting)
            continue;
        ui::Rect right = ui::cut_right(row, button);
        if (ui::button(c.screen, ui::cut_top(right, c.px(26)), copy))
            commands.push_back(cmd::Copy{command});
        ui::cut_right(row, c.px(8));
        row.y += (row.h - text) / 2;
        ui::paragraph(c.screen, row, command, ui::small_code, theme.text);
    }
}

} // namespace panels
