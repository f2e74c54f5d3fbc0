// What there is at one instant: plain values projected from a world, simulated or real, for views
// and expectations.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event.hpp"

namespace trace {

struct TimerView {
    Timer kind = Timer::retransmit;
    Instant armed;
    Instant due;
    std::uint16_t repetitions = 0; // how often it has fired since the last progress
};

struct BufferView {
    std::uint32_t bytes = 0;  // as `ss` counts: an unacknowledged SYN/FIN, an unread FIN count 1
    std::uint32_t size = 0;   // sk_sndbuf, sk_rcvbuf: of kernel memory; 0: unknown
    bool fin = false;         // a FIN is part of `bytes`
    std::uint32_t memory = 0; // that the bytes cost: sk_wmem_queued, sk_rmem_alloc
};

enum class RecordKind : std::uint8_t { request, connection, time_wait, listener };

struct SocketView {
    Cookie cookie = none;
    std::string name; // "client#1", "server~client#1"
    RecordKind kind = RecordKind::connection;
    State state = State::closed;
    Instant since; // entered this state
    Certainty certainty = Certainty::exact;
    Endpoint local, remote;
    int fd = -1; // -1: no descriptor (not accepted, closed by the program, request, TIME_WAIT)
    std::uint8_t holders = 1; // processes that hold the descriptor: more than one after fork()
    bool orphan = false;      // the program closed it
    Cookie listener = none;   // for passive ones
    BufferView send_queue, recv_queue;
    std::vector<TimerView> timers;
    Seq iss, snd_una, snd_nxt, irs, rcv_nxt;
    std::uint32_t snd_wnd = 0, rcv_wnd = 0;
    bool numbers_known = true;  // false: live source without segments
    std::uint32_t cwnd = 0;     // congestion window in segments; 0: not known
    std::uint32_t ssthresh = 0; // slow start up to here; 0: nothing was lost yet
    Duration srtt, rto;         // smoothed round trip (0: not measured); RTO with its back-off
    Errno error = Errno::ok;    // SO_ERROR pending
    // the thread of this socket
    std::optional<Call> blocked_in;
    Instant blocked_since;
    std::optional<Call> last_call;
    std::int64_t last_result = 0; // >= 0, or -errno
};

struct QueueEntry {
    Cookie cookie = none;
    Endpoint remote;
    Instant since;
    State state = State::syn_recv;
    std::uint16_t synacks_resent = 0;
    bool acked = false; // request whose third ACK was refused by the full accept queue
};

struct ListenerView {
    Cookie cookie = none;
    std::string name; // "server:80"
    Endpoint local;
    int fd = -1;
    std::uint8_t holders = 1;
    std::int64_t backlog = 0;          // as passed to listen()
    std::int64_t somaxconn = 0;        // when listen() was called
    std::uint32_t limit = 0;           // min(backlog, somaxconn); limit + 1 fit in either queue
    std::uint32_t syn_fits = 0;        // how many half-open requests fit under this profile
    std::uint32_t max_syn_backlog = 0; // where it bounds the SYN queue, a quarter kept free; or 0
    std::uint32_t accept_fits = 0;     // limit + 1 on Linux
    std::vector<QueueEntry> syn_queue; // oldest first
    std::vector<QueueEntry> accept_queue; // head (next to be accepted) first
    std::uint64_t drops = 0;              // this listener's own (sk_drops)
    std::uint32_t cookies_sent = 0;       // SYNs answered by cookies, of which nothing was kept
    bool defers_accept = false;           // TCP_DEFER_ACCEPT
    bool shares_port = false;             // SO_REUSEPORT
    std::optional<Call> blocked_in;       // accept
    Certainty certainty = Certainty::exact;
};

struct CounterView {
    Counter counter = Counter::ListenOverflows;
    std::uint64_t value = 0;
    EventId last = none; // the event that bumped it last
};

struct SysctlView {
    std::string name; // "net.core.somaxconn"
    std::int64_t value = 0;
    std::int64_t standard = 0; // the default
    std::int64_t least = 0, most = 0;
    std::string_view en, zh; // one sentence about it
};

// One call as the process made it, newest last.
struct CallView {
    CallId call = none;
    bool returned = false;
    std::int64_t result = 0;
};

struct HostView {
    HostId id = no_host;
    std::string name;
    Address address;
    std::string profile;
    std::vector<ListenerView> listeners;
    std::vector<SocketView> sockets; // in order of creation
    std::vector<CallView> calls;
    std::vector<CounterView> counters; // non-zero ones
    std::vector<SysctlView> sysctls;
};

// A segment between hosts: in flight, or held by hand.
struct InFlight {
    SegmentId segment = none;
    HostId from = no_host, to = no_host;
    Instant sent;
    Instant due; // arrival; `never` while held
    bool held = false;
    bool will_be_lost = false; // the model knows; views must not show it before it happens
};

struct WireView {
    HostId from = no_host, to = no_host;
    Duration delay;
    double loss = 0;
};

struct Snapshot {
    Instant now;
    std::vector<HostView> hosts;
    std::vector<WireView> wires;
    std::vector<InFlight> in_flight;
    std::optional<Instant> next_due; // when something happens by itself next
};

const SocketView* find_socket(const Snapshot&, Cookie);
const ListenerView* find_listener(const Snapshot&, Cookie);

} // namespace trace
