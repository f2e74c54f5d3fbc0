// The strip at the top. Items are placed by importance; what finds no room is in the menu "more".
#include "panels/toolbar.hpp"

#include "panels/menus.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

constexpr float control = 34, large_control = 38, item_gap = 8;

struct Bar {
    ui::Screen& screen;
    const view::Frame& frame;
    view::Commands& commands;
    ToolbarState& state;
};

bool in_story(const Bar& b) {
    return b.frame.mode == view::Mode::lesson;
}
bool has_world(const Bar& b) {
    return b.frame.mode != view::Mode::home;
}

std::string_view back_refused(const Bar& b) {
    const std::string& why = b.frame.can.why_not_back;
    return why.empty() ? std::string_view(tr("Nothing to undo yet.")) : std::string_view(why);
}

ui::Button back_button(const Bar& b) {
    return {.id = "back",
            .label = tr("Back"),
            .before = ui::Icon::step_back,
            .refused = b.frame.can.back ? std::string_view{} : back_refused(b),
            .hint = tr("undoes one Next or one Step (←)")};
}
ui::Button next_button(const Bar& b) {
    const bool stuck = !b.frame.nothing_due.empty();
    return {.id = "next",
            .label = in_story(b) ? tr("Next") : tr("Step"),
            .look = stuck ? ui::Look::normal : ui::Look::accent,
            .after = ui::Icon::play,
            .refused = stuck ? std::string_view(b.frame.nothing_due) : std::string_view{},
            .hint = in_story(b) ? tr("to the next step of the story (→ or Space)")
                                : tr("the next thing that happens (→ or Space)")};
}
ui::Button play_button(const Bar& b) {
    const bool stuck = !b.frame.nothing_due.empty() && !b.frame.playing;
    return {.id = "play",
            .label = b.frame.playing ? tr("Pause") : tr("Play"),
            .before = b.frame.playing ? ui::Icon::pause : ui::Icon::play,
            .refused = stuck ? std::string_view(b.frame.nothing_due) : std::string_view{}};
}
ui::Button step_button(const Bar&) {
    return {.id = "step",
            .label = tr("step"),
            .after = ui::Icon::step_forward,
            .hint = tr("one step of the kind chosen beside"),
            .style = ui::body};
}

std::string time_text(const Bar& b) {
    return fmt::format("t = {}", rounded(b.frame.motion.shown - trace::Instant{}));
}

std::vector<ui::Choice> step_kinds() {
    return {{"beat", tr("beat")},
            {"segment", tr("segment")},
            {"transition", tr("transition")},
            {"call", tr("call")},
            {"timer", tr("timer")}};
}
std::vector<ui::Choice> paces() {
    return {{"auto", tr("Auto")}, {"1_1000", "1:1000"}, {"1_100", "1:100"}, {"1_20", "1:20"},
            {"1_10", "1:10"},     {"1_1", "1:1"},       {"10_1", "10:1"}};
}

float combo_width(ui::Screen& screen, const std::vector<ui::Choice>& choices) {
    float width = 0;
    for (const auto& choice : choices)
        width = std::max(width, ui::text_width(screen, choice.label, ui::body));
    return width + screen.dp(52);
}

float width_of(const Bar& b, ToolbarItem item) {
    ui::Screen& screen = b.screen;
    switch (item) {
    case ToolbarItem::title:
        return ui::text_width(screen, "twomsl", ui::heading) + screen.dp(24 + control + 8);
    case ToolbarItem::lesson: return screen.dp(230); // grows when there is room
    case ToolbarItem::back: return ui::button_width(screen, back_button(b));
    case ToolbarItem::next:
        return std::max(ui::button_width(screen, next_button(b)), screen.dp(118));
    case ToolbarItem::play: return ui::button_width(screen, play_button(b));
    case ToolbarItem::step: return ui::button_width(screen, step_button(b));
    case ToolbarItem::step_by: return combo_width(screen, step_kinds());
    case ToolbarItem::pace:
        return combo_width(screen, paces()) + ui::text_width(screen, tr("Pace"), ui::body) +
               screen.dp(8);
    case ToolbarItem::time:
        return ui::text_width(screen, "t = 00 min 00 s", ui::code_strong) + screen.dp(6);
    case ToolbarItem::modes:
        return ui::button_width(screen, {.id = "", .label = tr("Simulate")}) +
               ui::button_width(screen, {.id = "", .label = tr("Lab")}) +
               ui::button_width(screen, {.id = "", .label = tr("Compare")}) +
               ui::button_width(screen, {.id = "", .label = tr("Attach")}) + screen.dp(18);
    case ToolbarItem::views:
        return ui::button_width(
            screen, {.id = "", .label = tr("More views"), .after = ui::Icon::chevron_down});
    case ToolbarItem::language: return screen.dp(88);
    case ToolbarItem::settings:
    case ToolbarItem::help:
    case ToolbarItem::more: return screen.dp(control);
    }
    return 0;
}

bool wanted(const Bar& b, ToolbarItem item) {
    switch (item) {
    case ToolbarItem::title:
    case ToolbarItem::language:
    case ToolbarItem::settings:
    case ToolbarItem::help: return true;
    case ToolbarItem::lesson: return !b.frame.catalogue.empty();
    case ToolbarItem::back:
        // Always in its place before Next, so that Next stays under the finger that presses it.
        return has_world(b) && b.frame.mode != view::Mode::attach &&
               (b.frame.can.back ||
                (b.frame.mode != view::Mode::lab && b.frame.mode != view::Mode::compare));
    case ToolbarItem::next: return has_world(b) && b.frame.can.step;
    case ToolbarItem::play: return has_world(b) && b.frame.can.play;
    case ToolbarItem::step: return in_story(b) && b.frame.can.step;
    case ToolbarItem::step_by: return has_world(b) && b.frame.can.step;
    case ToolbarItem::pace: return has_world(b) && b.frame.can.play;
    case ToolbarItem::time:
    case ToolbarItem::modes: return has_world(b);
    case ToolbarItem::views: return !view_rows(b.frame).empty();
    case ToolbarItem::more: return false;
    }
    return false;
}

void draw_title(const Bar& b, ui::Rect at) {
    const ui::Rect icon = ui::cut_right(at, b.screen.dp(control));
    ui::cut_right(at, b.screen.dp(6));
    const ui::Button name{.id = "title",
                          .label = "twomsl",
                          .look = ui::Look::quiet,
                          .hint = tr("Home (Alt+Home)"),
                          .style = ui::heading};
    const ui::Button home{
        .id = "home", .label = "", .before = ui::Icon::home, .hint = tr("Home (Alt+Home)")};
    const bool clicked = ui::button(b.screen, at, name);
    if (ui::button(b.screen, icon, home) || clicked)
        b.commands.push_back(cmd::OpenHome{});
}

void draw_pace(const Bar& b, ui::Rect at) {
    const float label = ui::text_width(b.screen, tr("Pace"), ui::body);
    ui::text_in(b.screen, ui::cut_left(at, label + 1), tr("Pace"), ui::body, b.screen.theme.dim);
    ui::cut_left(at, b.screen.dp(8));
    if (const auto chosen =
            ui::combo(b.screen, at, "pace", paces(), static_cast<std::size_t>(b.frame.pace)))
        b.commands.push_back(cmd::SetPace{static_cast<view::Pace>(*chosen)});
}

void draw_modes(const Bar& b, ui::Rect at) {
    const bool lab = b.frame.mode == view::Mode::lab;
    const bool attached = b.frame.mode == view::Mode::attach;
    const bool compare = b.frame.mode == view::Mode::compare;
    const bool simulated =
        b.frame.mode == view::Mode::lesson || b.frame.mode == view::Mode::free_play;
    const ui::Button simulate{
        .id = "mode.simulate", .label = tr("Simulate"), .selected = simulated, .style = ui::body};
    const ui::Button both{
        .id = "mode.compare",
        .label = tr("Compare"),
        .selected = compare,
        .refused = simulated || compare ? std::string_view{}
                                        : std::string_view(tr("Open a lesson or free play first.")),
        .hint = tr("run this on the real kernel, beside the simulator"),
        .style = ui::body};
    const ui::Button real{.id = "mode.lab",
                          .label = tr("Lab"),
                          .selected = lab,
                          .hint = tr("the real kernel, with the wire in your hands"),
                          .style = ui::body};
    const float first = ui::button_width(b.screen, {.id = "", .label = tr("Simulate")});
    const ui::Button mine{.id = "mode.attach",
                          .label = tr("Attach"),
                          .selected = attached,
                          .hint = tr("what is wrong with my server?"),
                          .style = ui::body};
    const float second = ui::button_width(b.screen, {.id = "", .label = tr("Lab")});
    if (ui::button(b.screen, ui::cut_left(at, first), simulate)) {
        if (compare)
            b.commands.push_back(cmd::ReturnToScript{});
        else if (!simulated)
            b.commands.push_back(cmd::OpenHome{});
    }
    ui::cut_left(at, b.screen.dp(6));
    if (ui::button(b.screen, ui::cut_left(at, second), real) && !lab)
        b.commands.push_back(cmd::OpenLab{});
    ui::cut_left(at, b.screen.dp(6));
    const float third = ui::button_width(b.screen, {.id = "", .label = tr("Compare")});
    if (ui::button(b.screen, ui::cut_left(at, third), both) && !compare)
        b.commands.push_back(cmd::OpenCompare{});
    ui::cut_left(at, b.screen.dp(6));
    if (ui::button(b.screen, at, mine) && !attached)
        b.commands.push_back(cmd::OpenAttach{});
}

void draw_language(const Bar& b, ui::Rect at) {
    const ui::Rect left = ui::cut_left(at, at.w * 0.46f);
    const bool zh = b.frame.language == view::Language::zh;
    if (ui::button(
            b.screen, left,
            {.id = "language.en", .label = "EN", .selected = !zh, .style = ui::small_strong}))
        b.commands.push_back(cmd::SetLanguage{view::Language::en});
    if (ui::button(
            b.screen, at,
            {.id = "language.zh", .label = "中文", .selected = zh, .style = ui::small_strong}))
        b.commands.push_back(cmd::SetLanguage{view::Language::zh});
}

void draw(const Bar& b, ToolbarItem item, ui::Rect at) {
    ui::Screen& screen = b.screen;
    switch (item) {
    case ToolbarItem::title: draw_title(b, at); return;
    case ToolbarItem::lesson: lesson_menu(screen, b.frame, b.commands, b.state.search, at); return;
    case ToolbarItem::back:
        if (ui::button(screen, at, back_button(b)))
            b.commands.push_back(cmd::Back{});
        return;
    case ToolbarItem::next:
        if (ui::button(screen, at, next_button(b)))
            b.commands.push_back(in_story(b) ? view::Command{cmd::Next{}}
                                             : view::Command{cmd::Step{b.frame.step_by}});
        return;
    case ToolbarItem::play:
        if (ui::button(screen, at, play_button(b)))
            b.commands.push_back(cmd::Play{!b.frame.playing});
        return;
    case ToolbarItem::step:
        if (ui::button(screen, at, step_button(b)))
            b.commands.push_back(cmd::Step{b.frame.step_by});
        return;
    case ToolbarItem::step_by:
        if (const auto chosen = ui::combo(screen, at, "step_by", step_kinds(),
                                          static_cast<std::size_t>(b.frame.step_by)))
            b.commands.push_back(cmd::SetStepBy{static_cast<view::StepBy>(*chosen)});
        return;
    case ToolbarItem::pace: draw_pace(b, at); return;
    case ToolbarItem::time: {
        const ui::Rect shown =
            ui::text_in(screen, at, time_text(b), ui::code_strong, screen.theme.text);
        ui::mark(screen, "time", time_text(b), shown);
        return;
    }
    case ToolbarItem::modes: draw_modes(b, at); return;
    case ToolbarItem::views: views_menu(screen, b.frame, b.commands, at); return;
    case ToolbarItem::language: draw_language(b, at); return;
    case ToolbarItem::settings: settings_menu(screen, b.frame, b.commands, at); return;
    case ToolbarItem::help:
        if (ui::button(screen, at, {.id = "help", .label = "?", .hint = tr("Keys (F1)")}))
            b.commands.push_back(cmd::ShowKeys{!b.frame.shows_keys});
        return;
    case ToolbarItem::more: return;
    }
}

// From the left, and from the right; and which to give up first.
constexpr std::array from_left = {ToolbarItem::title,   ToolbarItem::lesson, ToolbarItem::back,
                                  ToolbarItem::next,    ToolbarItem::play,   ToolbarItem::step,
                                  ToolbarItem::step_by, ToolbarItem::pace,   ToolbarItem::time};
constexpr std::array from_right = {ToolbarItem::help, ToolbarItem::settings, ToolbarItem::language,
                                   ToolbarItem::views, ToolbarItem::modes};
constexpr std::array given_up = {ToolbarItem::modes,    ToolbarItem::step,     ToolbarItem::step_by,
                                 ToolbarItem::pace,     ToolbarItem::help,     ToolbarItem::time,
                                 ToolbarItem::views,    ToolbarItem::language, ToolbarItem::lesson,
                                 ToolbarItem::settings, ToolbarItem::title,    ToolbarItem::play};

} // namespace

void toolbar(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
             ToolbarState& state, ui::Rect area) {
    const Bar b{screen, frame, commands, state};
    ui::fill(screen, area, screen.theme.panel);
    ui::line(screen, {area.x, area.bottom()}, {area.right(), area.bottom()},
             screen.theme.panel_border);
    ui::mark(screen, "toolbar", "", area);
    ui::Rect inside = area.inset(screen.dp(10), 0);
    const float gap = screen.dp(item_gap);

    std::vector<ToolbarItem> out;
    float needed = 0;
    const auto all_width = [&] {
        float sum = 0;
        for (const auto item : from_left)
            sum += wanted(b, item) && std::find(out.begin(), out.end(), item) == out.end()
                       ? width_of(b, item) + gap
                       : 0;
        for (const auto item : from_right)
            sum += wanted(b, item) && std::find(out.begin(), out.end(), item) == out.end()
                       ? width_of(b, item) + gap
                       : 0;
        return sum + (out.empty() ? 0 : screen.dp(control) + gap);
    };
    for (const auto item : given_up) {
        needed = all_width();
        if (needed <= inside.w)
            break;
        if (wanted(b, item))
            out.push_back(item);
    }
    std::sort(out.begin(), out.end()); // as they would stand in the bar
    needed = all_width();
    const float spare = std::max(0.0f, inside.w - needed);

    const auto place = [&](ToolbarItem item, float width, bool left) {
        const ui::Rect strip = left ? ui::cut_left(inside, width) : ui::cut_right(inside, width);
        left ? ui::cut_left(inside, gap) : ui::cut_right(inside, gap);
        const float height = screen.dp(item == ToolbarItem::next ? large_control : control);
        return ui::Rect{strip.x, area.centre().y - height / 2, strip.w, height};
    };
    const auto shown = [&](ToolbarItem item) {
        return wanted(b, item) && std::find(out.begin(), out.end(), item) == out.end();
    };
    for (const auto item : from_left)
        if (shown(item)) {
            const float more = item == ToolbarItem::lesson ? std::min(spare, screen.dp(150)) : 0;
            draw(b, item, place(item, width_of(b, item) + more, true));
        }
    // Drawn from left to right, so that Tab walks that way.
    std::vector<std::pair<ToolbarItem, ui::Rect>> right;
    for (const auto item : from_right)
        if (shown(item))
            right.emplace_back(item, place(item, width_of(b, item), false));
    if (!out.empty())
        right.emplace_back(ToolbarItem::more, place(ToolbarItem::more, screen.dp(control), false));
    for (auto it = right.rbegin(); it != right.rend(); ++it) {
        if (it->first == ToolbarItem::more) {
            more_menu(screen, frame, commands, out, it->second);
            if (wanted(b, ToolbarItem::lesson) && !shown(ToolbarItem::lesson))
                lesson_list(screen, frame, commands, state.search, it->second);
        } else
            draw(b, it->first, it->second);
    }
}

} // namespace panels
