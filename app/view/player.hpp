// The pace: plays a source's beats on the screen, one after the other, so that an eye can follow
// (TEACHING, "Pace").
//
// A beat is shown in two parts: the flight (simulated time runs to the next happening; segments
// move) and the reveal (what changed there changes on the screen). The world is stepped between the
// two.
#pragma once
#include <cstdint>

#include "source.hpp"

namespace view {

class Player {
public:
    explicit Player(Source& source) : source_(&source) {}

    // Each starts a motion; when one is under way, it is finished at once instead and nothing new
    // begins.
    void next();
    void step(StepBy);
    void play(bool on);
    // Undoes one Next or one Step by the command given, after a short motion backward.
    void back(Command how);

    void set_pace(Pace pace) { pace_ = pace; }
    void set_reduced_motion(bool on) { reduced_ = on; }
    bool playing() const { return playing_; }
    bool moving() const { return phase_ != Phase::rest; }
    bool nothing_due() const { return nothing_due_; } // the last press found nothing to do

    // Real time went by. True: the picture changed.
    bool advance(double real_seconds);
    // To the end of the motion under way, at once.
    void finish();
    // Drop the motion: the source was moved by other means (seek, branch, start over).
    void settle();
    Motion motion() const;

private:
    enum class Phase : std::uint8_t { rest, flight, reveal, rewind, dwell };
    enum class Goal : std::uint8_t { stop, unit, endless };

    bool begin_flight(); // false: nothing is due
    bool take_step();    // false: nothing was due
    bool goal_reached() const;
    void after_beat();
    void rest();

    Source* source_;
    Pace pace_ = Pace::automatic;
    bool reduced_ = false;
    bool playing_ = false;
    bool nothing_due_ = false;
    Phase phase_ = Phase::rest;
    Goal goal_ = Goal::stop;
    StepBy unit_ = StepBy::beat;
    double elapsed_ = 0, length_ = 0;   // of the phase, real seconds
    trace::Instant from_{}, to_{};      // of the flight, simulated
    std::uint32_t goal_from_ = 0;       // events there were when the goal was set
    std::uint32_t fresh_ = trace::none; // first event of the newest beat
    Command back_ = command::Back{};
};

// Is this what a step by `unit` stops at?
bool matches(const trace::Event&, StepBy unit);
// How long, on the screen, simulated time takes from `from` to `to` at this pace; `crossing` is the
// delay of the fastest segment in flight, 0 if none.
double flight_seconds(Pace, trace::Duration gap, trace::Duration crossing);

} // namespace view
