// What the queues of one listener were from the beginning on: taken from the log as far as it is
// told.
#pragma once

#include "trace/event.hpp"

#include <cstdint>
#include <vector>

namespace panels {

struct QueueStep {
    trace::Instant at;
    std::uint32_t length = 0, limit = 0;
    trace::EventId event = trace::none;
};

// Of the entries that were refused because of this queue.
struct QueueDrop {
    trace::Instant at;
    trace::EventId event = trace::none;
};

struct QueueHistory {
    std::vector<QueueStep> syn, accept; // from each one on, until the next
    std::vector<QueueDrop> syn_drops, accept_drops;
};

QueueHistory queue_history(const trace::Trace&, std::uint32_t visible_events,
                           trace::Cookie listener);
// Does a refusal by this rule come from a queue, and from which?
enum class RefusedBy : std::uint8_t { neither, syn_queue, accept_queue };
RefusedBy refused_by(trace::Rule);
// Is the event a segment refused at this listener, of several on its port?
bool refused_at(const trace::Trace&, const trace::Event&, trace::Cookie listener);

// The length at an instant; before its first step a queue was empty.
std::uint32_t length_at(const std::vector<QueueStep>&, trace::Instant);

} // namespace panels
