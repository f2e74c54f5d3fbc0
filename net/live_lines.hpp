// Lines for the terminal: what is new in a trace, and which byte queues changed between two
// snapshots.
#pragma once

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

#include <string>
#include <string_view>

namespace net {

// "" for events that have no line of their own.
std::string text_line(const trace::Trace& trace, const trace::Event& event);
std::string json_line(const trace::Trace& trace, const trace::Event& event);

// One change of a send or receive queue.
struct QueueLine {
    trace::Instant at;
    std::string socket;
    std::string_view queue; // "send_queue", "recv_queue"
    std::uint32_t bytes = 0;
    bool syn = false, fin = false; // one of `bytes` is that
};
std::vector<QueueLine> queue_changes(const trace::Snapshot& before, const trace::Snapshot& now);
std::string text_line(const QueueLine& line);
std::string json_line(const QueueLine& line);

std::string_view certainty_name(trace::Certainty certainty);

} // namespace net
