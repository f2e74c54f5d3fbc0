// A listener with both its queues and their limits.
#include "panels/host_cards.hpp"
#include "panels/queue_layout.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;
using What = view::Highlight::What;

// In a narrow panel only the port; how old it is stands in the tooltip.
std::string entry_text(const Host& host, const trace::QueueEntry& e, bool narrow) {
    if (narrow)
        return fmt::format(":{}", e.remote.port);
    if (e.synacks_resent > 0)
        return say(":{} rtx {}", e.remote.port, e.synacks_resent);
    return fmt::format(":{} {}", e.remote.port,
                       rounded(std::max(trace::Duration{}, host.now() - e.since)));
}

struct Queue {
    trace::Queue which;
    const std::vector<trace::QueueEntry>& entries;
    std::uint32_t limit, fits;
    const char* name;
    const char* id;
    trace::Cookie listener;
};

constexpr float arrow_room = 26;

QueueMeasures measures(Column& c, bool narrow) {
    const float widest =
        std::max(ui::text_width(c.screen, tr("empty"), ui::small),
                 ui::text_width(c.screen, narrow ? ":40000" : ":40000 100 ms", ui::small_code));
    return {widest + c.px(14), c.px(32), c.px(10)};
}

bool is_narrow(Column& c, const Queue& q) {
    const auto boxes = static_cast<float>(std::clamp<std::size_t>(q.fits, 1, 3));
    return boxes * (measures(c, false).box_width + c.px(10)) - c.px(10) >
           c.width - c.px(arrow_room);
}

void draw_box(Column& c, const Host& host, const Queue& q, const QueueBox& box, const ui::Rect& at,
              bool narrow) {
    const ui::Theme& theme = c.screen.theme;
    switch (box.kind) {
    case QueueBox::Kind::empty:
        ui::dashed_outline(c.screen, at, theme.dim);
        ui::text_in(c.screen, at, tr("empty"), ui::small, theme.dim, ui::Align::centre);
        return;
    case QueueBox::Kind::room:
        ui::dashed_outline(c.screen, at, theme.dim);
        ui::text_in(c.screen, at.inset(c.px(4), 0), say("room for {}", box.count), ui::small,
                    theme.dim, ui::Align::centre);
        return;
    case QueueBox::Kind::folded:
        ui::box(c.screen, at, theme.card, theme.dim, 3);
        ui::text_in(c.screen, at, fmt::format("× {}", box.count), ui::small_code_strong, theme.text,
                    ui::Align::centre);
        ui::mark(c.screen, std::string(q.id) + ".folded", fmt::format("× {}", box.count), at);
        return;
    case QueueBox::Kind::entry: break;
    }
    const auto& entry = q.entries[box.entry];
    const ui::StateColours& hue = theme.of(entry.state);
    const std::string text = entry_text(host, entry, narrow);
    const std::string id = fmt::format("entry.{}", entry.cookie);
    std::string hint = say("{} from {}, for {}", trace::name(entry.state),
                           remote_text(host.frame, entry.cookie, entry.remote),
                           rounded(std::max(trace::Duration{}, host.now() - entry.since)));
    if (entry.acked)
        hint += tr("; its third ACK was refused by the full accept queue");
    const auto now = ui::hotspot(c.screen, at, id, text, hint);
    const bool selected = host.selected(entry.cookie);
    ui::box(c.screen, at, hue.fill, hue.border, 3, selected || now.hovered ? 2.0f : 1.0f);
    ui::text_in(c.screen, at.inset(c.px(4), 0), text, ui::small_code, hue.text, ui::Align::centre);
    if (now.focused)
        ui::focus_ring(c.screen, at);
    if (now.clicked) {
        view::Selection s;
        s.socket = entry.cookie;
        host.commands.push_back(view::command::Select{s});
    }
}

// Where a box comes from while the newest beat is shown: the SYN queue, or outside.
ui::Rect start_of(const Host& host, const Queue& q, std::size_t entry, const ui::Rect& at,
                  const ui::Rect& syn_head) {
    const auto before = state_before(host.frame, q.entries[entry].cookie);
    if (q.which == trace::Queue::accept && before == trace::State::syn_recv)
        return syn_head;
    const bool newest = entry + 1 == q.entries.size();
    if (newest && q.which == trace::Queue::syn && queue_moved(host.frame, q.listener, q.which) > 0)
        return {at.x - 1.2f * at.w, at.y, at.w, at.h};
    return at;
}

// The boxes; returns where the head of this queue stands.
ui::Rect boxes(Column& c, const Host& host, const trace::ListenerView& listener, const Queue& q,
               const ui::Rect& syn_head) {
    const ui::Theme& theme = c.screen.theme;
    const bool narrow = is_narrow(c, q);
    const QueueMeasures m = measures(c, narrow);
    const bool is_accept = q.which == trace::Queue::accept;
    const float arrow = c.px(arrow_room);
    const QueueLayout layout = lay_out_queue(q.entries.size(), q.limit, q.fits, c.width - arrow, m);
    c.gap(5);
    const ui::Rect strip = c.take(layout.height);
    c.gap(5);
    const ui::Rect head =
        layout.boxes.empty()
            ? ui::Rect{strip.x, strip.y, m.box_width, m.box_height}
            : ui::Rect{strip.x + layout.boxes[0].rect.x, strip.y + layout.boxes[0].rect.y,
                       layout.boxes[0].rect.w, layout.boxes[0].rect.h};
    if (!c.painting)
        return head;
    const float t = progress(host.frame);
    const ui::Rect bar{strip.x + layout.limit_bar.x, strip.y + layout.limit_bar.y,
                       layout.limit_bar.w, layout.limit_bar.h};
    if (!layout.boxes.empty())
        ui::fill(c.screen, bar, theme.text);
    for (const auto& box : layout.boxes) {
        const ui::Rect at{strip.x + box.rect.x, strip.y + box.rect.y, box.rect.w, box.rect.h};
        const ui::Rect from =
            box.kind == QueueBox::Kind::entry ? start_of(host, q, box.entry, at, syn_head) : at;
        draw_box(c, host, q, box, between(from, at, t), narrow);
    }
    if (!is_accept)
        return head;
    const float y = head.centre().y;
    ui::arrow(c.screen, {head.right(), y}, {strip.right(), y}, theme.stroke, 2);
    const trace::Cookie taken = just_accepted(host.frame, listener.cookie);
    if (taken != trace::none && t < 1 && taken < host.frame.trace->sockets.size()) {
        const auto alpha = static_cast<std::uint8_t>(255 * (1 - t));
        const ui::StateColours& hue = theme.of(trace::State::established);
        const ui::Rect ghost{head.x + t * c.px(70), head.y, head.w, head.h};
        ui::box(c.screen, ghost, ui::with_alpha(hue.fill, alpha), ui::with_alpha(hue.border, alpha),
                3);
        ui::text_in(c.screen, ghost,
                    fmt::format(":{}", host.frame.trace->sockets[taken].remote.port),
                    ui::small_code, ui::with_alpha(hue.text, alpha), ui::Align::centre);
    }
    // Under the boxes: which line is the limit, which end accept() takes from.
    const std::string limit = say("limit {}", q.limit), takes = tr("accept() takes from here");
    const float limit_width = ui::text_width(c.screen, limit, ui::small_strong);
    const float takes_width = ui::text_width(c.screen, takes, ui::small);
    const ui::Rect line{strip.x, strip.bottom() + c.px(5), strip.w,
                        ui::line_height(c.screen, ui::small)};
    const float takes_left = line.right() - takes_width;
    const float limit_x = std::clamp(bar.centre().x - limit_width / 2, line.x,
                                     std::max(line.x, takes_left - limit_width - c.px(8)));
    if (limit_x + limit_width + c.px(8) <= takes_left) {
        ui::text(c.screen, {limit_x, line.centre().y}, limit, ui::small_strong, theme.text);
        ui::text(c.screen, {line.right(), line.centre().y}, takes, ui::small, theme.text,
                 ui::Align::right);
    } else {
        ui::text_in(c.screen, line, takes, ui::small, theme.text, ui::Align::right);
    }
    return head;
}

// Header, boxes, and for the accept queue what its limit is made of.
ui::Rect queue(Column& c, const Host& host, const trace::ListenerView& listener, const Queue& q,
               const ui::Rect& syn_head) {
    const ui::Theme& theme = c.screen.theme;
    const bool is_accept = q.which == trace::Queue::accept;
    const bool full = is_accept ? accept_queue_full(listener) : syn_queue_full(listener);
    const bool pointed =
        host.highlighted(is_accept ? What::accept_queue : What::syn_queue, listener.cookie);
    const auto body = [&](Column& in, ui::Rect& head_box) {
        const std::string count = queue_text(q.entries.size(), q.limit, q.fits);
        const std::string chip = tr("FULL");
        const float chip_width =
            full ? ui::text_width(in.screen, chip, ui::small_code_strong) + in.px(14) : 0;
        const float name_width = ui::text_width(in.screen, q.name, ui::strong);
        const float count_width = ui::text_width(in.screen, count, ui::small_code);
        const bool one = name_width + count_width + chip_width + in.px(full ? 20 : 12) <= in.width;
        const float line = std::max(ui::line_height(in.screen, ui::strong), in.px(22));
        // The chip stays beside the name; the count goes below when there is no room.
        const float count_height =
            one ? line : ui::paragraph_height(in.screen, in.width, count, ui::small_code);
        const ui::Rect first = in.take(line), second = one ? first : in.take(count_height);
        if (in.painting) {
            ui::text_in(in.screen, first, q.name, ui::strong, theme.text);
            ui::Rect right = first;
            if (full) {
                const ui::Rect at = ui::cut_right(right, chip_width);
                const ui::Rect tag{at.x, at.centre().y - in.px(10), at.w, in.px(20)};
                ui::fill(in.screen, tag, theme.tag, 3);
                ui::text(in.screen, tag.centre(), chip, ui::small_code_strong, theme.on_tag,
                         ui::Align::centre);
                ui::mark(in.screen, std::string(q.id) + ".full", chip, tag);
                ui::cut_right(right, in.px(8));
            }
            if (one)
                ui::text_in(in.screen, right, count, ui::small_code, theme.text, ui::Align::right);
            else
                ui::paragraph(in.screen, second, count, ui::small_code, theme.text);
            ui::mark(in.screen, fmt::format("{}.{}", q.id, listener.name), count, first);
        }
        if (is_accept)
            in.paragraph(limit_text(listener), ui::small_code, theme.dim);
        else if (const std::string bound = syn_limit_text(listener); !bound.empty())
            in.paragraph(bound, ui::small_code, theme.dim);
        else if (listener.cookies_sent > 0)
            in.paragraph(
                listener.cookies_sent == 1
                    ? std::string(tr("1 cookie sent: nothing is kept of that SYN"))
                    : say("{} cookies sent: nothing is kept of those SYNs", listener.cookies_sent),
                ui::small_strong, theme.dim);
        head_box = boxes(in, host, listener, q, syn_head);
        if (is_accept)
            in.take(ui::line_height(in.screen, ui::small));
    };
    ui::Rect head;
    const float pad = c.px(7);
    c.gap(6);
    Column probe{c.screen, c.x, c.y, c.width, false};
    body(probe, head);
    const ui::Rect around = ui::Rect{c.x, c.y, c.width, probe.y - c.y}.inset(-pad, -c.px(4));
    if (c.painting && pointed)
        ui::fill(c.screen, around, theme.accent_soft, 6);
    body(c, head);
    if (c.painting && pointed)
        point_at(c.screen, host, around);
    c.gap(6);
    return head;
}

// ":80", and what tells it from the others on that port: its address, which of a group it is.
std::string port_text(const trace::ListenerView& listener) {
    const std::string port = listener.local.address.raw != 0
                                 ? trace::format(listener.local)
                                 : fmt::format(":{}", listener.local.port);
    const auto which = listener.name.find('#');
    return which == std::string::npos ? port : port + listener.name.substr(which);
}

} // namespace

void listener_card(Column& c, const Host& host, const trace::ListenerView& listener) {
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect frame = card(
        c, socket_look(c.screen, host, listener.cookie, trace::State::listen, listener.certainty),
        [&](Column& in) {
            const std::string port = port_text(listener);
            const float height = ui::state_pill_height(in.screen) + in.px(5);
            const float port_width = ui::text_width(in.screen, port, ui::code_strong);
            // A long address has a line of its own.
            const bool one =
                port_width + in.px(8) + ui::state_pill_width(in.screen, trace::State::listen) <=
                in.width;
            const ui::Rect row = in.take(height);
            const ui::Rect second = one ? row : in.take(height);
            if (in.painting) {
                const float left = state_badge(in.screen, host, {second.right(), second.centre().y},
                                               listener.cookie, trace::State::listen);
                const ui::Rect shown = ui::text_in(in.screen, {row.x, row.y, row.w, row.h}, port,
                                                   ui::code_strong, theme.text);
                const float from = one ? shown.right() + in.px(9) : second.x;
                ui::text_in(in.screen,
                            {from, second.y, std::max(0.0f, left - from - in.px(6)), second.h},
                            listener.defers_accept ? tr("listener, defers accept") : tr("listener"),
                            ui::body, theme.dim);
            }
            const std::uint32_t syn_limit = syn_queue_limit(listener);
            const Queue syn{trace::Queue::syn, listener.syn_queue,
                            syn_limit,         std::max(listener.syn_fits, syn_limit),
                            tr("SYN queue"),   "syn_queue",
                            listener.cookie};
            const Queue accept{trace::Queue::accept, listener.accept_queue, listener.limit,
                               listener.accept_fits, tr("accept queue"),    "accept_queue",
                               listener.cookie};
            const ui::Rect syn_head = queue(in, host, listener, syn, {});
            queue(in, host, listener, accept, syn_head);
            turned_away(in, host, listener);
            legal_calls(in, host, listener.cookie, listener.name);
            happening_button(in, host, listener.cookie, listener.name, "accept_queue_full");
        });
    if (!c.painting)
        return;
    pick_card(c.screen, host, frame, listener.cookie, listener.name, listener.certainty,
              host.now());
    if (host.highlighted(What::socket, listener.cookie))
        point_at(c.screen, host, frame);
}

} // namespace panels
