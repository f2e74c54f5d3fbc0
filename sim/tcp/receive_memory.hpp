// What received bytes cost until they are read: sk_rmem_alloc against sk_rcvbuf, and the window
// that follows from it (scaling_ratio, rcv_ssthresh, dynamic right-sizing).
#pragma once
#include <cstdint>

#include "row.hpp"
#include "trace/segment.hpp"
#include "trace/seq.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;
struct Stack;
struct BufferSize;

struct ReceiveMemory {
    // One buffer of the receive queue; freed when its last byte is read.
    struct Buffer {
        trace::Seq begin, end;
        std::uint32_t memory = 0; // truesize
        std::uint32_t room = 0;   // a small segment may be copied behind the last byte
        friend bool operator==(const Buffer&, const Buffer&) = default;
    };
    Row<Buffer> queue;         // in order
    Row<Buffer> early;         // out of order, sorted by begin
    std::uint32_t charged = 0; // for all of them
    bool predicted = true;     // the next segment in order needs no questions (pred_flags)
    bool unaccepted = false;   // no program has the socket yet: accept() will make it one
    std::uint32_t clamp = 0;   // window_clamp: no larger window is worth offering
    std::uint16_t own_mss = 0; // advmss, as the handshake told it
    std::uint16_t ratio = 128; // scaling_ratio: payload per 256 bytes of memory
    // Right-sizing: what was read in the last round trip.
    std::uint32_t space = 0;
    trace::Seq space_from;
    trace::Instant space_since;
    trace::Duration round_trip; // as the receiver sees it
    trace::Seq round_trip_until;
    trace::Instant round_trip_since = trace::never;
    std::uint32_t last_echo = 0;
    friend bool operator==(const ReceiveMemory&, const ReceiveMemory&) = default;
};

// The share of `memory` that can be offered as window: tcp_win_from_space().
std::uint32_t window_from(const Connection&, std::uint32_t memory);
// ... of what is free now; negative when more is charged than the buffer has: tcp_space().
std::int64_t free_window(const Connection&);

// Memory is taken by pages, for what is received and for what is sent alike; what is left of the
// last one serves next: sk_forward_alloc.
std::uint32_t spare_memory(const Connection&, const Stack&);

// The connection is established: tcp_init_buffer_space().
void start_receive_memory(Connection&, const Moment&);
// Makes room for a segment, merging small buffers if need be: tcp_try_rmem_schedule(). `unasked`: it
// was predicted and finds spare memory (the fast path of tcp_rcv_established()). False: there is no
// room.
bool make_room(Connection&, const trace::Segment&, bool early, bool unasked, Moment&);
// Whether the next segment in order may pass unasked from now on: tcp_fast_path_check(), which
// forbids nothing.
void check_prediction(Connection&);
// Charges a segment's payload and FIN, in order or early; what came early opens the window, too.
void keep_in_order(Connection&, trace::Seq begin, trace::Seq end, std::uint32_t memory,
                   std::uint32_t room);
void keep_early(Connection&, trace::Seq begin, trace::Seq end, std::uint32_t length, BufferSize,
                const Stack&);
// What came early will never be in order: tcp_fin().
void forget_early(Connection&);
// rcv.nxt has moved over some that came early; `fin`: up to the FIN that one of them ends with.
[[gnu::noinline]] void early_is_in_order(Connection&, bool fin);
// Everything before rcv.copied has been read.
void free_what_was_read(Connection&);
// Nobody will read any of it.
void free_everything(Connection&);

// No larger window is offered from now on: tcp_set_window_clamp().
void set_window_clamp(Connection&, std::uint32_t);
// Segments of this size use memory so well: tcp_measure_rcv_mss().
void measure_ratio(Connection&, std::uint32_t length, std::uint32_t memory);
// The window may open further: tcp_grow_window(). True: it did.
bool grow_window(Connection&, std::uint32_t length, std::uint32_t memory, const Stack&);
// The round trip as the receiver sees it: tcp_rcv_rtt_measure(), tcp_rcv_rtt_measure_ts().
void measure_round_trip_by_window(Connection&, const Moment&);
void measure_round_trip_by_echo(Connection&, std::uint32_t echo, std::uint32_t length,
                                const Moment&);
// A program that reads as fast as data comes gets a larger buffer: tcp_rcv_space_adjust().
void right_size(Connection&, const Moment&);

} // namespace tcp
