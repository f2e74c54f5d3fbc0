// The two legends: how a segment can end, and what the colours mean.
#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <array>

namespace panels {
namespace {

using view::tr;

bool head(Column& c, const Host& host, const std::string& id, const char* label) {
    const bool open = host.open(id, true);
    const ui::Rect row = c.take(c.px(26));
    if (c.painting &&
        ui::collapsible(
            c.screen, row,
            {.id = id, .label = label, .look = ui::Look::quiet, .style = ui::small_strong}, open))
        host.toggle(id);
    return open;
}

enum class Ending { delivered, in_flight, lost, refused };

void draw_ending(ui::Screen& screen, const ui::Rect& at, Ending ending) {
    const ui::Theme& theme = screen.theme;
    const float lane = at.right();
    const ui::Vec from{at.x, at.y + at.h * 0.3f}, to{lane, at.y + at.h * 0.62f};
    const auto along = [&](float share) { return from + (to - from) * share; };
    ui::line(screen, {lane, at.y + screen.dp(2)}, {lane, at.bottom() - screen.dp(2)}, theme.stroke,
             1);
    switch (ending) {
    case Ending::delivered: ui::arrow(screen, from, to, theme.stroke, 1.5f, 8); return;
    case Ending::in_flight: {
        ui::line(screen, from, along(0.3f), theme.stroke, 1.5f);
        ui::dashed_line(screen, along(0.55f), to, theme.dim, 1, 2, 3);
        const ui::Vec middle = along(0.42f);
        ui::fill(screen,
                 {middle.x - screen.dp(14), middle.y - screen.dp(6), screen.dp(28), screen.dp(12)},
                 theme.stroke, 6);
        return;
    }
    case Ending::lost:
        ui::line(screen, from, along(0.5f), theme.stroke, 1.5f);
        ui::cross(screen, along(0.5f), 5, theme.refused, 2);
        return;
    case Ending::refused:
        ui::line(screen, from, to, theme.stroke, 1.5f);
        ui::fill(screen, {lane - screen.dp(2.5f), to.y - screen.dp(8), screen.dp(5), screen.dp(16)},
                 theme.refused);
        return;
    }
}

} // namespace

void ending_legend(Column& c, const Host& host) {
    if (!head(c, host, "legend.endings", tr("How a segment can end")))
        return;
    const std::array<std::pair<Ending, const char*>, 4> rows = {
        {{Ending::delivered, tr("delivered")},
         {Ending::in_flight, tr("in flight, where it is now")},
         {Ending::lost, tr("lost on the wire")},
         {Ending::refused, tr("refused by the host")}}};
    for (const auto& [ending, text] : rows) {
        ui::Rect row = c.take(c.px(27));
        if (!c.painting)
            continue;
        draw_ending(c.screen, ui::cut_left(row, c.px(76)).inset(c.px(4), 0), ending);
        ui::cut_left(row, c.px(10));
        ui::text_in(c.screen, row, text, ui::small, c.screen.theme.text);
    }
}

void state_legend(Column& c, const Host& host) {
    if (!head(c, host, "legend.states", tr("Colour is the state")))
        return;
    constexpr std::array shown = {trace::State::closed, trace::State::listen,
                                  trace::State::syn_sent, trace::State::syn_recv,
                                  trace::State::established};
    float widest = 0;
    for (const auto state : shown)
        widest = std::max(widest, ui::state_pill_width(c.screen, state));
    for (const auto state : shown) {
        ui::Rect row = c.take(c.px(26));
        if (!c.painting)
            continue;
        const ui::Rect pill = ui::cut_left(row, widest);
        ui::state_pill(c.screen, {pill.x, pill.centre().y}, state);
        ui::cut_left(row, c.px(12));
        ui::text_in(c.screen, row, meaning(state), ui::small, c.screen.theme.text);
    }
}

} // namespace panels
