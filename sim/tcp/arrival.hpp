// A segment arrives: RFC 9293 §3.10.7, one function per chapter, one file per group of them.
#pragma once
#include "moment.hpp"

namespace tcp {

// What a chapter says about the next: on with it, or the segment is dealt with.
enum class Next : std::uint8_t { go_on, stop };

// §3.10.7.1: no socket at all. Everything but a RST is answered by one.
[[gnu::cold]] void closed_arrives(const trace::Segment&, Moment&);

// §3.10.7.2: what a listener is to do with a segment that matches no connection. `cookie`: answer
// with a SYN cookie and keep nothing; `completes`: the ACK brought a good one back.
enum class Knock : std::uint8_t { ignored, admitted, cookie, completes };
Knock listen_arrives(Listener&, const trace::Segment&, Moment&, std::uint64_t secret);
// A SYN that TIME_WAIT let through meets neither the bound of the SYN queue nor the 3/4 rule.
Knock listen_arrives_after_time_wait(Listener&, const trace::Segment&, Moment&);
// Fills in a record that may have held another.
void begin_request(Request&, const Listener&, const trace::Segment& syn, Seq iss, const Moment&);
// The SYN+ACK whose number is a cookie; nothing is kept of the SYN.
[[gnu::cold]] void answer_with_cookie(Listener&, const trace::Segment& syn, Moment&, std::uint64_t secret);
// What the cookie and the echoed timestamp tell of a request that was never kept.
[[gnu::cold]] Request request_of_cookie(const Listener&, const trace::Segment& ack, const Moment&,
                          std::uint64_t secret);
bool accept_queue_is_full(const Listener&, const Moment&);
// A finished handshake that the full accept queue has no place for: tcp_v4_syn_recv_sock().
[[gnu::cold]] void count_overflow(Listener&, Moment&);

// SYN_RECV as a request entry, tcp_check_req(). What its owner is to do; `to_listener`: the segment
// is none of the request's business.
enum class Fate : std::uint8_t { stays, goes, becomes_connection, to_listener };
Fate request_arrives(Request&, Listener&, const trace::Segment&, Moment&);

// Every state of a full connection: SYN_SENT (§3.10.7.3) and those of §3.10.7.4.
void segment_arrives(Connection&, const trace::Segment&, Moment&);

// TIME_WAIT, and an orphan's FIN_WAIT_2, as a small record: tcp_timewait_state_process().
enum class Leftover : std::uint8_t { stays, gone, new_connection };
Leftover time_wait_arrives(TimeWait&, const trace::Segment&, Moment&);
// A new SYN that found no listener: the old numbers in answer.
[[gnu::cold]] void time_wait_answers(TimeWait&, const trace::Segment&, Moment&);

// The chapters of §3.10.7.4, in its order.
Next check_sequence(Connection&, const trace::Segment&, Moment&); // first
Next check_reset(Connection&, const trace::Segment&, Moment&);    // second
Next check_syn(Connection&, const trace::Segment&, Moment&);      // fourth
Next check_ack(Connection&, const trace::Segment&, Moment&);      // fifth
// True: of a segment with data the acknowledgement and the window are those of before, and nothing
// waits for news, so that check_ack() would find none; what it would note is noted.
bool repeats_ack(Connection&, const trace::Segment&, Moment&);
// Seventh and eighth; `unasked`: as the header predicted, and there is memory at hand.
Next take_text(Connection&, const trace::Segment&, Moment&, bool unasked = false);
void syn_sent_arrives(Connection&, const trace::Segment&, Moment&);

// Shared by the chapters.
// Whether another answer to something unacceptable may leave, the last one being long enough ago.
[[gnu::cold]] bool ration(trace::Instant& last, Moment&, trace::Counter otherwise);
// The same, but a segment with data or FIN is always answered: it cannot be part of a loop of ACKs.
[[gnu::cold]] bool may_answer(trace::Instant& last, const trace::Segment&, Moment&, trace::Counter otherwise);
[[gnu::cold]] void challenge(Connection&, Moment&, trace::Rule why);
// The connection is over: timers, buffers and numbers of a CLOSED socket.
void bury(Connection&, trace::Errno);
// New data for a reader that is gone: RST, tcp_rcv_state_process(), RFC 9293 §3.6.1.
[[gnu::cold]] void abort_on_data(Connection&, const trace::Segment&, Moment&);
// Takes a RST: §3.10.7.4, second.
[[gnu::cold]] void reset_by_peer(Connection&, Moment&, trace::Rule why);

} // namespace tcp
