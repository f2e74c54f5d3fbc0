// Where each view stands in the window. Hosts left and right of the sequence, as on paper; further
// views below; in a small window one view at a time.
#include "panels/window_layout.hpp"

#include <algorithm>

namespace panels {
namespace {

// Below this width or height (at 100 %) the views share one place.
constexpr float least_width = 960, least_body = 270;
// The figure of the machine needs this much, another further view that, and the hosts above them so
// much.
constexpr float least_machine = 215, least_below = 150, least_above = 230;
// A further view stands below the sequence alone when the column is at least this wide.
constexpr float roomy_column = 560;
// Further views beside and below each other are at least this wide and high, where that can be.
constexpr float least_view = 380, least_row = 126;
constexpr float script_column = 290, width_for_script_column = 1320;

class Placing {
public:
    explicit Placing(const WindowNeeds& wanted) : needs(wanted) {
        layout.hosts.resize(needs.hosts);
        rest = {0, 0, needs.size.x, needs.size.y};
    }

    WindowLayout all() {
        layout.toolbar = ui::cut_top(rest, px(toolbar_height));
        ui::cut_top(rest, gap);
        rest = rest.inset(gap, 0);
        rest.h = std::max(0.0f, rest.h - gap);
        const bool narrow = needs.size.x < px(least_width);
        if (needs.notice_height > 0)
            layout.notice = strip_top(needs.notice_height);
        if (needs.lesson_height > 0) {
            // It scrolls rather than pushing the hosts out of sight.
            const float left_for_views = rest.h - gap - px(least_body) - 1;
            const float most = needs.size.y * 0.46f;
            const float least = needs.size.y * 0.3f;
            layout.lesson = strip_top(std::min(
                needs.lesson_height, narrow ? most : std::clamp(left_for_views, least, most)));
        }
        if (narrow || rest.h < px(least_side_by_side()))
            tabbed();
        else
            side_by_side();
        return layout;
    }

private:
    float px(float at_100) const { return at_100 * needs.scale; }
    float least_side_by_side() {
        if (further().empty())
            return least_body;
        return (needs.machine ? least_machine : least_below) + least_above + gap_between_panels;
    }
    ui::Rect strip_top(float height) {
        const ui::Rect strip = ui::cut_top(rest, height);
        ui::cut_top(rest, gap);
        return strip;
    }
    ui::Rect strip_bottom(ui::Rect& from, float height) const {
        const ui::Rect strip = ui::cut_bottom(from, height);
        ui::cut_bottom(from, gap);
        return strip;
    }

    std::vector<std::pair<Part, ui::Rect*>> further() {
        std::vector<std::pair<Part, ui::Rect*>> open;
        if (needs.machine)
            open.emplace_back(Part::machine, &layout.machine);
        if (needs.why)
            open.emplace_back(Part::why, &layout.why);
        if (needs.queues)
            open.emplace_back(Part::queues, &layout.queues);
        if (needs.ladder_text)
            open.emplace_back(Part::ladder_text, &layout.ladder_text);
        if (needs.tools)
            open.emplace_back(Part::tools, &layout.tools);
        if (needs.script && layout.script.empty())
            open.emplace_back(Part::script, &layout.script);
        return open;
    }

    void tabbed() {
        layout.tabs.push_back({Part::sequence, 0});
        for (std::size_t h = 0; h < needs.hosts; ++h)
            layout.tabs.push_back({Part::host, h});
        for (const auto& [part, rect] : further())
            layout.tabs.push_back({part, 0});
        layout.tab = std::min(needs.tab, layout.tabs.size() - 1);
        layout.tab_strip = strip_top(px(34));
        if (needs.timeline && rest.h > px(timeline_height) * 3)
            layout.timeline = strip_bottom(rest, px(timeline_height));
        const Tab front = layout.tabs[layout.tab];
        switch (front.part) {
        case Part::sequence: layout.sequence = rest; break;
        case Part::host: layout.hosts[front.host] = rest; break;
        case Part::machine: layout.machine = rest; break;
        case Part::why: layout.why = rest; break;
        case Part::queues: layout.queues = rest; break;
        case Part::ladder_text: layout.ladder_text = rest; break;
        case Part::tools: layout.tools = rest; break;
        case Part::script: layout.script = rest; break;
        }
    }

    void side_by_side() {
        if (needs.script && needs.size.x >= px(width_for_script_column)) {
            layout.script = ui::cut_right(rest, px(script_column));
            ui::cut_right(rest, gap);
        }
        // The right column has the listener with its queues: it is the wider one.
        // The left one is wide enough for a name, a port and a state in a row, where that can be.
        const float least_left = std::clamp(rest.w * 0.222f, px(248), px(300));
        const float left = std::clamp(rest.w * 0.2f, least_left, px(420));
        const float right = std::clamp(rest.w * 0.272f, px(276), px(560));
        const auto open = further();
        const bool one = open.size() == 1;
        const bool one_below = one && rest.w - left - right - 2 * gap >= px(roomy_column);
        if (needs.timeline && (open.empty() || one || open.front().first != Part::machine))
            layout.timeline = strip_bottom(rest, px(timeline_height));
        // Many further views stand in two rows, and take more of the height.
        const bool many = open.size() > 4;
        const float below =
            std::clamp(rest.h * (many ? 0.5f : 0.38f),
                       px(needs.machine ? least_machine : least_below), px(many ? 460 : 420));
        if (!open.empty() && !one_below) {
            ui::Rect row = strip_bottom(rest, below);
            place_row(row, open);
        }
        columns(left, right);
        if (one_below)
            *open.front().second = strip_bottom(layout.sequence, below);
    }

    void place_row(ui::Rect row, const std::vector<std::pair<Part, ui::Rect*>>& open) {
        std::size_t first = 0;
        if (open.front().first == Part::machine) {
            layout.machine = ui::cut_left(row, open.size() == 1 ? row.w : row.w * 0.355f);
            ui::cut_left(row, gap);
            first = 1;
            if (needs.timeline && layout.timeline.empty())
                layout.timeline = strip_bottom(row, std::min(px(timeline_height), row.h * 0.45f));
        }
        const std::size_t n = open.size() - first;
        if (n == 0)
            return;
        // Beside each other as far as there is room; the others below them.
        const auto beside = std::max<std::size_t>(
            1, static_cast<std::size_t>((row.w + gap) / (px(least_view) + gap)));
        const auto fit = std::max<std::size_t>(
            1, static_cast<std::size_t>((row.h + gap) / (px(least_row) + gap)));
        const std::size_t lines = std::min((n + beside - 1) / beside, fit);
        const std::size_t each = (n + lines - 1) / lines;
        for (std::size_t i = 0; i < n; i += each) {
            const auto left = static_cast<float>(lines - i / each);
            ui::Rect line = ui::cut_top(row, (row.h - gap * (left - 1)) / left);
            ui::cut_top(row, gap);
            for (std::size_t k = i; k < std::min(i + each, n); ++k) {
                const auto more = static_cast<float>(std::min(i + each, n) - k);
                *open[first + k].second = ui::cut_left(line, (line.w - gap * (more - 1)) / more);
                ui::cut_left(line, gap);
            }
        }
    }

    void columns(float left, float right) {
        const std::size_t at_left = (needs.hosts + 1) / 2, at_right = needs.hosts - at_left;
        if (at_left > 0)
            stack(ui::cut_left(rest, left), 0, at_left);
        ui::cut_left(rest, gap);
        if (at_right > 0) {
            stack(ui::cut_right(rest, right), at_left, at_right);
            ui::cut_right(rest, gap);
        }
        layout.sequence = rest;
    }

    void stack(ui::Rect column, std::size_t first, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) {
            const auto left = static_cast<float>(count - i);
            layout.hosts[first + i] = ui::cut_top(column, (column.h - gap * (left - 1)) / left);
            ui::cut_top(column, gap);
        }
    }

    const WindowNeeds& needs;
    float gap = px(gap_between_panels);
    ui::Rect rest;
    WindowLayout layout;
};

} // namespace

WindowLayout lay_out_window(const WindowNeeds& needs) {
    return Placing(needs).all();
}

} // namespace panels
