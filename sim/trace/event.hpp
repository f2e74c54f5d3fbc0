// What happened: fixed-size records, each with its cause and its rule; the log that collects them.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "call.hpp"
#include "rule.hpp"
#include "segment.hpp"
#include "state.hpp"
#include "time.hpp"
#include "transition.hpp"

namespace trace {

using EventId = std::uint32_t;    // index in Trace::events
using SegmentId = std::uint32_t;  // index in Trace::segments
using CallId = std::uint32_t;     // index in Trace::calls
using Cookie = std::uint32_t;     // identity of a socket: the same from request to connection to TIME_WAIT
using HostId = std::uint8_t;      // index in the order of the scenario's `hosts` line
inline constexpr std::uint32_t none = 0xffffffff;
inline constexpr HostId no_host = 0xff;

enum class EventKind : std::uint8_t {
    socket_created,    // ref: none; value: the parent listener's cookie, or -1
    socket_gone,       // nothing is left of it (in any table)
    call_entered,      // ref: CallId
    call_returned,     // ref: CallId; value: return value (>= 0) or -errno
    segment_sent,      // ref: SegmentId; socket: the sender's, or none (RST without a socket)
    segment_arrived,   // ref: SegmentId; socket: who took it, or none; lookup()
    segment_refused,   // ref: SegmentId; reached the host, ended there; rule says why; lookup()
    segment_lost,      // ref: SegmentId; on the wire
    segment_held,      // ref: SegmentId; stopped on the wire until released
    segment_released,  // ref: SegmentId
    icmp_arrived,      // ref: SegmentId that it is about; value: unpack_icmp(); socket: who took it
    transition,        // from, to, trigger()
    queue_changed,     // socket: the listener; queue(); value: new length; limit
    timer_fired,       // timer(); value: which repetition (1 is the first)
    counter,           // counter(); value: new total on this host
    setting,           // a sysctl or socket option changed; ref: CallId
    inferred,          // live only: something must have happened between two samples
};

enum class Queue : std::uint8_t { syn, accept };
// Which socket a host found for an arriving segment, in the order of looking: __inet_lookup().
enum class Lookup : std::uint8_t {
    unseen,           // not told (live)
    four_tuple,       // a connection, request or TIME_WAIT with these addresses and ports
    listener_exact,   // no such; a listener on the address that the segment was sent to
    listener_any,     // nor that; a listener on 0.0.0.0
    nothing,          // nor that
};
std::string_view name(Lookup);  // "4-tuple", "listener on the address", "listener on 0.0.0.0", "nothing"
enum class Timer : std::uint8_t {
    retransmit,
    persist,
    keepalive,
    delayed_ack,
    syn_ack,     // the request's own: SYN+ACK again
    fin_wait_2,
    time_wait,
};
inline constexpr std::size_t timer_count = 7;
std::string_view name(Queue);  // "SYN queue", "accept queue"
std::string_view name(Timer);  // "retransmit", "persist", ... as scenario files spell them

// netstat -s counters by their kernel names. Add here and in event.cpp.
enum class Counter : std::uint8_t {
    ListenOverflows,
    ListenDrops,
    TCPReqQFullDrop,
    TCPReqQFullDoCookies,
    EmbryonicRsts,
    TCPAbortOnClose,
    TCPAbortOnData,
    TCPAbortOnTimeout,
    TCPTimeouts,
    TCPAbortOnLinger,
    TCPKeepAlive,
    PAWSTimewait,
    PAWSOldAck,
    OutOfWindowIcmps,
    TCPFastRetrans,
    TCPSlowStartRetrans,
    TCPSackRecovery,
    TCPRenoRecovery,
    TCPFullUndo,
    TCPPartialUndo,
    TCPDSACKUndo,
    TCPLossUndo,
    TCPLossProbeRecovery,
    TCPSpuriousRTOs,
    TCPDSACKRecv,
    TCPDSACKOfoRecv,
    TCPDSACKRecvSegs,
    TCPDSACKIgnoredOld,
    TCPDSACKIgnoredNoUndo,
    TCPDSACKIgnoredDubious,
    TCPDSACKOldSent,
    TCPDSACKOfoSent,
    TCPSACKDiscard,
    TCPLostRetransmit,
    TCPSynRetrans,
    TCPChallengeACK,
    TCPSYNChallenge,
    RetransSegs,
    OutRsts,
    AttemptFails,
    EstabResets,
    ActiveOpens,
    PassiveOpens,
    InSegs,
    OutSegs,
    TW,
    TWKilled,
    TWRecycled,
    TCPACKSkippedSeq,
    TCPACKSkippedChallenge,
    TCPACKSkippedSynRecv,
    TCPACKSkippedFinWait2,
    TCPACKSkippedTimeWait,
    TCPLossProbes,
    SyncookiesSent,
    SyncookiesRecv,
    SyncookiesFailed,
    TCPDeferAcceptDrop,
    PAWSEstab,
    PAWSActive,
    TCPACKSkippedPAWS,
    TCPSACKReneging,
    TSEcrRejected,
    TCPFastOpenActive,
    TCPFastOpenActiveFail,
    TCPFastOpenPassive,
    TCPFastOpenPassiveFail,
    TCPFastOpenListenOverflow,
    TCPFastOpenCookieReqd,
    DelayedACKs,
    DelayedACKLost,
    PruneCalled,
    RcvPruned,
    OfoPruned,
    TCPRcvCollapsed,
    TCPRcvQDrop,
    TCPOFODrop,
    TCPOFOQueue,
    TCPZeroWindowDrop,
    BeyondWindow,
    TCPToZeroWindowAdv,
    TCPFromZeroWindowAdv,
    TCPWantZeroWindowAdv,
    TCPTimeWaitOverflow,
    TCPDeliveredCE,
    TCPMTUPFail,
    TCPMTUPSuccess,
    count_,
};
std::string_view name(Counter);
std::optional<Counter> parse_counter(std::string_view);

// How sure a fact is.
enum class Certainty : std::uint8_t { exact, sampled, inferred, unknown };

struct Event {
    Instant at;
    std::int64_t value = 0;       // see EventKind
    EventId cause = none;         // the event that made this one happen
    std::uint32_t ref = none;     // SegmentId or CallId, see EventKind
    Cookie socket = none;
    std::uint32_t beat = 0;       // all events of one host, instant and cause share it (TEACHING: a beat)
    std::int32_t limit = 0;       // queue_changed: its limit
    Rule rule = Rule::none;
    EventKind kind = EventKind::socket_created;
    HostId host = no_host;
    State from = State::closed, to = State::closed;
    std::uint8_t what = 0;        // Trigger, Queue, Timer, Counter or Lookup by kind
    Certainty certainty = Certainty::exact;
    friend bool operator==(const Event&, const Event&) = default;

    Trigger trigger() const { return static_cast<Trigger>(what); }
    Queue queue() const { return static_cast<Queue>(what); }
    Timer timer() const { return static_cast<Timer>(what); }
    Counter counter() const { return static_cast<Counter>(what); }
    Lookup lookup() const { return static_cast<Lookup>(what); }
};
static_assert(sizeof(Event) <= 48);

// One transmission. A repetition is a record of its own, joined to the first by `original`.
struct SegmentRecord {
    Segment segment;
    Instant sent;
    HostId from = no_host, to = no_host;
    std::uint16_t transmission = 1;   // 1: first, 2: first repetition, ...
    SegmentId original = none;        // the first transmission of the same bytes, when this is a repetition
    bool copy = false;                // made by the wire (dup), not by the sender
    friend bool operator==(const SegmentRecord&, const SegmentRecord&) = default;
};

struct CallRecord {
    Call call = Call::socket;
    HostId host = no_host;
    Cookie socket = none;       // of connect: the new one; of accept: the listener (the result is in `accepted`)
    Cookie accepted = none;
    std::int64_t argument = 0;  // bytes, backlog or port by call
    Shutdown how = Shutdown::rd;
    std::string text;           // the arguments as a strace would print them: "3, 10.0.0.2:80"
    friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

// Who is who. `number` is n of client#n once a connect or accept line named it, else 0.
struct SocketRecord {
    HostId host = no_host;
    Endpoint local, remote;
    Cookie listener = none;      // through which it came, for passive ones
    std::uint16_t number = 0;
    bool is_listener = false;
    std::uint16_t which = 0;     // of the listeners on this port, from 1
    EventId child_from = none;   // from this event on a child in SYN_RECV, no request any more
    EventId small_from = none;   // from this event on a small record, which nothing traces
    friend bool operator==(const SocketRecord&, const SocketRecord&) = default;
};

// IP and TCP header of a segment as a capture of the real kernel saw them. On lo the kernel computes
// no TCP checksum.
struct CapturedHeader {
    SegmentId segment = none;
    std::vector<std::uint8_t> bytes;
    friend bool operator==(const CapturedHeader&, const CapturedHeader&) = default;
};

// The whole story. A cursor shows a prefix of `events`; records that no visible event names are not shown.
struct Trace {
    std::vector<std::string> hosts;
    std::vector<Event> events;
    std::vector<SegmentRecord> segments;
    std::vector<CallRecord> calls;
    std::vector<SocketRecord> sockets;  // by Cookie
    std::vector<CapturedHeader> headers;  // by segment, of those that were captured
    friend bool operator==(const Trace&, const Trace&) = default;
};

// "client#1", "server~client#1", "server:80", else "server:80-40002".
std::string socket_name(const Trace&, Cookie);
// "SYN  seq 1000", "SYN+ACK  seq 5000 ack 1001", "PSH+ACK  seq 1001:1006 ack 5001".
std::string segment_label(const Segment&);
// One sentence for an event, in the language given ("en", "zh"): "SYN arrives: a request enters the SYN queue".
std::string sentence(const Trace&, const Event&, std::string_view language);

}  // namespace trace
