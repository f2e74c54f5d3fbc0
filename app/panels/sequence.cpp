// The sequence view's behaviour: scrolling, following now, picking segments, their menu.
#include "panels/sequence.hpp"

#include "panels/sequence_paint.hpp"
#include "ui/compat.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace panels {

namespace {

using view::command::OnSegment;

constexpr std::array numbers_ids = {"absolute", "relative", "formula"};

std::string segment_id(trace::SegmentId id) {
    return fmt::format("segment.{}", id);
}

struct View {
    ui::Screen& screen;
    const view::Frame& frame;
    view::Commands& commands;
    SequenceState& state;

    const trace::Trace& trace() const { return *frame.trace; }

    // Which of the segment's fates can still be decided, and why not otherwise.
    std::string why_not(OnSegment what, trace::SegmentId id) const {
        if (!frame.can.verdicts) {
            return frame.can.why_not_verdicts;
        }
        for (const trace::InFlight& flying : frame.snapshot->in_flight) {
            if (flying.segment == id) {
                const bool fits = what == OnSegment::hold      ? !flying.held
                                  : what == OnSegment::release ? flying.held
                                                               : true;
                return fits ? "" : view::tr("not in this position");
            }
        }
        return view::tr("its journey is over");
    }

    bool is_held(trace::SegmentId id) const {
        return std::any_of(frame.snapshot->in_flight.begin(), frame.snapshot->in_flight.end(),
                           [&](const trace::InFlight& f) { return f.segment == id && f.held; });
    }

    void act(OnSegment what, trace::SegmentId id, trace::Duration time = {}) const {
        if (why_not(what, id).empty()) {
            commands.push_back(view::command::Verdict{id, what, time});
        }
    }

    void select(trace::SegmentId id) const {
        view::Selection selection;
        selection.segment = id;
        commands.push_back(view::command::Select{selection});
    }

    void open_menu(trace::SegmentId id, std::string_view which) const {
        state.menu = id;
        ui::open_popup(screen, which);
    }

    // The keys of the menu work on the segment that has the keyboard, without the menu too.
    void keys(trace::SegmentId id) const {
        if (ui::take_key(screen, ui::Key::d)) {
            act(OnSegment::drop, id);
        }
        if (ui::take_key(screen, ui::Key::l)) {
            open_menu(id, "segment.delays");
        }
        if (ui::take_key(screen, ui::Key::u)) {
            act(OnSegment::duplicate, id);
        }
        if (ui::take_key(screen, ui::Key::h)) {
            act(is_held(id) ? OnSegment::release : OnSegment::hold, id);
        }
        if (ui::take_key(screen, ui::Key::i)) {
            commands.push_back(view::command::Inspect{id});
        }
    }

    std::string about(const ArrowItem& arrow) const;
    void header(const ui::Rect& area);
    SequenceLayout settle(SequenceQuery, ui::Rect inside);
    void pills(const SequenceLayout&, ui::Vec origin, SequenceLights&);
    void body(const SequenceLayout&, ui::Vec origin, const ui::Rect& window, SequenceLights&);
    void scroll_keys(const ui::Rect& window, float most);
    void menu(const SequenceLayout&, ui::Vec origin);
    void delay_menu(const ui::Rect& anchor);
};

// What the tooltip says of an arrow: its full label, its times, how it ended and why.
std::string View::about(const ArrowItem& arrow) const {
    const trace::SegmentRecord& record = trace().segments[arrow.id];
    std::string text = trace::segment_label(record.segment);
    text += "\n";
    text += fmt::format(fmt::runtime(view::tr("left {} at {}")), trace().hosts[record.from],
                        trace::format(record.sent));
    if (arrow.newest != trace::none && arrow.newest < frame.visible_events) {
        const trace::Event& last = trace().events[arrow.newest];
        if (last.kind != trace::EventKind::segment_sent) {
            text +=
                "\n" +
                trace::sentence(trace(), last, frame.language == view::Language::zh ? "zh" : "en") +
                fmt::format(" · {}", trace::format(last.at));
        }
    }
    return text;
}

void View::header(const ui::Rect& area) {
    const float height = ui::line_height(screen, ui::heading) + screen.dp(4);
    ui::Rect head{area.x, area.y, area.w, height};
    const std::array<ui::Choice, 3> choices = {
        ui::Choice{numbers_ids[0], view::tr("numbers as sent")},
        ui::Choice{numbers_ids[1], view::tr("relative numbers")},
        ui::Choice{numbers_ids[2], view::tr("numbers as formula")}};
    float width = 0;
    for (const ui::Choice& choice : choices) {
        width = std::max(width, ui::text_width(screen, choice.label, ui::body));
    }
    const ui::Rect combo = ui::cut_right(head, std::min(width + screen.dp(48), area.w * 0.4f));
    if (const auto chosen = ui::combo(screen, combo, "sequence.numbers", choices,
                                      static_cast<std::size_t>(state.numbers))) {
        state.numbers = static_cast<Numbers>(*chosen);
    }
    ui::cut_right(head, screen.dp(12));
    const ui::Button scale{.id = "sequence.true_scale",
                           .label = view::tr("true scale"),
                           .hint = view::tr("Height is time: idle time is not folded"),
                           .style = ui::small};
    const float scale_width = ui::text_width(screen, scale.label, ui::small) + screen.dp(30);
    const float title = ui::text_width(screen, view::tr("Sequence"), ui::heading);
    if (head.w - title > scale_width + screen.dp(10)) {
        if (ui::checkbox(screen, ui::cut_right(head, scale_width), scale, state.true_scale)) {
            state.true_scale = !state.true_scale;
            state.following = true;
        }
        ui::cut_right(head, screen.dp(12));
    }
    // One delay both ways is worth saying; several are in the wires' own panel.
    const auto& wires = frame.snapshot->wires;
    const bool uniform =
        !wires.empty() && std::all_of(wires.begin(), wires.end(), [&](const trace::WireView& w) {
            return w.delay == wires.front().delay;
        });
    if (uniform) {
        const std::string delay = fmt::format(fmt::runtime(view::tr("one-way delay {}")),
                                              trace::format(wires.front().delay));
        const float delay_width = ui::text_width(screen, delay, ui::small);
        if (head.w - title > delay_width + screen.dp(16)) {
            ui::text_in(screen, head, delay, ui::small, screen.theme.dim, ui::Align::right);
        }
    }
}

void View::pills(const SequenceLayout& layout, ui::Vec origin, SequenceLights& lights) {
    for (const ArrowItem& arrow : layout.arrows) {
        if (!arrow.is_pill()) {
            continue;
        }
        const ui::Rect box{arrow.label_box.x + origin.x, arrow.label_box.y + origin.y,
                           arrow.label_box.w, arrow.label_box.h};
        const std::string id = segment_id(arrow.id);
        const ui::Interaction now =
            ui::hotspot(screen, box, id, trace::segment_label(trace().segments[arrow.id].segment),
                        screen.menu_open ? std::string() : about(arrow));
        if (now.hovered) {
            lights.hovered = arrow.id;
        }
        if (now.clicked || now.right_clicked) {
            screen.focused = id;
            select(arrow.id);
            open_menu(arrow.id, "segment.menu");
        }
        if (now.focused) {
            ui::focus_ring(screen, box);
        }
        if (screen.focused == id && !screen.menu_open) {
            keys(arrow.id);
        }
    }
}

// Arrows whose journey is over: hovered and picked by the mouse wherever their line is, by the
// keyboard with Up and Down while the view has it.
void View::body(const SequenceLayout& layout, ui::Vec origin, const ui::Rect& window,
                SequenceLights& lights) {
    for (const ArrowItem& arrow : layout.arrows) {
        if (!arrow.is_pill()) {
            ui::mark(screen, segment_id(arrow.id),
                     trace::segment_label(trace().segments[arrow.id].segment),
                     {arrow.label_box.x + origin.x, arrow.label_box.y + origin.y, arrow.label_box.w,
                      arrow.label_box.h});
        }
    }
    for (const LaneItem& item : layout.lanes) {
        if (item.lane->cookie != trace::none && !item.pieces.empty()) {
            const float x = item.lane->x + origin.x, half = screen.dp(7);
            const std::string name = trace::socket_name(trace(), item.lane->cookie);
            ui::mark(screen, fmt::format("lane.{}", name),
                     fmt::format("{} {}", name, trace::name(item.pieces.back().state)),
                     {x - half, item.pieces.front().top + origin.y, 2 * half,
                      item.pieces.back().bottom - item.pieces.front().top});
        }
    }
    const ui::Interaction now = ui::hotspot(screen, window, "sequence.view", view::tr("Sequence"));
    const ArrowItem* under =
        now.hovered ? hit(layout, screen.mouse - origin, screen.dp(6)) : nullptr;
    if (under != nullptr && !under->is_pill()) {
        lights.hovered = under->id;
        screen.tooltip = {about(*under), {screen.mouse.x, screen.mouse.y, 1, screen.dp(14)}};
        if (now.clicked) {
            select(under->id);
        }
        if (now.right_clicked) {
            select(under->id);
            commands.push_back(view::command::Inspect{under->id});
        }
    } else if (now.clicked) {
        commands.push_back(view::command::Select{{}});
    }
    if (now.focused) {
        ui::focus_ring(screen, window.inset(screen.dp(4)));
    }
    if (screen.focused != "sequence.view" || screen.menu_open) {
        return;
    }
    const int step = ui::take_key(screen, ui::Key::down) ? 1
                     : ui::take_key(screen, ui::Key::up) ? -1
                                                         : 0;
    if (step != 0 && !layout.arrows.empty()) {
        const auto& all = layout.arrows;
        const auto current = std::find_if(all.begin(), all.end(), [&](const ArrowItem& a) {
            return a.id == frame.selection.segment;
        });
        const auto last = static_cast<std::ptrdiff_t>(all.size()) - 1;
        const auto place = current == all.end()
                               ? (step > 0 ? 0 : last)
                               : std::clamp<std::ptrdiff_t>(current - all.begin() + step, 0, last);
        select(all[static_cast<std::size_t>(place)].id);
    }
    if (frame.selection.segment != trace::none) {
        keys(frame.selection.segment);
    }
}

void View::scroll_keys(const ui::Rect& window, float most) {
    const bool ours = screen.focused == "sequence.view" || screen.focused.starts_with("segment.");
    if (!ours || screen.menu_open) {
        return;
    }
    const float page = window.h * 0.8f;
    const float before = state.scroll;
    if (ui::take_key(screen, ui::Key::page_up)) {
        state.scroll -= page;
    } else if (ui::take_key(screen, ui::Key::page_down)) {
        state.scroll += page;
    } else if (ui::take_key(screen, ui::Key::home)) {
        state.scroll = 0;
    } else if (ui::take_key(screen, ui::Key::end)) {
        state.following = true;
        return;
    } else {
        return;
    }
    state.scroll = std::clamp(state.scroll, 0.0f, most);
    state.following = state.following && state.scroll == before;
}

void View::delay_menu(const ui::Rect& anchor) {
    struct Delay {
        const char* id;
        trace::Duration time;
    };
    constexpr std::array delays = {Delay{"10ms", trace::milliseconds(10)},
                                   Delay{"100ms", trace::milliseconds(100)},
                                   Delay{"300ms", trace::milliseconds(300)},
                                   Delay{"1s", trace::seconds(1)}, Delay{"5s", trace::seconds(5)}};
    const float row = ui::menu_item_height(screen), field = ui::control_height(screen);
    auto inside = ui::begin_popup(screen, "segment.delays", anchor, screen.dp(190),
                                  row * static_cast<float>(delays.size()) + field + screen.dp(6));
    if (!inside) {
        return;
    }
    const std::string refused = why_not(OnSegment::delay, state.menu);
    for (const Delay& delay : delays) {
        const std::string id = fmt::format("segment.delay.{}", delay.id);
        const std::string label =
            fmt::format(fmt::runtime(view::tr("{} later")), trace::format(delay.time));
        if (ui::menu_item(screen, ui::cut_top(*inside, row),
                          {.id = id, .label = label, .refused = refused})) {
            act(OnSegment::delay, state.menu, delay.time);
        }
    }
    ui::cut_top(*inside, screen.dp(6));
    const auto typed = ui::text_field(screen, ui::cut_top(*inside, field), "segment.delay.field",
                                      view::tr("or type: 250ms"), state.delay_text, ui::code);
    if (typed.submitted) {
        if (const auto time = trace::parse_duration(state.delay_text)) {
            act(OnSegment::delay, state.menu, *time);
            state.delay_text.clear();
            ui::close_popup(screen);
        }
    }
    ui::end_popup(screen);
}

void View::menu(const SequenceLayout& layout, ui::Vec origin) {
    if (state.menu == trace::none) {
        return;
    }
    ui::Rect anchor;
    for (const ArrowItem& arrow : layout.arrows) {
        if (arrow.id == state.menu) {
            anchor = {arrow.label_box.x + origin.x, arrow.label_box.y + origin.y, arrow.label_box.w,
                      arrow.label_box.h};
        }
    }
    delay_menu(anchor);
    const trace::SegmentId id = state.menu;
    const bool held = is_held(id);
    struct Row {
        const char *id, *label, *key;
        OnSegment what;
    };
    const std::array rows = {
        Row{"segment.drop", view::tr("Drop"), "D", OnSegment::drop},
        Row{"segment.delay", view::tr("Delay…"), "L", OnSegment::delay},
        Row{"segment.duplicate", view::tr("Duplicate"), "U", OnSegment::duplicate},
        held ? Row{"segment.release", view::tr("Release"), "H", OnSegment::release}
             : Row{"segment.hold", view::tr("Hold"), "H", OnSegment::hold}};
    const float row = ui::menu_item_height(screen);
    auto inside = ui::begin_popup(screen, "segment.menu", anchor, screen.dp(190), row * 5);
    if (!inside) {
        return;
    }
    bool wants_delay = false;
    for (const Row& entry : rows) {
        const std::string refused = why_not(entry.what, id);
        if (ui::menu_item(screen, ui::cut_top(*inside, row),
                          {.id = entry.id,
                           .label = entry.label,
                           .trailing = entry.key,
                           .refused = refused})) {
            if (entry.what == OnSegment::delay) {
                wants_delay = true;
            } else {
                act(entry.what, id);
            }
        }
    }
    if (ui::menu_item(
            screen, ui::cut_top(*inside, row),
            {.id = "segment.inspect", .label = view::tr("Inspect header"), .trailing = "I"})) {
        commands.push_back(view::command::Inspect{id});
    }
    // The keys shown beside the entries work while the menu is open.
    const std::size_t before = commands.size();
    if (ui::take_key(screen, ui::Key::l)) {
        wants_delay = true;
        ui::close_popup(screen);
    } else {
        keys(id);
        if (commands.size() != before) {
            ui::close_popup(screen);
        }
    }
    ui::end_popup(screen);
    if (wants_delay) {
        open_menu(id, "segment.delays");
    }
}

// How much of the usual heights is used: as much as lets the story fit, in few steps so that the
// picture does not breathe while time goes by.
constexpr std::array densities = {1.0f, 0.9f, 0.8f, 0.7f, 0.62f};

SequenceLayout View::settle(SequenceQuery query, ui::Rect inside) {
    SequenceStyle style = sequence_style(screen, inside.w);
    SequenceLayout layout;
    for (const float density : densities) {
        style = sequence_style(screen, inside.w);
        style.axis.flight *= density;
        style.axis.fold = std::max(style.axis.fold * density, screen.dp(58));
        if (state.true_scale) {
            style.axis.true_scale = true;
            const double all = std::max(1e-6, trace::in_seconds(query.shown - trace::Instant{}));
            style.axis.pixels_per_second = state.zoom * std::max(100.0f, inside.h * 0.7f) / all;
        }
        query.top = state.scroll;
        query.bottom = state.scroll + inside.h;
        layout = lay_sequence(query, style);
        const float names = names_height(screen, layout.columns);
        const float room = inside.h - names;
        float low = std::max(layout.now_y + screen.dp(24), layout.axis.end_y + screen.dp(14));
        for (const ArrowItem& arrow : layout.arrows) {
            if (arrow.is_pill()) {
                low = std::max(low, arrow.label_box.bottom() + screen.dp(8));
            }
        }
        layout.height = low;
        if (low > room && density != densities.back() && !state.true_scale) {
            continue;
        }
        const float most = std::max(0.0f, low - room);
        scroll_keys({inside.x, inside.y + names, inside.w, room}, most);
        const float before = state.scroll;
        if (state.following) {
            const float aim = std::min(most, std::max(0.0f, layout.now_y - room * 0.3f));
            const bool glides =
                frame.motion.moving && !frame.reduced_motion && std::abs(aim - state.scroll) > 1;
            state.scroll = glides ? state.scroll + (aim - state.scroll) * 0.3f : aim;
            screen.animating = screen.animating || glides;
        }
        state.scroll = std::clamp(state.scroll, 0.0f, most);
        if (std::abs(state.scroll - before) > 0.5f || query.bottom < state.scroll + room) {
            query.top = state.scroll;
            query.bottom = state.scroll + room;
            layout = lay_sequence(query, style);
            layout.height = low;
        }
        break;
    }
    return layout;
}

} // namespace

void sequence(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
              SequenceState& state, ui::Rect area) {
    View view{screen, frame, commands, state};
    const ui::Rect titled = area.inset(screen.dp(12), screen.dp(8));
    ui::Rect inside = ui::panel(screen, area, "sequence", view::tr("Sequence"));
    view.header(titled);
    if (!frame.can.segments && !frame.can.scope.empty()) {
        // A source that cannot see segments says so where they would be.
        const float height = ui::paragraph_height(screen, inside.w, frame.can.scope, ui::small);
        ui::paragraph(screen, ui::cut_top(inside, height + screen.dp(4)), frame.can.scope,
                      ui::small, screen.theme.dim);
    }

    const trace::Instant shown = std::max(frame.motion.shown, frame.snapshot->now);
    SequenceQuery query{.trace = frame.trace,
                        .snapshot = frame.snapshot,
                        .visible = frame.visible_events,
                        .shown = shown,
                        .width = inside.w,
                        .numbers = state.numbers,
                        .selected_socket = frame.selection.socket,
                        .selected_segment = frame.selection.segment};
    if (state.seen_events != frame.visible_events) {
        state.following = true; // something new is worth seeing
        state.seen_events = frame.visible_events;
    }
    const SequenceLayout layout = view.settle(query, inside);
    paint_names(screen, ui::cut_top(inside, names_height(screen, layout.columns)), layout,
                frame.selection.socket);
    const float height = std::max(layout.height, inside.h);
    const float most = height - inside.h;
    const bool wheeled = ui::hovering(screen, inside) && ImGui::GetIO().MouseWheel != 0;
    if (wheeled && state.true_scale && ImGui::GetIO().KeyCtrl) {
        state.zoom =
            std::clamp(state.zoom * (ImGui::GetIO().MouseWheel > 0 ? 1.25 : 0.8), 1.0, 100000.0);
    } else if (wheeled) {
        const float turned = -ImGui::GetIO().MouseWheel * screen.dp(60);
        state.scroll = std::clamp(state.scroll + turned, 0.0f, most);
        state.following = state.scroll >= most - 1;
    }
    ImGui::SetNextWindowScroll({0, state.scroll});
    const ui::Rect content = ui::begin_scroll(screen, inside, "sequence.scroll", height);
    const float actual = inside.y - content.y;
    if (std::abs(actual - state.scroll) > 1) { // the scroll bar was dragged
        state.scroll = actual;
        state.following = false;
    }
    const ui::Vec origin{content.x, content.y};
    const ui::Rect window{content.x, inside.y, content.w, inside.h};

    SequenceLights lights;
    view.pills(layout, origin, lights);
    view.body(layout, origin, window, lights);
    const trace::SegmentId asked =
        lights.hovered != trace::none ? lights.hovered : frame.selection.segment;
    if (asked != trace::none) {
        lights.covered = covered_by(*frame.trace, layout.story, asked);
    }
    paint_sequence(screen, frame, layout, origin, window, lights);
    ui::end_scroll(screen);
    view.menu(layout, origin);

    if (!state.following) {
        const std::string label = view::tr("back to now");
        const ui::Button button{.id = "sequence.follow",
                                .label = label,
                                .look = ui::Look::accent,
                                .after = ui::Icon::chevron_down,
                                .style = ui::small_strong};
        const float width = ui::button_width(screen, button), tall = ui::control_height(screen);
        if (ui::button(screen,
                       {inside.right() - width - screen.dp(20),
                        inside.bottom() - tall - screen.dp(8), width, tall},
                       button)) {
            state.following = true;
        }
    }
}

} // namespace panels
