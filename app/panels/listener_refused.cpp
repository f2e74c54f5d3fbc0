// What a listener refuses stands outside its queues and says why.
#include "panels/host_cards.hpp"
#include "panels/queue_history.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <cmath>

namespace panels {
namespace {

using view::tr;

struct Refusals {
    std::vector<std::string> who;
    trace::EventId last = trace::none;
};

// By a queue, or by the listener itself at the third ACK.
bool by_listener(trace::Rule rule) {
    return refused_by(rule) != RefusedBy::neither ||
           rule == trace::Rule::defer_accept_ignores_ack || rule == trace::Rule::cookie_wrong;
}

// Who was turned away since the last time that a connection left a queue of this listener.
Refusals refused(const Host& host, const trace::ListenerView& listener) {
    Refusals found;
    const auto& trace = *host.frame.trace;
    std::size_t looked_at = 0;
    for (std::size_t i = std::min<std::size_t>(host.frame.visible_events, trace.events.size());
         i-- > 0 && looked_at++ < 4000;) {
        const auto& e = trace.events[i];
        if (e.host != host.view.id)
            continue;
        if (e.kind == trace::EventKind::call_returned && e.ref < trace.calls.size() &&
            trace.calls[e.ref].call == trace::Call::accept &&
            trace.calls[e.ref].socket == listener.cookie)
            break;
        if (!by_listener(e.rule) || !refused_at(trace, e, listener.cookie))
            continue;
        if (found.last == trace::none)
            found.last = static_cast<trace::EventId>(i);
        const std::string who = fmt::format(":{}", trace.segments[e.ref].segment.source.port);
        if (std::find(found.who.begin(), found.who.end(), who) == found.who.end())
            found.who.push_back(who);
    }
    return found;
}

const char* short_reason(trace::Rule rule) {
    if (rule == trace::Rule::cookie_wrong)
        return tr("ACK refused: no cookie of ours");
    if (rule == trace::Rule::defer_accept_ignores_ack)
        return tr("ACK ignored: waits for data");
    if (rule == trace::Rule::accept_queue_full_ignores_ack ||
        rule == trace::Rule::cookie_meets_full_accept_queue)
        return tr("ACK refused: accept queue full");
    if (rule == trace::Rule::accept_queue_full_resets)
        return tr("answered with RST: accept queue full");
    if (rule == trace::Rule::accept_queue_full_drops_syn)
        return tr("SYN refused: accept queue full");
    if (rule == trace::Rule::one_count_full)
        return tr("SYN refused: backlog full");
    return tr("SYN refused: SYN queue full");
}

} // namespace

// Outside, below: it comes up against the queue and falls back.
void turned_away(Column& c, const Host& host, const trace::ListenerView& listener) {
    const Refusals out = refused(host, listener);
    if (out.last == trace::none)
        return;
    const ui::Theme& theme = c.screen.theme;
    const auto& event = host.frame.trace->events[out.last];
    std::string who;
    for (std::size_t i = 0; i < std::min<std::size_t>(out.who.size(), 3); ++i)
        who += (i ? " " : "") + out.who[i];
    if (out.who.size() > 3)
        who += fmt::format(" × {}", out.who.size());
    const std::string why = short_reason(event.rule);
    const float pad = c.px(9);
    const bool one = ui::text_width(c.screen, who, ui::small_code) +
                         ui::text_width(c.screen, why, ui::small_strong) + c.px(14) + 2 * pad <=
                     c.width;
    const float why_height =
        one ? 0 : ui::paragraph_height(c.screen, c.width - 2 * pad, why, ui::small_strong);
    c.gap(14);
    const ui::Rect place = c.take(c.px(30) + why_height);
    c.gap(6);
    if (!c.painting)
        return;
    const bool fresh = out.last >= host.frame.motion.fresh;
    const float t = progress(host.frame);
    const float rise = fresh ? c.px(12) * std::sin(t * 3.14159f) : 0;
    const ui::Rect box{place.x, place.y - rise, place.w, place.h};
    const float x = box.x + c.px(30);
    ui::line(c.screen, {x, box.y}, {x, place.y - c.px(13)}, theme.refused, 2);
    ui::line(c.screen, {x - c.px(10), place.y - c.px(13)}, {x + c.px(10), place.y - c.px(13)},
             theme.refused, 3);
    const auto now = ui::hotspot(c.screen, box, "refused." + listener.name, why,
                                 std::string(trace::text(event.rule).source));
    ui::box(c.screen, box, theme.refused_soft, theme.refused, 4,
            fresh || now.hovered ? 2.0f : 1.0f);
    ui::Rect inside = box.inset(pad, c.px(2));
    ui::Rect first = one ? inside : ui::cut_top(inside, c.px(26));
    ui::text_in(c.screen, first, who, ui::small_code, theme.refused_text);
    if (one)
        ui::text_in(c.screen, first, why, ui::small_strong, theme.refused_text, ui::Align::right);
    else
        ui::paragraph(c.screen, inside, why, ui::small_strong, theme.refused_text);
    if (now.focused)
        ui::focus_ring(c.screen, box);
    if (now.clicked) {
        view::Selection s;
        s.event = out.last;
        host.commands.push_back(view::command::Select{s});
    }
}

} // namespace panels
