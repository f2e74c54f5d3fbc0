// The simulated world as a stage for scripts.
#include "world/stage.hpp"

#include <fmt/format.h>

namespace world {
namespace {

std::size_t bytes_of(const trace::Trace& log) {
    return log.events.size() * sizeof(trace::Event) +
           log.segments.size() * sizeof(trace::SegmentRecord) +
           log.calls.size() * sizeof(trace::CallRecord) +
           log.sockets.size() * sizeof(trace::SocketRecord);
}

} // namespace

void WorldStage::advance(trace::Instant t) {
    if (!stopped_.empty())
        return;
    for (auto due = world_.next_due(); due && *due <= t; due = world_.next_due()) {
        if (bytes_of(log_) > bytes_) {
            stopped_ =
                fmt::format("the play stops at {}: its log has used up the {} MB set aside for it",
                            trace::format(world_.now()), bytes_ >> 20);
            return;
        }
        world_.step(&log_);
    }
    world_.wait_until(t);
}

} // namespace world
