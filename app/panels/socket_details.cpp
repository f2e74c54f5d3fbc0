// Inside a socket's card: queues of bytes to scale, timers as rings, sequence numbers on a line.
#include "panels/host_cards.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>

namespace panels {
namespace {

using view::tr;
using What = view::Highlight::What;

constexpr std::size_t segments_looked_at = 4096;

// Where one segment of the send queue ends and the next begins, as bytes from snd.una.
std::vector<std::uint32_t> segment_ends(const Host& host, const trace::SocketView& s) {
    std::vector<std::uint32_t> ends;
    const auto& all = host.frame.trace->segments;
    const std::size_t first = all.size() > segments_looked_at ? all.size() - segments_looked_at : 0;
    const std::uint32_t flight = s.snd_nxt - s.snd_una;
    for (std::size_t i = first; i < all.size(); ++i) {
        const auto& r = all[i];
        if (r.original != trace::none || r.copy || r.segment.length == 0 ||
            r.sent > host.frame.snapshot->now || r.segment.source != s.local ||
            r.segment.destination != s.remote)
            continue;
        const std::uint32_t end = r.segment.seq + r.segment.length - s.snd_una;
        if (end > 0 && end < flight)
            ends.push_back(end);
    }
    return ends;
}

struct Buffer {
    const char* name;
    const char* id;
    const trace::BufferView& view;
    std::uint32_t in_flight = 0; // of these bytes, sent and not acknowledged
    std::vector<std::uint32_t> ends;
    bool pointed_at = false;
};

void buffer_row(Column& c, const Host& host, const std::string& socket, const Buffer& b) {
    const ui::Theme& theme = c.screen.theme;
    c.gap(6);
    const float top = c.y;
    c.pair(b.name, ui::small, theme.text, bytes_text(b.view), ui::small_code, theme.text);
    c.gap(2);
    const ui::Rect bar = c.take(c.px(13));
    if (!c.painting)
        return;
    ui::box(c.screen, bar, theme.panel, theme.dim, 2);
    const ui::Rect inside = bar.inset(c.px(2));
    // As much of the bar as the bytes cost of the buffer's memory; where that is not known, all.
    const float share =
        b.view.size == 0
            ? 1
            : std::min(1.0f, static_cast<float>(b.view.memory) / static_cast<float>(b.view.size));
    const auto along = [&](std::uint32_t bytes) {
        return inside.w * share * static_cast<float>(bytes) /
               static_cast<float>(std::max(b.view.bytes, 1u));
    };
    if (b.view.bytes > 0) {
        const float used = std::max(along(b.view.bytes), c.px(3));
        const float sent =
            std::min(used, std::max(along(b.in_flight), b.in_flight > 0 ? c.px(3) : 0.0f));
        ui::fill(c.screen, {inside.x, inside.y, used, inside.h}, theme.dim);
        ui::fill(c.screen, {inside.x, inside.y, sent, inside.h}, theme.text);
        for (const std::uint32_t end : b.ends)
            if (along(end) > 2 && along(end) < used - 2)
                ui::line(c.screen, {inside.x + along(end), inside.y},
                         {inside.x + along(end), inside.bottom()}, theme.panel, 1);
    }
    const ui::Rect all{c.x, top, c.width, c.y - top};
    ui::mark(c.screen, std::string(b.id) + "." + socket, bytes_text(b.view), all);
    if (b.pointed_at)
        point_at(c.screen, host, all.inset(-c.px(4)));
}

} // namespace

void buffer_rows(Column& c, const Host& host, const trace::SocketView& s) {
    if (s.kind != trace::RecordKind::connection)
        return;
    const bool send_pointed = host.highlighted(What::send_queue, s.cookie);
    const bool recv_pointed = host.highlighted(What::recv_queue, s.cookie);
    // Empty queues need no room, unless this is the socket that is looked at.
    const bool looked_at = host.selected(s.cookie);
    // A SYN alone is no data, though `ss` counts it.
    const bool holds_data = s.send_queue.bytes > 0 && s.state != trace::State::syn_sent;
    if (holds_data || send_pointed || looked_at) {
        const std::uint32_t flight =
            s.numbers_known ? std::min(s.snd_nxt - s.snd_una, s.send_queue.bytes) : 0;
        buffer_row(c, host, s.name,
                   {tr("send queue"), "send_queue", s.send_queue, flight,
                    c.painting ? segment_ends(host, s) : std::vector<std::uint32_t>{},
                    send_pointed});
    }
    if (s.recv_queue.bytes > 0 || recv_pointed || looked_at)
        buffer_row(c, host, s.name,
                   {tr("receive queue"),
                    "recv_queue",
                    s.recv_queue,
                    s.recv_queue.bytes,
                    {},
                    recv_pointed});
}

void timer_rows(Column& c, const Host& host, const trace::SocketView& s) {
    const ui::Theme& theme = c.screen.theme;
    for (const auto& timer : s.timers) {
        c.gap(6);
        const trace::Duration whole = timer.due - timer.armed;
        const trace::Duration left = std::max(trace::Duration{}, timer.due - host.now());
        const float share =
            whole.ns > 0 ? static_cast<float>(in_seconds(left) / in_seconds(whole)) : 0;
        const float radius = 12, room = c.px(2 * radius + 12);
        const std::string what =
            timer.repetitions > 0 ? fmt::format("{} ×{}", timer_text(timer.kind), timer.repetitions)
                                  : std::string(timer_text(timer.kind));
        const std::string remaining = say("{} left", rounded(left));
        const std::string of = say("of {}", rounded(whole)),
                          at = say("fires at {}", rounded(timer.due - trace::Instant{}));
        Column words{c.screen, c.x + room, c.y, c.width - room, c.painting};
        const float second = ui::text_width(c.screen, remaining, ui::small_code_strong) +
                             ui::text_width(c.screen, at, ui::small_code) + c.px(10);
        if (second <= words.width) {
            words.pair(what, ui::small_strong, theme.text, of, ui::small, theme.dim);
            words.pair(remaining, ui::small_code_strong, theme.text, at, ui::small_code, theme.dim);
        } else {
            words.paragraph(what, ui::small_strong, theme.text);
            words.paragraph(remaining, ui::small_code_strong, theme.text);
            words.paragraph(of, ui::small, theme.dim);
        }
        const ui::Rect row = c.take(std::max(words.y - c.y, c.px(2 * radius + 2)));
        if (!c.painting)
            continue;
        ui::ring(c.screen, {row.x + c.px(radius + 1), row.centre().y}, radius, share, theme.text,
                 theme.faint, 4);
        ui::mark(c.screen, fmt::format("timer.{}.{}", s.name, trace::name(timer.kind)), remaining,
                 row);
        const auto* h = host.highlight();
        if (h && h->what == What::timer && h->socket == s.cookie && h->timer == timer.kind)
            point_at(c.screen, host, row.inset(-c.px(4)));
    }
}

namespace {

struct Tick {
    const char* name;
    std::uint32_t value;
};

// Numbers on a line, evenly spaced: known to the peer, on the way, allowed.
void number_line(Column& c, const std::array<Tick, 3>& ticks, const char* past, const char* middle,
                 const char* ahead) {
    const ui::Theme& theme = c.screen.theme;
    c.gap(6);
    const float small_line = ui::line_height(c.screen, ui::small),
                mono = ui::line_height(c.screen, ui::small_code);
    const ui::Rect strip = c.take(small_line + c.px(14) + 2 * mono);
    if (!c.painting)
        return;
    const float y = strip.y + small_line + c.px(6), third = strip.w / 3;
    const auto edge = [&](std::size_t i) {
        return strip.x + third * (static_cast<float>(i) + 0.5f);
    };
    ui::line(c.screen, {edge(0), y}, {edge(1), y}, theme.dim, 1);
    ui::line(c.screen, {edge(1), y}, {edge(2), y}, theme.text, 4);
    ui::dashed_line(c.screen, {edge(2), y}, {strip.right(), y}, theme.dim, 2);
    const auto caption = [&](float from, float to, const char* text) {
        ui::text_in(c.screen, {from, strip.y, to - from, small_line}, text, ui::small, theme.dim,
                    ui::Align::centre);
    };
    caption(edge(0), edge(1), past);
    caption(edge(1), edge(2), middle);
    caption(edge(2), strip.right() + third * 0.1f, ahead);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        ui::line(c.screen, {edge(i), y - c.px(5)}, {edge(i), y + c.px(5)}, theme.text, 2);
        const ui::Rect below{strip.x + third * static_cast<float>(i), y + c.px(7), third, mono};
        ui::text_in(c.screen, below, ticks[i].name, ui::small_code, theme.dim, ui::Align::centre);
        ui::text_in(c.screen, {below.x, below.bottom(), below.w, mono},
                    fmt::format("{}", ticks[i].value), ui::small_code_strong, theme.text,
                    ui::Align::centre);
    }
}

} // namespace

void sequence_numbers(Column& c, const Host&, const trace::SocketView& s) {
    const ui::Theme& theme = c.screen.theme;
    number_line(c, {{{"ISS", s.iss.raw}, {"SND.UNA", s.snd_una.raw}, {"SND.NXT", s.snd_nxt.raw}}},
                tr("acked"), tr("in flight"), tr("next"));
    c.pair("SND.WND", ui::small_code, theme.dim, fmt::format("{}", s.snd_wnd), ui::small_code,
           theme.text);
    if (s.state != trace::State::syn_sent) {
        number_line(c,
                    {{{"IRS", s.irs.raw},
                      {"RCV.NXT", s.rcv_nxt.raw},
                      {"+RCV.WND", (s.rcv_nxt + s.rcv_wnd).raw}}},
                    tr("received"), tr("may come"), tr("too far"));
        c.pair("RCV.WND", ui::small_code, theme.dim, fmt::format("{}", s.rcv_wnd), ui::small_code,
               theme.text);
    }
    if (s.cwnd == 0 || s.state == trace::State::syn_sent)
        return;
    c.gap(4);
    c.pair("cwnd", ui::small_code, theme.dim, say("{} segments", s.cwnd), ui::small_code,
           theme.text);
    if (s.ssthresh > 0)
        c.pair("ssthresh", ui::small_code, theme.dim, say("{} segments", s.ssthresh),
               ui::small_code, theme.text);
    if (s.srtt > trace::Duration{})
        c.pair("SRTT", ui::small_code, theme.dim, rounded(s.srtt), ui::small_code, theme.text);
    c.pair("RTO", ui::small_code, theme.dim, rounded(s.rto), ui::small_code, theme.text);
}

} // namespace panels
