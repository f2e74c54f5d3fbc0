// Time travel: a script and the inputs of a user, played on a world that can be set back to any
// step.
//
// A step is one thing done: something due in the world, a line of the script, a decided question,
// an act of the user, or the end of the script. The cursor is the number of steps done. What was
// played is never recomputed for looking at it: the log is kept whole and shown up to the cursor;
// only the world itself is brought back from the nearest keyframe by replaying recorded steps
// without a log.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"
#include "world/world.hpp"

namespace world {

// When the answer to the question on this line is known (a stop of its own).
struct Decision {
    std::uint32_t line = 0; // index in Scenario::lines, a Prediction
    trace::Instant at;
};

struct TimelineLimits {
    std::uint32_t keyframe_every = 64;          // steps; doubled when the budget is reached
    std::size_t bytes = std::size_t{256} << 20; // keyframes and logs together
};

class Timeline {
public:
    explicit Timeline(scenario::Scenario, std::vector<Decision> = {}, TimelineLimits = {},
                      const Manner& = {});

    // The cursor.
    std::uint32_t position() const { return position_; }
    std::uint32_t known_end() const; // steps played so far on this branch
    bool step();      // false: nothing is due, or the budget is used up (see stopped())
    bool step_back(); // false: at the start
    void seek_position(std::uint32_t); // clamped to what is known
    // Plays on if need be; stops early where nothing is due any more. Lands after all that is due
    // at or before t.
    void seek(trace::Instant t);
    // Time passes at the end of what is known, nothing is due before t. For replaying inputs at their times.
    void wait_until(trace::Instant t);
    // To just after the beat of an event that has been played.
    void seek_event(trace::EventId);
    std::optional<trace::Instant> next_due() const;

    // The story: what the last step was.
    bool at_stop() const; // a note, a question, its decision, or the end
    bool at_end() const;  // the script's last line and latest `until` are behind the cursor
    // The note or question that is told now (index in Scenario::lines); nullopt before the first.
    std::optional<std::uint32_t> told() const;
    // Is the answer to the question on this line known at the cursor?
    bool decided(std::uint32_t line) const;
    std::uint32_t lines_done() const; // how many script lines are behind the cursor
    // The position of the last stop before the cursor, 0 if none.
    std::uint32_t previous_stop() const;

    // At the cursor. In the past, or on the script's own branch, the future is kept as a branch.
    trace::CallId act(const scenario::Action&);
    // [0] is the script; the others fork from an earlier one.
    struct Branch {
        std::string label; // what was done: "wire drop ...", "client connect :80"
        trace::Instant forked;
    };
    std::size_t branch_count() const { return lanes_.size(); }
    const Branch& branch(std::size_t i) const { return lanes_[i].about; }
    std::size_t current_branch() const { return lane_; }
    void switch_to(std::size_t branch); // the cursor goes to the fork, or stays where both agree
    bool off_script() const { return scripted() && lane_ != 0; }

    const scenario::Scenario& script() const { return script_; }
    const World& world() const { return world_; }
    const trace::Trace& trace() const { return lanes_[lane_].log; }
    std::uint32_t visible_events() const { return world_.recorded().events; }
    trace::Snapshot snapshot() const { return project(world_); }
    const std::string& stopped() const { return stopped_; } // why nothing more can be played, or ""

    // Every action up to the cursor, the script's and the user's, and its line without the time.
    struct Done {
        trace::Instant at;
        scenario::Action action;
        std::string line;
    };
    std::vector<Done> done() const;

private:
    // What is planned by the script, in order.
    struct Plan {
        trace::Instant at;
        enum class What : std::uint8_t { line, decision, end } what;
        std::uint32_t line;
    };
    struct Step {
        enum class What : std::uint8_t { due, plan, act, wait } what;
        std::uint32_t index;   // plan: in plan_; act: in Lane::acts
        std::uint32_t planned; // how much of plan_ is behind the step
        trace::Instant at;
        Recorded recorded; // after it
    };
    struct Lane {
        Branch about;
        std::vector<Step> steps;
        std::vector<Done> acts;
        trace::Trace log;
    };
    struct Keyframe {
        std::uint32_t position;
        World world;
    };

    bool scripted() const { return !plan_.empty(); }
    std::uint32_t planned() const;      // of plan_, behind the cursor
    std::optional<Step> choose() const; // the next step, if any
    void perform(const Step&, trace::Trace*);
    void restore(std::uint32_t position);
    void keep_keyframe();
    void fork(std::string label);
    bool is_stop(const Step&) const;
    std::size_t bytes_used() const;

    scenario::Scenario script_;
    TimelineLimits limits_;
    std::vector<Plan> plan_;
    std::vector<Lane> lanes_;
    std::size_t lane_ = 0;
    std::uint32_t position_ = 0;
    World world_;
    std::vector<Keyframe> keyframes_; // of the current branch, by position; [0] is the start
    std::string stopped_;
};

} // namespace world
