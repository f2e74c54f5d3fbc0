// Writing the story down: events get their instant, host, beat and cause here, segments their ids.
#pragma once
#include <array>
#include <cstdint>
#include <type_traits>

#include "trace/event.hpp"
#include "trace/segment.hpp"
#include "trace/tape.hpp"

namespace tcp {

// How many records of each kind a log holds: the next id of each. Part of the world, not of the
// log, so that a replay without a log numbers everything as the first time.
struct Recorded {
    std::uint32_t events = 0;
    std::uint32_t segments = 0;
    std::uint32_t calls = 0;
    std::uint32_t sockets = 0;
    std::uint32_t beats = 0;
    friend bool operator==(const Recorded&, const Recorded&) = default;
};

// netstat -s of one host, and which event bumped each counter last.
struct Counters {
    static constexpr auto size = static_cast<std::size_t>(trace::Counter::count_);
    std::array<std::uint64_t, size> value{};
    std::array<trace::EventId, size> last{};
    friend bool operator==(const Counters&, const Counters&) = default;
};

class Journal {
public:
    Journal(Recorded& recorded, trace::Trace* log, trace::Instant now, trace::Tape* tape = nullptr)
        : recorded_(recorded), log_(log), tape_(tape), now_(now) {}

    trace::Instant now() const { return now_; }
    trace::Trace* log() const { return log_; }
    Recorded& recorded() { return recorded_; }

    // Everything from here on belongs to one beat at this host, and follows `cause`.
    void begin_beat(trace::HostId host, trace::EventId cause) {
        host_ = host;
        cause_ = cause;
        ++recorded_.beats;
    }
    trace::HostId host() const { return host_; }
    trace::EventId cause() const { return cause_; }
    void follow(trace::EventId cause) { cause_ = cause; }
    // This step is about a segment that arrived, by this event; so many just like it were sent
    // before.
    void is_about(trace::EventId arrival, std::uint32_t likeness) {
        arrival_ = arrival;
        answering_ = likeness;
        cause_ = arrival;
    }
    std::uint32_t answering() const { return answering_; }

    // On the tape, if there is one. True: it records, and wants to be told whose it is.
    [[nodiscard]] bool left(const trace::Segment& s) { return tape_ && tape_->note(now_, s, true); }
    void left_to_record(const trace::Segment& s, trace::Cookie socket) {
        if (tape_ && tape_->records_segments())
            tape_->record(now_, s, socket, true);
    }
    void arrived(const trace::Segment& s) {
        if (tape_ && tape_->note(now_, s, false)) [[unlikely]]
            tape_->record(now_, s, trace::none, false);
    }

    // Appends the event; what it leaves open (instant, host, beat, cause) is filled in.
    // Without a log everything is only counted, at next to no cost.
    trace::EventId note(const trace::Event& e) {
        if (log_) [[unlikely]]
            write(e);
        return recorded_.events++;
    }
    // The same of one that is not even made without a log.
    template <class Make>
    requires std::is_invocable_v<Make> trace::EventId note(Make make) {
        if (log_) [[unlikely]]
            write(make());
        return recorded_.events++;
    }
    // The same for what happens between hosts.
    trace::EventId note_on_wire(const trace::Event& e, trace::EventId cause) {
        if (log_) [[unlikely]]
            write_on_wire(e, cause);
        return recorded_.events++;
    }
    // Gives an event of this very step its rule, once that is known.
    void explain(trace::EventId id, trace::Rule rule) {
        if (trace::Event* e = written(id)) [[unlikely]]
            e->rule = rule;
    }
    // The same for the segment that arrived, and what became of it; in a step about none: nothing.
    void explain(trace::Rule rule) { explain(arrival_, rule); }
    void refuse(trace::Rule rule) {
        if (trace::Event* e = written(arrival_)) [[unlikely]] {
            e->kind = trace::EventKind::segment_refused;
            e->rule = rule;
        }
    }
    void took(trace::Cookie socket) {
        if (trace::Event* e = written(arrival_)) [[unlikely]]
            e->socket = socket;
    }
    void found(trace::Lookup lookup) {
        if (trace::Event* e = written(arrival_)) [[unlikely]]
            e->what = static_cast<std::uint8_t>(lookup);
    }

    [[gnu::cold]] trace::SegmentId record(const trace::SegmentRecord&);
    [[gnu::cold]] trace::Cookie record(const trace::SocketRecord&);
    [[gnu::cold]] trace::CallId record(const trace::CallRecord&);

private:
    [[gnu::cold]] void write(trace::Event);
    [[gnu::cold]] void write_on_wire(trace::Event, trace::EventId cause);
    trace::Event* written(trace::EventId id) {
        return log_ && id < log_->events.size() ? &log_->events[id] : nullptr;
    }

    Recorded& recorded_;
    trace::Trace* log_;
    trace::Tape* tape_;
    trace::Instant now_;
    trace::HostId host_ = trace::no_host;
    trace::EventId cause_ = trace::none, arrival_ = trace::none;
    std::uint32_t answering_ = 0;
};

} // namespace tcp
