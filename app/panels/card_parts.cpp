// What several cards share: call lines, badges, frames.
#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {

using view::tr;

void call_line(Column& c, const Host& host, const trace::CallView& call) {
    const auto& record = host.frame.trace->calls[call.call];
    const ui::Theme& theme = c.screen.theme;
    const std::string text = call_text(record);
    // A wide panel has room for the usual size.
    const bool roomy = c.width >= c.px(330);
    const ui::TextStyle plain = roomy ? ui::code : ui::small_code;
    if (call.returned) {
        const std::string result = "→ " + result_text(call.result);
        const ui::TextStyle strong = roomy ? ui::code_strong : ui::small_code_strong;
        c.pair(text, plain, theme.text, result, call.result < 0 ? strong : plain,
               call.result < 0 ? theme.refused_text : theme.text);
        return;
    }
    const std::string blocked = tr("blocked");
    const float inset = c.px(8), height = c.px(26);
    const float needed = ui::text_width(c.screen, text, plain) + c.px(24) +
                         ui::text_width(c.screen, blocked, ui::small_strong) + 2 * inset;
    const bool one = needed <= c.width;
    c.gap(2);
    const ui::Rect frame = c.take(one ? height : height + ui::line_height(c.screen, ui::small));
    c.gap(2);
    if (!c.painting)
        return;
    ui::box(c.screen, frame, theme.accent_soft, theme.accent_border, 4);
    ui::mark(c.screen, fmt::format("blocked.{}", call.call), text + " " + blocked, frame);
    ui::Rect inside = frame.inset(inset, c.px(3));
    ui::Rect line = one ? inside : ui::cut_top(inside, inside.h / 2);
    ui::text_in(c.screen, one ? line : inside, blocked, ui::small_strong, theme.text,
                ui::Align::right);
    ui::icon(c.screen, ui::Icon::play, {line.x + c.px(4), line.centre().y}, 9, theme.text);
    ui::cut_left(line, c.px(14));
    ui::text_in(c.screen, line, text, plain, theme.text);
}

void next_call(Column& c, const view::UpcomingCall& call) {
    const ui::Theme& theme = c.screen.theme;
    c.gap(2);
    c.line(tr("next call, about to run"), ui::small, theme.dim);
    c.gap(3);
    const float inside_width = c.width - c.px(30);
    const float text =
        ui::paragraph_height(c.screen, inside_width, call.text, ui::small_code_strong);
    const ui::Rect frame = c.take(text + c.px(10));
    c.gap(2);
    if (!c.painting)
        return;
    ui::box(c.screen, frame, theme.accent, theme.accent_border, 4);
    ui::mark(c.screen, "next_call." + call.socket, call.text, frame);
    ui::icon(
        c.screen, ui::Icon::play,
        {frame.x + c.px(13), frame.y + c.px(5) + ui::line_height(c.screen, ui::small_code) / 2}, 10,
        theme.on_accent);
    ui::paragraph(c.screen, {frame.x + c.px(23), frame.y + c.px(5), inside_width, text}, call.text,
                  ui::small_code_strong, theme.on_accent);
}

float state_badge(ui::Screen& screen, const Host& host, ui::Vec right, trace::Cookie socket,
                  trace::State state, ui::TextStyle style) {
    const auto before = state_before(host.frame, socket);
    const float t = progress(host.frame);
    const trace::State shown = before && t < 0.5f ? *before : state;
    const float x = right.x - ui::state_pill_width(screen, shown, style);
    if (before && t < 1) {
        // The pill takes its colours from the theme: lend it a mixed set for this one drawing.
        ui::StateColours& lent = screen.theme.states[static_cast<std::size_t>(shown)];
        const ui::StateColours own = lent;
        const ui::StateColours from = screen.theme.of(*before), to = screen.theme.of(state);
        lent = {ui::mix(from.lane, to.lane, t), ui::mix(from.fill, to.fill, t),
                ui::mix(from.border, to.border, t), ui::mix(from.text, to.text, t)};
        ui::state_pill(screen, {x, right.y}, shown, style);
        screen.theme.states[static_cast<std::size_t>(shown)] = own;
    } else {
        ui::state_pill(screen, {x, right.y}, shown, style);
    }
    return x;
}

CardLook socket_look(const ui::Screen& screen, const Host& host, trace::Cookie socket,
                     trace::State state, trace::Certainty certainty) {
    const ui::Theme& theme = screen.theme;
    ui::Colour border = theme.of(state).border;
    const auto before = state_before(host.frame, socket);
    if (before)
        border = ui::mix(theme.of(*before).border, border, progress(host.frame));
    CardLook look{theme.card, border, 1, certainty != trace::Certainty::exact};
    // Without motion, what has just changed is outlined.
    if (host.selected(socket) || (host.frame.reduced_motion && touched(host.frame, socket)))
        look.border_width = 2;
    return look;
}

bool makes_a_card(const view::UpcomingCall& call) {
    return !call.socket.empty() && call.socket.find(':') == std::string::npos &&
           call.text.rfind("accept(", 0) != 0;
}

void point_at(ui::Screen& screen, const Host& host, const ui::Rect& what) {
    const int step = host.frame.lesson ? host.frame.lesson->current : -1;
    if (host.state.pointed_step != step) {
        ui::bring_into_view(screen, what);
        host.state.pointed_step = step;
    }
    const ui::Theme& theme = screen.theme;
    ui::outline(screen, what, theme.accent, 6, 3);
    ui::outline(screen, what.inset(-screen.dp(1.5f)), theme.accent_border, 7, 1);
    ui::mark(screen, "highlight", "", what);
}

void pick_card(ui::Screen& screen, const Host& host, const ui::Rect& frame, trace::Cookie socket,
               const std::string& name, trace::Certainty certainty, trace::Instant since) {
    std::string hint;
    switch (certainty) {
    case trace::Certainty::exact:
        if (host.frame.attach)
            hint = say("told by the kernel's trace at its instant; in this state for {}",
                       rounded(host.now() - since)) +
                   ". " + host.frame.can.scope;
        break;
    case trace::Certainty::sampled:
        hint = say("sampled; in this state for {} or longer", rounded(host.now() - since));
        if (host.frame.attach)
            hint += ". " + host.frame.can.scope;
        break;
    case trace::Certainty::inferred: hint = tr("inferred between two samples"); break;
    case trace::Certainty::unknown: hint = tr("not known"); break;
    }
    const auto now = ui::hotspot(screen, frame, "socket." + name, name, hint);
    if (now.focused)
        ui::focus_ring(screen, frame);
    if (host.selected(socket))
        ui::outline(screen, frame, screen.theme.text, card_radius, 2);
    if (now.clicked) {
        view::Selection selection;
        if (!host.selected(socket))
            selection.socket = socket;
        host.commands.push_back(view::command::Select{selection});
    }
}

} // namespace panels
