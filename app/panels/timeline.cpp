// Drawing the bar and turning clicks, drags and keys into Seek.
#include "panels/timeline.hpp"

#include "panels/pointing.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace panels {

namespace {

using Kind = view::TimelineMark::Kind;

const char* name_of(trace::Timer timer) {
    switch (timer) {
    case trace::Timer::retransmit: return view::tr("retransmission");
    case trace::Timer::persist: return view::tr("persist");
    case trace::Timer::keepalive: return view::tr("keepalive");
    case trace::Timer::delayed_ack: return view::tr("delayed ACK");
    case trace::Timer::syn_ack: return view::tr("SYN+ACK again");
    case trace::Timer::fin_wait_2: return "FIN_WAIT_2";
    case trace::Timer::time_wait: return "2MSL";
    }
    return "";
}

std::string name_of(const view::Frame& frame, const view::TimelineMark& mark) {
    if (mark.event >= frame.trace->events.size()) {
        return "";
    }
    const trace::Event& event = frame.trace->events[mark.event];
    switch (mark.kind) {
    case Kind::transition: return "";
    case Kind::lost: return view::tr("lost");
    case Kind::refused: return view::tr("refused");
    case Kind::timer:
        return event.kind == trace::EventKind::timer_fired ? name_of(event.timer()) : "";
    case Kind::call: {
        if (event.ref >= frame.trace->calls.size()) {
            return "";
        }
        // What only prepares has a mark but no name.
        const trace::Call call = frame.trace->calls[event.ref].call;
        const bool prepares = call == trace::Call::socket || call == trace::Call::bind ||
                              call == trace::Call::setsockopt;
        return prepares ? "" : fmt::format("{}()", trace::name(call));
    }
    }
    return "";
}

struct Bar {
    ui::Screen& screen;
    const view::Frame& frame;
    view::Commands& commands;
    ui::Rect bar;

    void draw_marks(const TimelineLayout& layout) const {
        const ui::Theme& theme = screen.theme;
        for (const MarkItem& item : layout.marks) {
            const float y = bar.centre().y;
            const bool chosen = frame.selection.event == item.mark.event;
            const float tall = screen.dp(chosen ? 12 : 9), x = item.x;
            switch (item.mark.kind) {
            case Kind::transition:
                ui::fill(screen, {x - screen.dp(1), y - tall, screen.dp(2), 2 * tall}, theme.text);
                break;
            case Kind::lost: // as on the wire: a cross
                ui::cross(screen, {x, y}, 5, theme.refused, 2);
                break;
            case Kind::refused: // as at the host: a bar
                ui::fill(screen, {x - screen.dp(2), y - tall, screen.dp(4), 2 * tall},
                         theme.refused, 1);
                break;
            case Kind::timer:
                ui::disc(screen, {x, y}, 5, theme.panel);
                ui::circle(screen, {x, y}, 5, theme.text, 2);
                break;
            case Kind::call:
                ui::triangle(screen, {x, y - screen.dp(1)}, {x - screen.dp(4), y - screen.dp(9)},
                             {x + screen.dp(4), y - screen.dp(9)}, theme.text);
                break;
            }
            if (chosen) {
                ui::outline(screen, {x - screen.dp(5), y - tall, screen.dp(10), 2 * tall},
                            theme.accent, 3, 2);
            }
            ui::mark(screen, fmt::format("mark.{}", item.mark.event), name_of(frame, item.mark),
                     {x - screen.dp(3), y - tall, screen.dp(6), 2 * tall});
        }
        for (const MarkLabel* end : {&layout.start, &layout.finish}) {
            ui::text(screen, {end->left, bar.bottom() + screen.dp(11)}, end->text, ui::small_code,
                     theme.dim);
        }
        for (const MarkLabel& label : layout.labels) {
            ui::text(screen, {label.left, bar.bottom() + screen.dp(11)}, label.text, ui::small,
                     label.failed ? theme.refused_text : theme.dim);
        }
    }

    void draw_branches(const TimelineLayout& layout) const {
        const ui::Theme& theme = screen.theme;
        for (const BranchItem& item : layout.branches) {
            const auto& branch = frame.timeline.branches[static_cast<std::size_t>(item.branch)];
            const float y = item.box.centre().y;
            if (item.branch > 0 && !branch.set_aside) { // what was set aside has no fork
                const ui::Colour colour = branch.current ? theme.text : theme.dim;
                ui::disc(screen, {item.fork_x, bar.centre().y}, 4, colour);
                ui::line(screen, {item.fork_x, bar.centre().y}, {item.fork_x, y}, colour, 1.5f);
                ui::line(screen, {item.fork_x, y}, {item.box.x, y}, colour, 1.5f);
            }
            if (ui::button(screen, item.box,
                           {.id = fmt::format("branch.{}", item.branch),
                            .label = item.text,
                            .look = ui::Look::quiet,
                            .selected = branch.current,
                            .style = ui::small,
                            .align = ui::Align::left}) &&
                !branch.current) {
                commands.push_back(view::command::SwitchBranch{item.branch});
            }
        }
    }

    // The mark under the mouse, if it is near enough to mean it.
    const MarkItem* near(const TimelineLayout& layout, float x) const {
        const MarkItem* found = nullptr;
        float reach = screen.dp(4);
        for (const MarkItem& item : layout.marks) {
            if (std::abs(item.x - x) <= reach) {
                reach = std::abs(item.x - x);
                found = &item;
            }
        }
        return found;
    }

    void keys(const TimelineLayout& layout) const {
        const trace::Instant now = frame.snapshot->now;
        if (ui::take_key(screen, ui::Key::home)) {
            commands.push_back(view::command::Seek{trace::Instant{}});
        } else if (ui::take_key(screen, ui::Key::end)) {
            commands.push_back(
                view::command::Seek{std::min(frame.timeline.end, frame.hidden_after)});
        } else if (ui::take_key(screen, ui::Key::down)) {
            for (const MarkItem& item : layout.marks) {
                if (item.mark.at > now) {
                    commands.push_back(view::command::SeekEvent{item.mark.event});
                    return;
                }
            }
        } else if (ui::take_key(screen, ui::Key::up)) {
            for (auto item = layout.marks.rbegin(); item != layout.marks.rend(); ++item) {
                if (item->mark.at < now) {
                    commands.push_back(view::command::SeekEvent{item->mark.event});
                    return;
                }
            }
        }
    }
};

} // namespace

void timeline(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
              TimelineState& state, ui::Rect area) {
    const ui::Theme& theme = screen.theme;
    const std::string hint = frame.can.scrub
                                 ? view::tr("drag to any moment: the past is replayed exactly")
                                 : frame.can.why_not_back;
    const float needed = ui::text_width(screen, view::tr("Timeline"), ui::heading) +
                         ui::text_width(screen, hint, ui::small) + screen.dp(60);
    const ui::Rect inside = ui::panel(screen, area, "timeline", view::tr("Timeline"),
                                      needed < area.w ? std::string_view(hint) : "");
    point_at_panel(screen, frame, "timeline", area);
    const float side = screen.dp(10);
    const ui::Rect bar{inside.x + side, inside.y + screen.dp(8), inside.w - 2 * side, screen.dp(8)};
    if (bar.w <= 0) {
        return;
    }
    const TimelineAxis axis =
        state.dragged ? *state.dragged : lay_timeline_axis(frame.timeline, bar.x, bar.right());
    const ui::Rect below{inside.x, bar.bottom(), inside.w, inside.bottom() - bar.bottom()};
    TimelineStyle style;
    style.row = ui::line_height(screen, ui::small) + screen.dp(4);
    style.gap = screen.dp(8);
    style.width = [&](std::string_view text) {
        return std::max(ui::text_width(screen, text, ui::small),
                        ui::text_width(screen, text, ui::small_code));
    };
    style.start = "0 s";
    const trace::Instant end = std::min(frame.hidden_after, frame.timeline.end);
    // Chosen times exactly; a real kernel's to three digits.
    const bool chosen = end.ns % trace::microseconds(100).ns == 0;
    style.end = chosen ? trace::format(end) : trace::format_short(end - trace::Instant{});
    style.name = [&](const view::TimelineMark& mark) { return name_of(frame, mark); };
    const TimelineLayout layout =
        lay_timeline(frame.timeline, axis, frame.hidden_after, below, style);
    const Bar view{screen, frame, commands, bar};

    const trace::Instant shown =
        state.dragged ? state.asked : std::max(frame.motion.shown, frame.snapshot->now);
    const float now_x = std::clamp(axis.x(shown), bar.x, bar.right());
    ui::box(screen, bar, theme.card, theme.faint, 4);
    ui::fill(screen, {bar.x, bar.y, now_x - bar.x, bar.h}, theme.dim, 4);
    view.draw_branches(layout);
    view.draw_marks(layout);

    const ui::Rect cursor{now_x - screen.dp(4), bar.y - screen.dp(6), screen.dp(8),
                          bar.h + screen.dp(12)};
    ui::box(screen, cursor, theme.accent, theme.accent_border, 3);
    ui::mark(screen, "timeline.cursor", trace::format(shown), cursor);

    const ui::Rect reach = bar.inset(-screen.dp(4), -screen.dp(8));
    const ui::Interaction now =
        ui::hotspot(screen, reach, "timeline.bar", view::tr("Timeline"), "",
                    frame.can.scrub ? std::string_view() : std::string_view(hint));
    if (now.focused) {
        ui::focus_ring(screen, reach);
    }
    if (!frame.can.scrub) {
        return;
    }
    if (now.held) {
        if (!state.dragged) {
            state.dragged = axis;
            state.asked = trace::Instant{-1};
        }
        const MarkItem* mark = view.near(layout, screen.mouse.x);
        trace::Instant to = mark != nullptr ? mark->mark.at : axis.at(screen.mouse.x);
        to = std::min(to, frame.hidden_after);
        if (to != state.asked) {
            state.asked = to;
            if (mark != nullptr) {
                commands.push_back(view::command::SeekEvent{mark->mark.event});
            } else {
                commands.push_back(view::command::Seek{to});
            }
        }
    } else {
        state.dragged.reset();
    }
    if (now.hovered && !now.held) {
        const MarkItem* mark = view.near(layout, screen.mouse.x);
        std::string text = trace::format(mark != nullptr ? mark->mark.at : axis.at(screen.mouse.x));
        if (mark != nullptr && mark->mark.event < frame.trace->events.size()) {
            text += "  " + trace::sentence(*frame.trace, frame.trace->events[mark->mark.event],
                                           frame.language == view::Language::zh ? "zh" : "en");
        }
        screen.tooltip = {text, {screen.mouse.x, bar.y, 1, bar.h + screen.dp(8)}};
    }
    if (screen.focused == "timeline.bar" && !screen.menu_open) {
        view.keys(layout);
    }
}

} // namespace panels
