// The whole window around a session.
#include "learner.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace gui {
namespace {

view::Settings settings(view::Language language) {
    view::Settings s;
    s.language = language;
    s.reduced_motion = true; // every press is done when it returns
    return s;
}

} // namespace

Learner::Learner(StageOptions options, view::Language language, bool all_panels)
    : session(TWOMSL_SOURCE_DIR "/assets", settings(language)),
      stage(options),
      all_panels_(all_panels) {
    stage.screen.fonts.announce(session.characters());
}

void Learner::open_lesson(int place) {
    session.open_lesson(place);
    desk = {};
    if (all_panels_)
        for (int i = 0; i < view::panel_count; ++i)
            session.perform({view::command::Show{static_cast<view::Panel>(i), true}});
    stage.show([this](ui::Screen& screen) {
        session.perform(asked_);
        asked_.clear();
        panels::desk(screen, session.frame(), asked_, desk);
    });
    settle();
}

void Learner::click(std::string_view id) {
    if (stage.control(id).rect.empty()) {
        ui::focus(stage.screen, id);
        stage.frames(3);
    }
    stage.click(id);
    settle();
}

// The last frame's wishes are performed at the beginning of the next; scrolling takes one more.
void Learner::settle() {
    stage.frames(2);
}

std::string without_spaces(std::string_view text) {
    std::string all;
    std::copy_if(text.begin(), text.end(), std::back_inserter(all),
                 [](char c) { return c != ' '; });
    return all;
}

std::string Learner::written_in(const ui::Rect& area) const {
    std::vector<DrawnText> found;
    for (const auto& text : stage.texts())
        if (area.contains(text.rect.centre()) && !text.floating)
            found.push_back(text);
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        const float middle_a = a.rect.centre().y, middle_b = b.rect.centre().y;
        const bool one_line = std::abs(middle_a - middle_b) < std::min(a.rect.h, b.rect.h) / 2;
        return one_line ? a.rect.x < b.rect.x : middle_a < middle_b;
    });
    std::string all;
    for (const auto& text : found)
        all += without_spaces(text.text);
    return all;
}

std::vector<ui::Control> Learner::controls(std::string_view id_begins) const {
    std::vector<ui::Control> found;
    for (const auto& control : stage.screen.probe.controls)
        if (control.id.starts_with(id_begins) && !control.rect.empty())
            found.push_back(control);
    return found;
}

} // namespace gui
