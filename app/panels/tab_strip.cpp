// Tabs and the notice.
#include "panels/tab_strip.hpp"

#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/widgets.hpp"

namespace panels {
namespace {

using view::tr;

std::string label(const view::Frame& frame, const Tab& tab) {
    switch (tab.part) {
    case Part::sequence: return tr("Sequence");
    case Part::host:
        return tab.host < frame.snapshot->hosts.size()
                   ? host_title(frame.snapshot->hosts[tab.host].name)
                   : std::string();
    case Part::machine: return tr("State machine");
    case Part::why: return tr("Why?");
    case Part::queues: return tr("Queues over time");
    case Part::ladder_text: return tr("Ladder as text");
    case Part::tools: return tr("Tools");
    case Part::script: return tr("Script");
    }
    return "";
}

// What is said: an error or notice first, else what kind of source this is.
std::string text(const view::Frame& frame) {
    return !frame.message.empty() ? frame.message : frame.can.scope;
}

} // namespace

void tab_strip(ui::Screen& screen, const view::Frame& frame, TabState& state,
               const WindowLayout& layout) {
    if (layout.tabs.empty())
        return;
    state.front = layout.tab;
    ui::Rect rest = layout.tab_strip;
    const float gap = screen.dp(5), n = static_cast<float>(layout.tabs.size());
    const float width = (rest.w - gap * (n - 1)) / n;
    for (std::size_t i = 0; i < layout.tabs.size(); ++i) {
        const std::string name = label(frame, layout.tabs[i]), id = fmt::format("tab.{}", i + 1);
        if (ui::button(screen, ui::cut_left(rest, width),
                       {.id = id,
                        .label = name,
                        .selected = i == layout.tab,
                        .hint = name,
                        .style = ui::body}))
            state.front = i;
        ui::cut_left(rest, gap);
    }
}

float notice_height(ui::Screen& screen, const view::Frame& frame, float width) {
    const std::string what = text(frame);
    return what.empty() ? 0
                        : ui::paragraph_height(screen, width - screen.dp(52), what, ui::body) +
                              screen.dp(14);
}

void notice(ui::Screen& screen, const view::Frame& frame, ui::Rect area) {
    if (area.empty())
        return;
    const std::string what = text(frame);
    ui::box(screen, area, screen.theme.card, screen.theme.button_border, 6);
    ui::icon(screen, ui::Icon::info, {area.x + screen.dp(20), area.centre().y}, 16,
             screen.theme.text);
    ui::paragraph(screen,
                  {area.x + screen.dp(38), area.y + screen.dp(7), area.w - screen.dp(52), area.h},
                  what, ui::body, screen.theme.text);
    ui::mark(screen, "notice", what, area);
}

} // namespace panels
