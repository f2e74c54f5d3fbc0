// The window itself makes the text large enough (Session::scale); here it is laid out.
#include "panels/presenter.hpp"

#include "panels/column.hpp"
#include "panels/host_cards.hpp"
#include "panels/lesson_parts.hpp"
#include "panels/queues.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/overlay.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace panels {
namespace {

using view::Presenting;
using view::tr;
namespace cmd = view::command;

// What is said now; the end of a lesson is its rule.
std::string spoken(const view::Frame& frame) {
    if (!frame.lesson)
        return frame.nothing_due;
    if (frame.lesson->end)
        return frame.lesson->end->rule;
    return frame.lesson->narration;
}

// The largest writing in which it takes no more than two lines.
ui::TextStyle style_for(ui::Screen& screen, std::string_view text, float width) {
    for (const ui::TextStyle style :
         {ui::narration, ui::TextStyle{ui::Face::text, ui::Size::heading}, ui::body})
        if (ui::paragraph_height(screen, width, text, style) <=
            2.1f * ui::line_height(screen, style))
            return style;
    return ui::small;
}

bool asks(const view::Frame& frame) {
    return frame.lesson && frame.lesson->question && !frame.lesson->end;
}

// Asked: the options beside each other, to be chosen by their numbers. Revealed: what it is, and
// why.
void write_question(Column& c, const view::QuestionView& q, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    c.paragraph(q.ask, style_for(c.screen, q.ask, c.width), q.revealed ? theme.dim : theme.text);
    c.gap(6);
    if (q.revealed) {
        const auto right =
            std::find_if(q.options.begin(), q.options.end(), [](const auto& o) { return o.right; });
        if (right == q.options.end())
            return;
        const std::string text = fmt::format("{}  {}", say("It is {}.", right->value), right->text);
        const float before = c.y;
        c.paragraph(text, style_for(c.screen, text, c.width), theme.text);
        if (c.painting)
            ui::mark(c.screen, "verdict", text, {c.x, before, c.width, c.y - before});
        return;
    }
    float widest = 0;
    std::vector<std::string> ids, keys;
    ids.reserve(q.options.size());
    keys.reserve(q.options.size());
    std::vector<ui::Button> buttons;
    for (std::size_t i = 0; i < q.options.size(); ++i) {
        ids.push_back(fmt::format("option.{}", i + 1));
        keys.push_back(fmt::format("{}", i + 1));
        buttons.push_back(
            {.id = ids.back(),
             .label = q.options[i].value,
             .look = ui::Look::option,
             .selected = q.answered && q.chosen == static_cast<int>(i),
             .badge = keys.back(),
             .refused = q.answered ? std::string_view(tr("Answered")) : std::string_view{},
             .style = ui::code_strong,
             .align = ui::Align::left});
        widest = std::max(widest, ui::button_width(c.screen, buttons.back()));
    }
    const float gap = c.px(8), all = static_cast<float>(buttons.size());
    const std::size_t columns = (widest + gap) * all - gap <= c.width ? buttons.size()
                                : widest * 2 + gap <= c.width         ? 2
                                                                      : 1;
    const float width =
        (c.width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    for (std::size_t i = 0; i < buttons.size(); i += columns) {
        ui::Rect row = c.take(c.px(32));
        c.gap(i + columns < buttons.size() ? 6 : 0);
        for (std::size_t k = i; k < std::min(i + columns, buttons.size()); ++k) {
            const ui::Rect at = ui::cut_left(row, width);
            ui::cut_left(row, gap);
            if (c.painting && ui::button(c.screen, at, buttons[k]))
                commands.push_back(cmd::Answer{static_cast<int>(k)});
        }
    }
}

void write_foot(Column& c, const view::Frame& frame, view::Commands& commands) {
    if (asks(frame)) {
        write_question(c, *frame.lesson->question, commands);
        return;
    }
    const std::string text = spoken(frame);
    const ui::TextStyle style = style_for(c.screen, text, c.width);
    const float before = c.y;
    c.paragraph(text, style, c.screen.theme.text);
    // Two lines always: the picture above does not jump from step to step.
    c.y = std::max(c.y, before + 2 * ui::line_height(c.screen, ui::narration));
    if (c.painting)
        ui::mark(c.screen, "narration", text, {c.x, before, c.width, c.y - before});
}

// "25 · 8 / 9": which lesson, and how far it is.
std::string place(const view::Frame& frame) {
    if (!frame.lesson)
        return "";
    const auto& lesson = *frame.lesson;
    const std::string steps =
        lesson.steps.empty()
            ? std::string()
            : fmt::format("{} / {}", std::max(0, lesson.current + 1), lesson.steps.size());
    return lesson.place < 0 ? steps : fmt::format("{}  ·  {}", lesson.place + 1, steps);
}

void queue_cards(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 HostPanelState& state, const ui::Rect& area) {
    const auto followed = listener_in_focus(frame);
    const ui::Rect inside = ui::panel(screen, area, "present.queues",
                                      followed.host ? host_title(followed.host->name) : "");
    if (!followed.listener)
        return;
    const Host host{frame, *followed.host, commands, state, true};
    const auto body = [&](Column& c) { listener_card(c, host, *followed.listener); };
    float width = inside.w - screen.dp(8);
    float height = height_of(screen, width, body);
    if (height > inside.h) {
        width -= screen.dp(14);
        height = height_of(screen, width, body);
    }
    const ui::Rect content = ui::begin_scroll(screen, inside, "present.queues.scroll", height);
    Column c{screen, content.x + screen.dp(4), content.y + screen.dp(2), width, true};
    body(c);
    ui::end_scroll(screen);
}

// Darkness around the mouse, while it moves and a little longer.
void spotlight(ui::Screen& screen, PresenterState& state) {
    constexpr double shown = 2.5;
    if (state.mouse.x < 0 && state.moved < 0) {
        state.mouse = screen.mouse; // where it happens to be says nothing
        state.moved = -shown;
    }
    if (std::abs(screen.mouse.x - state.mouse.x) + std::abs(screen.mouse.y - state.mouse.y) > 1) {
        state.mouse = screen.mouse;
        state.moved = screen.seconds;
    }
    if (!screen.area.contains(screen.mouse) || screen.seconds - state.moved > shown)
        return;
    screen.animating = true;
    const float radius = screen.area.h / 7;
    ui::spotlight(screen, screen.mouse, radius);
    ui::mark(screen, "present.spotlight", "",
             {screen.mouse.x - radius, screen.mouse.y - radius, 2 * radius, 2 * radius});
}

void keys_of_a_clicker(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                       PresenterState& state) {
    using ui::Key, ui::take_key;
    const bool dot = ui::take_typed(screen, U'.');
    const bool blank = take_key(screen, Key::b) || take_key(screen, Key::period) || dot;
    if (state.black) {
        // Whatever is pressed brings the picture back, as it was.
        if (blank || !screen.keys.empty())
            state.black = false;
        screen.keys.clear();
        screen.typed.clear();
        return;
    }
    state.black = blank;
    if (take_key(screen, Key::page_down)) {
        if (frame.mode == view::Mode::lesson)
            commands.push_back(cmd::Next{});
        else if (frame.can.step && frame.nothing_due.empty())
            commands.push_back(cmd::Step{frame.step_by});
    }
    if (take_key(screen, Key::page_up) && frame.can.back)
        commands.push_back(cmd::Back{});
    constexpr std::array layouts = {std::pair{Key::f6, Presenting::ladder},
                                    std::pair{Key::f7, Presenting::queues},
                                    std::pair{Key::f8, Presenting::machine}};
    for (const auto& [key, layout] : layouts)
        if (take_key(screen, key))
            commands.push_back(cmd::Present{layout});
    if (take_key(screen, Key::escape))
        commands.push_back(cmd::Present{Presenting::off});
}

} // namespace

void presenter(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
               PresenterState& state, SequenceState& ladder, MachineState& figure,
               HostPanelState& host) {
    if (!screen.menu_open)
        keys_of_a_clicker(screen, frame, commands, state);
    if (state.black) {
        ui::fill(screen, screen.area, ui::Colour{0, 0, 0, 255});
        ui::mark(screen, "present.black", "", screen.area);
        return;
    }
    const ui::Theme& theme = screen.theme;
    const float gap = screen.dp(8);
    ui::Rect rest = screen.area.inset(gap, gap);
    const std::string where = place(frame);
    const float side = ui::text_width(screen, where, ui::small_code) + screen.dp(44),
                pad = screen.dp(14);
    const float words = rest.w - 2 * pad - side;
    const auto foot = [&](Column& c) { write_foot(c, frame, commands); };
    const float tall = std::min(height_of(screen, words, foot) + screen.dp(16), rest.h * 0.5f);
    ui::Rect below = ui::cut_bottom(rest, tall);
    ui::cut_bottom(rest, gap);
    ui::box(screen, below, theme.panel, theme.panel_border, 6);
    ui::mark(screen, "present", where, below);
    ui::Rect corner = ui::cut_right(below, side);
    ui::Rect top = ui::cut_top(corner, screen.dp(34));
    if (ui::button(screen, ui::cut_right(top, screen.dp(34)),
                   {.id = "present.leave",
                    .label = "",
                    .look = ui::Look::quiet,
                    .before = ui::Icon::cross,
                    .hint = tr("Leave the presentation (Esc)")}))
        commands.push_back(cmd::Present{Presenting::off});
    ui::text_in(screen, top, where, ui::small_code, theme.dim, ui::Align::right);
    Column c{screen, below.x + pad, below.y + screen.dp(8), words, true};
    foot(c);

    const auto tooltip = screen.tooltip; // from the room nobody can ask for another
    switch (frame.presenting) {
    case Presenting::off:
    case Presenting::ladder: break;
    case Presenting::queues: {
        const ui::Rect right = ui::cut_right(rest, rest.w * 0.42f);
        ui::cut_right(rest, gap);
        queue_cards(screen, frame, commands, host, right);
        break;
    }
    case Presenting::machine: {
        const ui::Rect left = ui::cut_left(rest, rest.w * 0.5f);
        ui::cut_left(rest, gap);
        machine(screen, frame, commands, figure, left);
        break;
    }
    }
    sequence(screen, frame, commands, ladder, rest);
    screen.tooltip = tooltip;
    spotlight(screen, state);
}

} // namespace panels
