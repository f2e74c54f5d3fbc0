// What is known at one instant of a play: what expectations are judged on and questions answered
// from.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "scenario.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace scenario {

using Find = std::function<std::optional<trace::Cookie>(const SocketName&)>;

struct Scene {
    const Scenario& script;
    const trace::Snapshot& snapshot;
    const trace::Trace& log;
    std::uint32_t visible; // events of the log up to now
    const Find& find;      // what a name stands for now

    std::span<const trace::Event> events() const { return std::span(log.events).first(visible); }
};

// The socket of a name, also when nothing is left of it but its records in the log.
std::optional<trace::Cookie> remember(const Scene&, const SocketName&);

// A call that has returned.
struct Finished {
    trace::Call call;
    std::int64_t value; // or -errno
    trace::EventId event;
};
// The latest call on this socket that returned at or after event `since`. The socket() and bind()
// that a line makes on its way count only when they fail.
std::optional<Finished> latest_finished(const Scene&, const SocketName&, trace::EventId since = 0);
// The first one.
std::optional<Finished> next_finished(const Scene&, const SocketName&, trace::EventId since);

trace::State state_of(const Scene&, const SocketName&); // closed: also when nothing is left of it
// Bytes in the send or receive queue; nullopt: no such socket.
enum class Direction : std::uint8_t { send, receive };
std::optional<std::int64_t> bytes_in(const Scene&, const SocketName&, Direction);
const trace::ListenerView* listener_of(const Scene&, const SocketName&);
std::optional<trace::Call> blocked_in(const Scene&, const SocketName&);
// Time left of a running timer. `retransmit` of a half-open request is its SYN+ACK timer.
std::optional<trace::Duration> time_left(const Scene&, const SocketName&, trace::Timer);

std::string print_result(std::int64_t value); // "100", "ETIMEDOUT"

} // namespace scenario
