// What a program has written and TCP has not sent: buffers that fill up before the limit is asked
// again, and what decides whether a small segment waits (Nagle). tcp_sendmsg_locked(), tcp_push().
#pragma once
#include <cstdint>

#include "row.hpp"
#include "trace/seq.hpp"

namespace tcp {

struct Connection;
struct Moment;
struct Stack;

struct SendQueue {
    // A kernel buffer that waits to be sent; it begins where the one before it ends, the first at
    // snd.nxt.
    struct Buffer {
        trace::Seq end;
        bool pushed = false; // a write ended just here, or half a window was full (TCPHDR_PSH)
        bool closed = false; // MSG_EOR: nothing is added behind it
        friend bool operator==(const Buffer&, const Buffer&) = default;
    };
    Row<Buffer> waiting;
    trace::Seq pushed;      // pushed_seq: the program's data up to here was pushed
    trace::Seq small;       // snd_sml: end of the last segment that was sent and not full
    bool nodelay = false;   // TCP_NODELAY
    bool corked = false;    // TCP_CORK
    bool push_once = false; // what waits now does not wait any longer (TCP_NAGLE_PUSH)
    bool no_space = false;  // somebody was told that there is no room (SOCK_NOSPACE)
    bool asleep = false;    // write() sleeps until there is room
    bool poked = false;     // ... and data has come, which wakes whoever sleeps here
    friend bool operator==(const SendQueue&, const SendQueue&) = default;
};

// Numbers are known: nothing is queued.
void start_send_queue(Connection&);

// Bytes that one buffer takes: whole segments, at most half the largest window the peer ever
// offered; of urgent data one segment (tcp_xmit_size_goal()).
std::uint32_t size_goal(const Connection&, bool urgent = false);
// Bytes that the last buffer of the queue can still take to get there; 0: it has been sent, or is
// full.
std::uint32_t tail_room(const Connection&, std::uint32_t goal);
// Kernel memory of everything queued: sk_wmem_queued.
std::uint32_t queued_memory(const Connection&, const Stack&);
// Whether another buffer may be added: sk_stream_memory_free().
bool has_memory_free(const Connection&, const Stack&);
// Whether poll() says OUT, and a sleeping writer wakes: sk_stream_is_writeable(), a third is free.
bool is_writable(const Connection&, const Stack&);
// A program has asked whether there is room, and there is none: it waits for it (tcp_poll()).
void asked_for_room(Connection&, const Stack&);
// Acknowledgements have freed memory: tcp_check_space(). Grows the buffer if it is the kernel's
// own.
void space_was_freed(Connection&, const Stack&);

// The buffer grows with the congestion window: tcp_sndbuf_expand().
void expand_send_buffer(Connection&, const Stack&);

// Takes what fits of `bytes`, sending as it goes; how much was taken (tcp_sendmsg_locked()).
// `begins`: nothing of this write was taken before it slept.
struct SendFlags;
std::uint32_t take_written(Connection&, std::uint32_t bytes, bool begins, const SendFlags&,
                           Moment&);

// What may leave although it is small.
enum class Push : std::uint8_t {
    as_set, // by TCP_NODELAY and TCP_CORK
    all,    // TCP_NAGLE_PUSH
    held,   // MSG_MORE: nothing, TCP_NODELAY or not
};
// Whether Nagle's rule, or a cork, keeps back a segment that is not full: tcp_nagle_check().
bool nagle_holds(const Connection&, Push, const Stack&);

// TCP_NODELAY and TCP_CORK: do_tcp_setsockopt().
void set_nodelay(Connection&, bool on, Moment&);
void set_cork(Connection&, bool on, Moment&);

} // namespace tcp
