// Two curves above each other; a click or a drag leads to that moment.
#include "panels/queues.hpp"

#include "panels/pointing.hpp"
#include "panels/queue_history.hpp"
#include "panels/queue_plot.hpp"
#include "panels/timeline_layout.hpp"
#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <cmath>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

std::vector<Followed> listeners(const view::Frame& frame) {
    std::vector<Followed> all;
    for (const auto& host : frame.snapshot->hosts)
        for (const auto& listener : host.listeners)
            all.push_back({&host, &listener});
    return all;
}

// What the story is about now: the listener that it points at, else the one whose queue changed
// last.
trace::Cookie spoken_of(const view::Frame& frame) {
    if (frame.lesson && frame.lesson->highlight.socket != trace::none)
        return frame.lesson->highlight.socket;
    const auto& events = frame.trace->events;
    for (std::size_t i = std::min<std::size_t>(frame.visible_events, events.size()); i-- > 0;)
        if (events[i].kind == trace::EventKind::queue_changed)
            return events[i].socket;
    return trace::none;
}

TimelineAxis axis_of(const view::Frame& frame, float left, float right) {
    view::TimelineView view = frame.timeline;
    view.end = std::max({view.end, frame.snapshot->now, frame.motion.shown});
    return lay_timeline_axis(view, left, right);
}

struct Curve {
    const char* id;
    const char* title;
    const std::vector<QueueStep>& steps;
    const std::vector<QueueDrop>& drops;
    std::string count; // "2 · limit 1 (+1 fits)"
    bool full = false;
    QueuePlot plot;
};

class View {
public:
    View(ui::Screen& s, const view::Frame& f, view::Commands& c, QueuesState& st,
         const Followed& one)
        : screen(s),
          frame(f),
          commands(c),
          state(st),
          listener(*one.listener),
          history(queue_history(*f.trace, f.visible_events, one.listener->cookie)),
          curves{
              {{"queues.syn",
                tr("SYN queue"),
                history.syn,
                history.syn_drops,
                queue_text(listener.syn_queue.size(), syn_queue_limit(listener), listener.syn_fits),
                syn_queue_full(listener),
                {}},
               {"queues.accept",
                tr("accept queue"),
                history.accept,
                history.accept_drops,
                queue_text(listener.accept_queue.size(), listener.limit, listener.accept_fits),
                accept_queue_full(listener),
                {}}}} {
        curves[0].plot.hue = trace::State::syn_recv;
        curves[0].plot.limit = syn_queue_limit(listener);
        curves[1].plot.hue = trace::State::established;
        curves[1].plot.limit = listener.limit;
    }

    void draw(ui::Rect inside) {
        const float line = ui::line_height(screen, ui::small);
        const float title = line + screen.dp(1), above = screen.dp(7), gap = screen.dp(6);
        const auto tall_in = [&](float height) { return (height - 2 * (title + above) - gap) / 2; };
        // In a low panel the curves need the row of the axis' ends; the timeline has them too.
        ui::Rect foot;
        if (tall_in(inside.h - line) >= screen.dp(14))
            foot = ui::cut_bottom(inside, line);
        const float tall = tall_in(inside.h);
        if (tall < screen.dp(8))
            return;
        for (Curve& curve : curves)
            fill_steps(curve, {});
        const float numbers = std::max(queue_numbers_width(screen, curves[0].plot),
                                       queue_numbers_width(screen, curves[1].plot));
        const TimelineAxis axis = axis_of(frame, inside.x + numbers, inside.right() - screen.dp(6));
        const trace::Instant now =
            state.asked ? *state.asked : std::max(frame.motion.shown, frame.snapshot->now);
        const ui::Rect whole{inside.x + numbers, inside.y + title, inside.w - numbers,
                             inside.h - title};
        for (Curve& curve : curves) {
            fill_steps(curve, axis);
            curve.plot.until = axis.x(now);
            head(curve, ui::cut_top(inside, title));
            ui::cut_top(inside, above);
            const ui::Rect area = ui::cut_top(inside, tall);
            ui::cut_top(inside, gap);
            areas[&curve == &curves[0] ? 0 : 1] = area;
            paint_queue_plot(screen, area, numbers, curve.plot);
            ui::mark(screen, curve.id, curve.count, area);
        }
        cursor(axis, now);
        if (!foot.empty())
            feet(axis, foot, now, numbers);
        touch(axis, whole);
    }

private:
    void fill_steps(Curve& curve, const TimelineAxis& axis) {
        const bool laid = !axis.knots.empty();
        curve.plot.steps.clear();
        curve.plot.drops.clear();
        for (const QueueStep& step : curve.steps)
            curve.plot.steps.push_back({laid ? axis.x(step.at) : 0, step.length});
        for (const QueueDrop& drop : curve.drops)
            curve.plot.drops.push_back(laid ? axis.x(drop.at) : 0);
    }

    void head(const Curve& curve, ui::Rect row) const {
        const ui::Theme& theme = screen.theme;
        const std::string refused =
            curve.drops.empty() ? std::string() : say("refused: {}", curve.drops.size());
        const float named = ui::text_width(screen, curve.title, ui::small_strong);
        ui::text_in(screen, row, curve.title, ui::small_strong, theme.text);
        ui::cut_left(row, named + screen.dp(12));
        if (curve.full) {
            const float width = ui::text_width(screen, tr("FULL"), ui::small_strong);
            const ui::Rect tag = ui::cut_right(row, width + screen.dp(12));
            ui::fill(screen, tag, theme.tag, 3);
            ui::text_in(screen, tag, tr("FULL"), ui::small_strong, theme.on_tag, ui::Align::centre);
            ui::cut_right(row, screen.dp(8));
        }
        const ui::TextStyle style = curve.full ? ui::small_code_strong : ui::small_code;
        const float counted = ui::text_width(screen, curve.count, style);
        ui::text_in(screen, ui::cut_right(row, std::min(counted, row.w)), curve.count, style,
                    theme.text, ui::Align::right);
        ui::cut_right(row, screen.dp(14));
        if (!refused.empty() && ui::text_width(screen, refused, ui::small_strong) <= row.w)
            ui::text_in(screen, row, refused, ui::small_strong, theme.refused_text,
                        ui::Align::right);
    }

    // A line at `x` through both curves, not through what is written between them.
    void upright(float x, ui::Colour colour, float width) const {
        for (const ui::Rect& area : areas)
            ui::line(screen, {x, area.y}, {x, area.bottom()}, colour, width);
    }

    void cursor(const TimelineAxis& axis, trace::Instant now) const {
        const ui::Theme& theme = screen.theme;
        const float x = axis.x(now);
        // What is picked in another view stands here at its time.
        if (frame.selection.event < frame.trace->events.size() &&
            frame.selection.event < frame.visible_events)
            upright(axis.x(frame.trace->events[frame.selection.event].at), theme.accent_border, 2);
        upright(x, theme.accent_border, 3);
        upright(x, theme.accent, 2);
        ui::mark(screen, "queues.now", trace::format(now),
                 {x - screen.dp(1), areas[0].y, screen.dp(2), areas[1].bottom() - areas[0].y});
    }

    // The ends of the axis, and what moment is shown, where there is room between them.
    void feet(const TimelineAxis& axis, const ui::Rect& foot, trace::Instant now,
              float numbers) const {
        const ui::Theme& theme = screen.theme;
        const trace::Instant last = axis.knots.back().at;
        const bool chosen = last.ns % trace::microseconds(100).ns == 0;
        const std::string start = "0 s",
                          end = chosen ? trace::format(last)
                                       : trace::format_short(last - trace::Instant{}),
                          here = say("now {}", rounded(now - trace::Instant{}));
        const float left = foot.x + numbers, y = foot.centre().y, gap = screen.dp(10);
        const float width = ui::text_width(screen, here, ui::small_strong);
        const float x =
            std::clamp(axis.x(now) - width / 2, left, std::max(left, foot.right() - width));
        ui::text(screen, {x, y}, here, ui::small_strong, theme.text);
        if (left + ui::text_width(screen, start, ui::small_code) + gap < x)
            ui::text(screen, {left, y}, start, ui::small_code, theme.dim);
        if (x + width + gap < foot.right() - ui::text_width(screen, end, ui::small_code))
            ui::text(screen, {foot.right(), y}, end, ui::small_code, theme.dim, ui::Align::right);
    }

    // Every refusal and every change of length.
    template <typename Look>
    void for_each_moment(const Look& look) const {
        for (const Curve& curve : curves) {
            for (const QueueDrop& drop : curve.drops)
                look(drop.at, drop.event);
            for (const QueueStep& step : curve.steps)
                look(step.at, step.event);
        }
    }

    // The refusal or change nearest to the mouse, if it is near enough to mean it.
    trace::EventId near(const TimelineAxis& axis, float x) const {
        trace::EventId found = trace::none;
        float reach = screen.dp(4);
        const auto look = [&](trace::Instant at, trace::EventId event) {
            if (const float away = std::abs(axis.x(at) - x); away < reach) {
                reach = away;
                found = event;
            }
        };
        for_each_moment(look);
        return found;
    }

    std::string told(trace::Instant at, trace::EventId event) const {
        std::string text =
            fmt::format("{}   {} {}, {} {}", rounded(at - trace::Instant{}), curves[0].title,
                        length_at(history.syn, at), curves[1].title, length_at(history.accept, at));
        if (event != trace::none)
            text += "\n" + trace::sentence(*frame.trace, frame.trace->events[event],
                                           frame.language == view::Language::zh ? "zh" : "en");
        return text;
    }

    void touch(const TimelineAxis& axis, const ui::Rect& whole) {
        const std::string_view refused =
            frame.can.scrub ? std::string_view() : std::string_view(frame.can.why_not_back);
        const ui::Interaction at =
            ui::hotspot(screen, whole, "queues.plot", tr("Queues over time"), "", refused);
        if (at.focused)
            ui::focus_ring(screen, whole);
        const trace::Instant last = std::min(frame.hidden_after, axis.knots.back().at);
        if (at.held && frame.can.scrub) {
            const trace::EventId event = near(axis, screen.mouse.x);
            const trace::Instant to = event != trace::none
                                          ? frame.trace->events[event].at
                                          : std::min(axis.at(screen.mouse.x), last);
            if (to != state.asked) {
                state.asked = to;
                if (event != trace::none)
                    commands.push_back(cmd::SeekEvent{event});
                else
                    commands.push_back(cmd::Seek{to});
            }
            return;
        }
        state.asked.reset();
        if (at.hovered) {
            const trace::EventId event = near(axis, screen.mouse.x);
            const trace::Instant t =
                event != trace::none ? frame.trace->events[event].at : axis.at(screen.mouse.x);
            const float x = axis.x(t);
            upright(x, screen.theme.dim, 1);
            if (t <= std::max(frame.motion.shown, frame.snapshot->now))
                screen.tooltip = {told(t, event), {x, whole.y, 1, whole.h + screen.dp(4)}};
        }
        if (screen.focused == screen.ids + "queues.plot" && !screen.menu_open && frame.can.scrub)
            keys(last);
    }

    // Up and Down: from change to change; Home and End: to the ends of what is known.
    void keys(trace::Instant last) {
        const trace::Instant now = frame.snapshot->now;
        if (ui::take_key(screen, ui::Key::home))
            commands.push_back(cmd::Seek{trace::Instant{}});
        else if (ui::take_key(screen, ui::Key::end))
            commands.push_back(cmd::Seek{last});
        const bool up = ui::take_key(screen, ui::Key::up);
        if (!up && !ui::take_key(screen, ui::Key::down))
            return;
        trace::EventId found = trace::none;
        trace::Instant best = up ? trace::Instant{-1} : trace::never;
        const auto look = [&](trace::Instant at, trace::EventId event) {
            if (up ? at < now && at > best : at > now && at < best) {
                best = at;
                found = event;
            }
        };
        for_each_moment(look);
        if (found != trace::none)
            commands.push_back(cmd::SeekEvent{found});
    }

    ui::Screen& screen;
    const view::Frame& frame;
    view::Commands& commands;
    QueuesState& state;
    const trace::ListenerView& listener;
    const QueueHistory history;
    std::array<Curve, 2> curves;
    std::array<ui::Rect, 2> areas;
};

} // namespace

Followed listener_in_focus(const view::Frame& frame, trace::Cookie chosen) {
    const auto all = listeners(frame);
    for (const trace::Cookie cookie :
         {frame.selection.socket, chosen, all.size() > 1 ? spoken_of(frame) : trace::none})
        for (const Followed& one : all)
            if (one.listener->cookie == cookie)
                return one;
    return all.empty() ? Followed{} : all.front();
}

void queues(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
            QueuesState& state, ui::Rect area) {
    if (area.empty())
        return;
    ui::Rect inside = ui::panel(screen, area, "queues", tr("Queues over time"));
    point_at_panel(screen, frame, "queues", area);
    const auto all = listeners(frame);
    if (all.empty()) {
        ui::paragraph(screen, inside, tr("No program listens: there are no queues."), ui::body,
                      screen.theme.dim);
        return;
    }
    const Followed followed = listener_in_focus(frame, state.listener);
    std::vector<ui::Choice> choices;
    float widest = 0;
    std::size_t current = 0;
    for (const Followed& one : all) {
        if (one.listener == followed.listener)
            current = choices.size();
        choices.push_back({one.listener->name, one.listener->name});
        widest = std::max(widest, ui::text_width(screen, one.listener->name, ui::body));
    }
    // Which listener: beside the title; a choice where there are several.
    ui::Rect head{area.x, area.y + screen.dp(5), area.w - screen.dp(12), screen.dp(28)};
    const float titled = ui::text_width(screen, tr("Queues over time"), ui::heading);
    if (all.size() > 1) {
        const float width = std::min(widest + screen.dp(48), head.w - titled - screen.dp(30));
        if (const auto chosen = ui::combo(screen, ui::cut_right(head, width), "queues.listener",
                                          choices, current)) {
            state.listener = all[*chosen].listener->cookie;
            if (frame.selection.socket != trace::none)
                commands.push_back(cmd::Select{});
        }
    } else if (titled + widest + screen.dp(40) < head.w) {
        ui::text_in(screen, head, choices[0].label, ui::small_code, screen.theme.dim,
                    ui::Align::right);
    }
    View(screen, frame, commands, state, followed).draw(inside);
}

} // namespace panels
