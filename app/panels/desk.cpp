// Composition only: where things stand is decided by lay_out_window, how they look by the panels.
#include "panels/desk.hpp"

#include "panels/attach.hpp"
#include "panels/free_play.hpp"
#include "panels/home.hpp"
#include "panels/ladder_text.hpp"
#include "panels/window_layout.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"

#include <algorithm>

namespace panels {

namespace {

WindowLayout places(ui::Screen& screen, const view::Frame& frame, const DeskState& state) {
    WindowNeeds needs;
    needs.size = {screen.area.w, screen.area.h};
    needs.scale = screen.scale;
    needs.hosts = frame.snapshot->hosts.size();
    const float width = screen.area.w - 2 * screen.dp(gap_between_panels);
    needs.lesson_height = frame.lesson ? lesson_pane_height(screen, frame, width)
                          : frame.mode != view::Mode::lesson
                              ? free_play_bar_height(screen, frame, width)
                              : 0;
    needs.notice_height = notice_height(screen, frame, width);
    needs.machine = frame.open(view::Panel::machine);
    needs.why = frame.open(view::Panel::why);
    needs.queues = frame.open(view::Panel::queues);
    needs.ladder_text = frame.open(view::Panel::ladder_text);
    needs.tools = frame.open(view::Panel::tools);
    needs.script = frame.open(view::Panel::script);
    needs.timeline = frame.open(view::Panel::timeline) && frame.can.scrub;
    needs.tab = state.tabs.front;
    return lay_out_window(needs);
}

// Panels that found no room are not drawn.
template <class Draw>
void place(const ui::Rect& area, Draw draw) {
    if (!area.empty())
        draw(area);
}

} // namespace

void desk(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
          DeskState& state) {
    ui::fill(screen, screen.area, screen.theme.background);
    if (frame.mode == view::Mode::home || !frame.snapshot) {
        ui::Rect rest = screen.area;
        toolbar(screen, frame, commands, state.toolbar,
                ui::cut_top(rest, screen.dp(toolbar_height)));
        const float width = rest.w - 2 * screen.dp(gap_between_panels);
        if (const float height = notice_height(screen, frame, width); height > 0) {
            ui::cut_top(rest, screen.dp(gap_between_panels));
            notice(screen, frame,
                   ui::cut_top(rest, height).inset(screen.dp(gap_between_panels), 0));
        }
        home(screen, frame, commands, rest);
    } else if (frame.presenting != view::Presenting::off) {
        state.hosts.resize(std::max<std::size_t>(1, frame.snapshot->hosts.size()));
        presenter(screen, frame, commands, state.presenter, state.sequence, state.machine,
                  state.hosts.front());
    } else if (frame.attach && !frame.attach->open) {
        ui::Rect rest = screen.area;
        toolbar(screen, frame, commands, state.toolbar,
                ui::cut_top(rest, screen.dp(toolbar_height)));
        attach(screen, frame, commands, state.attach, rest);
    } else if (frame.mode == view::Mode::compare && frame.beside) {
        compare(screen, frame, commands, state);
    } else {
        const WindowLayout layout = places(screen, frame, state);
        state.hosts.resize(frame.snapshot->hosts.size());
        toolbar(screen, frame, commands, state.toolbar, layout.toolbar);
        place(layout.lesson, [&](const ui::Rect& area) {
            if (frame.lesson)
                lesson_pane(screen, frame, commands, state.lesson, area);
            else
                free_play_bar(screen, frame, commands, area);
        });
        place(layout.notice, [&](const ui::Rect& area) { notice(screen, frame, area); });
        place(layout.tab_strip,
              [&](const ui::Rect&) { tab_strip(screen, frame, state.tabs, layout); });
        // In the order of reading, which is the order of Tab: the hosts around the wire between
        // them.
        for (std::size_t i = 0; i < layout.hosts.size() && i < state.hosts.size(); ++i)
            place(layout.hosts[i], [&](const ui::Rect& area) {
                host_panel(screen, frame, commands, state.hosts[i], i, area);
            });
        place(layout.sequence, [&](const ui::Rect& area) {
            sequence(screen, frame, commands, state.sequence, area);
        });
        place(layout.machine,
              [&](const ui::Rect& area) { machine(screen, frame, commands, state.machine, area); });
        place(layout.why,
              [&](const ui::Rect& area) { why_list(screen, frame, commands, state.why, area); });
        place(layout.queues,
              [&](const ui::Rect& area) { queues(screen, frame, commands, state.queues, area); });
        place(layout.ladder_text,
              [&](const ui::Rect& area) { ladder_text(screen, frame, commands, area); });
        place(layout.tools, [&](const ui::Rect& area) {
            tools_panel(screen, frame, commands, state.tools, area);
        });
        place(layout.script, [&](const ui::Rect& area) {
            script_pane(screen, frame, commands, state.script, area);
        });
        place(layout.timeline, [&](const ui::Rect& area) {
            timeline(screen, frame, commands, state.timeline, area);
        });
        if (frame.inspected != trace::none)
            inspect(screen, frame, commands, state.inspect,
                    layout.sequence.empty() ? screen.area : layout.sequence);
    }
    keys(screen, frame, commands);
    keys_help(screen, frame, commands, state.keys_help);
}

} // namespace panels
