// The story: beads for the steps, the narration with its terms, the way back to the script.
#include "panels/lesson_parts.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr float bead_radius = 12, question_bead = 42, row_height = 30;

bool drawn_wide(const view::StepMark& step) {
    return step.question;
}

float beads_width(const ui::Screen& screen, const view::LessonView& lesson, float between) {
    float width = 0;
    for (const auto& step : lesson.steps)
        width += drawn_wide(step) ? screen.dp(question_bead) : screen.dp(2 * bead_radius);
    return width + between * static_cast<float>(std::max<std::size_t>(lesson.steps.size(), 1) - 1);
}

std::string bead_text(const view::LessonView& lesson, std::size_t i) {
    const auto& step = lesson.steps[i];
    if (!step.question)
        return fmt::format("{}", i + 1);
    return fmt::format("{} {}", i + 1, !step.right ? "?" : *step.right ? "✓" : "×");
}

// Returns where the last one ends.
float draw_beads(ui::Screen& screen, const ui::Rect& row, const view::LessonView& lesson) {
    const ui::Theme& theme = screen.theme;
    const float most = screen.dp(84), least = screen.dp(5);
    const auto gaps = static_cast<float>(std::max<std::size_t>(lesson.steps.size(), 2) - 1);
    const float between = std::min(most, (row.w - beads_width(screen, lesson, 0)) / gaps);
    if (between < least)
        return row.x; // no room: "Step 5 of 9" says it
    float x = row.x;
    const float y = row.centre().y;
    for (std::size_t i = 0; i < lesson.steps.size(); ++i) {
        const auto& step = lesson.steps[i];
        const bool here = static_cast<int>(i) == lesson.current;
        const bool done = step.done && !here;
        const float w = screen.dp(drawn_wide(step) ? question_bead : 2 * bead_radius);
        const ui::Rect bead{x, y - screen.dp(bead_radius), w, screen.dp(2 * bead_radius)};
        if (i + 1 < lesson.steps.size())
            ui::line(screen, {bead.right(), y}, {bead.right() + between, y},
                     done ? theme.tag : theme.faint, done ? 2.0f : 1.0f);
        const ui::Colour ground = here ? theme.accent : done ? theme.tag : theme.panel;
        const ui::Colour border = here ? theme.accent_border : done ? theme.tag : theme.faint;
        ui::box(screen, bead, ground, border, bead_radius, here ? 2.0f : 1.0f);
        ui::text(screen, bead.centre(), bead_text(lesson, i), here ? ui::small_strong : ui::small,
                 here   ? theme.on_accent
                 : done ? theme.on_tag
                        : theme.dim,
                 ui::Align::centre);
        ui::mark(screen, fmt::format("step.{}", i + 1), bead_text(lesson, i), bead);
        x = bead.right() + between;
    }
    return x - between;
}

// The way that a hint is worded depends on what is asked for now.
std::string hint(const view::LessonView& lesson) {
    if (lesson.question && !lesson.question->answered)
        return say("Predict with keys 1 to {}, or press Next to watch what Linux does.",
                   lesson.question->options.size() + 1);
    if (lesson.question && !lesson.question->revealed)
        return tr("Watch what happens.");
    // Until the reader has moved once.
    if (lesson.current <= 0 && !lesson.question && !lesson.end)
        return tr("Press → or Space. ← goes back.");
    return "";
}

void narrate(Column& c, const view::LessonView& lesson, view::Commands& commands) {
    const float step = std::round(ui::line_height(c.screen, ui::narration) * 1.06f);
    const auto measure = [&](std::string_view part) {
        return ui::text_width(c.screen, part, ui::narration);
    };
    const auto lines = ui::wrap(lesson.narration, c.width, measure);
    const ui::Rect block = c.take(step * static_cast<float>(lines.size()));
    if (!c.painting)
        return;
    const ui::Theme& theme = c.screen.theme;
    ui::mark(c.screen, "narration", lesson.narration, block);
    for (std::size_t i = 0; i < lines.size(); ++i)
        ui::text(c.screen, {block.x, block.y + step * (static_cast<float>(i) + 0.5f)}, lines[i],
                 ui::narration, theme.text);
    for (const auto& term : lesson.terms) {
        int piece_number = 0;
        for (const auto& piece : find_term(lesson.narration, lines, term)) {
            const std::string_view line = lines[piece.line];
            const float from = measure(line.substr(0, piece.begin));
            const float width = measure(line.substr(piece.begin, piece.end - piece.begin));
            const float y = block.y + step * static_cast<float>(piece.line);
            const ui::Rect word{block.x + from, y, width, step};
            // One control for the whole term, even when a line end tears it.
            const std::string id = piece_number++ == 0
                                       ? "term." + term
                                       : fmt::format("term.{}.{}", term, piece_number);
            const auto now = ui::hotspot(c.screen, word, id, term, tr("What does this word mean?"));
            ui::dashed_line(c.screen, {word.x, word.bottom() - c.px(3)},
                            {word.right(), word.bottom() - c.px(3)},
                            now.hovered ? theme.text : theme.dim, now.hovered ? 2.0f : 1.0f, 2, 2);
            if (now.focused)
                ui::focus_ring(c.screen, word);
            if (now.clicked)
                commands.push_back(view::command::OpenTerm{term});
        }
    }
}

} // namespace

void step_row(Column& c, const view::LessonView& lesson, view::Commands& commands) {
    ui::Rect row = c.take(c.px(row_height));
    c.gap(8);
    if (!c.painting)
        return;
    const ui::Theme& theme = c.screen.theme;
    const std::string where = lesson.end             ? std::string(tr("The end"))
                              : lesson.steps.empty() ? std::string(tr("This file tells no story"))
                              : lesson.current < 0
                                  ? say("{} steps", lesson.steps.size())
                                  : say("Step {} of {}", lesson.current + 1, lesson.steps.size());
    const float width = ui::text_width(c.screen, where, ui::strong);
    const ui::Rect label =
        ui::text_in(c.screen, ui::cut_left(row, width + 1), where, ui::strong, theme.text);
    ui::mark(c.screen, "lesson_step", where, label);
    ui::cut_left(row, c.px(22));
    const ui::Button again{
        .id = "start_over", .label = tr("Start over"), .look = ui::Look::quiet, .style = ui::small};
    const float needed = ui::button_width(c.screen, again), apart = c.px(16);
    const bool offered = (lesson.started || lesson.end) && row.w > needed + c.px(120);
    const ui::Rect beads{row.x, row.y, offered ? row.w - needed - apart : row.w, row.h};
    const float end = lesson.steps.empty() ? row.x - apart : draw_beads(c.screen, beads, lesson);
    if (offered &&
        ui::button(c.screen, {end + apart, row.y + c.px(2), needed, row.h - c.px(4)}, again))
        commands.push_back(view::command::StartOver{});
}

void story(Column& c, const view::LessonView& lesson, view::Commands& commands) {
    narrate(c, lesson, commands);
    const std::string text = hint(lesson);
    if (text.empty())
        return;
    c.gap(12);
    const float before = c.y;
    c.paragraph(text, ui::body, c.screen.theme.dim);
    if (c.painting)
        ui::mark(c.screen, "hint", text, {c.x, before, c.width, c.y - before});
}

void off_script(Column& c, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    card(c, {theme.accent_soft, theme.accent_border, 1, false}, [&](Column& in) {
        const ui::Button back{.id = "return_to_script",
                              .label = tr("Return to the script"),
                              .look = ui::Look::accent};
        const float needed = ui::button_width(in.screen, back);
        const char* const text = tr("You are off the script. What you did is kept as a branch.");
        const bool beside = needed + in.px(240) < in.width;
        const float text_width = beside ? in.width - needed - in.px(12) : in.width;
        const float height = ui::paragraph_height(in.screen, text_width, text, ui::body);
        const float control = ui::control_height(in.screen);
        const ui::Rect row =
            in.take(beside ? std::max(height, control) : height + in.px(6) + control);
        if (!in.painting)
            return;
        const float top = beside ? row.y + (row.h - height) / 2 : row.y;
        ui::paragraph(in.screen, {row.x, top, text_width, height}, text, ui::body, theme.text);
        const ui::Rect place =
            beside ? ui::Rect{row.right() - needed, row.centre().y - control / 2, needed, control}
                   : ui::Rect{row.x, row.bottom() - control, std::min(needed, row.w), control};
        if (ui::button(in.screen, place, back))
            commands.push_back(view::command::ReturnToScript{});
    });
    c.gap(8);
}

void term_card(Column& c, const view::TermView& term, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect frame = card(c, {theme.card, theme.button_border, 1, false}, [&](Column& in) {
        ui::Rect head = in.take(ui::control_height(in.screen));
        if (in.painting) {
            const ui::Rect close = ui::cut_right(head, head.h);
            if (ui::button(in.screen, close.inset(in.px(2)),
                           {.id = "term.close",
                            .label = "",
                            .look = ui::Look::quiet,
                            .before = ui::Icon::cross,
                            .hint = tr("Close")}))
                commands.push_back(view::command::OpenTerm{""});
            ui::text_in(in.screen, head, term.word, ui::heading, theme.text);
        }
        in.paragraph(term.sentence, ui::body, theme.text);
        const auto also = [&](const char* name, const std::string& value) {
            if (value.empty())
                return;
            in.gap(3);
            in.pair(name, ui::small, theme.dim, value, ui::small_code, theme.text);
        };
        also(tr("RFC"), term.rfc);
        also(tr("kernel"), term.kernel);
        also(tr("other names"), term.others);
    });
    if (c.painting)
        ui::mark(c.screen, "term_card", term.word, frame);
}

std::vector<TermPiece> find_term(std::string_view text, const std::vector<std::string>& lines,
                                 std::string_view term) {
    const auto at = term.empty() ? text.npos : text.find(term);
    if (at == text.npos)
        return {};
    const std::size_t stop = at + term.size();
    std::vector<TermPiece> pieces;
    std::size_t from = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::size_t begin = text.find(lines[i], from);
        if (begin == text.npos)
            break;
        const std::size_t end = begin + lines[i].size();
        from = end;
        const std::size_t first = std::max(at, begin), last = std::min(stop, end);
        if (first < last)
            pieces.push_back({i, first - begin, last - begin});
    }
    return pieces;
}

} // namespace panels
