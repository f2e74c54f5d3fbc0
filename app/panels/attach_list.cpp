// The list of listeners: port, process, states, queue and limit, drops, trend; typing filters it.
#include "panels/attach.hpp"

#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace panels {
namespace {

using trace::State;
using view::tr;
namespace cmd = view::command;

enum class Field : std::uint8_t {
    where,
    who,
    syn_recv,
    estab,
    fin_wait,
    close_wait,
    time_wait,
    queue,
    drops,
    trend
};

struct Place {
    Field field;
    float x = 0, width = 0;
};

float least_width(Field field) {
    switch (field) {
    case Field::where: return 78;
    case Field::who: return 110;
    case Field::syn_recv: return 78;
    case Field::estab: return 62;
    case Field::fin_wait: return 74;
    case Field::close_wait: return 92;
    case Field::time_wait: return 86;
    case Field::queue: return 142;
    case Field::drops: return 66;
    case Field::trend: return 90;
    }
    return 0;
}

// What finds no room is given up in this order; the rest shares what is left: the process gets it.
std::vector<Place> places(ui::Screen& screen, const std::vector<view::ListenerRow>& rows,
                          float width) {
    // Addresses and programs are shown whole if that is at all possible.
    float widest_where = screen.dp(least_width(Field::where));
    float widest_who = screen.dp(least_width(Field::who));
    for (const view::ListenerRow& row : rows) {
        widest_where = std::max(widest_where,
                                ui::text_width(screen, row.where, ui::code_strong) + screen.dp(12));
        widest_who =
            std::max(widest_who, ui::text_width(screen, row.who, ui::body) + screen.dp(12));
    }
    const auto least = [&](Field field) {
        return field == Field::where ? std::min(widest_where, screen.dp(220))
               : field == Field::who ? std::min(widest_who, screen.dp(200))
                                     : screen.dp(least_width(field));
    };
    std::vector<Field> shown = {Field::where,    Field::who,        Field::syn_recv,  Field::estab,
                                Field::fin_wait, Field::close_wait, Field::time_wait, Field::queue,
                                Field::drops,    Field::trend};
    constexpr std::array given_up = {Field::fin_wait, Field::trend, Field::time_wait,
                                     Field::syn_recv, Field::drops, Field::close_wait};
    const auto sum = [&] {
        float all = 0;
        for (const Field field : shown)
            all += least(field);
        return all;
    };
    for (const Field field : given_up) {
        if (sum() <= width)
            break;
        std::erase(shown, field);
    }
    const float spare = std::max(0.0f, width - sum());
    std::vector<Place> all;
    float x = 0;
    for (const Field field : shown) {
        const float share = field == Field::who     ? spare * 0.6f
                            : field == Field::trend ? spare * 0.2f
                            : field == Field::where ? spare * 0.2f
                                                    : 0;
        const float w = least(field) + share;
        all.push_back({field, x, w});
        x += w;
    }
    return all;
}

struct Head {
    const char* label;
    State state; // whose colour it has; closed: none
    ui::Align align;
};

Head head_of(Field field) {
    switch (field) {
    case Field::where: return {tr("port"), State::closed, ui::Align::left};
    case Field::who: return {tr("process"), State::closed, ui::Align::left};
    case Field::syn_recv: return {"SYN_RECV", State::syn_recv, ui::Align::centre};
    case Field::estab: return {"ESTAB", State::established, ui::Align::centre};
    case Field::fin_wait: return {"FIN_WAIT", State::fin_wait_2, ui::Align::centre};
    case Field::close_wait: return {"CLOSE_WAIT", State::close_wait, ui::Align::centre};
    case Field::time_wait: return {"TIME_WAIT", State::time_wait, ui::Align::centre};
    case Field::queue: return {tr("Recv-Q / limit"), State::closed, ui::Align::right};
    case Field::drops: return {tr("drops"), State::closed, ui::Align::right};
    case Field::trend: return {tr("trend, 60 s"), State::closed, ui::Align::right};
    }
    return {"", State::closed, ui::Align::left};
}

void count(ui::Screen& screen, const ui::Rect& at, std::uint32_t number, State state) {
    const std::string text = fmt::format("{}", number);
    if (number == 0) {
        ui::text_in(screen, at, text, ui::small_code, screen.theme.dim, ui::Align::centre);
        return;
    }
    const ui::StateColours& hue = screen.theme.of(state);
    const float width = ui::text_width(screen, text, ui::small_code_strong) + screen.dp(14);
    const ui::Rect pill{at.centre().x - width / 2, at.centre().y - screen.dp(10), width,
                        screen.dp(20)};
    ui::box(screen, pill, hue.fill, hue.border, 10);
    ui::text_in(screen, pill, text, ui::small_code_strong, hue.text, ui::Align::centre);
}

void queue(ui::Screen& screen, ui::Rect at, const view::ListenerRow& row) {
    const ui::Theme& theme = screen.theme;
    const ui::Rect bar_area = ui::cut_right(at, screen.dp(50));
    const ui::Rect bar{bar_area.x, bar_area.centre().y - screen.dp(5), bar_area.w, screen.dp(10)};
    ui::cut_right(at, screen.dp(6));
    ui::text_in(screen, at, fmt::format("{} / {}", row.length, row.limit),
                row.full ? ui::small_code_strong : ui::small_code,
                row.full ? theme.refused_text : theme.text, ui::Align::right);
    ui::outline(screen, bar, row.full ? theme.refused : theme.dim, 2);
    const float most = static_cast<float>(row.limit) + 1;
    const float share = std::min(1.0f, static_cast<float>(row.length) / most);
    if (share > 0)
        ui::fill(screen, {bar.x, bar.y, std::max(screen.dp(2), bar.w * share), bar.h},
                 row.full ? theme.refused : theme.stroke, 2);
}

void trend(ui::Screen& screen, const ui::Rect& at, const view::ListenerRow& row) {
    const ui::Rect box = at.inset(screen.dp(6), screen.dp(5));
    const float most = static_cast<float>(row.limit) + 1;
    std::vector<ui::Vec> points;
    for (std::size_t i = 0; i < view::trend_points; ++i) {
        if (!row.looked[i])
            continue;
        const float share = std::min(1.0f, static_cast<float>(row.trend[i]) / most);
        points.push_back(
            {box.x + box.w * static_cast<float>(i) / static_cast<float>(view::trend_points - 1),
             box.bottom() - box.h * share});
    }
    if (points.size() > 1)
        ui::polyline(screen, points, row.full ? screen.theme.refused : screen.theme.stroke);
}

std::uint32_t of(const view::ListenerRow& row, State state) {
    return row.states[static_cast<std::size_t>(state)];
}

void cell(ui::Screen& screen, Field field, const ui::Rect& at, const view::ListenerRow& row) {
    const ui::Theme& theme = screen.theme;
    switch (field) {
    case Field::where:
        ui::text_in(screen, at.inset(screen.dp(4), 0), row.where, ui::code_strong, theme.text);
        return;
    case Field::who: {
        std::string who = row.who.empty() ? "–" : row.who;
        if (row.sockets > 1)
            who += say(" × {} sockets", row.sockets);
        ui::text_in(screen, at.inset(screen.dp(4), 0), who, ui::body, theme.text);
        return;
    }
    case Field::syn_recv: count(screen, at, of(row, State::syn_recv), State::syn_recv); return;
    case Field::estab: count(screen, at, of(row, State::established), State::established); return;
    case Field::fin_wait:
        count(screen, at, of(row, State::fin_wait_1) + of(row, State::fin_wait_2),
              State::fin_wait_2);
        return;
    case Field::close_wait:
        count(screen, at, of(row, State::close_wait), State::close_wait);
        return;
    case Field::time_wait: count(screen, at, of(row, State::time_wait), State::time_wait); return;
    case Field::queue: queue(screen, at, row); return;
    case Field::drops:
        ui::text_in(screen, at.inset(screen.dp(4), 0),
                    row.new_drops > 0 ? fmt::format("+{}", row.new_drops)
                                      : fmt::format("{}", row.drops),
                    row.new_drops > 0 ? ui::small_code_strong : ui::small_code,
                    row.new_drops > 0 ? theme.refused_text : theme.dim, ui::Align::right);
        return;
    case Field::trend: trend(screen, at, row); return;
    }
}

std::string told(const view::ListenerRow& row) {
    return say(
        "{} {}: accept queue {} · limit {}, {} connections, {} drops in its life, +{} since we "
        "look",
        row.where, row.who, row.length, row.limit, row.connections, row.drops, row.new_drops);
}

} // namespace

void attach_list(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
                 AttachState& state, ui::Rect area) {
    const view::AttachView& view = *frame.attach;
    const ui::Theme& theme = screen.theme;
    ui::Rect inside = ui::panel(screen, area, "attach.list", "", "");
    const FilteredList list = filter_listeners(view.listeners, state.filter);
    ui::Rect top = ui::cut_top(inside, screen.dp(34));
    const std::string title = tr("Listeners");
    ui::text_in(screen,
                ui::cut_left(top, ui::text_width(screen, title, ui::heading) + screen.dp(12)),
                title, ui::heading, theme.text);
    const float field_width = std::min(screen.dp(220), top.w * 0.5f);
    const auto typed = ui::text_field(screen, ui::cut_left(top, field_width), "attach.filter",
                                      tr("type a port, name or pid"), state.filter);
    if (typed.submitted && list.matching > 0)
        commands.push_back(cmd::AttachOpen{0, view.listeners[list.order.front()].cookie, 0});
    const std::string found = state.filter.empty() ? std::string()
                                                   : say("{} match, {} others below", list.matching,
                                                         list.order.size() - list.matching);
    ui::text_in(screen, top, found, ui::small, theme.dim, ui::Align::right);
    ui::mark(screen, "attach.found", found, top);
    ui::cut_top(inside, screen.dp(4));
    // At the bottom: totals, and the counters that belong to all listeners.
    const float foot_line = ui::line_height(screen, ui::small);
    ui::Rect foot = ui::cut_bottom(inside, foot_line * 2 + screen.dp(4));
    const std::string counters =
        view.counters.empty() ? std::string() : say("all listeners together: {}", view.counters);
    const ui::Rect totals = ui::cut_top(foot, foot_line);
    ui::text_in(screen, totals, view.totals, ui::small, theme.dim);
    ui::mark(screen, "attach.totals", view.totals, totals);
    ui::text_in(screen, foot, counters, ui::small, theme.dim);
    ui::mark(screen, "attach.counters", counters, foot);

    const float bar = screen.dp(14), row_height = screen.dp(34);
    const std::vector<Place> columns = places(screen, view.listeners, inside.w - bar);
    const ui::Rect heads = ui::cut_top(inside, screen.dp(24));
    for (const Place& column : columns) {
        const Head head = head_of(column.field);
        const ui::Rect at{heads.x + column.x + screen.dp(4), heads.y, column.width - screen.dp(8),
                          heads.h};
        ui::text_in(screen, at, head.label, ui::small,
                    head.state == State::closed ? theme.dim : theme.of(head.state).text,
                    head.align);
    }
    ui::line(screen, {heads.x, heads.bottom()}, {heads.right(), heads.bottom()},
             theme.panel_border);
    if (view.listeners.empty()) {
        ui::text_in(screen, ui::cut_top(inside, row_height),
                    view.ready ? tr("Nothing listens in this network namespace.") : tr("Looking …"),
                    ui::body, theme.dim);
        return;
    }
    const float height = row_height * static_cast<float>(list.order.size());
    const ui::Rect content = ui::begin_scroll(screen, inside, "attach.list.scroll", height);
    for (std::size_t i = 0; i < list.order.size(); ++i) {
        const view::ListenerRow& row = view.listeners[list.order[i]];
        const ui::Rect at{content.x, content.y + row_height * static_cast<float>(i), inside.w - bar,
                          row_height};
        const std::string id = fmt::format("listener.{}.{}", row.port, row.cookie);
        const bool selected = row.cookie == view.selected;
        // Enter opens, a click selects; a click on what is selected opens it too.
        const bool entered =
            screen.focused == id && !screen.menu_open && ui::take_key(screen, ui::Key::enter);
        const auto now = ui::hotspot(screen, at, id, told(row), tr("Enter opens it"));
        if (entered || (now.clicked && selected))
            commands.push_back(cmd::AttachOpen{0, row.cookie, 0});
        else if (now.clicked)
            commands.push_back(cmd::AttachSelect{row.cookie});
        if (selected)
            ui::box(screen, at.inset(0, 1), theme.accent_soft, theme.accent_border, 4);
        else if (now.hovered)
            ui::fill(screen, at.inset(0, 1), theme.button_hover, 4);
        for (const Place& column : columns)
            cell(screen, column.field, {at.x + column.x, at.y, column.width, at.h}, row);
        if (list.matching > 0 && i + 1 == list.matching)
            ui::line(screen, {at.x, at.bottom()}, {at.right(), at.bottom()}, theme.accent_border,
                     2);
        if (now.focused)
            ui::focus_ring(screen, at);
    }
    ui::end_scroll(screen);
}

} // namespace panels
