// The books about one target: turns looks at its sockets into changes, events and a snapshot.
//
// It does no I/O and reads no clock. The socket cookie is the identity, from request to TIME_WAIT.
// A state that is there at the first look has a past that nobody saw: the way to it is written down
// as inferred, at the time of attaching. Between two looks likewise.
#pragma once

#include "net/attach/history.hpp"
#include "net/attach/moment.hpp"
#include "net/attach/numbers.hpp"
#include "net/attach/target.hpp"
#include "net/likely_path.hpp"
#include "net/recorder.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace net::attach {

struct Closeup; // attachment.hpp

// One thing that became different.
struct Change {
    enum class What : std::uint8_t {
        appeared, // text: its addresses
        past,     // text: the states it must have passed before we came
        state,    // from, to; text: why, where the states do not say it
        accepted, // a program took it out of the accept queue
        gone,
        syn_queue,    // value, limit
        accept_queue, // value, limit
        drops,        // value: this listener's own, in its life; before
        send_queue,   // value in bytes, fin or syn counted apart
        recv_queue,
        timer,    // text: which; value: ms left
        repeated, // value: which repetition
        unseen,   // value: connections that came and went between two looks
        lost,     // value: messages of the kernel that we missed
        segment,  // text: from whom to whom; segment
        resent,   // told by the kernel's trace: a segment, or a request's SYN+ACK, went out again
        reset,    // told by the trace: a RST was sent; text: why, "" when the kernel does not say
        lost_events,   // value: of the trace, overwritten before we read them
        lost_segments, // value: of the packet socket
        passed_over,   // value: more came than is told; limit: of so many connections one is
    };
    trace::Instant at;
    What what = What::appeared;
    std::string socket; // its name
    std::string text;
    trace::State from = trace::State::closed, to = trace::State::closed;
    std::int64_t value = 0, before = 0, limit = 0;
    bool syn = false, fin = false; // one of `value` is that
    trace::Certainty certainty = trace::Certainty::sampled;
    trace::Duration interval; // between this look and the one before
    std::optional<trace::Segment> segment;
    std::optional<trace::Seq> from_seq, from_ack; // what its numbers are counted from
    bool numbers_known = false; // from the SYNs; false: from the first that was seen
    std::uint16_t transmission = 1;
};

// Of sockets that the trace or a segment told of before any look met them: no cookie yet. A real
// one is a small counter.
inline constexpr std::uint64_t made_up = std::uint64_t{1} << 63;
constexpr bool is_made_up(std::uint64_t cookie) {
    return cookie >= made_up;
}

struct Followed {
    SocketRow row;
    trace::Cookie cookie = trace::none;
    std::string name;
    Side side = Side::left;
    trace::State state = trace::State::closed;
    trace::Instant since, first_seen, last_look;
    bool change_seen = false; // false: it was in this state when first seen
    trace::Certainty certainty = trace::Certainty::sampled;
    trace::RecordKind kind = trace::RecordKind::connection;
    std::uint64_t peer = 0; // kernel cookies
    std::uint64_t listener = 0;
    Far far = Far::remote;
    bool orphan = false, waits = false;
    trace::Instant timer_armed, timer_due;
    std::uint32_t syn_length = 0;
    bool gone = false;
    // With the kernel's trace and with segments:
    std::uint64_t address = 0;      // the kernel's, of its newest event; never shown
    std::int64_t last_event_ns = 0; // a look that began before it tells less
    std::int64_t last_look_ns = 0, last_data_ns = 0;
    Numbers numbers;
    trace::EventId last_arrival = trace::none, last_departure = trace::none,
                   last_transition = trace::none;
    std::optional<trace::Segment> arrived; // at last_arrival
    bool reset_by_peer = false;
};

inline constexpr std::size_t followed_at_most = 128; // sockets that are asked for one by one

// Of the story of a target: then it starts over.
inline constexpr std::size_t events_kept = 60'000;

class Focus {
public:
    Focus(Target target, std::string left, std::string right, std::int64_t start_ns,
          std::function<void()> on_news = {});

    // Everything that belongs to the target now. What is missing must have been asked for exactly.
    void look(const Selected& selected, std::shared_ptr<const Holdings> holdings,
              std::int64_t at_ns);
    // Some of its sockets, asked for exactly. Nothing: it is gone.
    void look_at(std::uint64_t cookie, const std::optional<SocketRow>& row, std::int64_t at_ns,
                 const Stimulus& seen = {});
    // Whatever it is, in the order of time.
    void note(const Moment& moment);
    // Full sockets that ended (the kernel's own announcement), and how many such were lost.
    void note_ended(const std::vector<SocketRow>& ended, std::uint64_t lost, std::int64_t at_ns);
    void publish(std::int64_t at_ns);
    // After very many events: what is alive goes on, its past is given up.
    void start_over(std::int64_t at_ns);
    void describe(const Holdings& holdings, Closeup& closeup) const;

    [[nodiscard]] const Target& target() const { return target_; }
    [[nodiscard]] const std::vector<Followed>& sockets() const { return followed_; }
    [[nodiscard]] std::vector<SocketRow> alive() const; // to be asked for exactly, listeners too
    [[nodiscard]] std::size_t not_followed() const { return not_followed_; }
    [[nodiscard]] bool found() const { return found_; } // something of the target is or was there
    // Of a pair as the socket has it: on which side it would stand, if it belongs to the target.
    [[nodiscard]] std::optional<Side> belongs(const Pair& pair) const;
    // There is a socket with these addresses, alive.
    [[nodiscard]] bool follows(const Pair& pair) const;
    // The living socket with these addresses is this one by its cookie.
    [[nodiscard]] bool is_this(const Pair& pair, std::uint64_t cookie) const;
    // It is, and the trace has told of it under another kernel address.
    [[nodiscard]] bool is_another(const Pair& pair, std::uint64_t address,
                                  std::uint64_t cookie) const;
    [[nodiscard]] const Followed* socket(std::uint64_t cookie) const { return find(cookie); }
    [[nodiscard]] bool follows_address(std::uint64_t address) const;
    std::vector<Change> take_changes() { return std::exchange(changes_, {}); }
    Recorder& recorder() { return recorder_; }
    [[nodiscard]] trace::Snapshot snapshot(std::int64_t at_ns) const;

private:
    Followed* find(std::uint64_t cookie);
    const Followed* find(std::uint64_t cookie) const;
    void appear(const Selected& selected, const Member& member, trace::Instant at);
    struct How { // a transition is known
        trace::Certainty certainty = trace::Certainty::sampled;
        Stimulus seen;
        trace::EventId cause = trace::none;
    };
    void move(Followed& socket, trace::State to, trace::Instant at, const How& how);
    void end(Followed& socket, trace::Instant at, const How& how);
    Followed& begin(const Pair& pair, std::uint64_t cookie, Side side, std::uint64_t listener,
                    bool listens, trace::Instant at, trace::Certainty certainty);
    void adopt(Followed& socket, std::uint64_t cookie); // now it is known
    Followed& begin_told(const Pair& pair, Side side, bool passive, std::uint64_t cookie,
                         trace::Instant at, trace::Certainty certainty);
    // --- focus_update.cpp; `old`: as it was at the look before, `fresh`: there was none
    void update(Followed& socket, const SocketRow& row, trace::Instant at);
    void update_listener(const Followed& listener, const SocketRow& old, bool fresh,
                         trace::Instant at);
    void update_buffers(const Followed& socket, const SocketRow& old, trace::Instant at);
    void update_timer(Followed& socket, const SocketRow& old, bool fresh, trace::Instant at);
    void tell_queue(const Followed& listener, trace::Queue queue, std::uint32_t length,
                    trace::Instant at);
    void count_requests(const Selected& selected, trace::Instant at);
    // --- focus_told.cpp
    void note_told(const Told& told, std::int64_t at_ns);
    void note_transition(const Told& told, std::int64_t at_ns);
    bool take_connecting(Followed& socket, const Endpoint& remote, std::int64_t before_ns);
    void note_listener_end(const permitted::KernelEvent& event, std::int64_t at_ns);
    Followed* socket_of(const permitted::KernelEvent& event);
    Followed* newest(const Pair& pair);
    How how_told(const Followed& socket, trace::State to, trace::Instant at) const;
    // --- focus_segments.cpp
    void note_segment(const permitted::Packet& packet);
    // Notes it in `record` when the same bytes were sent before.
    void join_to_original(const Pair& pair, trace::SegmentRecord& record) const;
    Followed* meet_request(const permitted::Packet& packet);
    Followed* meet_client(const permitted::Packet& packet);
    void derive_numbers(Followed& from, Followed* to, const permitted::Packet& packet);
    void note_count(Change::What what, std::uint64_t count, std::int64_t at_ns,
                    std::uint32_t one_of = 1);
    void change(const Followed& socket, Change::What what, trace::Instant at, Change made = {});
    [[nodiscard]] trace::Instant instant(std::int64_t at_ns) const { return {at_ns - start_ns_}; }
    void fill(const Followed& socket, trace::HostView& host) const;

    Target target_;
    Recorder recorder_;
    std::int64_t start_ns_;
    std::vector<Followed> followed_;
    // Of followed_, the living in the order of their coming: most of the others are long gone.
    const std::vector<std::size_t>& living() const;
    mutable std::vector<std::size_t> living_;
    std::unordered_map<std::uint64_t, std::size_t> by_cookie_;
    std::unordered_map<std::uint64_t, std::size_t> by_address_; // of those told by the trace
    std::unordered_map<Pair, std::size_t, PairHash> by_pair_;   // canonical, the newest
    // What each end sent lately, canonical: to tell repetitions, known socket or not.
    std::unordered_map<Pair, std::vector<trace::SegmentId>, PairHash> sent_;
    std::uint64_t cookies_made_up_ = 0;
    std::optional<trace::Segment> last_syn_; // the newest one
    // Sockets that entered SYN_SENT, told by the trace before they had a port.
    struct Connecting {
        Endpoint remote;
        std::uint64_t address = 0;
        std::int64_t at_ns = 0;
    };
    std::vector<Connecting> connecting_;
    std::unordered_map<std::uint64_t, std::vector<trace::QueueEntry>> waiting_; // by listener
    // Since when, as it was first told: each look rounds anew, and a queue does not change its
    // order.
    std::unordered_map<std::uint64_t, trace::Instant> queued_since_;
    std::shared_ptr<const Holdings> holders_ = std::make_shared<Holdings>();
    std::vector<Change> changes_;
    std::size_t not_followed_ = 0;
    std::uint64_t beat_rows_ = 0;
    bool found_ = false, first_look_ = true;
};

// Which end opened the connection, when both are quiet: bytes_acked counts the SYN of an active
// opener, bytes_received never does, and FINs cancel.
enum class Opener : std::uint8_t { unknown, first, second, both };
Opener opener(const SocketRow& first, const SocketRow& second);

} // namespace net::attach
