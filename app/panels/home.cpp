// The home screen: four doors, and the lessons in their order with those done marked.
#include "panels/home.hpp"

#include "panels/column.hpp"
#include "panels/wording.hpp"
#include "ui/widgets.hpp"

#include <algorithm>

namespace panels {
namespace {

using view::tr;
namespace cmd = view::command;

struct Door {
    const char* id;
    const char* title;
    std::string text;
    const char* action;
    view::Command command;
    bool accent = false;
};

std::size_t next_lesson(const view::Frame& frame) {
    for (std::size_t i = 0; i < frame.catalogue.size(); ++i)
        if (frame.catalogue[i].next)
            return i;
    return 0;
}

void door(Column& c, const Door& d, float height, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const ui::Rect frame{c.x, c.y, c.width, height};
    const float pad = c.px(16), button = c.px(38);
    if (c.painting) {
        ui::box(c.screen, frame, theme.panel, d.accent ? theme.accent_border : theme.panel_border,
                8, d.accent ? 2.0f : 1.0f);
        ui::mark(c.screen, std::string("door.") + d.id, d.title, frame);
        Column in{c.screen, c.x + pad, c.y + pad, c.width - 2 * pad, true};
        in.line(d.title, ui::title, theme.text);
        in.gap(6);
        in.paragraph(d.text, ui::body, theme.dim);
        const ui::Button open{.id = d.id,
                              .label = d.action,
                              .look = d.accent ? ui::Look::accent : ui::Look::normal,
                              .after = ui::Icon::play};
        const float width =
            std::min(std::max(ui::button_width(c.screen, open), c.px(140)), in.width);
        if (ui::button(c.screen, {in.x, frame.bottom() - pad - button, width, button}, open))
            commands.push_back(d.command);
    }
    c.y += height;
}

float door_height(ui::Screen& screen, const Door& d, float width) {
    const float pad = screen.dp(16);
    return ui::line_height(screen, ui::title) +
           ui::paragraph_height(screen, width - 2 * pad, d.text, ui::body) +
           screen.dp(6 + 18 + 38) + 2 * pad;
}

void lesson_row(ui::Screen& screen, const ui::Rect& at, const view::CatalogueEntry& entry,
                std::size_t place, view::Commands& commands) {
    const std::string id = fmt::format("lesson.{}", place + 1),
                      label = fmt::format("{}  {}", place + 1, entry.title);
    const std::string mark = entry.done   ? std::string(tr("done")) + " ✓"
                             : entry.next ? std::string(tr("next"))
                                          : std::string();
    if (ui::button(screen, at,
                   {.id = id,
                    .label = label,
                    .look = ui::Look::quiet,
                    .selected = entry.next,
                    .trailing = mark,
                    .style = ui::body,
                    .align = ui::Align::left}))
        commands.push_back(cmd::OpenLesson{static_cast<int>(place)});
}

// The lessons [first, last) of one part of the catalogue, down the columns.
void part_rows(Column& c, const view::Frame& frame, std::size_t first, std::size_t last,
               view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const float gap = c.px(10), row = c.px(34), pad = c.px(8);
    const std::size_t n = last - first;
    const std::size_t columns = c.width > c.px(1100) ? 3 : c.width > c.px(700) ? 2 : 1;
    const std::size_t rows = (n + columns - 1) / columns;
    const float width =
        (c.width - 2 * pad - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const ui::Rect block = c.take(static_cast<float>(rows) * row + 2 * pad);
    if (!c.painting)
        return;
    ui::box(c.screen, block, theme.panel, theme.panel_border, 8);
    for (std::size_t i = 0; i < n; ++i)
        lesson_row(c.screen,
                   {block.x + pad + static_cast<float>(i / rows) * (width + gap),
                    block.y + pad + static_cast<float>(i % rows) * row, width, row},
                   frame.catalogue[first + i], first + i, commands);
}

void lesson_rows(Column& c, const view::Frame& frame, view::Commands& commands) {
    const auto& all = frame.catalogue;
    for (std::size_t first = 0; first < all.size();) {
        std::size_t last = first + 1;
        while (last < all.size() && all[last].part.empty())
            ++last;
        const std::string title =
            all[first].part.empty() ? std::string(tr("Lessons, in their order")) : all[first].part;
        c.line(title, ui::strong, c.screen.theme.text);
        c.gap(6);
        part_rows(c, frame, first, last, commands);
        c.gap(14);
        first = last;
    }
}

void write(Column& c, const view::Frame& frame, view::Commands& commands) {
    const ui::Theme& theme = c.screen.theme;
    const std::size_t next = next_lesson(frame);
    const bool fresh = std::none_of(frame.catalogue.begin(), frame.catalogue.end(),
                                    [](const auto& e) { return e.done; });
    const auto done = std::count_if(frame.catalogue.begin(), frame.catalogue.end(),
                                    [](const auto& e) { return e.done; });
    std::vector<Door> doors;
    if (!frame.catalogue.empty())
        doors.push_back({"home.lessons", tr("Lessons"),
                         say("{} of {} done. Next: {}", done, frame.catalogue.size(),
                             frame.catalogue[next].title),
                         fresh ? tr("Begin") : tr("Go on"), cmd::OpenLesson{static_cast<int>(next)},
                         true});
    doors.push_back({"home.free_play", tr("Free play"),
                     tr("A server, a client and no script: make the calls yourself, lose the "
                        "segments you like."),
                     tr("Play"), cmd::OpenFreePlay{false}, false});
    doors.push_back({"home.lab", tr("Real kernel"),
                     tr("The same picture drawn from a TCP connection of this machine's kernel, "
                        "segment by segment."),
                     tr("Open"), cmd::OpenLab{}, false});
    doors.push_back({"home.attach", tr("My server"),
                     tr("What is wrong with it? Its queues, its connections, both ends, watched "
                        "without touching them."),
                     tr("Look"), cmd::OpenAttach{}, false});
    c.paragraph(tr("See both ends of a TCP connection, and the kernel's queues between them."),
                ui::narration, theme.text);
    c.gap(16);
    const float gap = c.px(14);
    const std::size_t columns = c.width > c.px(800) ? doors.size() : 1;
    const float width =
        (c.width - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    float height = 0;
    for (const auto& d : doors)
        height = std::max(height, door_height(c.screen, d, width));
    for (std::size_t i = 0; i < doors.size(); ++i) {
        const std::size_t column = i % columns;
        Column in{c.screen, c.x + static_cast<float>(column) * (width + gap), c.y, width,
                  c.painting};
        door(in, doors[i], height, commands);
        if (column + 1 == columns || i + 1 == doors.size())
            c.y += height + gap;
    }
    c.gap(10);
    if (!frame.catalogue.empty())
        lesson_rows(c, frame, commands);
}

} // namespace

void home(ui::Screen& screen, const view::Frame& frame, view::Commands& commands, ui::Rect area) {
    const float width = std::min(area.w - screen.dp(48), screen.dp(1320));
    const auto body = [&](Column& c) { write(c, frame, commands); };
    const float margin = screen.dp(26);
    const float height = height_of(screen, width - screen.dp(14), body) + 2 * margin;
    const ui::Rect content = ui::begin_scroll(screen, area, "home.scroll", height);
    Column c{screen, area.x + (area.w - width) / 2, content.y + margin, width - screen.dp(14),
             true};
    body(c);
    ui::end_scroll(screen);
}

} // namespace panels
