// Watches a play: judges every expectation, every `->` and every question of the script at its
// time.
#pragma once
#include <cstdint>
#include <vector>

#include "evaluate.hpp"

namespace scenario {

struct Finding {
    enum class What : std::uint8_t { expectation, result, question };
    What what = What::expectation;
    std::uint32_t line = 0; // index in Scenario::lines
    bool held = false;
    trace::Instant at;           // when it was judged; a question: when its answer was known
    std::uint32_t events = 0;    // how many events there were then
    std::uint32_t lines_run = 0; // ... and how many lines had run
    std::string expected;        // "client#3 ESTABLISHED", "write() returns 5"
    std::string found;           // "SYN_SENT"; of a question its answer, as an option would say it
    std::vector<std::uint32_t> right; // of a question: the options that are right
};
// How late a real kernel may be now: 50 ms, and an eighth of the longest timer that is pending (its
// timer wheel rounds up by as much).
trace::Duration lateness_allowed(const trace::Snapshot&);
// "expected client#3 ESTABLISHED, found SYN_SENT"
std::string sentence(const Finding&);

class Judge {
public:
    // `exact`: the stage is (see Stage). Else an expectation holds if it becomes true soon enough.
    explicit Judge(const Scenario& script, bool exact = true) : script_(script), exact_(exact) {}

    // A line has just run; `call` is the last call that it made.
    void line_ran(std::uint32_t line, trace::CallId call, const Scene&);
    // Something happened, or time passed: REQUIRES at least one look at every appointment.
    void observe(const Scene&);
    // The play is over: what has not returned has failed, what is asked is answered.
    void finish(const Scene&);

    // A line has run that asks for nothing, while nothing was watched.
    void passed(std::uint32_t line) { lines_run_ = line + 1; }

    bool watching() const { return !open_.empty(); }
    // Does what is watched need a snapshot? Else `now` is enough of it.
    bool needs_snapshot() const;
    // The next instant at which something must be decided; `never` if none.
    trace::Instant appointment() const;
    const std::vector<Finding>& findings() const { return findings_; } // in the order of judging

private:
    struct Open {
        Finding::What what = Finding::What::result;
        std::uint32_t line = 0;
        trace::Instant due = trace::never; // decided at the latest then
        trace::Duration patience;          // question: so much longer, if no option is right then
        trace::CallId call = trace::none;  // result
        std::optional<std::int64_t> value; // ... once it has returned
        Asked asked;                       // question
        Watched watched;                   // never
    };
    // True: it is decided.
    bool decide(Open&, const Scene&, bool over);
    void note_results(const Scene&); // which of the awaited calls have returned
    bool decide_result(const Open&, const Scene&, bool over);
    bool decide_never(Open&, const Scene&, bool over);
    bool decide_expectation(Open&, const Scene&, bool over);
    bool decide_question(Open&, const Scene&, bool over);
    void add(Finding::What, std::uint32_t line, bool held, std::string expected, std::string found,
             const Scene&);

    const Scenario& script_;
    bool exact_;
    std::uint32_t lines_run_ = 0;
    trace::EventId looked_ = 0; // events before this have been searched for results
    std::vector<Open> open_;
    std::vector<Finding> findings_;
};

} // namespace scenario
