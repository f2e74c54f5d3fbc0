// What a session can have open: lessons, files, recordings, free play, Attach, both worlds.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compare_source.hpp"
#include "profiles.hpp"
#include "record/file.hpp"
#include "recorded_source.hpp"
#include "running.hpp"
#include "scenario/what_if.hpp"
#include "session.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;

std::variant<scenario::Scenario, std::string> load_scenario(const std::string& path) {
    const auto file = record::read_file(path);
    if (!file.mistake.empty())
        return file.mistake;
    auto parsed = scenario::parse(file.text, path, machine_here());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        return scenario::format(*error);
    resolve_running(std::get<scenario::Scenario>(parsed));
    return std::get<scenario::Scenario>(std::move(parsed));
}

void Session::open_home() {
    if (player_)
        player_->finish();
    if (mode_ == view::Mode::attach) { // nobody looks: nobody asks the kernel
        player_.reset();
        keeper_.reset();
        source_.reset();
        list_.reset();
    }
    mode_ = view::Mode::home;
}

void Session::open_lesson(int place) {
    if (place < 0 || place >= static_cast<int>(lessons_.size()))
        return;
    const Lesson& lesson = lessons_[static_cast<std::size_t>(place)];
    auto source = std::make_unique<SimSource>(lesson.scenario, SimSource::Kind::lesson, &terms_);
    source->know_walked(settings_.walked);
    lesson_.reset();
    place_ = place;
    use(std::move(source), view::Mode::lesson);
    settings_.last_lesson = lesson.file;
    settings_.progress[lesson.file].step = 0;
}

void Session::open_last() {
    int place = 0;
    for (std::size_t i = 0; i < lessons_.size(); ++i)
        if (lessons_[i].file == settings_.last_lesson)
            place = static_cast<int>(i);
    if (place >= static_cast<int>(lessons_.size()))
        return;
    const auto known = settings_.progress.find(lessons_[static_cast<std::size_t>(place)].file);
    const int step = known == settings_.progress.end() ? 0 : known->second.step;
    open_lesson(place);
    if (SimSource* s = sim(); s && step > 0) {
        s->resume(static_cast<std::uint32_t>(step));
        player_->settle();
        note_progress();
    }
}

void Session::show_at(trace::Instant t) {
    SimSource* s = sim();
    if (!s) {
        if (mode_ == view::Mode::recording)
            source_->perform(cmd::Seek{t});
        return;
    }
    const trace::Instant last = std::min(t, std::max(s->script().end, s->now()));
    for (;;) {
        s->perform(cmd::Seek{last});
        // A question of an earlier instant is answered, one of this instant stands.
        if (!s->open_question() || (s->now() == t && t != trace::never))
            break;
        s->perform(cmd::Answer{-1});
    }
    if (t != trace::never && !s->open_question())
        s->wait_until(t);
    player_->settle();
}

bool Session::open_file(const std::string& path) {
    if (const auto file = record::read_file(path); record::is_recording(file.text))
        return open_recording(file.text, path);
    auto loaded = load_scenario(path);
    if (const auto* error = std::get_if<std::string>(&loaded)) {
        message_ = *error;
        return false;
    }
    // A file of the catalogue is that lesson, by whatever path it was named.
    for (std::size_t i = 0; i < lessons_.size(); ++i)
        if (lessons_[i].scenario.text == std::get<scenario::Scenario>(loaded).text) {
            open_lesson(static_cast<int>(i));
            return true;
        }
    place_ = -1;
    lesson_.reset();
    auto source = std::make_unique<SimSource>(std::get<scenario::Scenario>(std::move(loaded)),
                                              SimSource::Kind::lesson, &terms_);
    source->know_walked(settings_.walked);
    use(std::move(source), view::Mode::lesson);
    return true;
}

bool Session::open_recording(const std::string& text, const std::string& path) {
    auto read = record::read(text, path);
    if (const auto* error = std::get_if<std::string>(&read)) {
        message_ = *error;
        return false;
    }
    place_ = -1;
    lesson_.reset();
    auto source = std::make_unique<RecordedSource>(std::get<record::Recording>(std::move(read)));
    const std::string cut = source->recording().cut;
    use(std::move(source), view::Mode::recording);
    panels_[static_cast<std::size_t>(view::Panel::timeline)] = true;
    message_ = cut;
    return true;
}

void Session::open_free_play(bool from_here) {
    place_ = -1;
    if (SimSource* s = sim(); s && from_here) {
        use(std::make_unique<SimSource>(s->freed(0)), view::Mode::free_play);
        return;
    }
    auto source = std::make_unique<SimSource>(blank(2), SimSource::Kind::free_play, &terms_);
    // TEACHING: a server listening on :80 with backlog 2, one client, paused.
    cmd::MakeCall listen{};
    listen.host = 1;
    listen.call = trace::Call::listen;
    listen.argument = 2;
    source->perform(listen);
    use(std::move(source), view::Mode::free_play);
}

void Session::open_what_if(int index) {
    if (SimSource* s = sim())
        play_what_if(
            scenario::what_if(s->script(), static_cast<std::size_t>(index), machine_here()));
}

void Session::play_what_if(std::variant<scenario::Scenario, scenario::ParseError> changed) {
    if (const auto* error = std::get_if<scenario::ParseError>(&changed)) {
        message_ = scenario::format(*error);
        return;
    }
    resolve_running(std::get<scenario::Scenario>(changed));
    auto source = std::make_unique<SimSource>(std::get<scenario::Scenario>(std::move(changed)),
                                              SimSource::Kind::what_if, &terms_);
    // Of one what-if after another the way back leads to the lesson.
    auto kept = std::move(lesson_ ? lesson_ : source_);
    use(std::move(source), view::Mode::lesson);
    lesson_ = std::move(kept);
}

// Another kernel for one host. In a lesson that is a what-if like those of its file; in free play
// everything done is done again, and what came of it before is kept.
void Session::set_profile(const cmd::SetProfile& wanted) {
    SimSource* s = sim();
    if (!s || wanted.host >= s->script().hosts.size())
        return;
    message_ = s->open_question() ? view::tr("Answer the question first, or press Next.")
                                  : refuse_profile(wanted.profile);
    if (!message_.empty() || s->script().hosts[wanted.host].profile == wanted.profile)
        return;
    player_->finish();
    if (mode_ == view::Mode::free_play) {
        auto other = s->under(wanted.host, wanted.profile);
        if (const auto* why = std::get_if<std::string>(&other))
            message_ = *why;
        else
            play_beside(std::make_unique<SimSource>(std::get<SimSource>(std::move(other))));
        return;
    }
    scenario::WhatIf change;
    change.change =
        fmt::format("profile {} {}", wanted.profile, s->script().hosts[wanted.host].name);
    play_what_if(scenario::what_if(s->script(), change, machine_here()));
}

void Session::play_beside(std::unique_ptr<SimSource> other) {
    constexpr std::size_t kept_at_most = 8;
    auto plays = std::move(plays_);
    plays.push_back(std::unique_ptr<SimSource>(static_cast<SimSource*>(source_.release())));
    if (plays.size() > kept_at_most)
        plays.erase(plays.begin());
    // The same once more is no other play.
    std::erase_if(plays, [&](const auto& play) { return play->as_file() == other->as_file(); });
    use(std::move(other), view::Mode::free_play);
    plays_ = std::move(plays);
}

void Session::take_up(std::size_t kept) {
    auto chosen = std::move(plays_[kept]);
    plays_.erase(plays_.begin() + static_cast<std::ptrdiff_t>(kept));
    play_beside(std::move(chosen));
}

// Each by what its hosts had otherwise, behind the branches of what plays now.
void Session::fill_set_aside(view::Frame& frame) const {
    if (plays_.empty() || !sim())
        return;
    const auto& here = sim()->script().hosts;
    for (const auto& play : plays_) {
        const auto& there = play->script().hosts;
        std::string label;
        for (std::size_t i = 0; i < std::min(here.size(), there.size()); ++i)
            if (here[i].profile != there[i].profile)
                label += fmt::format("{}{}: {}", label.empty() ? "" : ", ", there[i].name,
                                     there[i].profile);
        if (here.size() != there.size())
            label +=
                fmt::format("{}{}", label.empty() ? "" : ", ", view::say("{} hosts", there.size()));
        if (label.empty())
            label = view::tr("as it was before");
        view::BranchView branch;
        branch.label = std::move(label);
        branch.set_aside = true;
        frame.timeline.branches.push_back(std::move(branch));
    }
}

void Session::open_lab(bool loopback) {
    std::string why_not = view::tr("This build has no laboratory.");
    auto lab = open_lab_ ? open_lab_(loopback, why_not) : nullptr;
    if (lab)
        use(std::move(lab), view::Mode::lab);
    else
        message_ = why_not;
}

AttachSource* Session::attach_list() {
    if (mode_ != view::Mode::attach)
        return nullptr;
    return static_cast<AttachSource*>(list_ ? list_.get() : source_.get());
}

void Session::open_attach(const std::string& condition) {
    if (AttachSource* list = attach_list()) {
        list->ask(condition);
        close_attached();
        return;
    }
    std::string why_not = view::tr("This build cannot look at other programs' sockets.");
    auto list = open_attach_ ? open_attach_(why_not) : nullptr;
    if (!list) {
        message_ = why_not;
        return;
    }
    list->ask(condition);
    place_ = -1;
    lesson_.reset();
    use(std::move(list), view::Mode::attach);
}

void Session::open_attached(const cmd::AttachOpen& wanted) {
    AttachSource* list = attach_list();
    auto opened = list ? list->open_target(wanted) : nullptr;
    if (!opened)
        return;
    if (!list_)
        list_ = std::move(source_);
    auto kept = std::move(list_);
    use(std::move(opened), view::Mode::attach);
    list_ = std::move(kept);
}

void Session::close_attached() {
    if (!list_)
        return;
    auto list = std::move(list_);
    static_cast<AttachSource&>(*list).take_up_again();
    use(std::move(list), view::Mode::attach);
}

// What is simulated, on the real kernel beside the simulator. It is set aside, as far as it is
// told.
void Session::open_compare() {
    const SimSource* s = sim();
    if (!s) {
        message_ = view::tr("Open a lesson or free play first.");
        return;
    }
    scenario::Scenario script = s->script();
    if (mode_ == view::Mode::free_play || s->off_script()) {
        auto parsed = scenario::parse(s->as_file(), "", machine_here());
        if (const auto* error = std::get_if<scenario::ParseError>(&parsed)) {
            message_ = scenario::format(*error);
            return;
        }
        script = std::get<scenario::Scenario>(std::move(parsed));
    }
    if (const std::string why = other_profile(script); !why.empty()) {
        message_ = view::say("{}: comparing them would only compare the two stacks.", why);
        return;
    }
    player_->finish();
    const view::Mode mode = mode_;
    auto kept = std::move(source_);
    use(std::make_unique<CompareSource>(std::move(script)), view::Mode::compare);
    simulated_ = std::move(kept);
    simulated_mode_ = mode;
}

} // namespace sources
