// Deciding the fate of a segment on the wire: keys, the menu, the menu of delays.
#include "panels/sequence_view.hpp"
#include "ui/menu.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"
#include "view/words.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace panels {

using view::command::OnSegment;

std::string SequenceView::why_not(OnSegment what, trace::SegmentId id) const {
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

bool SequenceView::is_held(trace::SegmentId id) const {
    return std::any_of(frame.snapshot->in_flight.begin(), frame.snapshot->in_flight.end(),
                       [&](const trace::InFlight& f) { return f.segment == id && f.held; });
}

void SequenceView::act(OnSegment what, trace::SegmentId id, trace::Duration time) const {
    if (why_not(what, id).empty()) {
        commands.push_back(view::command::Verdict{id, what, time});
    }
}

void SequenceView::open_menu(trace::SegmentId id, std::string_view which) const {
    state.menu = id;
    ui::open_popup(screen, which);
}

// The keys of the menu work on the segment that has the keyboard, without the menu too.
void SequenceView::keys(trace::SegmentId id) const {
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

void SequenceView::delay_menu(const ui::Rect& anchor) {
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
        const std::string label = view::say("{} later", trace::format(delay.time));
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

void SequenceView::menu(const SequenceLayout& layout, ui::Vec origin) {
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

} // namespace panels
