// Steps, a dashed limit, a tick for each refusal.
#include "panels/queue_plot.hpp"

#include "panels/wording.hpp"
#include "ui/canvas.hpp"
#include "ui/screen.hpp"
#include "ui/text.hpp"

#include <algorithm>

namespace panels {
namespace {

// Two corners of a pixel column are all that can be seen of what happened in it.
std::vector<ui::Vec> outline_of(const QueuePlot& plot, const auto& y_of) {
    std::vector<ui::Vec> points;
    for (std::size_t i = 0; i < plot.steps.size();) {
        const float x = plot.steps[i].x;
        std::uint32_t most = plot.steps[i].length;
        std::size_t next = i + 1;
        for (; next < plot.steps.size() && plot.steps[next].x < x + 1; ++next)
            most = std::max(most, plot.steps[next].length);
        const float before = points.empty() ? y_of(0) : points.back().y;
        points.push_back({x, before});
        if (most != plot.steps[next - 1].length)
            points.push_back({x, y_of(most)});
        points.push_back({x, y_of(plot.steps[next - 1].length)});
        i = next;
    }
    if (!points.empty())
        points.push_back({std::max(plot.until, points.back().x), points.back().y});
    return points;
}

} // namespace

QueueScale queue_scale(const QueuePlot& plot) {
    std::uint32_t most = 0;
    for (const QueuePlot::Step& step : plot.steps)
        most = std::max(most, step.length);
    const bool near = plot.limit < std::max(8u, 4 * most);
    if (near)
        return {std::max(most, plot.limit + 1), true};
    return {std::max(most + 1, 3u), false};
}

float queue_numbers_width(ui::Screen& screen, const QueuePlot& plot) {
    const QueueScale scale = queue_scale(plot);
    return ui::text_width(screen, fmt::format("{}", scale.top), ui::small_code) + screen.dp(10);
}

void paint_queue_plot(ui::Screen& screen, const ui::Rect& whole, float numbers,
                      const QueuePlot& plot) {
    const ui::Theme& theme = screen.theme;
    ui::Rect area = whole;
    ui::cut_left(area, numbers);
    const QueueScale scale = queue_scale(plot);
    const auto y_of = [&](std::uint32_t length) {
        return area.bottom() - area.h * static_cast<float>(length) / static_cast<float>(scale.top);
    };
    const ui::StateColours& hue = theme.of(plot.hue);
    const auto points = outline_of(plot, y_of);
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
        if (points[i + 1].x > points[i].x && points[i].y < area.bottom() - 0.5f)
            ui::fill(screen,
                     {points[i].x, points[i].y, points[i + 1].x - points[i].x,
                      area.bottom() - points[i].y},
                     hue.fill);
    ui::line(screen, {area.x, area.bottom()}, {area.right(), area.bottom()}, theme.dim);

    // Numbers at the left: the top, the limit, nothing; those that would touch give way.
    const float line = ui::line_height(screen, ui::small_code);
    float taken = area.bottom() + line;
    const auto number = [&](std::uint32_t value, float y, ui::Colour colour) {
        y = std::min(y, area.bottom() - screen.dp(4));
        if (taken - y < line - screen.dp(3))
            return;
        taken = y;
        ui::text(screen, {area.x - screen.dp(6), y}, fmt::format("{}", value), ui::small_code,
                 colour, ui::Align::right);
    };
    number(0, area.bottom(), theme.dim);
    if (scale.shows_limit) {
        const float y = y_of(plot.limit);
        ui::dashed_line(screen, {area.x, y}, {area.right(), y}, theme.text, 1.5f);
        number(plot.limit, y, theme.text);
    }
    number(scale.top, area.y, theme.dim);
    // An empty queue is its ground line.
    for (std::size_t i = 0; i + 1 < points.size(); ++i)
        if (std::min(points[i].y, points[i + 1].y) < area.bottom() - 0.5f)
            ui::line(screen, points[i], points[i + 1], hue.lane, 2);

    // As at a lane: what the host refused ends in a flat bar.
    float last = -1;
    for (const float x : plot.drops) {
        if (x < last + screen.dp(3))
            continue;
        last = x;
        ui::fill(screen,
                 {x - screen.dp(1), area.bottom() - screen.dp(13), screen.dp(2), screen.dp(13)},
                 theme.refused);
        ui::fill(screen,
                 {x - screen.dp(4), area.bottom() - screen.dp(14), screen.dp(8), screen.dp(3)},
                 theme.refused);
    }
}

} // namespace panels
