// One host, from the top: process, listeners, children, sockets, folds, legends.
#include "panels/host_panel.hpp"

#include "panels/host_cards.hpp"
#include "panels/profile_menu.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;

constexpr std::size_t cards_at_most = 40;
constexpr float low_panel = 400; // below this, a listener's queues would not be seen whole

bool is_child(const trace::SocketView& s) {
    return s.kind == trace::RecordKind::request ||
           (s.listener != trace::none && s.fd < 0 && !s.orphan &&
            s.kind == trace::RecordKind::connection);
}

bool has_card(const Host& host, const view::UpcomingCall& call) {
    return !makes_a_card(call) || std::any_of(host.view.sockets.begin(), host.view.sockets.end(),
                                              [&](const auto& s) { return s.name == call.socket; });
}

void write(Column& c, const Host& host) {
    if (has_process_card(host)) {
        process_card(c, host);
        c.gap(8);
    }
    for (const auto& listener : host.view.listeners) {
        listener_card(c, host, listener);
        c.gap(8);
    }
    std::vector<const trace::SocketView*> children, own;
    for (const auto& s : host.view.sockets)
        if (s.kind != trace::RecordKind::listener)
            (is_child(s) ? children : own).push_back(&s);
    child_cards(c, host, children);
    for (std::size_t i = 0; i < own.size(); ++i) {
        if (own.size() > cards_at_most && i == cards_at_most / 2) {
            const std::size_t skipped = own.size() - cards_at_most;
            c.line(say("× {} more", skipped), ui::small, c.screen.theme.dim, ui::Align::centre);
            c.gap(8);
            i += skipped;
        }
        socket_card(c, host, *own[i]);
        c.gap(8);
    }
    for (const auto& upcoming : host.frame.upcoming) {
        if (upcoming.host != host.view.id || has_card(host, upcoming))
            continue;
        upcoming_card(c, host, upcoming);
        c.gap(8);
    }
    host_actions(c, host);
    const float before = c.y;
    descriptor_fold(c, host);
    c.gap(c.y > before ? 6 : 0);
    sysctl_fold(c, host);
    c.gap(6);
    counter_fold(c, host);
}

// The first host has the room for the legends: there they are read before anything else happens.
// As much of them as fits.
void write_legends(Column& c, const Host& host, float room) {
    const auto endings = [&](Column& in) {
        in.rule();
        ending_legend(in, host);
    };
    const auto states = [&](Column& in) {
        in.rule();
        state_legend(in, host);
    };
    const float first = height_of(c.screen, c.width, endings);
    const float second = height_of(c.screen, c.width, states);
    if (first > room)
        return;
    const bool both = first + second <= room;
    c.y += room - first - (both ? second : 0);
    endings(c);
    if (both)
        states(c);
}

// Name, address, and at the right the kernel: where it can be another one, a button, which counts
// more than the address.
ui::Rect title(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
               HostPanelState& state, const trace::HostView& host, ui::Rect area) {
    ui::Rect inside = ui::panel(screen, area, "host." + host.name, "", "");
    ui::Rect head = ui::cut_top(inside, screen.dp(28));
    const ui::Theme& theme = screen.theme;
    const float gap = screen.dp(10);
    const std::string name = host_title(host.name),
                      address = host.address.raw == 0
                                    ? ""
                                    : fmt::format("({})", trace::format(host.address));
    const float named = ui::text_width(screen, name, ui::heading),
                addressed = ui::text_width(screen, address, ui::small_code);
    if (const float wanted = profile_button_width(screen, frame, host); wanted > 0) {
        const float width = std::min(wanted, head.w - named - gap);
        if (width >= screen.dp(80))
            profile_button(screen, frame, commands, state, host, ui::cut_right(head, width),
                           "profile." + host.name);
        ui::cut_right(head, gap);
    } else {
        const float profile = ui::text_width(screen, host.profile, ui::small_code);
        if (named + gap + addressed + screen.dp(12) + profile <= head.w)
            ui::text_in(screen, head, host.profile, ui::small_code, theme.dim, ui::Align::right);
    }
    ui::text_in(screen, head, name, ui::heading, theme.text);
    if (named + gap + addressed <= head.w)
        ui::text_in(screen, {head.x + named + gap, head.y, addressed + 1, head.h}, address,
                    ui::small_code, theme.dim);
    ui::cut_top(inside, screen.dp(4));
    return inside;
}

} // namespace

void host_panel(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                HostPanelState& state, std::size_t index, ui::Rect area) {
    if (area.empty() || index >= frame.snapshot->hosts.size())
        return;
    const trace::HostView& view = frame.snapshot->hosts[index];
    const ui::Rect inside = title(screen, frame, commands, state, view, area);
    const Host host{frame, view, commands, state, inside.h < screen.dp(low_panel)};
    if (frame.lesson && frame.lesson->highlight.what == view::Highlight::What::nothing)
        state.pointed_step = frame.lesson->current;
    // Room for the frames that stand out of a card: focus, what a lesson points at.
    const float margin = screen.dp(4);
    const auto body = [&](Column& c) { write(c, host); };
    float width = inside.w - 2 * margin;
    float height = height_of(screen, width, body) + 2 * margin;
    if (height > inside.h) {
        width -= screen.dp(14);
        height = height_of(screen, width, body) + 2 * margin;
    }
    const ui::Rect content =
        ui::begin_scroll(screen, inside, "host." + view.name + ".scroll", height);
    Column c{screen, content.x + margin, content.y + margin, width, true};
    body(c);
    if (index == 0)
        write_legends(c, host, inside.bottom() - margin - c.y);
    ui::end_scroll(screen);
}

} // namespace panels
