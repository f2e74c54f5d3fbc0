// When an ACK leaves: at once, with the next data, or after a delay. RFC 1122 §4.2.3.2, RFC 5681
// §4.2; the kernel's icsk_ack and the functions that read it.
#pragma once
#include <cstdint>

#include "trace/rule.hpp"
#include "trace/segment.hpp"
#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;
struct Stack;

struct Acknowledging {
    trace::Duration ato;           // how long the next ACK may wait; 0 until data has come
    trace::Instant last_data;      // lrcvtime: when data came last
    trace::Seq compressed_at;      // rcv.nxt of the duplicates counted below
    std::uint16_t mss = 536;       // rcv_mss: what seems to be a full segment of the peer
    std::uint16_t last_length = 0; // of a segment that may be the peer's full size
    std::uint8_t quick = 0;        // so many ACKs more leave at once
    std::uint8_t pingpong = 0;     // replies that followed data soon: the exchange is interactive
    std::uint8_t duplicates = 0;   // ACKs of one gap that left at once
    std::uint8_t compressed = 0;   // ... and those that one ACK will stand for
    bool scheduled = false;        // something is to be acknowledged
    bool pushed = false;           // the last of it was a small or pushed segment
    bool pushed_twice = false;
    bool at_once = false;                // whatever the rules below say
    bool no_memory = false;              // data was thrown away: the window is 0 this once
    bool from_backlog = false;           // the segment waited while a program held the socket ...
    bool deferred = false;               // ... and its ACK leaves when it is given back
    trace::Rule why = trace::Rule::none; // of what is scheduled
    friend bool operator==(const Acknowledging&, const Acknowledging&) = default;
};

// Something came that needs an ACK (inet_csk_schedule_ack()).
void schedule_ack(Connection&, trace::Rule why);
// Something came that the peer must hear of soon: tcp_enter_quickack_mode().
// The next few segments are acknowledged at once.
inline constexpr std::uint8_t most_quickacks = 16; // TCP_MAX_QUICKACKS
void enter_quickack_mode(Connection&, std::uint8_t most = most_quickacks);
void schedule_quick_ack(Connection&, trace::Rule why);
// New payload, in so much memory: tcp_event_data_recv().
void data_arrived(Connection&, const trace::Segment&, std::uint32_t memory, Moment&);
// What the peer's full segments are like: tcp_measure_rcv_mss().
void measure_mss(Connection&, std::uint32_t length, trace::Flags, std::uint32_t memory);
// The peer's FIN ends an exchange that is taken for interactive: tcp_fin().
void expect_reply(Connection&, const Moment&);

// After a segment, and after whatever it let us send: tcp_ack_snd_check().
void acknowledge_if_due(Connection&, Moment&);
// What waited in the backlog is taken in between these two: its one ACK leaves with the second,
// tcp_release_cb() (net.ipv4.tcp_backlog_ack_defer, since 6.7).
[[gnu::cold]] void begin_backlog(Connection&);
[[gnu::cold]] void end_backlog(Connection&, Moment&);
// After a read of `copied` bytes: tcp_cleanup_rbuf().
void acknowledge_reading(Connection&, std::uint32_t copied, Moment&);
// The delay is over: tcp_delack_timer_handler(), tcp_compressed_ack_kick(). False: nothing to do.
bool delayed_ack_is_due(Connection&, Moment&);
// A segment with ACK has left: tcp_event_ack_sent(). It was payload: tcp_event_data_sent().
void ack_has_left(Connection&);
void data_has_left(Connection&, const Moment&);

// TCP_QUICKACK: 1 leaves interactive mode, 0 enters it (__tcp_sock_set_quickack()).
void set_quickack(Connection&, std::int64_t value, Moment&);
bool is_interactive(const Connection&, const Stack&);
// ... from now on: inet_csk_enter_pingpong_mode().
void become_interactive(Connection&, const Stack&);

} // namespace tcp
