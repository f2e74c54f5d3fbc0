// Is an expectation true now? And which option of a question is right?
#pragma once
#include <string>
#include <vector>

#include "scene.hpp"

namespace scenario {

struct Judgement {
    bool holds = false;
    std::string expected; // "client#3 ESTABLISHED"
    std::string found;    // "SYN_SENT"
};
// Of the form itself: `never` and `until` are for whoever watches time go by.
Judgement judge(const Expectation&, const Scene&);

// Whether the form of a `never` has been true at any instant since it was first looked at. States,
// queues, results and counts are also followed in the log, so that nothing between two looks is
// missed; each look reads only what is new.
struct Watched {
    bool begun = false;
    trace::EventId looked = 0; // events before this have been looked at
    std::int64_t sent = 0;     // how many of the segments asked for are among them
};
bool became_true(const Expectation&, const Scene&, Watched&);

// What was there when a question was asked.
struct Asked {
    trace::EventId events = 0;
    std::optional<std::int64_t> bytes; // send_queue, recv_queue
    trace::EventId looked = 0;         // events before this hold no answer
};
Asked ask(const Prediction&, const Scene&);

// The answer: how it is printed, and which options (indices) it makes right.
struct Answer {
    std::string value; // "SYN_SENT", "2", "SYN+ACK seq 5000 ack 1001 len 0", "nothing"
    std::vector<std::uint32_t> right;
};
enum class When : std::uint8_t {
    known, // as soon as the log decides it; nothing until then
    now,   // the time is over: whatever is true now is the answer
};
std::optional<Answer> answer(const Prediction&, const Asked&, const Scene&, When);

} // namespace scenario
