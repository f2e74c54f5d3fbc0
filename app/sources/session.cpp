// One user at one window.
#include "session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "compare_source.hpp"
#include "record/file.hpp"
#include "trace/sysctl.hpp"
#include "view/words.hpp"

namespace sources {
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
    std::string part, part_zh; // that the next lesson begins
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find('\n', at), list.size());
        std::string file = list.substr(at, end - at);
        at = end + 1;
        while (!file.empty() && (file.back() == '\r' || file.back() == ' '))
            file.pop_back();
        if (file.starts_with("##zh "))
            part_zh = file.substr(5);
        else if (file.starts_with("## "))
            part = file.substr(3);
        if (file.empty() || file.front() == '#')
            continue;
        auto loaded = load_scenario(folder + file);
        if (auto* scenario = std::get_if<scenario::Scenario>(&loaded))
            lessons_.push_back(
                {file, std::move(*scenario), std::exchange(part, {}), std::exchange(part_zh, {})});
        else
            message_ = std::get<std::string>(loaded);
    }
}

std::string Session::characters() const {
    std::string all = view::all_characters();
    all += record::read_file(assets_ + "/terms.txt").text;
    for (const trace::SysctlText& sysctl : trace::all_sysctls())
        all.append(sysctl.zh);
    for (const Lesson& lesson : lessons_)
        all += record::read_file(assets_ + "/scenarios/" + lesson.file).text;
    return all;
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
    if (mode != view::Mode::compare)
        plays_.clear();
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

view::Presenting Session::presenting() const {
    return view::has_large_picture(mode_) ? presenting_ : view::Presenting::off;
}

double Session::scale() const {
    constexpr double smallest_text = 13, lines_in_height = 36;
    if (presenting() == view::Presenting::off)
        return settings_.scale;
    return std::clamp(settings_.height / (smallest_text * lines_in_height), settings_.scale, 6.0);
}

bool Session::advance(double real_seconds) {
    if (!is_open())
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
    if (!is_open())
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
    f.presenting = presenting();
    // A projector shows light grounds best; who has chosen high contrast needs it.
    f.theme = f.presenting != view::Presenting::off && settings_.theme == view::Theme::dark
                  ? view::Theme::light
                  : settings_.theme;
    f.pace = settings_.pace;
    f.step_by = step_by_;
    f.reduced_motion = settings_.reduced_motion;
    f.scale = scale();
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
            {lesson.scenario.title.in(f.language == view::Language::zh ? "zh" : ""), done, next,
             f.language == view::Language::zh ? lesson.part_zh : lesson.part});
    }
    if (is_open()) {
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
        fill_set_aside(f);
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
    if (f.beside) { // what is folded in one world is folded in the other
        auto beside = std::make_shared<view::Frame>(*f.beside);
        beside->panels = f.panels;
        f.beside = std::move(beside);
    }
    frame_ = std::move(f);
    return frame_;
}

} // namespace sources
