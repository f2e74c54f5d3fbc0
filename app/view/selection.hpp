// What the user points at: one selection, shown by every view at once.
#pragma once
#include <string>

#include "trace/event.hpp"

namespace view {

struct Selection {
    trace::EventId event = trace::none; // a line of Why?, an edge's event, a mark on the timeline
    trace::SegmentId segment = trace::none; // an arrow
    trace::Cookie socket = trace::none;     // a card, a lane, a token
    bool any() const {
        return event != trace::none || segment != trace::none || socket != trace::none;
    }
};

// The one thing a lesson's step points at.
struct Highlight {
    enum class What : std::uint8_t {
        nothing,
        socket,
        send_queue,
        recv_queue,
        timer,
        syn_queue,
        accept_queue,
        calls,
        counter,
        segment,
        panel
    };
    What what = What::nothing;
    trace::Cookie socket = trace::none;
    trace::HostId host = trace::no_host;
    trace::Timer timer = trace::Timer::retransmit;
    trace::Counter counter = trace::Counter::ListenOverflows;
    trace::SegmentId segment = trace::none;
    std::string panel;
};

} // namespace view
