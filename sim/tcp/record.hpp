// The records of a host's TCP, as in the kernel: a small Request while half open, a Connection, a small
// TimeWait after it (also an orphan's FIN_WAIT_2), and the Listener with its two queues.
// Names of RFC 9293 §3.3.1.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "acknowledging.hpp"
#include "congestion.hpp"
#include "ecn.hpp"
#include "fast_open.hpp"
#include "listener_options.hpp"
#include "options.hpp"
#include "path_mtu.hpp"
#include "receive_memory.hpp"
#include "recovery.hpp"
#include "repeat.hpp"
#include "sack.hpp"
#include "send_queue.hpp"
#include "syn_cookie.hpp"
#include "urgent_mark.hpp"
#include "row.hpp"
#include "trace/event.hpp"
#include "trace/segment.hpp"
#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

using trace::Seq;

// The state of a socket and since when. Only advance() in machine.hpp writes it; records hand it on
// whole when one takes over from another.
class Status {
public:
    Status() = default;
    trace::State state() const { return static_cast<trace::State>(word_ & 0xf); }
    trace::Instant since() const { return {word_ >> 4}; }
    friend bool operator==(const Status&, const Status&) = default;

private:
    friend struct StatusWriter;
    std::int64_t word_ = 0; // since when, and in the low four bits the state
};

// A deadline as data: what fires, when, since when it runs, and which event set it.
struct Clock {
    trace::Instant due = trace::never;
    trace::Instant armed;
    trace::EventId by = trace::none;
    trace::Timer kind = trace::Timer::retransmit;
    std::uint16_t repetitions = 0;
    bool runs() const { return due != trace::never; }
    void stop() { due = trace::never; }
    friend bool operator==(const Clock&, const Clock&) = default;
};

// Options agreed in the handshake.
struct Agreed {
    std::uint16_t mss = 536;       // payload per segment, options taken off
    std::int8_t send_scale = 0;    // of the windows that we receive
    std::int8_t receive_scale = 0; // of the windows that we announce
    bool scaling = false;
    bool timestamps = false;
    bool sack = false;
    friend bool operator==(const Agreed&, const Agreed&) = default;
};

struct SendSequence {
    Seq iss, una, nxt;
    Seq end;                  // where the program's next byte goes: one past the last it wrote
    std::uint32_t wnd = 0;
    Seq wl1, wl2;             // segment that last updated wnd
    std::uint32_t max_wnd = 0;
    bool fin = false;         // the program is done: a FIN follows `end`
    friend bool operator==(const SendSequence&, const SendSequence&) = default;
};

struct ReceiveSequence {
    Seq irs, nxt;
    Seq wup;                  // nxt when wnd was announced
    std::uint32_t wnd = 0;    // announced at wup
    std::uint32_t ceiling = 0;  // most that is announced (rcv_ssthresh)
    Seq copied;               // next byte the program reads
    bool fin = false;         // the peer's FIN has been received in order
    friend bool operator==(const ReceiveSequence&, const ReceiveSequence&) = default;
};

// A transmission not yet acknowledged: [begin, end), FIN and SYN included.
struct Sent {
    Seq begin, end;
    trace::Instant at;                          // of the latest transmission
    trace::SegmentId first = trace::none;
    std::uint16_t transmissions = 1;
    bool begins_buffer = false;                 // a kernel buffer may be several segments
    bool pushed : 1 = false;                    // repetitions carry PSH too (SendQueue::Buffer)
    bool closed : 1 = false;                    // MSG_EOR: no repetition joins what follows
    bool sacked = false;                        // has arrived, as SACK tells
    bool lost = false;
    bool resent = false;                        // the repetition is under way
    bool unwatched = false;                     // RACK looks at it no more until it is sent again
    std::uint32_t order = 0;                    // of the latest transmission among all
    friend bool operator==(const Sent&, const Sent&) = default;
};

// Everything outstanding, oldest first, and how many kernel buffers that is.
class Outstanding : public Row<Sent> {
public:
    std::uint32_t buffers() const { return buffers_; }
    void push_back(Sent s) {
        buffers_ += s.begins_buffer;
        Row::add() = s;
    }
    void insert(const Sent* where, const Sent& s) {
        buffers_ += s.begins_buffer;
        Row::insert(where, s);
    }
    void front_begins_buffer() {
        if (!empty())
            begin_buffer(front());
    }
    // One of them is a buffer of its own from now on.
    void begin_buffer(Sent& s) {
        buffers_ += !s.begins_buffer;
        s.begins_buffer = true;
    }
    void erase(const Sent* first, const Sent* last) {
        for (const Sent* s = first; s != last; ++s)
            buffers_ -= s->begins_buffer;
        Row::erase(first, last);
    }
    void erase(const Sent* where) { erase(where, where + 1); }
    void clear() {
        buffers_ = 0;
        Row::clear();
    }
    friend bool operator==(const Outstanding&, const Outstanding&) = default;

private:
    std::uint32_t buffers_ = 0;
};

// Bytes received out of order, merged and sorted; a FIN may end the last.
struct Range {
    Seq begin, end;
    bool fin = false;
    friend bool operator==(const Range&, const Range&) = default;
};

// Round-trip estimator: RFC 6298 with the kernel's windowed variation (tcp_rtt_estimator()).
struct RoundTrip {
    trace::Duration srtt, variation, deviation, deviation_most;
    Seq window;               // a new window of samples begins when this is acknowledged
    bool measured = false;
    std::uint8_t backoff = 0;
    trace::Duration rto = trace::seconds(1);  // with back-off
    TimerBounds bounds;
    friend bool operator==(const RoundTrip&, const RoundTrip&) = default;
};

struct Connection {
    // hot: touched by every segment
    Status status;
    trace::Cookie cookie = trace::none;
    trace::HostId host = trace::no_host;
    trace::Endpoint local, remote;
    SendSequence snd;
    ReceiveSequence rcv;
    Agreed agreed;
    PathMtu path;
    RoundTrip rtt;
    Clock resend;             // retransmit or persist
    Clock acknowledge;        // delayed_ack
    Clock keep;               // keepalive, or fin_wait_2 of an orphan
    trace::Instant linger_until = trace::never; // when close() stops sleeping, until it does
    Acknowledging acks;
    SendQueue queue;
    Outstanding sent;
    std::uint32_t receive_buffer = 0, send_buffer = 0;
    std::uint32_t ts_recent = 0;
    Awaits awaits = Awaits::timeout; // what `resend` waits for
    bool shut_rd = false;     // reading side closed by the program or by the peer's FIN
    bool shut_wr = false;
    bool done_reading = false;  // the peer's FIN was taken: reads return 0 before any error
    bool orphan = false;        // no descriptor: the program closed it
    bool nonblocking = false;
    bool lingering = false;     // close() sleeps in SO_LINGER
    bool was_connected = false;
    EcnState ecn;
    bool connecting = false;    // connect() did not wait and has not been asked again (SS_CONNECTING)
    bool disconnecting = false; // ... and was shut down meanwhile (SS_DISCONNECTING)
    trace::Errno error = trace::Errno::ok;  // SO_ERROR
    bool error_queued = false;  // the error queue holds an ICMP message: poll() says ERR
    trace::Errno soft_error = trace::Errno::ok; // told only when nothing else is (sk_err_soft)
    Options options;
    // rarer
    ReceiveMemory memory;
    trace::Instant heard;       // the last ACK or data: keepalive counts from here
    trace::Instant probing_since = trace::never; // first window probe of this row
    Recovery recovery;
    Congestion congestion;
    Row<Range> out_of_order;
    SackList told;                          // what SACK says of them
    trace::Cookie listener = trace::none;   // through which it came
    bool buffer_was_set = false, send_buffer_was_set = false;
    Row<UrgentMark> urgent;                 // none, or one
    FastOpen fast_open;
    ListenerOptions listening;              // for when the program listens on it
    std::uint32_t retransmissions = 0;      // in a row, without progress
    std::uint32_t expiries = 0;             // of the retransmission timer, in all
    std::uint16_t probes_out = 0;
    // First repetition since all was well; SYN_SENT: the first SYN (retrans_stamp).
    trace::Instant retransmitting_since = trace::never;
    trace::Instant last_answer = trace::never;  // to an unacceptable segment
    Seq last_ack_seq, last_ack_ack;         // of the latest bare ACK ...
    std::uint16_t same_acks = 0;            // ... and how many were just like it
    friend bool operator==(const Connection&, const Connection&) = default;
};

struct Request {
    Status status;
    trace::Cookie cookie = trace::none;
    trace::Cookie listener = trace::none;
    trace::HostId host = trace::no_host;
    trace::Endpoint local, remote;
    Seq iss, irs;
    Agreed agreed;
    std::uint16_t mss = 1460;         // that we ask for
    std::uint32_t peer_window = 0;
    std::uint32_t window = 0;         // announced in the SYN+ACK
    std::uint32_t ts_recent = 0;
    std::uint32_t first_ts = 0, last_ts = 0;  // timestamps of our SYN+ACKs: what may be echoed
    Clock resend;                     // syn_ack; repetitions = expiries
    std::uint16_t synacks_resent = 0; // in answer to duplicates too
    bool ecn = false;                 // both ends want it: the SYN+ACK carries ECE
    bool gives_fastopen_cookie = false;
    std::uint64_t fastopen_cookie = 0; // in the SYN+ACK
    bool acked = false;               // its final ACK found the accept queue full
    trace::Instant born;
    trace::SegmentId first = trace::none;
    trace::Instant last_answer = trace::never;
    friend bool operator==(const Request&, const Request&) = default;
};

// Between whom is known to the socket, and to every segment that comes for it.
struct TimeWait { // in this order it takes the least room
    Status status;                    // TIME_WAIT, or an orphan's FIN_WAIT_2
    Clock clock;                      // time_wait or fin_wait_2
    trace::Instant last_answer = trace::never;
    trace::Instant ts_seen;           // when that timestamp came
    std::uint32_t ts_recent = 0;
    trace::Cookie cookie = trace::none;
    Seq snd_nxt, rcv_nxt;
    std::uint32_t rcv_wnd = 0;
    trace::HostId host = trace::no_host;
    std::int8_t receive_scale = 0;
    bool timestamps = false;
    friend bool operator==(const TimeWait&, const TimeWait&) = default;
};
extern const TimeWait new_time_wait; // to begin anew with (as new_departure)

struct Listener {
    Status status;
    trace::Cookie cookie = trace::none;
    trace::HostId host = trace::no_host;
    trace::Endpoint local;
    std::uint16_t which = 1;          // of the listeners on this port: its name is HOST:PORT#which
    std::int64_t backlog = 0;
    std::int64_t somaxconn = 0;       // when listen() was called
    std::uint32_t limit = 0;
    std::vector<trace::Cookie> syn_queue;     // oldest first
    std::vector<trace::Cookie> accept_queue;  // head first
    std::uint32_t young = 0;          // requests whose SYN+ACK has not been repeated
    std::uint64_t drops = 0;
    std::uint32_t receive_buffer = 0, send_buffer = 0;  // inherited by children; 0: the default
    ListenerOptions options;
    SynCookies cookies;
    FastOpenQueue fast_open;
    Options inherited;                // of children
    bool closing = false;             // close() was called while accept() sleeps on it
    bool nonblocking = false;
    friend bool operator==(const Listener&, const Listener&) = default;
};

}  // namespace tcp
