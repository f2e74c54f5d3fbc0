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

// Has the form been true at any instant since event `since`, now included? For `never`: states,
// queues and returned values are also looked up in the log, so that nothing between two looks is
// missed.
bool was_true(const Expectation&, const Scene&, trace::EventId since);

// What was there when a question was asked.
struct Asked {
    trace::EventId events = 0;
    std::optional<std::int64_t> bytes; // send_queue, recv_queue
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
