// A thread plays the script on the kernel and tells what it sees; the window shows both worlds at
// one time.
#include "compare_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "marks.hpp"
#include "view/words.hpp"

namespace sources {
namespace cmd = view::command;
namespace {

constexpr auto worth_telling = trace::milliseconds(4); // of a busy machine
constexpr std::size_t most_looks = 20'000;

std::string language_of(const view::Frame& frame) {
    return frame.language == view::Language::zh ? "zh" : "en";
}

} // namespace

CompareSource::CompareSource(scenario::Scenario script, std::string helper)
    : script_(std::move(script)), helper_(std::move(helper)), simulated_(script_) {
    start();
}

CompareSource::~CompareSource() {
    stop();
}

void CompareSource::start() {
    kernel_ = {};
    for (const scenario::HostLine& host : script_.hosts)
        kernel_.trace.hosts.push_back(host.name);
    looks_.assign(1, {});
    for (std::size_t i = 0; i < script_.hosts.size(); ++i) {
        trace::HostView host;
        host.id = static_cast<trace::HostId>(i);
        host.name = script_.hosts[i].name;
        looks_[0].snapshot.hosts.push_back(std::move(host));
    }
    shown_ = 0;
    difference_.reset();
    playing_ = true;
    stopping_ = false;
    simulated_ = world::Timeline(script_);
    thread_ = std::thread([this] { play(); });
}

void CompareSource::stop() {
    {
        const std::lock_guard guard(mutex_);
        stopping_ = true;
        if (stage_)
            stage_->stop();
    }
    if (thread_.joinable())
        thread_.join();
}

void CompareSource::play() {
    KernelOptions options;
    options.helper = helper_;
    options.on_progress = [this](const trace::Trace& trace, const trace::Snapshot& snapshot) {
        const std::lock_guard guard(mutex_);
        news_.emplace(trace, snapshot);
    };
    options.on_stage = [this](net::KernelStage* stage) {
        const std::lock_guard guard(mutex_);
        stage_ = stage;
        if (stage_ && stopping_)
            stage_->stop();
    };
    KernelPlay play = play_on_kernel(script_, options);
    std::optional<Match> found;
    if (play.failure.empty() && play.report.stopped.empty())
        found = match(script_, play);
    const std::lock_guard guard(mutex_);
    found_ = std::move(found);
    finished_ = std::move(play);
}

void CompareSource::keep(const trace::Snapshot& snapshot) {
    const auto events = static_cast<std::uint32_t>(kernel_.trace.events.size());
    const Look& last = looks_.back();
    const bool same = last.events == events && looks_.size() > 1;
    if (same || looks_.size() == most_looks)
        looks_.back() = {events, snapshot}; // nothing happened but time
    else
        looks_.push_back({events, snapshot});
    shown_ = looks_.size() - 1;
}

bool CompareSource::poll() {
    if (!playing_)
        return false;
    bool came = false;
    {
        const std::lock_guard guard(mutex_);
        if (news_) {
            kernel_.trace = std::move(news_->first);
            keep(news_->second);
            news_.reset();
            came = true;
        }
        if (finished_) {
            kernel_ = std::move(*finished_);
            if (found_) { // what was judged is what is drawn
                simulated_ = world::Timeline(std::move(found_->script), {}, {}, found_->manner);
                difference_ = std::move(found_->difference);
                held_ = found_->held;
                found_.reset();
            }
            finished_.reset();
            playing_ = false;
            came = true;
            if (kernel_.failure.empty())
                keep(kernel_.end);
        }
    }
    if (!playing_) {
        thread_.join();
        if (difference_) // both ladders at the point where they part
            seek(difference_->at);
    }
    if (came)
        for (auto due = simulated_.next_due(); due && *due <= now() && simulated_.step();
             due = simulated_.next_due()) {
        }
    return came;
}

trace::Instant CompareSource::now() const {
    return looks_[shown_].snapshot.now;
}

std::uint32_t CompareSource::visible_events() const {
    return looks_[shown_].events;
}

view::Can CompareSource::can() const {
    view::Can can;
    can.step = can.back = can.play = can.act = can.verdicts = can.wire = false;
    can.scrub = !playing_ && kernel_.failure.empty();
    can.why_not_back = playing_ ? view::tr("The kernel is still playing.") : "";
    can.why_not_act = can.why_not_verdicts = can.why_not_wire =
        view::tr("Here both worlds play the script, and nothing else.");
    return can;
}

void CompareSource::seek(trace::Instant to) {
    const auto after =
        std::upper_bound(looks_.begin(), looks_.end(), to,
                         [](trace::Instant t, const Look& l) { return t < l.snapshot.now; });
    shown_ = after == looks_.begin() ? 0 : static_cast<std::size_t>(after - looks_.begin()) - 1;
    // The look that shows what happened at that time may have been taken a little later.
    if (shown_ + 1 < looks_.size() && difference_ && to == difference_->at)
        ++shown_;
    simulated_.seek(std::max(to, now()));
}

std::string CompareSource::perform(const view::Command& command) {
    if (std::holds_alternative<cmd::StartOver>(command)) {
        if (playing_)
            return view::tr("The kernel is still playing.");
        start();
    } else if (const auto* s = std::get_if<cmd::Seek>(&command); s && can().scrub) {
        seek(s->to);
    } else if (const auto* e = std::get_if<cmd::SeekEvent>(&command);
               e && can().scrub && e->event < kernel_.trace.events.size()) {
        seek(kernel_.trace.events[e->event].at);
    }
    return "";
}

trace::EventId CompareSource::marked() const {
    if (!difference_)
        return trace::none;
    const auto& events = kernel_.trace.events;
    const auto at =
        std::lower_bound(events.begin(), events.end(), difference_->at,
                         [](const trace::Event& e, trace::Instant t) { return e.at < t; });
    return at == events.end() ? trace::none : static_cast<trace::EventId>(at - events.begin());
}

std::string CompareSource::verdict(const std::string& language) const {
    if (!kernel_.failure.empty())
        return kernel_.failure;
    if (playing_)
        return view::tr("The real kernel plays this script now; the simulator keeps its time.");
    std::string text =
        difference_ ? std::string(view::tr("Here they differ first.")) + " " +
                          sentence(*difference_, language)
                    : std::string(view::tr("The simulator and the kernel tell the same story."));
    const auto* failed = held_ ? nullptr : kernel_.report.first_failure();
    if (failed)
        text +=
            " " + view::say("On the kernel, line {}: {}.", script_.lines[failed->line].where.line,
                            scenario::sentence(*failed));
    if ((difference_ || failed) && kernel_.lateness > worth_telling)
        text += " " + view::say("This machine was busy: a step came {} "
                                "late. Playing again may settle it.",
                                trace::format_short(kernel_.lateness));
    return text;
}

std::string CompareSource::note(const std::string& language) const {
    const scenario::Note* latest = nullptr;
    for (const scenario::Line& line : script_.lines)
        if (const auto* said = std::get_if<scenario::Note>(&line.what); said && line.at <= now())
            latest = said;
    return latest ? latest->text.in(language == "zh" ? "zh" : "") : "";
}

void CompareSource::fill(view::Frame& frame) const {
    const std::string language = language_of(frame);
    view::CompareView said;
    said.verdict = verdict(language);
    said.differs = difference_.has_value() || !kernel_.failure.empty();
    said.rule = difference_ ? rule_sentence(*difference_, language) : "";
    if (said.rule.empty() && !playing_)
        said.rule = kernel_.scope;
    said.note = note(language);
    said.playing = playing_;
    if (difference_)
        said.difference = difference_->at;
    frame.compare = std::move(said);

    auto beside = std::make_shared<view::Frame>(frame);
    beside->beside.reset();
    simulated_snapshot_ = simulated_.snapshot();
    simulated_snapshot_.now = std::max(simulated_snapshot_.now, now());
    beside->snapshot = &simulated_snapshot_;
    beside->trace = &simulated_.trace();
    beside->visible_events = simulated_.visible_events();
    beside->can = can();
    beside->motion = {};
    beside->motion.shown = simulated_snapshot_.now;
    beside->selection = frame.selection_beside;
    if (difference_ && difference_->event != trace::none &&
        difference_->event < beside->visible_events && !beside->selection.any())
        beside->selection.event = difference_->event;
    beside->inspected = trace::none;
    frame.beside = std::move(beside);

    frame.snapshot = &looks_[shown_].snapshot;
    frame.trace = &kernel_.trace;
    frame.visible_events = visible_events();
    frame.can = can();
    frame.timeline.end = looks_.back().snapshot.now;
    frame.timeline.marks = timeline_marks(kernel_.trace, visible_events());
    if (const auto at = marked(); at < frame.visible_events && !frame.selection.any())
        frame.selection.event = at;
}

} // namespace sources
