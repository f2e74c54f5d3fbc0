// One user at one window.
#include "session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compare_source.hpp"
#include "record/file.hpp"
#include "record/pcapng.hpp"
#include "recorded_source.hpp"
#include "running.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;

namespace {

// A scenario that this machine can play, or why not.
std::variant<scenario::Scenario, std::string> load(const std::string& path) {
    const auto file = record::read_file(path);
    if (!file.mistake.empty())
        return file.mistake;
    auto parsed = scenario::parse(file.text, path, machine_here());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        return scenario::format(*error);
    resolve_running(std::get<scenario::Scenario>(parsed));
    return std::get<scenario::Scenario>(std::move(parsed));
}

} // namespace

Session::Session(std::string assets, view::Settings settings, OpenLab open_lab)
    : assets_(std::move(assets)), settings_(std::move(settings)), open_lab_(std::move(open_lab)) {
    if (const auto words = record::read_file(assets_ + "/translations/zh.txt");
        words.mistake.empty())
        view::load_words(words.text);
    view::set_language(settings_.language);
    if (const auto file = record::read_file(assets_ + "/terms.txt"); file.mistake.empty()) {
        auto cards = scenario::parse_terms(file.text, assets_ + "/terms.txt");
        if (auto* terms = std::get_if<std::vector<scenario::Term>>(&cards))
            terms_ = std::move(*terms);
        else // a lesson goes on without its cards
            message_ = scenario::format(std::get<scenario::ParseError>(cards));
    }
    const std::string folder = assets_ + "/scenarios/";
    const std::string list = record::read_file(folder + "lessons.txt").text;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find('\n', at), list.size());
        std::string file = list.substr(at, end - at);
        at = end + 1;
        while (!file.empty() && (file.back() == '\r' || file.back() == ' '))
            file.pop_back();
        if (file.empty() || file.front() == '#')
            continue;
        auto loaded = load(folder + file);
        if (auto* scenario = std::get_if<scenario::Scenario>(&loaded))
            lessons_.push_back({file, std::move(*scenario)});
        else
            message_ = std::get<std::string>(loaded);
    }
}

SimSource* Session::sim() {
    return mode_ == view::Mode::lesson || mode_ == view::Mode::free_play
               ? static_cast<SimSource*>(source_.get())
               : nullptr;
}
const SimSource* Session::sim() const {
    return const_cast<Session*>(this)->sim();
}

void Session::use(std::unique_ptr<view::Source> source, view::Mode mode) {
    source_ = std::move(source);
    list_.reset();
    mode_ = mode;
    player_ = std::make_unique<view::Player>(*source_);
    player_->set_pace(settings_.pace);
    player_->set_reduced_motion(settings_.reduced_motion);
    selection_ = selection_beside_ = {};
    inspected_ = trace::none;
    if (mode != view::Mode::compare)
        simulated_.reset();
    message_.clear();
    keeper_.reset();
    if (source_->drives_itself() && mode != view::Mode::compare)
        keeper_.emplace(*source_);
    std::fill(panels_closed_.begin(), panels_closed_.end(), false);
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
    if (!s)
        return;
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
    auto loaded = load(path);
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
        message_ = fmt::format(
            fmt::runtime(view::tr("{}: comparing them would only compare the two stacks.")), why);
        return;
    }
    player_->finish();
    const view::Mode mode = mode_;
    auto kept = std::move(source_);
    use(std::make_unique<CompareSource>(std::move(script)), view::Mode::compare);
    simulated_ = std::move(kept);
    simulated_mode_ = mode;
}

void Session::perform(const view::Commands& commands) {
    for (const view::Command& command : commands)
        carry_out(command);
    note_progress();
}

void Session::carry_out_next() {
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

void Session::carry_out(const view::Command& command) {
    const auto is = [&]<class T>() { return std::get_if<T>(&command); };
    if (is.operator()<cmd::Quit>()) {
        quit_ = true;
    } else if (const auto* language = is.operator()<cmd::SetLanguage>()) {
        settings_.language = language->language;
        view::set_language(language->language);
    } else if (const auto* theme = is.operator()<cmd::SetTheme>()) {
        settings_.theme = theme->theme;
    } else if (const auto* scale = is.operator()<cmd::SetScale>()) {
        settings_.scale = std::clamp(scale->factor, 0.75, 3.0);
    } else if (const auto* reduced = is.operator()<cmd::SetReducedMotion>()) {
        settings_.reduced_motion = reduced->on;
        if (player_)
            player_->set_reduced_motion(reduced->on);
    } else if (const auto* pace = is.operator()<cmd::SetPace>()) {
        settings_.pace = pace->pace;
        if (player_)
            player_->set_pace(pace->pace);
    } else if (const auto* by = is.operator()<cmd::SetStepBy>()) {
        step_by_ = by->by;
    } else if (const auto* show = is.operator()<cmd::Show>()) {
        panels_[static_cast<std::size_t>(show->panel)] = show->on;
        panels_closed_[static_cast<std::size_t>(show->panel)] = !show->on;
    } else if (const auto* keys = is.operator()<cmd::ShowKeys>()) {
        shows_keys_ = keys->on;
    } else if (const auto* select = is.operator()<cmd::Select>()) {
        selection_ = select->selection;
    } else if (const auto* inspect = is.operator()<cmd::Inspect>()) {
        inspected_ = inspect->segment;
    } else if (const auto* copy = is.operator()<cmd::Copy>()) {
        clipboard_ = copy->text;
        message_ = view::tr("Copied.");
    } else if (const auto* save = is.operator()<cmd::SaveScript>()) {
        save_script(save->path);
    } else if (const auto* keep = is.operator()<cmd::SaveRecording>()) {
        save_recording(*keep);
    } else if (is.operator()<cmd::OpenHome>()) {
        if (player_)
            player_->finish();
        if (mode_ == view::Mode::attach) { // nobody looks: nobody asks the kernel
            player_.reset();
            keeper_.reset();
            source_.reset();
            list_.reset();
        }
        mode_ = view::Mode::home;
    } else if (const auto* lesson = is.operator()<cmd::OpenLesson>()) {
        open_lesson(lesson->place);
    } else if (const auto* file = is.operator()<cmd::OpenFile>()) {
        open_file(file->path);
    } else if (const auto* free = is.operator()<cmd::OpenFreePlay>()) {
        open_free_play(free->from_here);
    } else if (const auto* wanted = is.operator()<cmd::OpenLab>()) {
        std::string why_not = view::tr("This build has no laboratory.");
        auto lab = open_lab_ ? open_lab_(wanted->loopback, why_not) : nullptr;
        if (lab)
            use(std::move(lab), view::Mode::lab);
        else
            message_ = why_not;
    } else if (const auto* asked = is.operator()<cmd::OpenAttach>()) {
        open_attach(asked->condition);
    } else if (const auto* beside = is.operator()<cmd::SelectBeside>()) {
        selection_beside_ = beside->selection;
    } else if (is.operator()<cmd::OpenCompare>()) {
        open_compare();
    } else if (is.operator()<cmd::ReturnToScript>() && mode_ == view::Mode::compare) {
        auto kept = std::move(simulated_);
        use(std::move(kept), simulated_mode_);
    } else if (!source_ || mode_ == view::Mode::home) {
        return;
    } else if (const auto* target = is.operator()<cmd::AttachOpen>()) {
        open_attached(*target);
    } else if (is.operator()<cmd::AttachList>()) {
        close_attached();
    } else if (source_->drives_itself() &&
               (is.operator()<cmd::Next>() || is.operator()<cmd::Step>() ||
                is.operator()<cmd::Play>())) {
        message_ = source_->perform(command);
    } else if (is.operator()<cmd::Next>()) {
        message_.clear();
        carry_out_next();
    } else if (const auto* step = is.operator()<cmd::Step>()) {
        message_.clear();
        if (SimSource* s = sim(); s && !player_->moving()) {
            if (s->open_question()) {
                message_ = view::tr("Answer the question first, or press Next.");
                return;
            }
            s->remember();
        }
        player_->step(step->by);
    } else if (is.operator()<cmd::Back>() || is.operator()<cmd::StepBackward>()) {
        message_.clear();
        if (!source_->can().back) {
            message_ = source_->can().why_not_back;
            return;
        }
        player_->back(command);
    } else if (const auto* play = is.operator()<cmd::Play>()) {
        message_.clear();
        if (SimSource* s = sim(); s && play->on) {
            s->remember();
            if (s->open_question())
                s->perform(cmd::Answer{-1});
        }
        player_->play(play->on);
    } else if (const auto* answer = is.operator()<cmd::Answer>()) {
        SimSource* s = sim();
        if (!s || !s->open_question())
            return;
        player_->finish();
        s->remember();
        s->perform(*answer);
        player_->next(); // the world plays to the event
    } else if (const auto* what_if = is.operator()<cmd::WhatIf>()) {
        SimSource* s = sim();
        if (!s)
            return;
        auto changed = scenario::what_if(s->script(), static_cast<std::size_t>(what_if->index),
                                         machine_here());
        if (const auto* error = std::get_if<scenario::ParseError>(&changed)) {
            message_ = scenario::format(*error);
            return;
        }
        resolve_running(std::get<scenario::Scenario>(changed));
        auto source = std::make_unique<SimSource>(std::get<scenario::Scenario>(std::move(changed)),
                                                  SimSource::Kind::what_if, &terms_);
        auto kept = std::move(source_);
        use(std::move(source), view::Mode::lesson);
        lesson_ = std::move(kept);
    } else if (is.operator()<cmd::AddHost>()) {
        if (SimSource* s = sim(); s && mode_ == view::Mode::free_play)
            use(std::make_unique<SimSource>(s->freed(1)), view::Mode::free_play);
    } else if (is.operator()<cmd::ReturnToScript>() && lesson_) {
        use(std::move(lesson_), view::Mode::lesson);
    } else {
        // What concerns the world itself.
        const bool settles = !is.operator()<cmd::OpenTerm>();
        if (settles)
            player_->finish();
        message_ = source_->perform(command);
        if (settles)
            player_->settle();
    }
}

void Session::note_progress() {
    SimSource* s = sim();
    if (!s || place_ < 0 || mode_ != view::Mode::lesson || lesson_)
        return;
    view::Progress& progress = settings_.progress[lessons_[static_cast<std::size_t>(place_)].file];
    progress.step = static_cast<int>(s->steps_told());
    if (s->ended()) {
        progress.done = true;
        for (const std::string& edge : s->walked())
            settings_.walked.insert(edge);
    }
}

void Session::window_size(int width, int height) {
    settings_.width = width;
    settings_.height = height;
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
    message_ = wrong.empty() ? fmt::format(fmt::runtime(view::tr("Saved to {}.")), path) : wrong;
}

bool Session::advance(double real_seconds) {
    if (!player_ || mode_ == view::Mode::home)
        return false;
    const bool came = source_->poll();
    if (came && keeper_ && !keeper_->full()) {
        keeper_->look(*source_);
        if (keeper_->full())
            message_ = view::tr("This session has grown too long: what comes now will not be part "
                                "of the recording.");
    }
    const bool moved = player_->advance(real_seconds);
    if (moved)
        note_progress();
    return came || moved;
}

std::optional<double> Session::next_wakeup() const {
    if (!player_ || mode_ == view::Mode::home)
        return std::nullopt;
    if (player_->moving())
        return 0.0;
    const auto* both = dynamic_cast<const CompareSource*>(source_.get());
    if (mode_ == view::Mode::lab || (both && both->playing()))
        return 1.0 / 30;
    return std::nullopt;
}

const view::Frame& Session::frame() {
    view::Frame f;
    f.mode = mode_;
    f.language = settings_.language;
    f.theme = settings_.theme;
    f.pace = settings_.pace;
    f.step_by = step_by_;
    f.reduced_motion = settings_.reduced_motion;
    f.scale = settings_.scale;
    f.message = message_;
    f.shows_keys = shows_keys_;
    f.selection = selection_;
    f.selection_beside = selection_beside_;
    f.inspected = inspected_;
    bool marked = false;
    for (const Lesson& lesson : lessons_) {
        const auto progress = settings_.progress.find(lesson.file);
        const bool done = progress != settings_.progress.end() && progress->second.done;
        const bool next = !done && !marked;
        marked = marked || next;
        f.catalogue.push_back(
            {lesson.scenario.title.in(f.language == view::Language::zh ? "zh" : ""), done, next});
    }
    if (source_ && mode_ != view::Mode::home) {
        f.playing = player_->playing();
        if (mode_ == view::Mode::lesson) {
            f.lesson.emplace();
            f.lesson->place = place_;
        }
        source_->fill(f);
        if (f.attach)
            for (view::VerdictView& verdict : f.attach->verdicts)
                for (std::size_t i = 0; i < lessons_.size(); ++i)
                    if (lessons_[i].file == verdict.lesson_file) {
                        verdict.lesson = static_cast<int>(i);
                        verdict.lesson_title = f.catalogue[i].title;
                    }
        f.motion = player_->motion();
        if (f.lesson && f.lesson->end && place_ >= 0 &&
            place_ + 1 < static_cast<int>(f.catalogue.size())) {
            f.lesson->end->has_next = true;
            f.lesson->end->next_title = f.catalogue[static_cast<std::size_t>(place_) + 1].title;
        }
        if (lesson_ && f.lesson)
            f.lesson->off_script = true;
        if (!player_->nothing_due())
            f.nothing_due.clear();
    }
    // At home there is no world; views and the probe still have something to look at.
    static const trace::Snapshot no_world;
    static const trace::Trace no_story;
    if (!f.snapshot)
        f.snapshot = &no_world;
    if (!f.trace)
        f.trace = &no_story;
    for (std::size_t i = 0; i < panels_.size(); ++i) {
        if (panels_[i])
            f.panels[i] = true;
        if (panels_closed_[i])
            f.panels[i] = false;
    }
    frame_ = std::move(f);
    return frame_;
}

} // namespace sources
