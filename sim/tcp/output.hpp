// What leaves: segments of a connection, answers without one, and the timers that watch over them.
#pragma once
#include "moment.hpp"
#include "repeat.hpp"

namespace tcp {

struct Left {
    trace::SegmentId segment = trace::none;
    trace::EventId event = trace::none;
};

// A segment of the connection as it would leave now, with the window it announces. It is made in
// the place from which the wire takes it, and goes when leave() says so.
trace::Segment& new_segment(Connection&, trace::Flags, Seq seq, std::uint32_t length, Moment&);
// The same with a window that was asked for already.
trace::Segment& new_segment(Connection&, trace::Flags, Seq seq, std::uint32_t length,
                            std::uint16_t window, Moment&);
// Notes the departure of the segment that was just made, and hands it to the wire. `transmission`
// counts from 1, `original` is the first transmission when this is a repetition.
Left leave(Moment&, trace::Cookie, trace::Rule why, std::uint16_t transmission = 1,
           trace::SegmentId original = trace::none, std::uint32_t likeness = 0);
// The same for one that was made elsewhere.
Left depart(const trace::Segment&, trace::Cookie, trace::Rule why, Moment&,
            std::uint16_t transmission = 1, trace::SegmentId original = trace::none,
            std::uint32_t likeness = 0);

// Data and FIN as far as the peer's window, the congestion window and Nagle's rule allow; starts
// the retransmission timer, or the persist timer when nothing is under way. Returns whether
// anything left: tcp_write_xmit().
bool send_what_fits(Connection&, Moment&, trace::Rule why, Push = Push::as_set);
// The first buffer's worth and no more: tcp_push_one().
void send_one_buffer(Connection&, Moment&);
// New data or the FIN as a tail-loss probe, if the peer's window has room, whatever the congestion
// window says.
bool send_as_probe(Connection&, Moment&);
// A bare ACK, now.
void send_ack(Connection&, Moment&, trace::Rule why);
// A bare ACK with a number already acknowledged, which must be answered: tcp_xmit_probe_skb().
Left send_probe(Connection&, Moment&, trace::Rule why);
// RST+ACK at our next number: an abort of our own (tcp_send_active_reset()).
void send_active_reset(Connection&, Moment&, trace::Rule why);
// The answer of RFC 9293 §3.10.7.1 to a segment that no socket wants.
void send_reset_for(const trace::Segment&, trace::Cookie, trace::Rule why, Moment&);

void send_syn(Connection&, Moment&, trace::Rule why, bool with_ack);
trace::Segment synack_of(const Request&, const Moment&);
void send_synack(Request&, Moment&, trace::Rule why);
// The persist timer sends what waits although the window is open, were it but a part of a segment:
// tcp_write_wakeup(). False: there is no room at all, only a probe can tell more.
bool send_although_small(Connection&, Moment&);
// 1 ms clock of the timestamps option.
std::uint32_t timestamp(trace::Instant);

} // namespace tcp
