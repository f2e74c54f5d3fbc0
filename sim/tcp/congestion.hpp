// How much may be under way: the congestion window, RFC 5681, and its reduction, RFC 6937;
// tcp_cong.c, tcp_cwnd_validate(), tcp_cwnd_reduction().
#pragma once
#include <cstdint>

#include "cubic.hpp"
#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;
struct Stack;

// All in segments.
struct Congestion {
    static constexpr std::uint32_t no_threshold = 0x7fffffff;
    std::uint32_t cwnd = 10;
    std::uint32_t ssthresh = no_threshold;
    std::uint32_t counted = 0;             // acknowledged since the last increase
    std::uint32_t old_cwnd = 0;            // before the reduction, to undo it
    std::uint32_t old_ssthresh = 0;        // the same; 0: cannot be undone
    std::uint32_t delivered = 0, sent = 0; // since the reduction began (PRR)
    // Whether the window is what limits sending; a window that is not used does not grow.
    std::uint32_t most_out = 0, used = 0;
    trace::Seq used_until;
    bool limits = false;
    trace::Instant stamp;     // when it last limited, or changed
    trace::Instant last_data; // when data last left
    // Bytes in a second that would spread the window over a round trip, and some more; not kept to
    // here, but buffers are sized by it. It is what the last ACK left (sk_pacing_rate).
    std::uint64_t paced = 0;    // of these bytes ...
    trace::Duration paced_over; // ... in this time; none: no bound
    Cubic cubic;
    friend bool operator==(const Congestion&, const Congestion&) = default;
};

// Segments in the network as far as is known: sent, less those received or lost, and those sent
// again.
std::uint32_t in_flight(const Connection&);
// tcp_update_pacing_rate(); divided only when somebody asks.
void update_pacing(Connection&, const Stack&);
std::uint64_t pacing_rate(const Congestion&);
// How many more may leave now.
std::uint32_t congestion_room(const Connection&);
std::uint32_t congestion_room(const Connection&, std::uint32_t in_flight); // by who knows that

// The handshake is over; `repeated`: how often its SYN or SYN+ACK was sent again and not in vain.
void start_congestion(Connection&, std::uint32_t repeated, Moment&);
// Asked when data is written, or a window opens for what waits, and not when it leaves: RFC 5681
// §4.1, tcp_slow_start_after_idle_check().
void data_after_pause(Connection&, Moment&);
// Something has left, or would have: tcp_cwnd_validate().
void note_window_use(Connection&, std::uint32_t segments, bool limited, Moment&);

// The window after a loss: half (RFC 5681), or 0.7 (CUBIC).
std::uint32_t threshold_after_loss(Connection&, const Stack&);
// The threshold to come back to: tcp_current_ssthresh().
std::uint32_t current_threshold(const Connection&);
bool is_reducing(const Connection&);
void begin_reduction(Connection&, const Stack&);
void reduce(Connection&, std::uint32_t delivered, bool lost, bool advanced);
void end_reduction(Connection&, Moment&);
void undo_reduction(Connection&, Moment&);
// `delivered` segments arrived in order: slow start, or congestion avoidance.
void grow_window(Connection&, std::uint32_t delivered, Moment&);

} // namespace tcp
