// What leaves: segments of a connection, answers without one, and the timers that watch over them.
#pragma once
#include "moment.hpp"

namespace tcp {

struct Left {
    trace::SegmentId segment = trace::none;
    trace::EventId event = trace::none;
};

// Notes the departure and hands the segment to the wire. `transmission` counts from 1, `original`
// is the first transmission when this is a repetition.
Left depart(const trace::Segment&, trace::Cookie, trace::Rule why, Moment&,
            std::uint16_t transmission = 1, trace::SegmentId original = trace::none,
            std::uint32_t likeness = 0);

// A segment of the connection as it would leave now, with the window it announces.
trace::Segment segment_of(Connection&, trace::Flags, Seq seq, std::uint32_t length, Moment&);
// Data and FIN as far as the peer's window and Nagle's rule allow; starts the retransmission timer,
// or the persist timer when nothing is under way. Returns whether anything left: tcp_write_xmit().
bool send_what_fits(Connection&, Moment&, trace::Rule why, Push = Push::as_set);
// The first buffer's worth and no more: tcp_push_one().
void send_one_buffer(Connection&, Moment&);
// A bare ACK, now.
void send_ack(Connection&, Moment&, trace::Rule why);
// RST+ACK at our next number: an abort of our own (tcp_send_active_reset()).
void send_active_reset(Connection&, Moment&, trace::Rule why);
// The answer of RFC 9293 §3.10.7.1 to a segment that no socket wants.
void send_reset_for(const trace::Segment&, trace::Cookie, trace::Rule why, Moment&);

void send_syn(Connection&, Moment&, trace::Rule why, bool with_ack);
trace::Segment synack_of(const Request&, const Moment&);
void send_synack(Request&, Moment&, trace::Rule why);
// The oldest unacknowledged segment once more, merged with its neighbours up to the MSS.
void repeat_head(Connection&, Moment&, trace::Rule why);
// The persist timer sends what waits although the window is open, were it but a part of a segment:
// tcp_write_wakeup(). False: there is no room at all, only a probe can tell more.
bool send_although_small(Connection&, Moment&);
// More of what was outstanding at the last timeout, as acknowledgements allow.
void go_on_repeating(Connection&, Moment&);

// After sending: the tail-loss probe if there may be one, else the timeout as it stands.
void watch_over(Connection&, Moment&, trace::EventId by, bool nothing_was_outstanding);
// The last segment once more; then the retransmission timeout runs from now.
void send_tail_loss_probe(Connection&, Moment&);
void start_retransmission_timer(Connection&, Moment&, trace::EventId by);
// After progress: restarts it if anything is outstanding, stops it otherwise (RFC 6298 §5.2, §5.3).
void restart_retransmission_timer(Connection&, Moment&);

// 1 ms clock of the timestamps option.
std::uint32_t timestamp(trace::Instant);

} // namespace tcp
