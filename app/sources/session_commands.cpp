// What each command does: to the session itself, to what is open and to time, else to the world.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "record/file.hpp"
#include "record/pcapng.hpp"
#include "recorded_source.hpp"
#include "running.hpp"
#include "session.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;

struct Session::Performer {
    Session& s;
    const view::Command& command;

    // The window: also without anything open.
    void operator()(const cmd::Quit&) const { s.quit_ = true; }
    void operator()(const cmd::SetLanguage& c) const {
        s.settings_.language = c.language;
        view::set_language(c.language);
    }
    void operator()(const cmd::SetTheme& c) const { s.settings_.theme = c.theme; }
    void operator()(const cmd::SetScale& c) const {
        s.settings_.scale = std::clamp(c.factor, view::least_scale, view::largest_scale);
    }
    void operator()(const cmd::SetReducedMotion& c) const {
        s.settings_.reduced_motion = c.on;
        if (s.player_)
            s.player_->set_reduced_motion(c.on);
    }
    void operator()(const cmd::SetPace& c) const {
        s.settings_.pace = c.pace;
        if (s.player_)
            s.player_->set_pace(c.pace);
    }
    void operator()(const cmd::SetStepBy& c) const { s.step_by_ = c.by; }
    void operator()(const cmd::Show& c) const {
        s.panels_[static_cast<std::size_t>(c.panel)] = c.on;
        s.panels_closed_[static_cast<std::size_t>(c.panel)] = !c.on;
    }
    void operator()(const cmd::Present& c) const {
        s.presenting_ = c.how;
        if (c.how != view::Presenting::off && s.presenting() == view::Presenting::off) {
            s.presenting_ = view::Presenting::off;
            s.message_ = view::tr("Open a lesson or free play first.");
        }
    }
    void operator()(const cmd::ShowKeys& c) const { s.shows_keys_ = c.on; }
    void operator()(const cmd::Select& c) const { s.selection_ = c.selection; }
    void operator()(const cmd::SelectBeside& c) const { s.selection_beside_ = c.selection; }
    void operator()(const cmd::Inspect& c) const { s.inspected_ = c.segment; }
    void operator()(const cmd::Copy& c) const {
        s.clipboard_ = c.text;
        s.message_ = view::tr("Copied.");
    }
    void operator()(const cmd::SaveScript& c) const { s.save_script(c.path); }
    void operator()(const cmd::SaveRecording& c) const { s.save_recording(c); }

    // What is open.
    void operator()(const cmd::OpenHome&) const { s.open_home(); }
    void operator()(const cmd::OpenLesson& c) const { s.open_lesson(c.place); }
    void operator()(const cmd::OpenFile& c) const { s.open_file(c.path); }
    void operator()(const cmd::OpenFreePlay& c) const { s.open_free_play(c.from_here); }
    void operator()(const cmd::OpenLab& c) const { s.open_lab(c.loopback); }
    void operator()(const cmd::OpenAttach& c) const { s.open_attach(c.condition); }
    void operator()(const cmd::OpenCompare&) const { s.open_compare(); }
    void operator()(const cmd::AttachOpen& c) const {
        if (s.is_open())
            s.open_attached(c);
    }
    void operator()(const cmd::AttachList&) const {
        if (s.is_open())
            s.close_attached();
    }
    void operator()(const cmd::WhatIf& c) const {
        if (s.is_open())
            s.open_what_if(c.index);
    }
    void operator()(const cmd::ReturnToScript&) const {
        if (s.mode_ == view::Mode::compare) {
            auto plays = std::move(s.plays_);
            s.use(std::exchange(s.simulated_, nullptr), s.simulated_mode_);
            s.plays_ = std::move(plays);
        } else if (s.is_open() && s.lesson_)
            s.use(std::exchange(s.lesson_, nullptr), view::Mode::lesson);
        else
            to_the_world();
    }
    void operator()(const cmd::AddHost&) const {
        if (SimSource* sim = s.sim(); sim && s.mode_ == view::Mode::free_play)
            s.play_beside(std::make_unique<SimSource>(sim->freed(1)));
    }
    void operator()(const cmd::SetProfile& c) const { s.set_profile(c); }
    void operator()(const cmd::SwitchBranch& c) const {
        const SimSource* sim = s.sim();
        const auto own = sim ? static_cast<int>(sim->branch_count()) : 0;
        if (sim && c.branch >= own && c.branch < own + static_cast<int>(s.plays_.size()))
            s.take_up(static_cast<std::size_t>(c.branch - own));
        else
            to_the_world();
    }

    // The story and time. Live sources have their own.
    bool has_own_time() const {
        if (!s.is_open())
            return true;
        if (s.source_->drives_itself())
            s.message_ = s.source_->perform(command);
        else
            s.message_.clear();
        return s.source_->drives_itself();
    }
    void operator()(const cmd::Next&) const {
        if (!has_own_time())
            s.next();
    }
    void operator()(const cmd::Step& c) const {
        if (has_own_time())
            return;
        if (SimSource* sim = s.sim(); sim && !s.player_->moving()) {
            if (sim->open_question()) {
                s.message_ = view::tr("Answer the question first, or press Next.");
                return;
            }
            sim->remember();
        }
        s.player_->step(c.by);
    }
    void operator()(const cmd::Play& c) const {
        if (has_own_time())
            return;
        if (SimSource* sim = s.sim(); sim && c.on) {
            sim->remember();
            if (sim->open_question())
                sim->perform(cmd::Answer{-1});
        }
        s.player_->play(c.on);
    }
    void operator()(const cmd::Back&) const { back(); }
    void operator()(const cmd::StepBackward&) const { back(); }
    void back() const {
        if (!s.is_open())
            return;
        s.message_.clear();
        if (s.source_->can().back)
            s.player_->back(command);
        else
            s.message_ = s.source_->can().why_not_back;
    }
    void operator()(const cmd::Answer& c) const {
        SimSource* sim = s.sim();
        if (!sim || !sim->open_question())
            return;
        s.player_->finish();
        sim->remember();
        sim->perform(c);
        s.player_->next(); // the world plays to the event
    }
    void operator()(const cmd::OpenTerm&) const { // a card over the world: nothing moves
        if (s.is_open())
            s.message_ = s.source_->perform(command);
    }

    // What concerns the world itself.
    void operator()(const auto&) const { to_the_world(); }
    void to_the_world() const {
        if (!s.is_open())
            return;
        s.player_->finish();
        s.message_ = s.source_->perform(command);
        s.player_->settle();
    }
};

void Session::perform(const view::Commands& commands) {
    for (const view::Command& command : commands)
        std::visit(Performer{*this, command}, command);
    note_progress();
}

void Session::next() {
    if (mode_ == view::Mode::recording) // no notes to run to: one beat
        return player_->step(step_by_);
    if (SimSource* s = sim()) {
        if (player_->moving())
            return player_->next();
        if (s->ended()) {
            if (place_ >= 0 && place_ + 1 < static_cast<int>(lessons_.size()))
                open_lesson(place_ + 1);
            return;
        }
        // An unanswered question: pressing on means "I don't know", and watching.
        s->remember();
        if (s->open_question())
            s->perform(cmd::Answer{-1});
        // Without a story there are no notes to run to: one beat.
        if (mode_ == view::Mode::free_play || s->script().steps == 0 || s->off_script())
            return player_->step(step_by_);
    }
    player_->next();
}

void Session::save_script(const std::string& path) {
    SimSource* s = sim();
    if (!s)
        return;
    say_saved(path, record::replace_file(path, s->as_file()));
}

void Session::save_recording(const cmd::SaveRecording& wanted) {
    const auto* recorded = dynamic_cast<RecordedSource*>(source_.get());
    if (!keeper_ && !recorded)
        return;
    const bool capture = wanted.as == cmd::SaveRecording::As::pcapng;
    const std::string path = wanted.path.empty() ? file_for(capture) : wanted.path;
    const std::string text =
        capture ? record::pcapng(source_->trace(),
                                 recorded ? recorded->recording().about.began : keeper_->began(),
                                 settings_.language == view::Language::zh ? "zh" : "en")
                : keeper_->text();
    say_saved(path, record::replace_file(path, text));
}

void Session::say_saved(const std::string& path, const std::string& wrong) {
    message_ = wrong.empty() ? view::say("Saved to {}.", path) : wrong;
}

} // namespace sources
