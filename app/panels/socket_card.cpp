// One socket as a card: who, in which state, what its thread does, its queues and timers.
#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;
using What = view::Highlight::What;

constexpr std::size_t calls_shown = 3;

std::string port(const trace::Endpoint& e) {
    return fmt::format(":{}", e.port);
}

// "connected for 180 ms", "waits for 2MSL, no process holds it"
std::string condition(const Host& host, const trace::SocketView& s) {
    const std::string age = rounded(std::max(trace::Duration{}, host.now() - s.since));
    std::string text;
    if (s.state == trace::State::established)
        text = say("connected for {}", age);
    else if (s.state == trace::State::closed)
        text = meaning(s.state);
    else
        text = say("{}, for {}", meaning(s.state), age);
    if (s.fd < 0 && (s.orphan || s.kind == trace::RecordKind::time_wait))
        text += tr("; no process holds it");
    if (s.error != trace::Errno::ok)
        text += say("; error pending: {}", trace::name(s.error));
    return text;
}

void title_row(Column& c, const Host& host, const trace::SocketView& s) {
    const ui::Theme& theme = c.screen.theme;
    const std::string local = port(s.local);
    const float pill = ui::state_pill_width(c.screen, s.state);
    const float name = ui::text_width(c.screen, s.name, ui::strong);
    const float number = ui::text_width(c.screen, local, ui::code);
    // In a narrow panel the pill goes below the name.
    const bool one = name + number + pill + c.px(20) <= c.width;
    const float height = ui::state_pill_height(c.screen) + c.px(4);
    const ui::Rect row = c.take(height);
    const ui::Rect second = one ? row : c.take(height);
    if (!c.painting)
        return;
    state_badge(c.screen, host, {one ? row.right() : row.x + pill, second.centre().y}, s.cookie,
                s.state);
    const ui::Rect shown = ui::text_in(c.screen, {row.x, row.y, one ? name + 1 : row.w, row.h},
                                       s.name, ui::strong, theme.text);
    if (s.local.port != 0 && shown.right() + c.px(8) + number <= row.right())
        ui::text(c.screen, {shown.right() + c.px(8), row.centre().y}, local, ui::code, theme.text);
}

std::vector<trace::CallView> calls_of(const Host& host, const trace::SocketView& s) {
    std::vector<trace::CallView> calls;
    for (const auto& call : host.view.calls) {
        if (call.call >= host.frame.trace->calls.size())
            continue;
        const auto& record = host.frame.trace->calls[call.call];
        if (record.socket == s.cookie && record.call != trace::Call::socket)
            calls.push_back(call);
    }
    return calls;
}

void calls(Column& c, const Host& host, const trace::SocketView& s) {
    const auto all = calls_of(host, s);
    const std::string fold = "calls." + s.name;
    const bool open = host.open(fold, false);
    // To fold one line into another saves nothing.
    const bool folds = all.size() > calls_shown + 1;
    const std::size_t hidden = folds && !open ? all.size() - calls_shown : 0;
    if (folds) {
        const ui::Rect row = c.take(c.px(24));
        const std::string label =
            open ? std::string(tr("fewer calls")) : say("earlier calls: {}", hidden);
        if (c.painting &&
            ui::collapsible(
                c.screen, row,
                {.id = fold, .label = label, .look = ui::Look::quiet, .style = ui::small}, open))
            host.toggle(fold);
    }
    for (std::size_t i = hidden; i < all.size(); ++i) {
        c.gap(2);
        call_line(c, host, all[i]);
    }
    for (const auto& upcoming : host.frame.upcoming)
        if (upcoming.host == host.view.id && upcoming.socket == s.name)
            next_call(c, upcoming);
}

} // namespace

void socket_card(Column& c, const Host& host, const trace::SocketView& s) {
    const ui::Theme& theme = c.screen.theme;
    const std::string fold = "numbers." + s.name;
    const ui::Rect frame =
        card(c, socket_look(c.screen, host, s.cookie, s.state, s.certainty), [&](Column& in) {
            title_row(in, host, s);
            calls(in, host, s);
            in.gap(4);
            const bool has_numbers = s.numbers_known && s.state != trace::State::closed;
            const bool open = has_numbers && host.open(fold, false);
            const float side = in.px(22);
            Column words{in.screen, in.x, in.y, in.width - (has_numbers ? side : 0), in.painting};
            words.paragraph(condition(host, s), ui::small, theme.dim);
            if (has_numbers && in.painting &&
                ui::button(in.screen, {in.x + in.width - side, in.y - in.px(2), side, side},
                           {.id = fold,
                            .label = "",
                            .look = ui::Look::quiet,
                            .before = open ? ui::Icon::chevron_down : ui::Icon::chevron_right,
                            .hint = tr("sequence numbers")}))
                host.toggle(fold);
            in.y = words.y;
            if (open)
                sequence_numbers(in, host, s);
            attached_lines(in, host, s.cookie);
            buffer_rows(in, host, s);
            timer_rows(in, host, s);
            legal_calls(in, host, s.cookie, s.name);
            happening_button(in, host, s.cookie, s.name, condition_of(s));
        });
    if (!c.painting)
        return;
    pick_card(c.screen, host, frame, s.cookie, s.name, s.certainty, s.since);
    if (host.highlighted(What::socket, s.cookie) || host.highlighted(What::calls, s.cookie))
        point_at(c.screen, host, frame);
}

void child_cards(Column& c, const Host& host,
                 const std::vector<const trace::SocketView*>& children) {
    if (children.empty())
        return;
    const ui::Theme& theme = c.screen.theme;
    c.paragraph(tr("Child sockets: not yet accepted"), ui::small_strong, theme.text);
    c.gap(5);
    const float gap = c.px(8), pad = c.px(9);
    float widest = 0;
    for (const auto* s : children)
        widest = std::max(widest, ui::text_width(c.screen, port(s->remote), ui::code) +
                                      ui::state_pill_width(c.screen, s->state) + c.px(8) + 2 * pad);
    const std::size_t columns = 2 * widest + gap <= c.width ? 2 : 1;
    const float width =
        (c.width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const auto body = [&](Column& in, const trace::SocketView& s) {
        const ui::Rect row = in.take(ui::state_pill_height(in.screen) + in.px(3));
        if (in.painting) {
            const float left =
                state_badge(in.screen, host, {row.right(), row.centre().y}, s.cookie, s.state);
            ui::text_in(in.screen, {row.x, row.y, left - row.x - in.px(4), row.h}, port(s.remote),
                        ui::code, theme.text);
        }
        in.gap(2);
        const std::string age = rounded(std::max(trace::Duration{}, host.now() - s.since));
        in.paragraph(s.kind == trace::RecordKind::request ? say("request, for {}", age)
                                                          : say("no fd yet, waits {}", age),
                     ui::small, theme.dim);
        timer_rows(in, host, s);
    };
    const std::size_t shown = std::min<std::size_t>(children.size(), 8);
    for (std::size_t i = 0; i < shown; i += columns) {
        const std::size_t end = std::min(i + columns, shown);
        float height = 0;
        for (std::size_t k = i; k < end; ++k)
            height = std::max(height, height_of(c.screen, width - 2 * pad,
                                                [&](Column& in) { body(in, *children[k]); }));
        const ui::Rect row = c.take(height + 1.5f * pad);
        c.gap(8);
        for (std::size_t k = i; k < end && c.painting; ++k) {
            const trace::SocketView& s = *children[k];
            const ui::Rect frame{row.x + static_cast<float>(k - i) * (width + gap), row.y, width,
                                 row.h};
            const CardLook look = socket_look(c.screen, host, s.cookie, s.state, s.certainty);
            ui::fill(c.screen, frame, look.ground, card_radius);
            if (look.dashed)
                ui::dashed_outline(c.screen, frame, look.border, look.border_width);
            else
                ui::outline(c.screen, frame, look.border, card_radius, look.border_width);
            Column in{c.screen, frame.x + pad, frame.y + 0.75f * pad, width - 2 * pad, true};
            body(in, s);
            pick_card(c.screen, host, frame, s.cookie, s.name, s.certainty, s.since);
            if (host.highlighted(What::socket, s.cookie))
                point_at(c.screen, host, frame);
        }
    }
    if (children.size() > shown)
        c.line(say("× {} more", children.size() - shown), ui::small, theme.dim);
}

void upcoming_card(Column& c, const Host&, const view::UpcomingCall& call) {
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect frame =
        card(c, {theme.card, theme.of(trace::State::closed).border, 1, false}, [&](Column& in) {
            const ui::Rect row = in.take(ui::state_pill_height(in.screen) + in.px(4));
            if (in.painting) {
                const float w = ui::state_pill_width(in.screen, trace::State::closed);
                ui::state_pill(in.screen, {row.right() - w, row.centre().y}, trace::State::closed);
                ui::text_in(in.screen, {row.x, row.y, row.w - w - in.px(8), row.h}, call.socket,
                            ui::strong, theme.text);
            }
            next_call(in, call);
        });
    if (c.painting)
        ui::mark(c.screen, "upcoming." + call.socket, call.socket, frame);
}

} // namespace panels
