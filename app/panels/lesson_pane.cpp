// The lesson pane: what stands where.
#include "panels/lesson_pane.hpp"

#include "panels/lesson_parts.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

constexpr float side = 16, top = 10, least_for_two = 760, narration_at_most = 1180;
// Two lines of narration and a hint: most steps, so that the views below rarely move.
constexpr float least_inside = 132;

// The story at the left, what is asked or can be done at the right; below it when the pane is
// small.
struct Halves {
    float left = 0, right = 0; // widths; right 0: nothing there
    bool beside = true;
};

bool has_right(const view::LessonView& lesson) {
    return lesson.end || lesson.question || lesson.open_term;
}

Halves halves(const ui::Screen& screen, const view::LessonView& lesson, float width) {
    if (!has_right(lesson))
        return {std::min(width, screen.dp(narration_at_most)), 0, true};
    if (width < screen.dp(least_for_two))
        return {width, width, false};
    const float right = std::clamp(width * 0.37f, screen.dp(330), screen.dp(760));
    return {width - right - screen.dp(2 * side + 4), right, true};
}

void write_left(Column& c, const view::Frame& frame, bool shell_at_right,
                view::Commands& commands) {
    const view::LessonView& lesson = *frame.lesson;
    if (lesson.off_script)
        off_script(c, commands);
    step_row(c, lesson, commands);
    if (lesson.end) {
        end_rule(c, *lesson.end);
        if (!shell_at_right)
            end_shell(c, *lesson.end, commands);
    } else {
        story(c, lesson, commands);
    }
}

void write_right(Column& c, const view::Frame& frame, bool at_right, view::Commands& commands) {
    const view::LessonView& lesson = *frame.lesson;
    if (lesson.open_term) {
        term_card(c, *lesson.open_term, commands);
        if (lesson.end || lesson.question)
            c.gap(10);
    }
    if (lesson.end) {
        end_choices(c, *lesson.end, commands);
        if (at_right)
            end_shell(c, *lesson.end, commands);
    } else if (lesson.question) {
        question(c, *lesson.question, commands);
    }
}

// The commands for a shell stand in the half where they make the pane lower.
bool shell_belongs_right(ui::Screen& screen, const view::Frame& frame, const Halves& two) {
    if (!frame.lesson->end || !two.beside)
        return !two.beside;
    view::Commands none;
    const auto higher_half = [&](bool at_right) {
        return std::max(
            height_of(screen, two.left, [&](Column& c) { write_left(c, frame, at_right, none); }),
            height_of(screen, two.right,
                      [&](Column& c) { write_right(c, frame, at_right, none); }));
    };
    return higher_half(true) < higher_half(false);
}

void write(Column& c, const view::Frame& frame, view::Commands& commands) {
    const Halves two = halves(c.screen, *frame.lesson, c.width);
    const bool at_right = shell_belongs_right(c.screen, frame, two);
    Column left{c.screen, c.x, c.y, two.left, c.painting};
    write_left(left, frame, at_right, commands);
    if (two.right <= 0) {
        c.y = left.y;
        return;
    }
    if (!two.beside) {
        left.gap(12);
        Column below{c.screen, c.x, left.y, two.right, c.painting};
        write_right(below, frame, at_right, commands);
        c.y = below.y;
        return;
    }
    Column right{c.screen, c.x + c.width - two.right, c.y, two.right, c.painting};
    write_right(right, frame, at_right, commands);
    const float bottom = std::max(left.y, right.y), between = right.x - c.px(side);
    if (c.painting)
        ui::line(c.screen, {between, c.y}, {between, bottom}, c.screen.theme.faint);
    c.y = bottom;
}

} // namespace

float lesson_pane_height(ui::Screen& screen, const view::Frame& frame, float width) {
    if (!frame.lesson)
        return 0;
    view::Commands none;
    const float inside =
        height_of(screen, width - screen.dp(2 * side), [&](Column& c) { write(c, frame, none); });
    return std::max(inside, screen.dp(least_inside)) + screen.dp(2 * top);
}

void lesson_pane(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 LessonPaneState& state, ui::Rect area) {
    if (!frame.lesson || area.empty())
        return;
    ui::box(screen, area, screen.theme.panel, screen.theme.panel_border, card_radius);
    ui::mark(screen, "lesson_pane", frame.lesson->title, area);
    const ui::Rect inside = area.inset(screen.dp(side), screen.dp(top));
    const float needed = height_of(screen, inside.w, [&](Column& c) { write(c, frame, commands); });
    if (needed <= inside.h + 1) {
        Column c{screen, inside.x, inside.y, inside.w, true};
        write(c, frame, commands);
    } else {
        // The scroll bar takes some width: what is inside is measured again at what is left.
        ui::Rect region = area.inset(screen.dp(2));
        const float narrower = region.w - screen.dp(2 * side);
        const float height = height_of(screen, narrower - screen.dp(14),
                                       [&](Column& c) { write(c, frame, commands); });
        const ui::Rect content =
            ui::begin_scroll(screen, region, "lesson_pane.scroll", height + screen.dp(2 * top));
        Column c{screen, content.x + screen.dp(side), content.y + screen.dp(top),
                 content.w - screen.dp(2 * side), true};
        write(c, frame, commands);
        ui::end_scroll(screen);
    }
    const int end_of = frame.lesson->end ? frame.lesson->place : -1;
    if (end_of >= 0 && state.end_card_of != end_of)
        ui::focus(screen, "next_lesson");
    state.end_card_of = end_of;
}

} // namespace panels
