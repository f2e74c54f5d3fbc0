// The menus of the toolbar.
#include "panels/menus.hpp"

#include "panels/search.hpp"
#include "panels/wording.hpp"
#include "trace/state.hpp"
#include "ui/canvas.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

void rows(ui::Screen& screen, view::Commands& commands, std::string_view id, const ui::Rect& anchor,
          const std::vector<MenuRow>& all) {
    if (screen.open_menu != id)
        return;
    float width = screen.dp(180);
    for (const auto& row : all)
        width = std::max(width, ui::button_width(screen, row.button) + screen.dp(12));
    const float height = ui::menu_item_height(screen);
    auto inside =
        ui::begin_popup(screen, id, anchor, std::min(width, screen.area.w - screen.dp(20)),
                        height * static_cast<float>(all.size()));
    if (!inside)
        return;
    std::string_view opens;
    for (const auto& row : all)
        if (ui::menu_item(screen, ui::cut_top(*inside, height), row.button)) {
            commands.insert(commands.end(), row.commands.begin(), row.commands.end());
            opens = row.opens;
        }
    ui::end_popup(screen);
    if (!opens.empty())
        ui::open_popup(screen, opens);
}

ui::Icon tick(bool on) {
    return on ? ui::Icon::check : ui::Icon::none;
}

struct ViewName {
    view::Panel panel;
    const char* id;
    const char* label;
};

// In the order of the menu.
std::array<ViewName, view::panel_count> view_names() {
    using P = view::Panel;
    return {{{P::machine, "view.machine", tr("State machine")},
             {P::why, "view.why", tr("Why?")},
             {P::queues, "view.queues", tr("Queues over time")},
             {P::timeline, "view.timeline", tr("Timeline")},
             {P::ladder_text, "view.ladder_text", tr("Ladder as text")},
             {P::tools, "view.tools", tr("Tools (ss, netstat, tcpdump, strace)")},
             {P::counters, "view.counters", tr("Counters")},
             {P::sysctls, "view.sysctls", tr("Settings of the hosts")},
             {P::descriptors, "view.descriptors", tr("Descriptor tables")},
             {P::script, "view.script", tr("Script")}}};
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return out;
}

std::string canonical(std::string_view word) {
    std::string upper(word);
    for (char& c : upper)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const auto state = trace::parse_state(upper);
    return lower(state ? trace::name(*state) : word);
}

} // namespace

bool offered(const view::Frame& frame, view::Panel panel) {
    if (frame.mode == view::Mode::home || (frame.attach && !frame.attach->open))
        return false;
    // Two worlds beside each other have room for their hosts and ladders.
    const bool both = frame.mode == view::Mode::compare;
    switch (panel) {
    case view::Panel::script: return frame.mode == view::Mode::free_play;
    case view::Panel::timeline: return frame.can.scrub;
    case view::Panel::ladder_text: return frame.can.segments && !both;
    case view::Panel::machine:
    case view::Panel::why:
    case view::Panel::queues:
    case view::Panel::tools: return !both;
    case view::Panel::counters:
    case view::Panel::sysctls:
    case view::Panel::descriptors: return true;
    }
    return true;
}

std::vector<MenuRow> view_rows(const view::Frame& frame) {
    std::vector<MenuRow> all;
    bool every = true;
    MenuRow open_all{{.id = "view.all", .label = tr("All views")}, {}};
    for (const ViewName& v : view_names()) {
        if (!offered(frame, v.panel))
            continue;
        const bool open = frame.open(v.panel);
        every = every && open;
        all.push_back(
            {{.id = v.id, .label = v.label, .before = tick(open)}, {cmd::Show{v.panel, !open}}});
        // Twins of other views, as text.
        if (v.panel != view::Panel::ladder_text && v.panel != view::Panel::tools)
            open_all.commands.push_back(cmd::Show{v.panel, true});
    }
    if (!every)
        all.push_back(open_all);
    return all;
}

std::vector<MenuRow> mode_rows(const view::Frame& frame) {
    std::vector<MenuRow> all = {
        {{.id = "mode.lab", .label = tr("Real kernel")}, {cmd::OpenLab{}}},
        {{.id = "mode.attach", .label = tr("My server")}, {cmd::OpenAttach{}}}};
    if (frame.mode == view::Mode::lesson || frame.mode == view::Mode::free_play)
        all.push_back({{.id = "mode.compare", .label = tr("Compare with the real kernel")},
                       {cmd::OpenCompare{}}});
    return all;
}

std::vector<MenuRow> language_rows(const view::Frame& frame) {
    using view::Language;
    return {
        {{.id = "language.en", .label = "English", .before = tick(frame.language == Language::en)},
         {cmd::SetLanguage{Language::en}}},
        {{.id = "language.zh", .label = "简体中文", .before = tick(frame.language == Language::zh)},
         {cmd::SetLanguage{Language::zh}}}};
}

std::vector<MenuRow> setting_rows(const view::Frame& frame) {
    using view::Theme;
    const auto refused = [](bool so, const char* why) {
        return so ? std::string_view(why) : std::string_view{};
    };
    return {
        {{.id = "theme.dark", .label = tr("Dark"), .before = tick(frame.theme == Theme::dark)},
         {cmd::SetTheme{Theme::dark}}},
        {{.id = "theme.light", .label = tr("Light"), .before = tick(frame.theme == Theme::light)},
         {cmd::SetTheme{Theme::light}}},
        {{.id = "theme.high_contrast",
          .label = tr("High contrast"),
          .before = tick(frame.theme == Theme::high_contrast)},
         {cmd::SetTheme{Theme::high_contrast}}},
        {{.id = "scale.up",
          .label = tr("Larger text"),
          .trailing = "Ctrl +",
          .refused = refused(frame.scale >= view::largest_scale, tr("It is at its largest."))},
         {cmd::SetScale{frame.scale + view::scale_step}}},
        {{.id = "scale.down",
          .label = tr("Smaller text"),
          .trailing = "Ctrl −",
          .refused = refused(frame.scale <= view::least_scale, tr("It is at its smallest."))},
         {cmd::SetScale{frame.scale - view::scale_step}}},
        {{.id = "scale.reset",
          .label = tr("Text at 100 %"),
          .trailing = "Ctrl 0",
          .refused = refused(frame.scale == 1, tr("It is so now."))},
         {cmd::SetScale{1}}},
        {{.id = "reduced_motion",
          .label = tr("Reduced motion"),
          .before = tick(frame.reduced_motion)},
         {cmd::SetReducedMotion{!frame.reduced_motion}}},
        {{.id = "present",
          .label = tr("Present"),
          .trailing = "F5",
          .refused = refused(!view::has_large_picture(frame.mode),
                             tr("Open a lesson or free play first."))},
         {cmd::Present{view::Presenting::ladder}}},
        {{.id = "keys", .label = tr("Keys"), .trailing = "F1"}, {cmd::ShowKeys{true}}}};
}

bool matches(std::string_view title, std::string_view typed) {
    const std::string text = lower(title);
    for (std::size_t at = 0; at < typed.size();) {
        const std::size_t end = std::min(typed.find(' ', at), typed.size());
        const auto word = typed.substr(at, end - at);
        at = end + 1;
        if (!word.empty() && text.find(lower(word)) == text.npos &&
            text.find(canonical(word)) == text.npos)
            return false;
    }
    return true;
}

void lesson_menu(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 std::string& search, ui::Rect at) {
    std::string shown;
    switch (frame.mode) {
    case view::Mode::home: shown = tr("Lessons"); break;
    case view::Mode::free_play: shown = tr("Free play"); break;
    case view::Mode::attach: shown = tr("My server"); break;
    case view::Mode::lab: shown = tr("Real kernel"); break;
    case view::Mode::recording: shown = tr("Recording"); break;
    case view::Mode::compare: shown = tr("Compare"); break;
    case view::Mode::lesson:
        // A file that is not in the catalogue has no number.
        if (frame.lesson)
            shown = frame.lesson->place < 0
                        ? frame.lesson->title
                        : fmt::format("{}  {}", frame.lesson->place + 1, frame.lesson->title);
        break;
    }
    if (ui::button(screen, at,
                   {.id = lesson_list_id,
                    .label = shown,
                    .after = ui::Icon::chevron_down,
                    .hint = tr("All lessons (/ to search)"),
                    .style = ui::strong,
                    .align = ui::Align::left}))
        ui::open_popup(screen, lesson_list_id);
    lesson_list(screen, frame, commands, search, at);
}

void lesson_list(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 std::string& search, ui::Rect at) {
    constexpr std::string_view id = lesson_list_id;
    if (screen.open_menu != id)
        return;
    if (screen.menu_fresh) { // what is typed now is searched for
        search.clear();
        ui::focus(screen, "lessons.search");
    }
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < frame.catalogue.size(); ++i)
        if (matches(frame.catalogue[i].title, search) || matches(fmt::format("{}", i + 1), search))
            found.push_back(i);
    const float row = ui::menu_item_height(screen), field = screen.dp(34), gap = screen.dp(5);
    const float width = std::min(std::max(at.w, screen.dp(380)), screen.area.w - screen.dp(20));
    const auto commands_found = find_commands(frame, search);
    const std::size_t rows_found = found.size() + commands_found.size();
    const float height =
        field + gap + row * static_cast<float>(std::max<std::size_t>(rows_found, 1));
    auto inside = ui::begin_popup(screen, id, at, width, height);
    if (!inside)
        return;
    const auto typed = ui::text_field(screen, ui::cut_top(*inside, field), "lessons.search",
                                      tr("Search lessons and commands"), search);
    ui::cut_top(*inside, gap);
    if (rows_found == 0)
        ui::text_in(screen, ui::cut_top(*inside, row).inset(screen.dp(10), 0),
                    tr("No lesson and no command matches."), ui::body, screen.theme.dim);
    for (const std::size_t i : found) {
        const auto& entry = frame.catalogue[i];
        const std::string item = fmt::format("lesson.{}", i + 1),
                          label = fmt::format("{}  {}", i + 1, entry.title);
        const bool current = frame.lesson && frame.lesson->place == static_cast<int>(i);
        if (ui::menu_item(
                screen, ui::cut_top(*inside, row),
                {.id = item,
                 .label = label,
                 .selected = current,
                 .before = entry.done ? ui::Icon::check : ui::Icon::none,
                 .trailing = entry.next ? std::string_view(tr("next")) : std::string_view{}}))
            commands.push_back(cmd::OpenLesson{static_cast<int>(i)});
    }
    for (const FoundCommand& one : commands_found)
        if (ui::menu_item(screen, ui::cut_top(*inside, row),
                          {.id = one.id,
                           .label = one.label,
                           .before = one.before,
                           .trailing = tr("command")}))
            commands.insert(commands.end(), one.commands.begin(), one.commands.end());
    if (typed.submitted && rows_found > 0) {
        if (!found.empty())
            commands.push_back(cmd::OpenLesson{static_cast<int>(found.front())});
        else
            commands.insert(commands.end(), commands_found.front().commands.begin(),
                            commands_found.front().commands.end());
        ui::close_popup(screen);
    }
    ui::end_popup(screen);
}

void views_menu(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                ui::Rect at) {
    if (ui::button(screen, at,
                   {.id = "views",
                    .label = tr("More views"),
                    .after = ui::Icon::chevron_down,
                    .style = ui::body}))
        ui::open_popup(screen, "views");
    rows(screen, commands, "views", at, view_rows(frame));
}

void settings_menu(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                   ui::Rect at) {
    if (ui::button(
            screen, at,
            {.id = "settings", .label = "", .before = ui::Icon::gear, .hint = tr("Settings")}))
        ui::open_popup(screen, "settings");
    rows(screen, commands, "settings", at, setting_rows(frame));
}

void more_menu(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
               std::span<const ToolbarItem> items, ui::Rect at) {
    if (ui::button(screen, at, {.id = "more", .label = "…", .hint = tr("More")}))
        ui::open_popup(screen, "more");
    std::vector<MenuRow> all;
    std::deque<std::string> kept; // what ids and labels of the rows point into
    const auto labelled = [&](std::string id, std::string label, view::Command command,
                              ui::Icon icon = ui::Icon::none) {
        const std::string& id_kept = kept.emplace_back(std::move(id));
        all.push_back(
            {{.id = id_kept, .label = kept.emplace_back(std::move(label)), .before = icon},
             {std::move(command)}});
    };
    const auto append = [&](std::vector<MenuRow> more) {
        all.insert(all.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
    };
    for (const auto item : items) {
        switch (item) {
        case ToolbarItem::title:
            labelled("home", tr("Home"), cmd::OpenHome{}, ui::Icon::home);
            break;
        case ToolbarItem::lesson:
            all.push_back({{.id = "more.lessons", .label = tr("Lessons"), .trailing = "/"},
                           {},
                           lesson_list_id});
            break;
        case ToolbarItem::play:
            labelled("play", frame.playing ? tr("Pause") : tr("Play"), cmd::Play{!frame.playing});
            break;
        case ToolbarItem::step:
            labelled("step", tr("step"), cmd::Step{frame.step_by}, ui::Icon::step_forward);
            break;
        case ToolbarItem::step_by: {
            const std::array names = {tr("beat"), tr("segment"), tr("transition"), tr("call"),
                                      tr("timer")};
            for (std::size_t i = 0; i < names.size(); ++i)
                labelled(fmt::format("step_by.{}", i), say("step by: {}", names[i]),
                         cmd::SetStepBy{static_cast<view::StepBy>(i)},
                         tick(frame.step_by == static_cast<view::StepBy>(i)));
            break;
        }
        case ToolbarItem::pace: {
            const std::array<const char*, 7> names = {tr("Auto"), "1:1000", "1:100", "1:20",
                                                      "1:10",     "1:1",    "10:1"};
            for (std::size_t i = 0; i < names.size(); ++i)
                labelled(fmt::format("pace.{}", i), say("pace: {}", names[i]),
                         cmd::SetPace{static_cast<view::Pace>(i)},
                         tick(frame.pace == static_cast<view::Pace>(i)));
            break;
        }
        case ToolbarItem::modes: append(mode_rows(frame)); break;
        case ToolbarItem::views: append(view_rows(frame)); break;
        case ToolbarItem::language: append(language_rows(frame)); break;
        case ToolbarItem::settings: append(setting_rows(frame)); break;
        case ToolbarItem::help: labelled("help", tr("Keys"), cmd::ShowKeys{true}); break;
        case ToolbarItem::time: // the sequence view says it too
        case ToolbarItem::back:
        case ToolbarItem::next:
        case ToolbarItem::more: break;
        }
    }
    rows(screen, commands, "more", at, all);
}

} // namespace panels
