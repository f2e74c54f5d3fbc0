// The keys of the window.
#include "panels/keys.hpp"

#include "panels/menus.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

struct Line {
    const char* keys;
    const char* text;
};

std::array<Line, 22> lines() {
    return {{{"→  Space", tr("Next: to the next step, or finish the motion")},
             {"←", tr("Back: undo one Next or one Step")},
             {"1 … 5", tr("answer the question")},
             {"P", tr("play and pause")},
             {"S  Shift S", tr("one step forward, back")},
             {"Tab  Shift Tab", tr("to the next control, the one before")},
             {"Enter", tr("press what has the focus")},
             {"Esc", tr("close a menu; select nothing")},
             {"/", tr("search lessons and commands")},
             {"Alt Home", tr("home")},
             {"M  W  T  Q  X", tr("state machine, Why?, timeline, queues, tools: open and close")},
             {"D  L  U", tr("drop, delay, duplicate the segment that is picked")},
             {"H  R", tr("hold it, release it")},
             {"I", tr("show the bytes of its header")},
             {"↑  ↓", tr("the line, the segment before and after")},
             {"Ctrl +  Ctrl −  Ctrl 0", tr("larger, smaller, usual text")},
             {"F2", tr("English, Chinese")},
             {"F3", tr("dark, light, high contrast")},
             {"F5", tr("present: large, for a room; Esc leaves")},
             {"F6  F7  F8", tr("presenting: ladder, both queues, state machine")},
             {"PageDown  PageUp  B", tr("presenting: next, back, black")},
             {"F1", tr("this page")}}};
}

void toggle(const view::Frame& frame, view::Commands& commands, view::Panel panel) {
    if (offered(frame, panel))
        commands.push_back(cmd::Show{panel, !frame.open(panel)});
}

void view_keys(ui::Screen& screen, const view::Frame& frame, view::Commands& commands) {
    using ui::Key, ui::take_key;
    if (take_key(screen, Key::m))
        toggle(frame, commands, view::Panel::machine);
    if (take_key(screen, Key::w))
        toggle(frame, commands, view::Panel::why);
    if (take_key(screen, Key::q))
        toggle(frame, commands, view::Panel::queues);
    if (take_key(screen, Key::x))
        toggle(frame, commands, view::Panel::tools);
    if (take_key(screen, Key::t))
        toggle(frame, commands, view::Panel::timeline);
}

void story_keys(ui::Screen& screen, const view::Frame& frame, view::Commands& commands) {
    using ui::Key, ui::take_key;
    if (frame.mode == view::Mode::home)
        return;
    if (take_key(screen, Key::right) || take_key(screen, Key::space)) {
        if (frame.mode == view::Mode::lesson)
            commands.push_back(cmd::Next{});
        else if (frame.can.step && frame.nothing_due.empty())
            commands.push_back(cmd::Step{frame.step_by});
    }
    if (take_key(screen, Key::left) && frame.can.back)
        commands.push_back(cmd::Back{});
    if (take_key(screen, Key::p) && frame.can.play)
        commands.push_back(cmd::Play{!frame.playing});
    if (take_key(screen, Key::s) && frame.can.step)
        commands.push_back(cmd::Step{frame.step_by});
    if (take_key(screen, Key::s, ui::with_shift) && frame.can.back)
        commands.push_back(cmd::StepBackward{frame.step_by});
    if (frame.presenting == view::Presenting::off)
        view_keys(screen, frame, commands);
    if (!frame.lesson || !frame.lesson->question || frame.lesson->question->answered)
        return;
    const int options = static_cast<int>(frame.lesson->question->options.size());
    for (int i = 0; i <= options; ++i)
        if (ui::take_typed(screen, U'1' + static_cast<char32_t>(i)))
            commands.push_back(cmd::Answer{i == options ? -1 : i});
}

} // namespace

void keys(ui::Screen& screen, const view::Frame& frame, view::Commands& commands) {
    using ui::Key, ui::take_key;
    if (take_key(screen, Key::f1))
        commands.push_back(cmd::ShowKeys{!frame.shows_keys});
    if (take_key(screen, Key::f2))
        commands.push_back(cmd::SetLanguage{
            frame.language == view::Language::en ? view::Language::zh : view::Language::en});
    if (take_key(screen, Key::f3))
        commands.push_back(cmd::SetTheme{frame.theme == view::Theme::dark ? view::Theme::light
                                         : frame.theme == view::Theme::light
                                             ? view::Theme::high_contrast
                                             : view::Theme::dark});
    if (take_key(screen, Key::f5))
        commands.push_back(cmd::Present{frame.presenting == view::Presenting::off
                                            ? view::Presenting::ladder
                                            : view::Presenting::off});
    if (take_key(screen, Key::home, ui::with_alt))
        commands.push_back(cmd::OpenHome{});
    const auto scale = [&](double to) { commands.push_back(cmd::SetScale{to}); };
    if (take_key(screen, Key::plus, ui::with_ctrl) ||
        take_key(screen, Key::plus, {true, true, false}))
        scale(frame.scale + view::scale_step);
    if (take_key(screen, Key::minus, ui::with_ctrl))
        scale(frame.scale - view::scale_step);
    if (take_key(screen, Key::digit_0, ui::with_ctrl))
        scale(1);
    if (screen.menu_open)
        return; // what lies over the window has the keyboard
    if (ui::take_typed(screen, U'/') && !frame.catalogue.empty() &&
        frame.presenting == view::Presenting::off)
        ui::open_popup(screen, lesson_list_id);
    if (take_key(screen, Key::escape) && frame.selection.any())
        commands.push_back(cmd::Select{});
    story_keys(screen, frame, commands);
}

void keys_help(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
               KeysHelpState& state) {
    constexpr const char* id = "keys_help";
    if (frame.shows_keys && !state.shown && screen.open_menu.empty())
        ui::open_popup(screen, id);
    if (!frame.shows_keys && screen.open_menu == id)
        ui::close_popup(screen);
    if (frame.shows_keys && state.shown && screen.open_menu != id)
        commands.push_back(cmd::ShowKeys{false}); // Escape, or a click elsewhere
    state.shown = frame.shows_keys && screen.open_menu == id;
    if (!state.shown)
        return;
    const auto all = lines();
    float keys_width = 0, text_width = 0;
    for (const auto& line : all) {
        keys_width = std::max(keys_width, ui::text_width(screen, line.keys, ui::code_strong));
        text_width = std::max(text_width, ui::text_width(screen, line.text, ui::body));
    }
    const float row = ui::line_height(screen, ui::body) + screen.dp(4), pad = screen.dp(16),
                gap = screen.dp(20);
    const float width =
        std::min(keys_width + gap + text_width + 2 * pad, screen.area.w - screen.dp(30));
    const float height = row * static_cast<float>(all.size()) + 2 * pad;
    const float top = std::max(screen.dp(4), (screen.area.h - height) / 2 - screen.dp(12));
    const ui::Rect anchor{(screen.area.w - width) / 2, top, width, 1};
    auto inside = ui::begin_popup(screen, id, anchor, width, height);
    if (!inside)
        return;
    ui::Rect rest = inside->inset(pad);
    ui::mark(screen, id, tr("Keys"), *inside);
    for (const auto& line : all) {
        ui::Rect at = ui::cut_top(rest, row);
        ui::text_in(screen, ui::cut_left(at, keys_width), line.keys, ui::code_strong,
                    screen.theme.text);
        ui::cut_left(at, gap);
        ui::text_in(screen, at, line.text, ui::body, screen.theme.text);
    }
    ui::end_popup(screen);
}

} // namespace panels
