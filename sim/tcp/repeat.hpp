// Sending again, and the one timer that watches over what is under way: RFC 6298 §5, RFC 8985 §7;
// tcp_retransmit_skb(), tcp_rearm_rto(), tcp_schedule_loss_probe().
#pragma once
#include <cstddef>
#include <cstdint>

#include "trace/event.hpp"

namespace tcp {

struct Connection;
struct Moment;

// What the timer of unacknowledged segments waits for (icsk_pending).
enum class Awaits : std::uint8_t {
    timeout,       // ICSK_TIME_RETRANS
    probe,         // ICSK_TIME_LOSS_PROBE
    late_arrivals, // ICSK_TIME_REO_TIMEOUT
};

// The oldest unacknowledged segment once more; a SYN as a SYN. False: the window forbids it.
bool repeat_head(Connection&, Moment&, trace::Rule why);
// What is marked lost again, though no congestion has lost it: the window stays
// (tcp_non_congestion_loss_retransmit()).
// `stamp`: what they count as their time.
void repeat_without_blame(Connection&, Moment&, trace::Rule why, trace::Instant stamp);
// What came with the SYN and was not taken is lost, though not by congestion.
void repeat_refused(Connection&, Moment&);
// As many of the lost ones as the congestion window allows: tcp_xmit_retransmit_queue().
void repeat_lost(Connection&, Moment&);
// A segment of new data, or the last one once more; then the retransmission timeout runs.
void send_tail_loss_probe(Connection&, Moment&);

// After sending: the tail-loss probe if there may be one, else the timeout as it stands.
void watch_over(Connection&, Moment&, trace::EventId by, bool nothing_was_outstanding);
void start_retransmission_timer(Connection&, Moment&, trace::EventId by);
// After progress: starts over if anything is outstanding, stops otherwise (RFC 6298 §5.2, §5.3).
void restart_retransmission_timer(Connection&, Moment&);
// The timeout, counted from when the oldest segment was sent if another wait stood in its place.
void rearm_timeout(Connection&, Moment&);
// The timeout comes after this wait, whatever it was.
void hurry_timeout(Connection&, trace::Duration wait, Moment&);
// Late arrivals are waited for no longer than the timeout: tcp_rack_mark_lost().
void start_late_timer(Connection&, trace::Duration, Moment&);

} // namespace tcp
