// The pace of the picture.
#include "player.hpp"

#include <algorithm>

namespace view {
namespace {

constexpr double fly = 0.9, reveal = 0.4, idle = 0.5, rewind = 0.2;  // seconds on the screen, TEACHING

bool is_shown_change(const trace::Event& e) {
    return e.kind == trace::EventKind::transition || e.kind == trace::EventKind::queue_changed;
}

double ratio(Pace pace) {
    switch (pace) {
        case Pace::automatic: return 1;
        case Pace::r1_1000: return 1000;
        case Pace::r1_100: return 100;
        case Pace::r1_20: return 20;
        case Pace::r1_10: return 10;
        case Pace::r1_1: return 1;
        case Pace::r10_1: return 0.1;
    }
    return 1;
}

}  // namespace

bool matches(const trace::Event& e, StepBy unit) {
    using K = trace::EventKind;
    switch (unit) {
        case StepBy::beat: return true;
        case StepBy::segment:
            return e.kind == K::segment_sent || e.kind == K::segment_arrived || e.kind == K::segment_refused || e.kind == K::segment_lost;
        case StepBy::transition: return e.kind == K::transition;
        case StepBy::call: return e.kind == K::call_entered || e.kind == K::call_returned;
        case StepBy::timer: return e.kind == K::timer_fired;
    }
    return true;
}

double flight_seconds(Pace pace, trace::Duration gap, trace::Duration crossing) {
    if (gap.ns <= 0) return 0;
    if (pace != Pace::automatic) return trace::in_seconds(gap) * ratio(pace);
    if (crossing.ns > 0) return std::min(fly * trace::in_seconds(gap) / trace::in_seconds(crossing), 2 * fly);
    return idle;
}

void Player::next() {
    if (moving()) return finish();
    goal_ = Goal::stop;
    goal_from_ = source_->visible_events();
    nothing_due_ = !begin_flight();
    if (reduced_) finish();
}

void Player::step(StepBy unit) {
    if (moving()) return finish();
    goal_ = Goal::unit;
    unit_ = unit;
    goal_from_ = source_->visible_events();
    nothing_due_ = !begin_flight();
    if (reduced_) finish();
}

void Player::play(bool on) {
    playing_ = on;
    if (!on) return finish();
    goal_ = Goal::endless;
    if (moving()) return;
    nothing_due_ = !begin_flight();
    if (nothing_due_) playing_ = false;
}

void Player::back(Command how) {
    if (moving()) {
        finish();
        if (phase_ == Phase::rest && !std::holds_alternative<command::Back>(how)) return;
    }
    playing_ = false;
    nothing_due_ = false;
    back_ = std::move(how);
    phase_ = Phase::rewind;
    elapsed_ = 0;
    length_ = rewind;
    if (reduced_) finish();
}

bool Player::begin_flight() {
    const std::optional<trace::Instant> due = source_->next_due();
    if (!due) return false;
    from_ = source_->now();
    to_ = *due;
    trace::Duration crossing{};
    Frame frame;
    source_->fill(frame);
    if (frame.snapshot)
        for (const trace::InFlight& f : frame.snapshot->in_flight) {
            if (f.held || f.due == trace::never) continue;
            trace::Duration d = f.due - f.sent;
            // Where it will be lost must not show in how fast it goes.
            for (const trace::WireView& wire : frame.snapshot->wires)
                if (f.will_be_lost && wire.from == f.from && wire.to == f.to) d = wire.delay;
            if (d.ns > 0 && (crossing.ns == 0 || d < crossing)) crossing = d;
        }
    phase_ = Phase::flight;
    elapsed_ = 0;
    length_ = reduced_ ? 0 : flight_seconds(pace_, to_ - from_, crossing);
    return true;
}

bool Player::take_step() {
    const std::uint32_t before = source_->visible_events();
    if (!source_->step()) return false;
    if (source_->visible_events() > before) fresh_ = before;
    return true;
}

bool Player::goal_reached() const {
    const trace::Trace& trace = source_->trace();
    switch (goal_) {
        case Goal::stop: return source_->at_stop();
        case Goal::endless: return false;
        case Goal::unit:
            // A step that only passed a line of the story shows nothing: go on to what can be seen.
            for (std::uint32_t i = goal_from_; i < source_->visible_events(); ++i)
                if (matches(trace.events[i], unit_)) return true;
            return source_->at_stop();
    }
    return true;
}

void Player::rest() {
    phase_ = Phase::rest;
    playing_ = false;
}

void Player::after_beat() {
    if (goal_ == Goal::endless && playing_ && source_->at_stop()) {
        Frame frame;
        source_->fill(frame);
        const bool asks = frame.lesson && frame.lesson->question && !frame.lesson->question->answered;
        if (asks || (frame.lesson && frame.lesson->end)) return rest();
        phase_ = Phase::dwell;  // long enough to read the narration
        elapsed_ = 0;
        const auto words = frame.lesson ? std::count(frame.lesson->narration.begin(), frame.lesson->narration.end(), ' ') : 0;
        length_ = 1.2 + 0.25 * static_cast<double>(words);
        return;
    }
    if (goal_reached() || !begin_flight()) rest();
}

bool Player::advance(double real_seconds) {
    if (phase_ == Phase::rest) return false;
    elapsed_ += real_seconds;
    // Bounded: a source whose beats take no time at all must not hold the picture.
    for (int beats = 0; beats < 1000 && phase_ != Phase::rest && elapsed_ >= length_; ++beats) {
        const double left = elapsed_ - length_;
        switch (phase_) {
            case Phase::rest: break;
            case Phase::flight: {
                const std::uint32_t before = source_->visible_events();
                if (!take_step()) {
                    rest();
                    break;
                }
                const trace::Trace& trace = source_->trace();
                bool shown = false;
                for (std::uint32_t i = before; i < source_->visible_events(); ++i) shown = shown || is_shown_change(trace.events[i]);
                if (shown && !reduced_ && pace_ == Pace::automatic) {
                    phase_ = Phase::reveal;
                    length_ = reveal;
                } else {
                    after_beat();
                }
                break;
            }
            case Phase::reveal: after_beat(); break;
            case Phase::dwell:
                if (!begin_flight()) rest();
                break;
            case Phase::rewind:
                source_->perform(back_);
                fresh_ = trace::none;
                rest();
                break;
        }
        elapsed_ = left;
    }
    return true;
}

void Player::finish() {
    playing_ = false;
    if (phase_ == Phase::rewind) {
        source_->perform(back_);
        fresh_ = trace::none;
        return rest();
    }
    if (phase_ == Phase::dwell) return rest();
    if (goal_ == Goal::endless) goal_ = Goal::unit, unit_ = StepBy::beat, goal_from_ = source_->visible_events();
    if (phase_ == Phase::flight) {
        if (!take_step()) return rest();
        phase_ = Phase::reveal;
    }
    if (phase_ != Phase::reveal) return;
    while (!goal_reached() && take_step()) {}
    rest();
}

void Player::settle() {
    rest();
    fresh_ = trace::none;
    nothing_due_ = false;
}

Motion Player::motion() const {
    Motion m;
    m.shown = source_->now();
    m.fresh = fresh_;
    m.moving = moving();
    const double part = length_ > 0 ? std::clamp(elapsed_ / length_, 0.0, 1.0) : 1.0;
    switch (phase_) {
        case Phase::rest:
        case Phase::dwell: break;
        case Phase::flight:
            m.shown = from_ + trace::Duration{static_cast<std::int64_t>(static_cast<double>((to_ - from_).ns) * part)};
            break;
        case Phase::reveal: m.progress = part; break;
        case Phase::rewind: m.progress = 1 - part; break;
    }
    return m;
}

}  // namespace view
