// The lesson pane: the story so far, the question that stands, the card at the end. It is never
// covered and scrolls rather than clips.
#pragma once

#include "ui/geometry.hpp"
#include "view/frame.hpp"

namespace ui {
struct Screen;
}

namespace panels {

struct LessonPaneState {
    int end_card_of = -1; // the lesson whose end card has taken the focus
};

// The height at which nothing scrolls. 0: there is no lesson.
float lesson_pane_height(ui::Screen&, const view::Frame&, float width);
void lesson_pane(ui::Screen&, const view::Frame&, view::Commands&, LessonPaneState&, ui::Rect area);

} // namespace panels
