// What the sequence view tells: each segment's fate and each socket's states over time, read from
// the visible prefix of a trace. No geometry here.
#pragma once

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

#include <optional>
#include <string>
#include <vector>

namespace panels {

// How the journey of a segment stands: the four endings, and held by hand.
enum class Fate : std::uint8_t { in_flight, held, delivered, lost, refused };

struct SegmentStory {
    trace::SegmentId id = trace::none;
    Fate fate = Fate::in_flight;
    trace::Instant sent{};
    // Arrival, refusal or loss; while in flight the arrival that the wire promises. `never`: held.
    trace::Instant ended = trace::never;
    std::optional<trace::Instant> held_at{}, released_at{};
    trace::Duration way{}; // how long the wire takes
    trace::EventId sent_event = trace::none, end_event = trace::none;
    trace::Cookie sender = trace::none, taker = trace::none;
    trace::Certainty certainty = trace::Certainty::exact;
    // A router told the sender by ICMP that it dropped this segment.
    struct Message {
        trace::Instant at{};
        trace::EventId event = trace::none;
        std::int64_t code = 0;
    };
    std::optional<Message> message{};
    // Refused at a listener: what its accept queue held then.
    struct Met {
        std::int64_t length = 0;
        std::int32_t limit = 0;
    };
    std::optional<Met> met{};
};

struct StateSpan {
    trace::State state = trace::State::closed;
    trace::Instant from{};
    trace::EventId event = trace::none; // the transition, or the creation
    trace::Certainty certainty = trace::Certainty::exact;
};

struct SocketStory {
    trace::Cookie cookie = trace::none;
    trace::HostId host = trace::no_host;
    trace::Instant born{};
    trace::Instant gone = trace::never;
    std::vector<StateSpan> spans{}; // in time; a span ends where the next begins
};

// Something that happened at a host beside its states: "enters the accept queue".
struct Remark {
    enum class What : std::uint8_t { enters_accept_queue, accepted };
    What what = What::enters_accept_queue;
    trace::EventId event = trace::none;
    trace::HostId host = trace::no_host;
    trace::Cookie socket = trace::none; // the connection, when it is known
    trace::Instant at{};
};

struct Story {
    std::vector<SegmentStory> segments{}; // in order of departure
    std::vector<SocketStory> sockets{};   // in order of creation
    std::vector<Remark> remarks{};
    trace::Instant begin{}; // of everything told
};

// REQUIRES: visible <= trace.events.size()
Story tell(const trace::Trace&, std::uint32_t visible, const trace::Snapshot&);

// The earlier segments whose bytes (SYN and FIN count one each) this segment's ack number is the
// first to cover.
std::vector<trace::SegmentId> covered_by(const trace::Trace&, const Story&, trace::SegmentId);

// Why a refused segment ended at its host, in few words.
struct RefusalReason {
    std::string seen;    // "accept queue 2 > limit 1", or ""
    std::string done;    // "SYN dropped"
    std::string counted; // "ListenOverflows 1", or ""
    // A number stays with its name: the last space of `seen` and that of `counted` do not break.
};
RefusalReason refusal_reason(const trace::Trace&, std::uint32_t visible, const SegmentStory&);

} // namespace panels
