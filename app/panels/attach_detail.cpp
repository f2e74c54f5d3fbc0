// One listener beside the list: both queues, the accept queue over the last minute, who is there.
#include "panels/attach.hpp"

#include "panels/column.hpp"
#include "panels/queue_layout.hpp"
#include "panels/queue_plot.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <vector>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

std::string fits_text(std::uint32_t length, std::uint32_t limit) {
    return queue_text(length, limit, limit + 1);
}

void syn_queue(Column& c, const view::ListenerDetail& d) {
    const ui::Theme& theme = c.screen.theme;
    c.pair(tr("SYN queue"), ui::strong, theme.text, fits_text(d.requests, d.limit), ui::small_code,
           theme.text);
    c.gap(4);
    const ui::Rect bar = c.take(c.px(12));
    c.gap(8);
    if (!c.painting)
        return;
    const ui::StateColours& hue = theme.of(trace::State::syn_recv);
    ui::outline(c.screen, bar, theme.dim, 3);
    const float share =
        std::min(1.0f, static_cast<float>(d.requests) / (static_cast<float>(d.limit) + 1));
    if (share > 0) {
        const float width = std::max(c.px(4), bar.w * share);
        ui::box(c.screen, {bar.right() - width, bar.y, width, bar.h}, hue.lane, hue.border, 3);
    }
    ui::mark(c.screen, "attach.syn_queue", fits_text(d.requests, d.limit), bar);
}

void accept_queue(Column& c, const view::ListenerDetail& d, trace::Instant now) {
    const ui::Theme& theme = c.screen.theme;
    const bool full = d.length > d.limit;
    const std::string count =
        fits_text(d.length, d.limit) + (full ? "  " + std::string(tr("FULL")) : "");
    c.pair(tr("accept queue"), ui::strong, theme.text, count,
           full ? ui::small_code_strong : ui::small_code, full ? theme.refused_text : theme.text);
    c.line(tr("limit = min(backlog, somaxconn), as it was at listen()"), ui::small_code, theme.dim);
    c.gap(5);
    const float arrow = c.px(26);
    const QueueLayout layout = lay_out_queue(
        d.length, d.limit, d.limit + 1, c.width - arrow,
        {ui::text_width(c.screen, ":40000 59 s", ui::small_code) + c.px(10), c.px(30), c.px(8)});
    const ui::Rect strip = c.take(layout.height);
    c.gap(3);
    const ui::Rect line = c.take_line(ui::small);
    c.gap(8);
    if (!c.painting)
        return;
    for (const QueueBox& box : layout.boxes) {
        const ui::Rect at{strip.x + box.rect.x, strip.y + box.rect.y, box.rect.w, box.rect.h};
        const ui::StateColours& hue = theme.of(trace::State::established);
        switch (box.kind) {
        case QueueBox::Kind::empty:
        case QueueBox::Kind::room:
            ui::dashed_outline(c.screen, at, theme.dim);
            ui::text_in(c.screen, at.inset(c.px(4), 0),
                        box.kind == QueueBox::Kind::empty ? std::string(tr("empty"))
                                                          : say("room for {}", box.count),
                        ui::small, theme.dim, ui::Align::centre);
            break;
        case QueueBox::Kind::folded:
            ui::box(c.screen, at, hue.fill, hue.border, 3);
            ui::text_in(c.screen, at, fmt::format("× {}", box.count), ui::small_code_strong,
                        hue.text, ui::Align::centre);
            break;
        case QueueBox::Kind::entry: {
            ui::box(c.screen, at, hue.fill, hue.border, 3);
            const std::string text =
                box.entry < d.waiting.size()
                    ? fmt::format(":{} {}", d.waiting[box.entry].remote.port,
                                  rounded(trace::seconds((now - d.waiting[box.entry].since).ns /
                                                         1'000'000'000)))
                    : std::string("…");
            ui::text_in(c.screen, at.inset(c.px(3), 0), text, ui::small_code, hue.text,
                        ui::Align::centre);
            break;
        }
        }
    }
    const ui::Rect bar{strip.x + layout.limit_bar.x, strip.y + layout.limit_bar.y,
                       layout.limit_bar.w, layout.limit_bar.h};
    if (!layout.boxes.empty()) {
        ui::fill(c.screen, bar, theme.text);
        const QueueBox& head = layout.boxes.front();
        const float y = strip.y + head.rect.y + head.rect.h / 2;
        ui::arrow(c.screen, {strip.x + head.rect.right(), y}, {strip.right(), y}, theme.stroke, 2);
    }
    ui::text_in(c.screen, line, tr("accept() takes from here"), ui::small, theme.text,
                ui::Align::right);
    ui::mark(c.screen, "attach.accept_queue", count, strip);
}

void plot(Column& c, const view::ListenerRow& row) {
    const ui::Theme& theme = c.screen.theme;
    c.line(tr("accept queue, last 60 s"), ui::strong, theme.text);
    c.gap(6);
    ui::Rect area = c.take(c.px(84));
    const ui::Rect axis = c.take_line(ui::small);
    c.gap(8);
    if (!c.painting)
        return;
    QueuePlot curve;
    curve.limit = row.limit;
    std::uint32_t most_drops = 0;
    const auto lay = [&](float left) {
        curve.steps.clear();
        curve.drops.clear();
        for (std::size_t i = 0; i < view::trend_points; ++i) {
            if (!row.looked[i])
                continue;
            const float x = left + (area.right() - left) * static_cast<float>(i) /
                                       static_cast<float>(view::trend_points - 1);
            curve.steps.push_back({x, row.trend[i]});
            if (row.trend_drops[i] > 0)
                curve.drops.push_back(x);
            most_drops = std::max(most_drops, row.trend_drops[i]);
        }
    };
    lay(area.x);
    const float numbers = queue_numbers_width(c.screen, curve);
    lay(area.x + numbers);
    curve.until = area.right();
    paint_queue_plot(c.screen, area, numbers, curve);
    ui::cut_left(area, numbers);
    ui::text(c.screen, {area.x, axis.centre().y}, "−60 s", ui::small, theme.dim);
    ui::text(c.screen, {area.right(), axis.centre().y}, tr("now"), ui::small, theme.text,
             ui::Align::right);
    if (most_drops > 0)
        ui::text(c.screen, {area.centre().x, axis.centre().y},
                 say("a red tick: drops in that second, up to {}", most_drops), ui::small,
                 theme.refused_text, ui::Align::centre);
    ui::mark(c.screen, "attach.plot", row.where, area);
}

void end_pill(Column& c, const ui::Rect& at, const std::optional<trace::State>& state,
              const std::string& otherwise) {
    if (state) {
        ui::state_pill(c.screen, {at.x, at.centre().y}, *state);
        return;
    }
    const float width = ui::text_width(c.screen, otherwise, ui::small) + c.px(18);
    const ui::Rect pill{at.x, at.centre().y - c.px(10), std::min(width, at.w), c.px(20)};
    ui::dashed_outline(c.screen, pill, c.screen.theme.dim);
    ui::text_in(c.screen, pill, otherwise, ui::small, c.screen.theme.dim, ui::Align::centre);
}

void peers(Column& c, const view::ListenerDetail& d) {
    const ui::Theme& theme = c.screen.theme;
    const float pill = ui::state_pill_width(c.screen, trace::State::established) + c.px(8);
    const bool roomy = c.width >= 2 * pill + c.px(300);
    const float peer = roomy ? c.px(150) : std::max(c.px(96), c.width - 2 * pill - c.px(4));
    const auto place = [&](const ui::Rect& row, float from, float width) {
        return ui::Rect{row.x + from, row.y, width, row.h};
    };
    const ui::Rect heads = c.take_line(ui::small);
    if (c.painting) {
        ui::text_in(c.screen, place(heads, 0, peer), tr("peer"), ui::small, theme.dim);
        ui::text_in(c.screen, place(heads, peer, pill), tr("client end"), ui::small, theme.dim);
        ui::text_in(c.screen, place(heads, peer + pill, pill), tr("server end"), ui::small,
                    theme.dim);
    }
    const std::string none = tr("no socket");
    for (const view::PeerRow& row : d.peers) {
        const ui::Rect at = c.take(c.px(26));
        const float seen_height =
            roomy || row.seen.empty() ? 0 : ui::line_height(c.screen, ui::small);
        const ui::Rect below = c.take(seen_height);
        if (!c.painting)
            continue;
        ui::text_in(c.screen, place(at, 0, peer - c.px(4)), row.peer, ui::small_code, theme.text);
        end_pill(c, place(at, peer, pill - c.px(4)), row.client,
                 row.client_end.empty() ? none : row.client_end);
        end_pill(c, place(at, peer + pill, pill - c.px(4)), row.server, none);
        const ui::Rect words =
            roomy ? place(at, peer + 2 * pill, c.width - peer - 2 * pill) : below;
        ui::text_in(c.screen, words, row.seen, ui::small,
                    row.bad ? theme.refused_text : theme.text);
        ui::mark(c.screen, "peer." + row.peer, row.seen, at);
    }
    if (d.more_peers > 0)
        c.line(say("× {} more", d.more_peers), ui::small, theme.dim);
    if (d.peers.empty())
        c.line(tr("No connections."), ui::small, theme.dim);
}

} // namespace

void attach_detail(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                   ui::Rect area) {
    const view::AttachView& view = *frame.attach;
    const view::ListenerDetail& d = *view.detail;
    const auto row = std::find_if(view.listeners.begin(), view.listeners.end(),
                                  [&](const auto& l) { return l.cookie == d.cookie; });
    const ui::Rect inside = ui::panel(screen, area, "attach.detail", "", "");
    const auto body = [&](Column& c) {
        const ui::Theme& theme = c.screen.theme;
        const ui::Rect head = c.take(c.px(32));
        if (c.painting) {
            const ui::Button open{.id = "attach.open",
                                  .label = tr("Open"),
                                  .look = ui::Look::accent,
                                  .hint = tr("both ends of its connections, in full (Enter)"),
                                  .style = ui::small_strong};
            ui::Rect left = head;
            const ui::Rect at = ui::cut_right(left, ui::button_width(c.screen, open));
            if (ui::button(c.screen, {at.x, at.centre().y - c.px(14), at.w, c.px(28)}, open))
                commands.push_back(cmd::AttachOpen{0, d.cookie, 0});
            ui::cut_right(left, c.px(8));
            const float pill = ui::state_pill_width(c.screen, trace::State::listen);
            const ui::Rect state = ui::cut_right(left, pill);
            ui::state_pill(c.screen, {state.x, state.centre().y}, trace::State::listen);
            ui::text_in(c.screen, left, d.where + "  " + d.who, ui::strong, theme.text);
            ui::mark(c.screen, "attach.detail.name", d.where + " " + d.who, head);
        }
        c.gap(6);
        syn_queue(c, d);
        accept_queue(c, d, d.now);
        if (row != view.listeners.end())
            plot(c, *row);
        c.rule();
        peers(c, d);
    };
    // Frames are drawn upon their edges: the region ends beyond them.
    const float margin = screen.dp(2);
    float width = inside.w - 2 * margin;
    float height = height_of(screen, width, body) + 2 * margin;
    if (height > inside.h) {
        width -= screen.dp(14);
        height = height_of(screen, width, body) + 2 * margin;
    }
    const ui::Rect content = ui::begin_scroll(screen, inside, "attach.detail.scroll", height);
    Column c{screen, content.x + margin, content.y + margin, width, true};
    body(c);
    ui::end_scroll(screen);
}

} // namespace panels
