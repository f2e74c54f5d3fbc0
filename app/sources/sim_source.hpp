// The simulated world as a source of pictures: a lesson's story, or free play, on a timeline.
#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "judged.hpp"
#include "scenario/scenario.hpp"
#include "scenario/terms.hpp"
#include "view/source.hpp"
#include "world/timeline.hpp"

namespace sources {

class SimSource : public view::Source {
public:
    enum class Kind : std::uint8_t { lesson, what_if, free_play };
    // REQUIRES: the scenario is valid for this machine (parsed with world::known()). `terms`
    // outlives the source.
    SimSource(scenario::Scenario, Kind, const std::vector<scenario::Term>* terms);

    view::Can can() const override;
    bool step() override;
    bool step_back() override;
    std::optional<trace::Instant> next_due() const override;
    trace::Instant now() const override { return timeline_.world().now(); }
    const trace::Trace& trace() const override { return timeline_.trace(); }
    std::uint32_t visible_events() const override { return timeline_.visible_events(); }
    bool at_stop() const override;
    std::string perform(const view::Command&) override;
    void fill(view::Frame&) const override;

    // A Next or a Step begins here: Back returns to it.
    void remember();
    // A question is told and not answered: nothing later may happen.
    std::optional<std::uint32_t> open_question() const;
    bool ended() const {
        return kind_ == Kind::lesson && timeline_.at_end() && !timeline_.off_script();
    }
    bool off_script() const { return timeline_.off_script(); }
    std::uint32_t steps_told() const;
    // Runs over the first `n` notes and questions without asking (a lesson that is taken up again).
    void resume(std::uint32_t n);
    const scenario::Scenario& script() const { return timeline_.script(); }
    // Everything done so far as the text of a scenario file that does it again.
    std::string as_file() const;
    // Plays on to t, also where nothing is due until then.
    void wait_until(trace::Instant t);
    // The same hosts and acts without a story, paused here: `extra` more hosts.
    SimSource freed(int extra_hosts) const;
    // The same hosts and acts up to here, `host` with another kernel; or why it cannot have it.
    std::variant<SimSource, std::string> under(trace::HostId host, const std::string& profile) const;
    std::size_t branch_count() const { return timeline_.branch_count(); }
    std::set<std::string> walked() const; // edges: "SYN_SENT > ESTABLISHED"
    void know_walked(std::set<std::string> before) { walked_before_ = std::move(before); }

private:
    // A lesson that opens with a note begins with it told.
    std::uint32_t beginning() const;
    std::string perform_call(const view::command::MakeCall&);
    std::string act(const scenario::Action&);
    void seek(trace::Instant);
    void answer(int option);
    void back();
    void forget_answers_ahead();
    std::uint16_t next_number(trace::HostId) const;

    void fill_lesson(view::Frame&) const;
    view::QuestionView question(std::uint32_t line, view::Language) const;
    std::optional<view::TermView> open_term(view::Language) const;
    view::EndCard end_card(view::Language) const;
    view::Highlight highlight(const scenario::Highlight&) const;
    void fill_timeline(view::Frame&) const;
    void fill_upcoming(view::Frame&) const;
    void fill_script(view::Frame&) const;
    std::string acts_text() const; // everything done so far, a line each

    Kind kind_;
    const std::vector<scenario::Term>* terms_;
    Judged judged_;
    world::Timeline timeline_;
    std::vector<std::uint32_t> presses_;          // positions before each Next or Step
    std::map<std::uint32_t, int> answers_;        // by line, as given on this run
    std::map<std::uint32_t, bool> first_answers_; // by line: right at the first try
    std::set<std::string> walked_before_;
    std::string open_term_;
    mutable trace::Snapshot snapshot_;              // of the cursor, for the frame
    std::uint64_t generation_ = 1;                  // changes with whatever the snapshot shows
    mutable std::uint64_t snapshot_generation_ = 0; // for which it was taken; 0: none yet
};

// A world without a story: these hosts on wires of 10 ms, nothing running yet.
scenario::Scenario blank(int hosts);

} // namespace sources
