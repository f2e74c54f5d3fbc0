// The strip at the top: which lesson, back, next, play, pace, the time, views, language, settings.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

#include <string>

namespace ui {
struct Screen;
}

namespace panels {

struct ToolbarState {
    std::string search; // typed into the list of lessons
};

void toolbar(ui::Screen&, const view::Frame&, view::Commands&, ToolbarState&, ui::Rect area);

// What stands on it, for a width: items that find no room go into the menu "more".
enum class ToolbarItem {
    title,
    lesson,
    back,
    next,
    play,
    step,
    step_by,
    pace,
    time,
    modes,
    views,
    language,
    settings,
    help,
    more
};

} // namespace panels
