// A learner at the whole window: a session, every panel, a mouse. Clicks travel the real way, from
// the button under the pointer through the panel's command into the session and back into the
// frame.
#pragma once

#include "panels/desk.hpp"
#include "sources/session.hpp"
#include "stage.hpp"

#include <string>
#include <vector>

namespace gui {

class Learner {
public:
    Learner(StageOptions, view::Language, bool all_panels);
    // The panels draw by reference to this object.
    Learner(const Learner&) = delete;
    Learner& operator=(const Learner&) = delete;

    void open_lesson(int place);
    // Brings the control into view if it is scrolled away, as Tab does, and clicks it.
    void click(std::string_view id);

    const view::Frame& frame() { return session.frame(); }
    // The drawn text whose middle lies in the rectangle, from top left to bottom right, without
    // spaces: what is asked of it must not depend on where lines are folded.
    std::string written_in(const ui::Rect&) const;
    // A control or mark that is wholly on the screen: its rectangle is not empty.
    std::vector<ui::Control> controls(std::string_view id_begins) const;

    sources::Session session;
    Stage stage;
    panels::DeskState desk;

private:
    void settle();

    bool all_panels_;
    view::Commands asked_;
};

std::string without_spaces(std::string_view);

} // namespace gui
