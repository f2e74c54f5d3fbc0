// The sequence view put together: header, layout that follows now, scrolling, painting.
#include "panels/sequence.hpp"

#include "panels/pointing.hpp"
#include "panels/sequence_view.hpp"
#include "ui/canvas.hpp"
#include "ui/compat.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include <fmt/format.h>

namespace panels {

namespace {

constexpr float scroll_bar_room = 14;

constexpr std::array numbers_ids = {"absolute", "relative", "formula"};

// How much of the usual heights is used: as much as lets the story fit, in few steps so that the
// picture does not breathe while time goes by.
constexpr std::array densities = {1.7f, 1.35f, 1.1f, 0.95f, 0.8f, 0.7f, 0.62f};

} // namespace

void SequenceView::header(const ui::Rect& area) {
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
        const std::string delay = view::say("one-way delay {}", trace::format(wires.front().delay));
        const float delay_width = ui::text_width(screen, delay, ui::small);
        if (head.w - title > delay_width + screen.dp(16)) {
            ui::text_in(screen, head, delay, ui::small, screen.theme.dim, ui::Align::right);
        }
    }
}

// The way back after scrolling away, at the lower right corner.
std::optional<ui::Rect> SequenceView::back_to_now(const ui::Rect& window) {
    if (state.following) {
        return std::nullopt;
    }
    const char* label = view::tr("back to now");
    const float width = ui::text_width(screen, label, ui::small_strong) + screen.dp(24);
    const float tall = ui::control_height(screen);
    const ui::Rect box{window.right() - width - screen.dp(8), window.bottom() - tall - screen.dp(8),
                       width, tall};
    const ui::Interaction now = ui::hotspot(screen, box, "sequence.follow", label);
    state.following = now.clicked;
    return box;
}

void SequenceView::paint_back(const ui::Rect& box) const {
    ui::box(screen, box, screen.theme.accent, screen.theme.accent_border, 5);
    ui::text(screen, box.centre(), view::tr("back to now"), ui::small_strong,
             screen.theme.on_accent, ui::Align::centre);
    if (screen.focused == "sequence.follow" && screen.focus_visible) {
        ui::focus_ring(screen, box);
    }
}

namespace {

// Where the picture ends, with room below.
float lowest(const ui::Screen& screen, const SequenceLayout& layout) {
    float low = std::max(layout.now_y + screen.dp(24), layout.axis.end_y + screen.dp(14));
    for (const ArrowItem& arrow : layout.arrows)
        if (arrow.is_pill())
            low = std::max(low, arrow.label_box.bottom() + screen.dp(8));
    return low;
}

} // namespace

SequenceLayout SequenceView::settle(SequenceQuery query, const Story& story, ui::Rect inside) {
    SequenceStyle style;
    const std::vector<float> reasons = reason_room(query, sequence_style(screen, inside.w), story);
    for (const float density : densities) {
        style = sequence_style(screen, inside.w);
        style.axis.flight *= density;
        style.axis.fold = std::clamp(style.axis.fold * density, screen.dp(60), screen.dp(90));
        if (state.true_scale) {
            style.axis.true_scale = true;
            const double all = std::max(1e-6, trace::in_seconds(query.shown - trace::Instant{}));
            style.axis.pixels_per_second = state.zoom * std::max(100.0f, inside.h * 0.7f) / all;
            break;
        }
        // A long story never fits: it is told as densely as at the end of the list.
        if (story.segments.size() > 400) {
            continue;
        }
        const Axis axis =
            lay_axis(trace(), story, *frame.snapshot, query.shown, style.axis, reasons);
        const float names = ui::line_height(screen, ui::strong) * 2.2f;
        if (std::max(axis.now_y, axis.end_y) + screen.dp(24) <= inside.h - names) {
            break;
        }
    }
    query.top = state.scroll;
    query.bottom = state.scroll + inside.h;
    SequenceLayout layout = lay_sequence(query, style, story);
    const float names = names_height(screen, layout.columns);
    const float room = inside.h - names;
    const float low = lowest(screen, layout);
    const float most = std::max(0.0f, low - room);
    const float before = state.scroll;
    scroll_keys({inside.x, inside.y + names, inside.w, room}, most);
    if (state.following) {
        const float aim = std::min(most, std::max(0.0f, layout.now_y - room * 0.3f));
        const bool glides =
            frame.motion.moving && !frame.reduced_motion && std::abs(aim - state.scroll) > 1;
        state.scroll = glides ? state.scroll + (aim - state.scroll) * 0.3f : aim;
        screen.animating = screen.animating || glides;
    }
    state.scroll = std::clamp(state.scroll, 0.0f, most);
    if (std::abs(state.scroll - before) > 0.5f) {
        query.top = state.scroll;
        query.bottom = state.scroll + room;
        layout = lay_sequence(query, style, story);
    }
    layout.height = low;
    return layout;
}

float whole_sequence(ui::Screen& screen, const view::Frame& frame, ui::Rect place) {
    SequenceQuery query{.trace = frame.trace,
                        .snapshot = frame.snapshot,
                        .visible = frame.visible_events,
                        .shown = frame.snapshot->now,
                        .width = place.w};
    query.bottom = std::numeric_limits<float>::max();
    const Story story = tell(*frame.trace, frame.visible_events, *frame.snapshot);
    const SequenceLayout layout = lay_sequence(query, sequence_style(screen, place.w), story);
    const float names = names_height(screen, layout.columns);
    const ui::Rect window{place.x, place.y + names, place.w, lowest(screen, layout)};
    paint_names(screen, {place.x, place.y, place.w, names}, layout, trace::none);
    paint_sequence(screen, frame, layout, {window.x, window.y}, window, {});
    return names + window.h;
}

void sequence(ui::Screen& screen, const view::Frame& frame, view::Commands& commands,
              SequenceState& state, ui::Rect area) {
    SequenceView view{screen, frame, commands, state};
    const ui::Rect titled = area.inset(screen.dp(12), screen.dp(8));
    ui::Rect inside = ui::panel(screen, area, "sequence", view::tr("Sequence"));
    point_at_panel(screen, frame, "sequence", area);
    view.header(titled);
    if (!frame.can.segments && !frame.can.scope.empty() && !frame.message.empty()) {
        // A source that cannot see segments says so where they would be, unless the notice does.
        const float height = ui::paragraph_height(screen, inside.w, frame.can.scope, ui::small);
        ui::paragraph(screen, ui::cut_top(inside, height + screen.dp(4)), frame.can.scope,
                      ui::small, screen.theme.dim);
    }

    // The scroll bar's place is kept free, also before there is one: nothing is cut by it, and no
    // lane jumps when it comes.
    const float width = inside.w - screen.dp(scroll_bar_room);
    const trace::Instant shown = std::max(frame.motion.shown, frame.snapshot->now);
    SequenceQuery query{.trace = frame.trace,
                        .snapshot = frame.snapshot,
                        .visible = frame.visible_events,
                        .shown = shown,
                        .width = width,
                        .numbers = state.numbers,
                        .selected_socket = frame.selection.socket,
                        .selected_segment = frame.selection.segment};
    if (state.seen_events != frame.visible_events) {
        state.following = true; // something new is worth seeing
        state.seen_events = frame.visible_events;
    }
    const Story story = tell(*frame.trace, frame.visible_events, *frame.snapshot);
    const SequenceLayout layout = view.settle(query, story, inside);
    paint_names(screen, ui::cut_top(inside, names_height(screen, layout.columns)), layout,
                frame.selection.socket);
    const float height = std::max(layout.height, inside.h);
    const float most = height - inside.h;
    ImGui::SetNextWindowScroll({0, state.scroll});
    const ui::Rect content = ui::begin_scroll(screen, inside, "sequence.scroll", height);
    const float actual = inside.y - content.y;
    if (std::abs(actual - state.scroll) > 1) { // the scroll bar was dragged
        state.scroll = actual;
        state.following = false;
    }
    const bool wheeled = ui::hovering(screen, inside) && ImGui::GetIO().MouseWheel != 0;
    if (wheeled && state.true_scale && ImGui::GetIO().KeyCtrl) {
        state.zoom =
            std::clamp(state.zoom * (ImGui::GetIO().MouseWheel > 0 ? 1.25 : 0.8), 1.0, 100000.0);
    } else if (wheeled) {
        const float turned = -ImGui::GetIO().MouseWheel * screen.dp(60);
        state.scroll = std::clamp(state.scroll + turned, 0.0f, most);
        state.following = state.scroll >= most - 1;
    }
    const ui::Vec origin{content.x, content.y};
    const ui::Rect window{content.x, inside.y, content.w, inside.h};

    SequenceLights lights;
    const auto back = view.back_to_now(window); // over everything: it gets the mouse first
    view.pills(layout, origin, lights);
    view.body(layout, origin, window, lights);
    const trace::SegmentId asked =
        lights.hovered != trace::none ? lights.hovered : frame.selection.segment;
    if (asked != trace::none) {
        lights.covered = covered_by(*frame.trace, story, asked);
    }
    paint_sequence(screen, frame, layout, origin, window, lights);
    if (back) {
        view.paint_back(*back);
    }
    ui::end_scroll(screen);
    view.menu(layout, origin);
}

} // namespace panels
