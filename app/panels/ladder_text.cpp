// The ladder as text.
#include "panels/ladder_text.hpp"

#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <unordered_map>

namespace panels {
namespace {

using trace::EventKind;
using view::tr;

constexpr float row_height = 22;

std::string host(const view::Frame& frame, trace::HostId id) {
    return id < frame.trace->hosts.size() ? frame.trace->hosts[id] : std::string("?");
}

std::string ending(const trace::Event& e) {
    const std::string at = rounded(e.at - trace::Instant{});
    switch (e.kind) {
    case EventKind::segment_arrived: return say("delivered at {}", at);
    case EventKind::segment_lost: return say("lost on the wire at {}", at);
    case EventKind::segment_refused:
        return say("refused by the host at {}: {}", at,
                   view::language() == view::Language::zh ? trace::text(e.rule).zh
                                                          : trace::text(e.rule).en);
    case EventKind::segment_held: return say("held since {}", at);
    case EventKind::segment_released: return tr("in flight");
    case EventKind::socket_created:
    case EventKind::socket_gone:
    case EventKind::call_entered:
    case EventKind::call_returned:
    case EventKind::segment_sent:
    case EventKind::icmp_arrived:
    case EventKind::transition:
    case EventKind::queue_changed:
    case EventKind::timer_fired:
    case EventKind::counter:
    case EventKind::setting:
    case EventKind::inferred: break;
    }
    return "";
}

bool ends_a_segment(EventKind kind) {
    return kind == EventKind::segment_arrived || kind == EventKind::segment_lost ||
           kind == EventKind::segment_refused || kind == EventKind::segment_held ||
           kind == EventKind::segment_released;
}

} // namespace

std::vector<LadderLine> ladder_lines(const view::Frame& frame) {
    const auto& trace = *frame.trace;
    std::vector<LadderLine> lines;
    std::unordered_map<trace::SegmentId, std::size_t> of_segment;
    const std::size_t visible = std::min<std::size_t>(frame.visible_events, trace.events.size());
    for (std::size_t i = 0; i < visible; ++i) {
        const auto& e = trace.events[i];
        if (e.at > frame.hidden_after)
            break;
        const auto id = static_cast<trace::EventId>(i);
        if (e.kind == EventKind::segment_sent && e.ref < trace.segments.size()) {
            const auto& r = trace.segments[e.ref];
            of_segment[e.ref] = lines.size();
            std::string what = trace::segment_label(r.segment);
            if (r.transmission > 1)
                what += "  " + say("retransmit {}", r.transmission - 1);
            lines.push_back({e.at, id, host(frame, r.from) + " → " + host(frame, r.to), what,
                             tr("in flight"), false});
        } else if (ends_a_segment(e.kind)) {
            const auto found = of_segment.find(e.ref);
            if (found != of_segment.end()) {
                lines[found->second].end = ending(e);
                lines[found->second].refused =
                    e.kind == EventKind::segment_lost || e.kind == EventKind::segment_refused;
            }
        } else if (e.kind == EventKind::transition) {
            lines.push_back({e.at, id, trace::socket_name(trace, e.socket),
                             fmt::format("{} → {}", trace::name(e.from), trace::name(e.to)), "",
                             false});
        }
    }
    return lines;
}

std::string ladder_as_text(const std::vector<LadderLine>& lines) {
    std::size_t who = 0, what = 0;
    for (const auto& line : lines) {
        who = std::max(who, line.who.size());
        what = std::max(what, line.what.size());
    }
    std::string text;
    for (const auto& line : lines) {
        std::string row =
            fmt::format("{:>10}  {:<{}}  {:<{}}  {}", rounded(line.at - trace::Instant{}), line.who,
                        who, line.what, what, line.end);
        row.erase(row.find_last_not_of(' ') + 1);
        text += row + "\n";
    }
    return text;
}

void ladder_text(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 ui::Rect area) {
    if (area.empty())
        return;
    const ui::Theme& theme = screen.theme;
    ui::Rect inside = ui::panel(screen, area, "ladder_text", tr("Ladder as text"), "");
    const auto lines = ladder_lines(frame);
    const ui::Button copy{.id = "ladder_text.copy", .label = tr("Copy"), .style = ui::small};
    const float width = ui::button_width(screen, copy);
    if (ui::button(screen, {inside.right() - width, area.y + screen.dp(7), width, screen.dp(26)},
                   copy))
        commands.push_back(view::command::Copy{ladder_as_text(lines)});
    float time = ui::text_width(screen, "000.00 ms", ui::small_code), who = 0, what = 0;
    for (const auto& line : lines) {
        who = std::max(who, ui::text_width(screen, line.who, ui::small_code));
        what = std::max(what, ui::text_width(screen, line.what, ui::small_code));
    }
    const float gap = screen.dp(14), row = screen.dp(row_height);
    const ui::Rect content =
        ui::begin_scroll(screen, inside, "ladder_text.scroll",
                         row * static_cast<float>(std::max<std::size_t>(lines.size(), 1)));
    const auto first = static_cast<std::size_t>(std::max(0.0f, (inside.y - content.y) / row - 1));
    const auto last = std::min(lines.size(), first + static_cast<std::size_t>(inside.h / row + 3));
    for (std::size_t i = first; i < last; ++i) {
        const LadderLine& line = lines[i];
        const ui::Rect at{content.x, content.y + row * static_cast<float>(i), content.w, row};
        const auto now =
            ui::hotspot(screen, at, fmt::format("ladder.{}", line.event), line.what, line.end);
        const bool selected = frame.selection.event == line.event;
        if (selected || now.hovered)
            ui::fill(screen, at, selected ? theme.accent_soft : theme.card, 3);
        ui::Rect rest = at;
        ui::text_in(screen, ui::cut_left(rest, time), rounded(line.at - trace::Instant{}),
                    ui::small_code, theme.dim, ui::Align::right);
        ui::cut_left(rest, gap);
        ui::text_in(screen, ui::cut_left(rest, std::min(who, rest.w * 0.35f)), line.who,
                    ui::small_code, theme.text);
        ui::cut_left(rest, gap);
        ui::text_in(screen, ui::cut_left(rest, std::min(what, rest.w * 0.6f)), line.what,
                    ui::small_code_strong, theme.text);
        ui::cut_left(rest, gap);
        if (rest.w > screen.dp(40)) // a word of it at least
            ui::text_in(screen, rest, line.end, ui::small,
                        line.refused ? theme.refused_text : theme.dim);
        if (now.focused)
            ui::focus_ring(screen, at.inset(screen.dp(3)));
        if (now.clicked) {
            view::Selection s;
            s.event = selected ? trace::none : line.event;
            commands.push_back(view::command::Select{s});
        }
    }
    ui::end_scroll(screen);
}

} // namespace panels
