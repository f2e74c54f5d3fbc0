// The policies: every question to which stacks give different answers, one function each, with the
// kernel function that answers it there. The machine asks these and never which profile it is.
#pragma once
#include <cstdint>

#include "options.hpp"
#include "profile.hpp"
#include "trace/event.hpp"
#include "trace/state.hpp"
#include "trace/time.hpp"

namespace tcp {

// Policy rows of the transition table that hold on this host.
trace::Policies policies(const Stack&);

// Listener -------------------------------------------------------------------------------------
// The limit that listen() takes from its argument: __sys_listen().
std::uint32_t listen_limit(const Stack&, std::int64_t backlog);
// How many finished connections, or half-open requests, fit under a limit: sk_acceptq_is_full(),
// inet_csk_reqsk_queue_is_full().
std::uint32_t accept_queue_fits(const Stack&, std::uint32_t limit);
std::uint32_t syn_queue_fits(const Stack&, std::uint32_t limit);
// tcp_max_syn_backlog where it is what bounds the SYN queue: without cookies its last quarter stays
// free (tcp_conn_request()). 0: the listener's own limit does.
std::uint32_t max_syn_backlog_bounds(const Stack&, std::uint32_t limit);
// What becomes of a SYN that finds so many half-open requests, and so many finished connections:
// tcp_conn_request(), tcp_syn_flood_action(). Without a counter of the queue: Linux 2.0.
enum class FullSynQueue : std::uint8_t { has_room, drops, drops_uncounted, answers_with_cookie };
FullSynQueue full_syn_queue(const Stack&, std::uint32_t limit, std::uint32_t half_open,
                            std::uint32_t finished);
// Whether the accept queue turns a SYN away: tcp_conn_request(). `young`: requests whose SYN+ACK
// has not been repeated.
bool accept_queue_refuses_syn(const Stack&, std::uint32_t limit, std::uint32_t finished,
                              std::uint32_t young);
// Whether it turns the final ACK of a request away: tcp_v4_syn_recv_sock().
bool accept_queue_refuses_ack(const Stack&, std::uint32_t limit, std::uint32_t finished);
// With cookies off the last quarter of tcp_max_syn_backlog is kept free: tcp_conn_request().
bool three_quarters_taken(const Stack&, std::uint32_t half_open);
// How often this SYN+ACK may be repeated, fewer for old requests in a crowded queue:
// reqsk_timer_handler().
// `set` is TCP_SYNCNT of the listener, 0: not set.
std::uint32_t synack_retries(const Stack&, std::uint32_t set, std::uint32_t limit,
                             std::uint32_t half_open, std::uint32_t young);
// Seconds of TCP_DEFER_ACCEPT as a number of SYN+ACK timeouts: secs_to_retrans().
std::uint8_t deferred_timeouts(const Stack&, std::int64_t seconds);
// Time from the (n+1)th SYN+ACK to the next: tcp_reqsk_timeout().
trace::Duration synack_interval(const Stack&, std::uint32_t repetitions);

// Fast Open: bits of tcp_fastopen.
bool fastopen_client(const Stack&);
bool fastopen_client_without_cookie(const Stack&);
bool fastopen_server(const Stack&);
bool fastopen_server_without_cookie(const Stack&);
// Listeners that did not ask for it by TCP_FASTOPEN have it too: TFO_SERVER_WO_SOCKOPT1.
bool fastopen_without_option(const Stack&);
// Repetitions of the SYN+ACK of a connection made so: one more, tcp_fastopen_synack_timer().
std::uint32_t fastopen_synack_retries(const Stack&, std::uint32_t set);

// Retransmission -------------------------------------------------------------------------------
trace::Duration initial_rto(const Stack&);
// `bounds`: what the program has set.
trace::Duration rto_max(const Stack&, const TimerBounds& bounds = {});
trace::Duration rto_min(const Stack&, const TimerBounds& bounds = {});
// Least margin of the timeout above the smoothed round trip: tcp_rto_min_us(), RFC 6298 §2.4.
trace::Duration rto_margin(const Stack&, trace::Duration srtt, const TimerBounds& bounds = {});
// A timeout as the stack's clock can express it: whole jiffies on Linux (tcp_set_rto()).
trace::Duration clock_granule(const Stack&, trace::Duration);
// Whether the interval doubles after this expiry (1 is the first): tcp_retransmit_timer().
bool backs_off(const Stack&, trace::State, std::uint32_t expiries);
// The stop rules of tcp_write_timeout(). `elapsed` is the time since the first SYN, for others
// since the first retransmission.
bool gives_up(const Stack&, const Options&, trace::State, bool orphan,
              std::uint32_t retransmissions, trace::Duration elapsed, trace::Duration rto);
// Whether it has been repeated for so long that the path may swallow what is large: tcp_retries1.
bool retried_for_long(const Stack&, std::uint32_t retransmissions, trace::Duration elapsed,
                      const TimerBounds&);
// Unanswered window probes before the connection is given up: tcp_probe_timer().
std::uint32_t probe_limit(const Stack&, bool orphan, trace::Duration interval, const TimerBounds&);
// Whether a stream of so few segments waits as long each time, so many times:
// tcp_stream_is_thin().
bool waits_evenly(const Stack&, const Options&, trace::State, std::size_t outstanding,
                  std::uint32_t retransmissions);
// How long after sending the last segment is probed for, 0: never. Only peers with SACK are:
// tcp_schedule_loss_probe().
trace::Duration probe_timeout(const Stack&, bool sack, bool measured, trace::Duration srtt,
                              bool one_outstanding, const TimerBounds&);
// Shortest wait of a probe or for late arrivals: TCP_TIMEOUT_MIN_US.
trace::Duration least_timeout(const Stack&);
// Segments of the first flight: RFC 6928, tcp_init_cwnd(); RFC 5681 §3.1.
std::uint32_t initial_window(const Stack&, std::uint32_t mss);
// CUBIC, or Reno as in RFC 5681.
bool grows_by_cubic(const Stack&);
// Whether the congestion window shrinks while it is not used: tcp_slow_start_after_idle.
bool restarts_after_idle(const Stack&);
// How many duplicate ACKs mean a loss, until it is known better, and at most: tcp_init_sock(),
// tcp_check_sack_reordering(). `set`: what a socket has taken when it was made.
std::uint32_t usual_reordering(const Stack&, const Limits& set = {});
std::uint32_t most_reordering(const Stack&);
// RACK: whether the time for late arrivals becomes longer when repetitions were in vain, and ends
// when so many segments beyond the gap have come: tcp_rack_update_reo_wnd(), tcp_rack_reo_wnd().
inline bool late_window_widens(const Stack& s) {
    return (s[Sysctl::tcp_recovery] & 2) == 0; // TCP_RACK_STATIC_REO_WND
}
bool duplicates_end_late_window(const Stack&);
// F-RTO, RFC 5682: tcp_frto.
bool detects_spurious_timeouts(const Stack&);
// RTO of a connection whose handshake gave no round-trip sample: tcp_init_metrics(), RFC 6298 §5.7.
trace::Duration fallback_rto(const Stack&);
// Keepalive: what the program set, or the sysctls. With TCP_USER_TIMEOUT that time decides and not
// the count of probes: tcp_keepalive_timer().
trace::Duration keepalive_idle(const Stack&, const Options&);
trace::Duration keepalive_interval(const Stack&, const Options&);
bool keepalive_gives_up(const Stack&, const Options&, std::uint32_t probes, trace::Duration idle);
// After an unacceptable ACK in SYN_SENT the SYN is repeated this soon: TCP_TIMEOUT_MIN.
trace::Duration syn_again_soon(const Stack&);

// Counterfactual: whether a connection is there as soon as its SYN is answered.
bool syn_is_enough(const Stack&);
// Whether an ACK of the ISN itself, one too few, completes a simultaneous open: tcp_ack() takes it
// for a duplicate, the text asks for SND.UNA < SEG.ACK.
bool ack_of_isn_establishes(const Stack&);

// Acknowledging --------------------------------------------------------------------------------
// Whether every segment is acknowledged by itself; else it is as acknowledging.cpp says.
bool acknowledges_at_once(const Stack&);
// Bounds of a delayed ACK: tcp_send_delayed_ack(), tcp_delack_max().
struct AckDelay {
    trace::Duration most;            // TCP_DELACK_MAX, below the least retransmission timeout
    trace::Duration most_of_streams; // when the exchange is not interactive
    trace::Duration granule;         // the clock's
};
AckDelay ack_delay(const Stack&, const TimerBounds& bounds = {});
// Least time between two answers to unacceptable segments: __tcp_oow_rate_limited().
trace::Duration answer_interval(const Stack&);

// A RST that the peer numbered as if it had not counted its own FIN: tcp_reset_check().
bool rst_before_fin_counts(const Stack&);
// Whether the window scale that was offered holds although the crossing SYN offers none:
// tcp_rcv_synsent_state_process().
bool scales_after_crossed_syns(const Stack&);
// Whether a RST counts that follows the last byte told by SACK: tcp_validate_incoming().
bool rst_beyond_sacked_counts(const Stack&);
// Whether shutdown() in SYN_RECV keeps its FIN until the connection is established: tcp_shutdown().
bool shutdown_waits_for_establishing(const Stack&);
// What an inexact RST in the window does to a half-open request: tcp_check_req().
bool near_rst_spares_request(const Stack&);
// A bare ACK that was overtaken on the way is not answered: tcp_disordered_ack_check().
bool overtaken_ack_unanswered(const Stack&);
// Whether a SYN+ACK that answers for Accurate ECN is believed although nobody has asked for that:
// tcp_ecn_rcv_synack().
bool syn_ack_makes_ecn_accurate(const Stack&);

// Closing --------------------------------------------------------------------------------------
trace::Duration time_wait_length(const Stack&);
// Which counter an old timestamp in TIME_WAIT bumps: tcp_timewait_state_process().
trace::Counter stale_in_time_wait(const Stack&);
// Whether TIME_WAIT, entered then, may make way for a connect() that chooses its own port:
// tcp_twsk_unique(). `loopback`: one of its addresses is.
bool reuses_time_wait(const Stack&, bool loopback, trace::Instant entered, trace::Instant now);
// Whether a port counts as connect()'s own again when bind() has given it back.
bool freed_port_serves_connect_again(const Stack&);
// Whether one more connection may wait in TIME_WAIT: inet_twsk_alloc().
bool room_in_time_wait(const Stack&, std::size_t waiting);
// How long a FIN_WAIT_2 that no program holds lives: tcp_fin_time(), tcp_rcv_state_process().
// First as a connection (`waits`), then as a small record (`lingers`).
struct OrphanWait {
    bool limited = false;
    trace::Duration waits, lingers;
};
OrphanWait orphan_fin_wait_2(const Stack&, const Options&, trace::Duration rto);

// Buffers --------------------------------------------------------------------------------------
std::uint32_t default_receive_buffer(const Stack&);
std::uint32_t default_send_buffer(const Stack&);
// setsockopt() doubles what it is given, within bounds: sock_setsockopt().
std::uint32_t receive_buffer_for(const Stack&, std::int64_t asked);
std::uint32_t send_buffer_for(const Stack&, std::int64_t asked);
// How much of the buffer is offered as window, the rest being overhead: tcp_win_from_space().
std::uint32_t window_of_buffer(const Stack&, std::uint32_t buffer);
// Kernel memory of a segment in the receive queue (skb->truesize), and how many bytes can still be
// copied behind it; of a linear buffer as a network interface hands it over: __alloc_skb().
struct BufferSize {
    std::uint32_t memory = 0, room = 0;
};
BufferSize memory_of_received(const Stack&, std::uint32_t length, std::uint32_t headers);
// Of payload that tcp_collapse() has copied together.
BufferSize memory_of_copy(const Stack&, std::uint32_t length);
// tcp_rmem[2], which right-sizing does not exceed.
std::uint32_t most_receive_buffer(const Stack&);
// Whether the window follows from what segments cost in memory: tcp_measure_rcv_mss().
bool window_follows_memory(const Stack&);
// Data that says nothing of ours passes the questions about it: tcp_rcv_established().
bool predicts_headers(const Stack&);
// What every buffer of the send queue costs beside its payload: tcp_stream_alloc_skb().
std::uint32_t send_buffer_overhead(const Stack&);
// The send buffer that a congestion window deserves, 0: as it is. tcp_sndbuf_expand().
std::uint32_t send_buffer_for_window(const Stack&, std::uint32_t segments, std::uint32_t mss);
// Whether a segment that begins inside the window and ends outside is cut there, or taken or
// refused as a whole; refused if anything is unread (tcp_sequence(), since 6.17).
bool trims_to_window(const Stack&);

// Sending --------------------------------------------------------------------------------------
// Minshall's variant of Nagle's rule: only a small segment outstanding holds back the next small
// one, a full one does not (tcp_minshall_check()).
bool small_may_follow_full(const Stack&);
// Whether a buffer that could be larger takes over from the next one before it leaves.
bool buffers_grow(const Stack&);
// Whether several segments wait for an ACK that is near, and how near it must be.
bool defers_buffers(const Stack&);
trace::Duration longest_deferral(const Stack&);
// GSO_LEGACY_MAX_SIZE less headers: sk_gso_max_size.
inline constexpr std::uint64_t largest_buffer = 65536 - 1 - 256;
// Segments that one buffer handed to the network interface holds: tcp_tso_autosize().
// `shortest`: the least round trip.
std::uint32_t segments_per_buffer(const Stack&, std::uint32_t mss, std::uint64_t rate,
                                  trace::Duration shortest);
// Fewer bytes than that wait for a near ACK: tcp_tso_should_defer(). `window`: the smaller one.
std::uint64_t too_little_to_leave(const Stack&, std::uint32_t window, std::uint32_t mss);
// Of the window, in a round trip: tcp_update_pacing_rate().
inline std::uint64_t pacing_percent(const Stack& s, bool slow_start) {
    return static_cast<std::uint64_t>(
        s[slow_start ? Sysctl::tcp_pacing_ss_ratio : Sysctl::tcp_pacing_ca_ratio]);
}

// `clamp`: TCP_WINDOW_CLAMP, 0: none.
std::int8_t window_scale(const Stack&, std::uint32_t buffer, bool buffer_was_set,
                         std::uint32_t clamp);
// Whether the pointer of an urgent segment names the last urgent byte (RFC 1122), or the one after
// it (RFC 6093): tcp_check_urg().
bool pointer_names_urgent_byte(const Stack&);
// tcp_moderate_rcvbuf, tcp_dsack.
bool moderates_receive_buffer(const Stack&);
bool tells_duplicates(const Stack&);

} // namespace tcp
