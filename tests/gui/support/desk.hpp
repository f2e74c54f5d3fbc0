// The panels around the sequence in their places, driven by a frame filled by hand; the views of
// others are left out.
#pragma once

#include "catch.hpp"
#include "panels/free_play.hpp"
#include "panels/host_panel.hpp"
#include "panels/keys.hpp"
#include "panels/ladder_text.hpp"
#include "panels/lesson_pane.hpp"
#include "panels/script_pane.hpp"
#include "panels/tab_strip.hpp"
#include "panels/toolbar.hpp"
#include "panels/why_list.hpp"
#include "panels/window_layout.hpp"
#include "support/reading.hpp"

#include <vector>

namespace gui {

struct Desk {
    Sample sample;
    view::Commands commands;
    panels::LessonPaneState lesson;
    panels::HostPanelState host;
    panels::ToolbarState toolbar;
    panels::WhyState why;
    panels::ScriptState script;
    panels::TabState tab;
    panels::KeysHelpState help;
    panels::WindowLayout layout;

    void draw(ui::Screen& screen) {
        commands.clear();
        view::Frame& frame = sample.frame;
        panels::WindowNeeds needs;
        needs.size = {screen.area.w, screen.area.h};
        needs.scale = screen.scale;
        needs.hosts = sample.snapshot.hosts.size();
        const float width = screen.area.w - screen.dp(20);
        needs.lesson_height = frame.lesson ? panels::lesson_pane_height(screen, frame, width)
                                           : panels::free_play_bar_height(screen, frame, width);
        needs.why = frame.open(view::Panel::why);
        needs.script = frame.open(view::Panel::script);
        needs.ladder_text = frame.open(view::Panel::ladder_text);
        needs.notice_height = panels::notice_height(screen, frame, width);
        needs.tab = tab.front;
        layout = panels::lay_out_window(needs);
        panels::toolbar(screen, frame, commands, toolbar, layout.toolbar);
        panels::notice(screen, frame, layout.notice);
        if (frame.lesson)
            panels::lesson_pane(screen, frame, commands, lesson, layout.lesson);
        else
            panels::free_play_bar(screen, frame, commands, layout.lesson);
        panels::tab_strip(screen, frame, tab, layout);
        for (std::size_t i = 0; i < layout.hosts.size(); ++i)
            panels::host_panel(screen, frame, commands, host, i, layout.hosts[i]);
        panels::why_list(screen, frame, commands, why, layout.why);
        panels::script_pane(screen, frame, commands, script, layout.script);
        panels::ladder_text(screen, frame, commands, layout.ladder_text);
        panels::keys_help(screen, frame, commands, help);
        panels::keys(screen, frame, commands);
        kept.insert(kept.end(), commands.begin(), commands.end());
    }
    void show_on(Stage& stage) {
        stage.show([this](ui::Screen& screen) { draw(screen); });
    }
    template <typename C>
    std::vector<C> asked() const {
        std::vector<C> found;
        for (const auto& c : kept)
            if (const auto* one = std::get_if<C>(&c))
                found.push_back(*one);
        return found;
    }
    void forget() { kept.clear(); }

    view::Commands kept;
};

inline void all_text_inside(const Stage& stage, const ui::Rect& area) {
    for (const auto& text : stage.texts()) {
        if (!ui::overlap(text.rect, area) || text.floating)
            continue;
        INFO(text.text);
        CHECK_FALSE(text.clipped);
    }
}

inline void open(Desk& desk, view::Panel panel) {
    desk.sample.frame.panels[static_cast<std::size_t>(panel)] = true;
}

} // namespace gui
