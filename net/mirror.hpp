// The books about every socket of a laboratory: turns looks at the kernel (rows) into events and a
// snapshot.
//
// It does no I/O and reads no clock; the observer feeds it. The kernel's socket cookie is the
// identity: the same from half-open request to connection to TIME_WAIT. Each look is compared with
// the one before it, and what differs becomes events; a change of state that one row of the table
// cannot explain is filled with the likely way, marked inferred.
#pragma once

#include "net/likely_path.hpp"
#include "net/recorder.hpp"
#include "net/socket_row.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace net {

// One socket, from the first sight of it to the last.
struct Life {
    trace::HostId host = trace::no_host;
    trace::Cookie cookie = trace::none;
    std::uint64_t kernel_cookie = 0; // 0: not made yet
    trace::RecordKind kind = trace::RecordKind::connection;
    trace::State state = trace::State::closed;
    trace::Instant since;
    trace::Certainty certainty = trace::Certainty::exact;
    SocketRow row;        // the newest one
    bool present = false; // in the newest look
    bool gone = false;
    int descriptor = -1;
    bool closed_by_program = false;
    bool finished_connecting = false;
    trace::Cookie listener = trace::none;
    std::optional<trace::Instant> established; // place in the accept queue
    bool waits_dead = false; // was reset in the accept queue, and keeps its place there
    bool third_ack_refused = false;
    // numbers, from the segments that were seen
    bool opened_actively = false;
    std::optional<trace::Seq> iss, irs;
    trace::Seq snd_una, snd_nxt, rcv_nxt;
    std::uint32_t snd_wnd = 0, rcv_wnd = 0;
    std::int8_t snd_scale = -1, rcv_scale = -1;
    // timers
    trace::Instant timer_armed, timer_due;
    // the thread that uses it
    std::optional<trace::Call> blocked_in;
    trace::Instant blocked_since;
    std::optional<trace::Call> last_call;
    std::int64_t last_result = 0;
    trace::Errno error = trace::Errno::ok;
    // listeners
    std::int64_t backlog = 0, somaxconn = 0;
    std::uint32_t syn_length = 0, accept_length = 0;
    std::optional<std::uint32_t> accept_limit; // once it was seen
};

// One look at one host.
struct Look {
    trace::HostId host = trace::no_host;
    trace::Instant at;
    trace::EventId cause = trace::none;
    Stimulus seen;
    trace::Cookie socket = trace::none;                   // whose call it was
    trace::Certainty certainty = trace::Certainty::exact; // of single steps; tick: sampled
};

class Mirror {
public:
    Mirror(Recorder& recorder, bool segments_are_seen);

    // A socket that we make ourselves, known before the kernel shows it.
    trace::Cookie make(trace::HostId host, trace::RecordKind kind, std::uint16_t number,
                       trace::Instant at, trace::EventId cause);
    void look(const Look& look, const std::vector<SocketRow>& rows);

    // A segment on its way: out of a host, into a host.
    void note_sent(trace::HostId from, const trace::Segment& segment);
    void note_arrived(trace::HostId to, const trace::Segment& segment);
    [[nodiscard]] trace::Cookie owner(trace::HostId host, const trace::Endpoint& local,
                                      const trace::Endpoint& remote) const;

    Life* find(trace::Cookie cookie);
    Life* find_kernel(std::uint64_t kernel_cookie);
    // That which a segment to this place finds: the one that was chosen, else one on that address,
    // else one on any.
    Life* find_listener(trace::HostId host, const trace::Endpoint& at);
    // Of those that share a port, this one gets what arrives now; none: unknown.
    void expect_listener(trace::Cookie listener) { expected_ = listener; }
    [[nodiscard]] const std::vector<Life>& lives() const { return lives_; }
    // The descriptor is closed: what is left belongs to the kernel alone.
    void close_descriptor(trace::Cookie cookie, const Look& look);

    void fill(trace::HostId host, trace::HostView& view) const;
    // True once after anything changed that a picture shows.
    bool take_changed() { return std::exchange(changed_, false); }
    void touch() { changed_ = true; }

private:
    void appear(const Look& look, const SocketRow& row);
    void update(const Look& look, Life& life, const SocketRow& row);
    void vanish(const Look& look, Life& life);
    void move(const Look& look, Life& life, trace::State to);
    void count_queues(const Look& look);
    void set_queue(const Look& look, Life& listener, trace::Queue queue, std::uint32_t& length,
                   std::uint32_t now);
    void end(const Look& look, Life& life);
    [[nodiscard]] bool keeps_its_place(const Life& life) const;

    Recorder& recorder_;
    bool segments_are_seen_;
    bool changed_ = true;
    trace::Cookie expected_ = trace::none;
    std::vector<Life> lives_; // by trace::Cookie
};

bool is_in_accept_queue(const Life& life, const Life& listener);
trace::State state_of(KernelState state);
// Congestion window, its threshold, round trip and timeout, as the kernel tells them.
void tell_pace(const TcpInfo& info, trace::SocketView& view);
trace::RecordKind kind_of(const SocketRow& row);
trace::Endpoint traced(const Endpoint& endpoint);
Endpoint untraced(const trace::Endpoint& endpoint); // IPv4

} // namespace net
