// Collects what the observer thread has seen and hands it to whoever draws it.
//
// The observer appends; the other thread collects what is new into its own Trace. Between them lies
// one short lock; no side ever waits for a system call of the other.
#pragma once

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace net {

class Recorder {
public:
    // `on_news` is called by the observer thread after each publish (to wake a window).
    Recorder(std::vector<std::string> hosts, std::function<void()> on_news);

    // --- the observer thread
    [[nodiscard]] const trace::Trace& trace() const { return trace_; }
    trace::EventId add(trace::Event event); // times never go back: order is by cause, not by clock
    // `header`: as it was captured, IP and TCP; empty when only its values are known.
    trace::SegmentId add(trace::SegmentRecord record, std::span<const std::uint8_t> header = {});
    // The wire has marked it: so it is shown from now on.
    void mark_congestion(trace::SegmentId id);
    trace::CallId add(trace::CallRecord record);
    trace::Cookie add(trace::SocketRecord record);
    void change(trace::CallId id, trace::CallRecord record);
    void change_socket(trace::Cookie cookie, trace::SocketRecord record);
    // All events of one host from one cause share a beat: the caller keeps one per host and says
    // which one is on.
    [[nodiscard]] std::uint32_t new_beat() { return beat_ = ++beats_; }
    void use_beat(std::uint32_t beat) { beat_ = beat; }
    void publish(trace::Snapshot snapshot);
    // The story so far is given up: whoever collects begins with an empty trace.
    void start_over();

    // --- the other thread. False: nothing is new.
    bool collect(trace::Trace& trace, trace::Snapshot& snapshot);

private:
    trace::Trace trace_;
    std::uint32_t beat_ = 0, beats_ = 0;
    std::vector<std::uint32_t> changed_calls_, changed_sockets_, marked_; // since the last publish
    std::function<void()> on_news_;

    std::mutex mutex_; // guards what follows
    std::vector<std::string> hosts_;
    std::vector<trace::Event> new_events_;
    std::vector<trace::SegmentRecord> new_segments_;
    std::vector<trace::CapturedHeader> new_headers_;
    std::vector<std::pair<std::uint32_t, trace::CallRecord>>
        new_calls_; // by index, also changed ones
    std::vector<std::pair<std::uint32_t, trace::SocketRecord>> new_sockets_;
    std::vector<trace::SegmentId> new_marked_;
    trace::Snapshot snapshot_;
    bool has_news_ = false, starts_over_ = false;
    std::size_t published_events_ = 0, published_segments_ = 0, published_headers_ = 0;
};

} // namespace net
