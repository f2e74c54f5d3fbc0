// Time travel over a world that is a value.
#include "timeline.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "scenario/flying.hpp"
#include "scenario/print.hpp"

namespace world {
namespace {

// Records beyond what the world has recorded belong to a future that this branch does not share.
void cut(trace::Trace& log, const Recorded& r) {
    log.events.resize(r.events);
    log.segments.resize(r.segments);
    log.calls.resize(r.calls);
    log.sockets.resize(r.sockets);
}

std::size_t bytes_of(const trace::Trace& log) {
    return log.events.capacity() * sizeof(trace::Event) +
           log.segments.capacity() * sizeof(trace::SegmentRecord) +
           log.calls.capacity() * sizeof(trace::CallRecord) +
           log.sockets.capacity() * sizeof(trace::SocketRecord);
}

} // namespace

Timeline::Timeline(scenario::Scenario script, std::vector<Decision> decisions,
                   TimelineLimits limits, const Manner& manner)
    : script_(std::move(script)), limits_(limits) {
    lanes_.resize(1);
    world_ = make_world(script_, &lanes_[0].log);
    world_.play_in(manner);
    keyframes_.push_back({0, world_});

    for (std::uint32_t i = 0; i < script_.lines.size(); ++i)
        plan_.push_back({script_.lines[i].at, Plan::What::line, i});
    // A question is decided before the lines of that instant, but after itself.
    for (const Decision& d : decisions) {
        auto place = std::find_if(plan_.begin(), plan_.end(), [&](const Plan& p) {
            return p.at >= d.at && !(p.what == Plan::What::line && p.line <= d.line);
        });
        plan_.insert(place, {d.at, Plan::What::decision, d.line});
    }
    if (!plan_.empty())
        plan_.push_back({std::max(script_.end, plan_.back().at), Plan::What::end, 0});
}

std::uint32_t Timeline::known_end() const {
    return static_cast<std::uint32_t>(lanes_[lane_].steps.size());
}

std::uint32_t Timeline::planned() const {
    return position_ == 0 ? 0 : lanes_[lane_].steps[position_ - 1].planned;
}

std::optional<Timeline::Step> Timeline::choose() const {
    const Lane& lane = lanes_[lane_];
    if (position_ < lane.steps.size())
        return lane.steps[position_];
    const std::uint32_t next = planned();
    const std::optional<trace::Instant> due = world_.next_due();
    // Before a line runs, everything due at or before its time has happened.
    if (next < plan_.size() && (!due || *due > plan_[next].at))
        return Step{Step::What::plan, next, next + 1, std::max(plan_[next].at, world_.now()), {}};
    if (due)
        return Step{Step::What::due, 0, next, *due, {}};
    return std::nullopt;
}

std::optional<trace::Instant> Timeline::next_due() const {
    const std::optional<Step> step = choose();
    if (!step)
        return std::nullopt;
    return std::max(step->at, world_.now());
}

void Timeline::perform(const Step& step, trace::Trace* log) {
    switch (step.what) {
    case Step::What::due: world_.step(log); return;
    case Step::What::act: world_.submit(lanes_[lane_].acts[step.index].action, log); return;
    case Step::What::wait: world_.wait_until(step.at); return;
    case Step::What::plan: break;
    }
    world_.wait_until(step.at);
    const Plan& plan = plan_[step.index];
    if (plan.what != Plan::What::line)
        return;
    const auto& what = script_.lines[plan.line].what;
    if (const auto* act = std::get_if<scenario::Act>(&what)) {
        world_.submit(act->action, log, act->woken);
    } else if (const auto* flying = std::get_if<scenario::FlyingVerdict>(&what)) {
        const std::optional<scenario::Verdict> verdict =
            scenario::resolve(*flying, project(world_), lanes_[lane_].log);
        if (verdict)
            world_.submit(*verdict, log);
    }
}

bool Timeline::step() {
    const std::optional<Step> chosen = choose();
    if (!chosen)
        return false;
    Lane& lane = lanes_[lane_];
    if (position_ < lane.steps.size()) {
        perform(*chosen, nullptr);
        ++position_;
        keep_keyframe();
        return true;
    }
    if (bytes_used() > limits_.bytes) {
        stopped_ = "The story is longer than the memory set aside for it: it stops here. Go back, "
                   "or start over.";
        return false;
    }
    Step made = *chosen;
    perform(made, &lane.log);
    made.recorded = world_.recorded();
    lane.steps.push_back(made);
    ++position_;
    keep_keyframe();
    return true;
}

bool Timeline::step_back() {
    if (position_ == 0)
        return false;
    restore(position_ - 1);
    return true;
}

void Timeline::seek_position(std::uint32_t to) {
    to = std::min(to, known_end());
    if (to < position_)
        return restore(to);
    while (position_ < to)
        step();
}

void Timeline::restore(std::uint32_t to) {
    const auto after =
        std::upper_bound(keyframes_.begin(), keyframes_.end(), to,
                         [](std::uint32_t p, const Keyframe& k) { return p < k.position; });
    const Keyframe& from = *std::prev(after); // [0] is at position 0
    world_ = from.world;
    position_ = from.position;
    while (position_ < to) {
        perform(lanes_[lane_].steps[position_], nullptr);
        ++position_;
        keep_keyframe(); // another branch may have taken those there were
    }
    stopped_.clear();
}

void Timeline::keep_keyframe() {
    if (position_ % limits_.keyframe_every != 0 || keyframes_.back().position >= position_)
        return;
    keyframes_.push_back({position_, world_});
    // Over half the budget: every other keyframe goes, and fewer are kept from now on.
    if (bytes_used() < limits_.bytes / 2 || keyframes_.size() < 4)
        return;
    limits_.keyframe_every *= 2;
    std::erase_if(keyframes_,
                  [&](const Keyframe& k) { return k.position % limits_.keyframe_every != 0; });
}

std::size_t Timeline::bytes_used() const {
    std::size_t sum = 0;
    for (const Lane& lane : lanes_)
        sum += bytes_of(lane.log) + lane.steps.capacity() * sizeof(Step);
    for (const Keyframe& k : keyframes_)
        sum += k.world.bytes();
    return sum;
}

void Timeline::seek(trace::Instant t) {
    const std::vector<Step>& steps = lanes_[lane_].steps;
    const auto later = std::upper_bound(steps.begin(), steps.end(), t,
                                        [](trace::Instant at, const Step& s) { return at < s.at; });
    seek_position(static_cast<std::uint32_t>(later - steps.begin()));
    for (auto due = next_due(); due && *due <= t && step(); due = next_due()) {
    }
}

void Timeline::wait_until(trace::Instant t) {
    if (t <= world_.now() || position_ < known_end())
        return;
    const Step step{Step::What::wait, 0, planned(), t, {}};
    perform(step, nullptr);
    lanes_[lane_].steps.push_back(step);
    lanes_[lane_].steps.back().recorded = world_.recorded();
    ++position_;
}

void Timeline::seek_event(trace::EventId event) {
    const std::vector<Step>& steps = lanes_[lane_].steps;
    const auto made = std::partition_point(
        steps.begin(), steps.end(), [&](const Step& s) { return s.recorded.events <= event; });
    if (made != steps.end())
        seek_position(static_cast<std::uint32_t>(made - steps.begin()) + 1);
}

bool Timeline::is_stop(const Step& step) const {
    if (step.what != Step::What::plan)
        return false;
    const Plan& plan = plan_[step.index];
    if (plan.what != Plan::What::line)
        return true;
    const auto& what = script_.lines[plan.line].what;
    return std::holds_alternative<scenario::Note>(what) ||
           std::holds_alternative<scenario::Prediction>(what);
}

bool Timeline::at_stop() const {
    return position_ > 0 && is_stop(lanes_[lane_].steps[position_ - 1]);
}

bool Timeline::at_end() const {
    return scripted() && planned() == plan_.size();
}

std::optional<std::uint32_t> Timeline::told() const {
    for (std::uint32_t i = planned(); i-- > 0;) {
        if (plan_[i].what != Plan::What::line)
            continue;
        const auto& what = script_.lines[plan_[i].line].what;
        if (std::holds_alternative<scenario::Note>(what) ||
            std::holds_alternative<scenario::Prediction>(what))
            return plan_[i].line;
    }
    return std::nullopt;
}

bool Timeline::decided(std::uint32_t line) const {
    for (std::uint32_t i = 0; i < planned(); ++i)
        if (plan_[i].what == Plan::What::decision && plan_[i].line == line)
            return true;
    return false;
}

std::uint32_t Timeline::lines_done() const {
    std::uint32_t n = 0;
    for (std::uint32_t i = 0; i < planned(); ++i)
        n += plan_[i].what == Plan::What::line ? 1u : 0u;
    return n;
}

std::uint32_t Timeline::previous_stop() const {
    for (std::uint32_t n = position_; n-- > 1;)
        if (is_stop(lanes_[lane_].steps[n - 1]))
            return n;
    return 0;
}

void Timeline::fork(std::string label) {
    Lane branch;
    const Lane& from = lanes_[lane_];
    branch.about = {std::move(label), world_.now()};
    branch.steps.assign(from.steps.begin(), from.steps.begin() + position_);
    branch.acts = from.acts;
    branch.log = from.log;
    cut(branch.log, world_.recorded());
    lanes_.push_back(std::move(branch));
    lane_ = lanes_.size() - 1;
    std::erase_if(keyframes_, [&](const Keyframe& k) { return k.position > position_; });
}

trace::CallId Timeline::act(const scenario::Action& action) {
    // The script's own branch stays as written; elsewhere only a known future needs keeping.
    const std::string line = scenario::print(action, script_, snapshot(), trace());
    if ((scripted() && lane_ == 0) || position_ < known_end())
        fork(line);
    Lane& lane = lanes_[lane_];
    lane.acts.push_back({world_.now(), action, line});
    const trace::CallId call = world_.submit(action, &lane.log);
    lane.steps.push_back({Step::What::act, static_cast<std::uint32_t>(lane.acts.size() - 1),
                          planned(), world_.now(), world_.recorded()});
    ++position_;
    keep_keyframe();
    return call;
}

void Timeline::switch_to(std::size_t branch) {
    if (branch >= lanes_.size() || branch == lane_)
        return;
    const Lane& here = lanes_[lane_];
    const Lane& there = lanes_[branch];
    std::uint32_t shared = 0;
    const auto same = [](const Step& a, const Step& b) {
        return a.what == b.what && a.at == b.at && a.recorded == b.recorded &&
               (a.what != Step::What::act);
    };
    while (shared < here.steps.size() && shared < there.steps.size() &&
           (same(here.steps[shared], there.steps[shared]) ||
            (here.steps[shared].what == Step::What::act &&
             there.steps[shared].what == Step::What::act &&
             here.acts[here.steps[shared].index].action ==
                 there.acts[there.steps[shared].index].action)))
        ++shared;
    // What both agree on needs no replay from the start.
    std::erase_if(keyframes_, [&](const Keyframe& k) { return k.position > shared; });
    const std::uint32_t to = std::min(position_, shared);
    lane_ = branch;
    restore(to);
}

std::vector<Timeline::Done> Timeline::done() const {
    const Lane& lane = lanes_[lane_];
    std::vector<Done> out;
    for (std::uint32_t i = 0; i < position_; ++i) {
        const Step& step = lane.steps[i];
        if (step.what == Step::What::act)
            out.push_back(lane.acts[step.index]);
        if (step.what != Step::What::plan || plan_[step.index].what != Plan::What::line)
            continue;
        const scenario::Line& line = script_.lines[plan_[step.index].line];
        if (const auto* act = std::get_if<scenario::Act>(&line.what))
            out.push_back({step.at, act->action, line.sentence});
    }
    return out;
}

} // namespace world
