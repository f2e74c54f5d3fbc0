// A frame filled by hand: the fifth step of the lesson on the full accept queue, for tests of
// panels that need something to draw and no simulator.
#pragma once

#include "view/frame.hpp"

namespace gui {

struct Sample {
    trace::Trace trace;
    trace::Snapshot snapshot;
    view::Frame frame; // points into the two above

    Sample();
    Sample(const Sample&) = delete;
    Sample& operator=(const Sample&) = delete;

    trace::HostView& client() { return snapshot.hosts[0]; }
    trace::HostView& server() { return snapshot.hosts[1]; }
    trace::ListenerView& listener() { return server().listeners[0]; }
    view::LessonView& lesson() { return *frame.lesson; }
    // Answers the question that stands, as if the world had played on to the event.
    void answer(int option);
    void end();
    // `n` more connections wait for accept(), the limit is `limit`.
    void fill_accept_queue(std::size_t n, std::uint32_t limit);
    // One SYN was refused: events, counters and a client in SYN_SENT with its timer.
    void refuse_third_client();
};

} // namespace gui
