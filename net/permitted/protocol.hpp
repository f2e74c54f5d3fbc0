// What twomsl asks of twomsl-helper, the small program that may do what twomsl may not: open a
// packet socket, and the kernel's trace of TCP. Fixed-size messages over a SOCK_SEQPACKET pair,
// descriptors beside them.
//
// The helper believes nothing: it makes the filters itself, from ports, and locks them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace net::permitted {

constexpr int control_descriptor = 3; // in the helper
constexpr std::size_t ports_at_most = 16;
constexpr std::uint32_t protocol_version = 2; // an installed helper may be older than twomsl

enum class Ask : std::uint32_t { segments, events };

struct Request {
    std::uint32_t version = protocol_version;
    Ask ask = Ask::segments;
    std::uint32_t ports = 0; // how many of:
    std::uint16_t port[ports_at_most] = {};
    std::uint32_t everywhere = 0; // segments: of all interfaces, not of lo alone
    std::uint32_t ties = 0;       // events: those too that tell which cookie a kernel address has
    std::uint32_t buffer_kb = 0;  // events: for each CPU; 0: what is usual
};

// What was being done when it was refused; each has a sentence and a remedy (steps.cpp).
enum class Step : std::uint32_t {
    nothing,
    start_helper,
    understand, // the helper did not understand the request
    packet_socket,
    packet_filter,
    packet_ring,
    packet_bind,
    map_ring, // by twomsl itself
    find_tracefs,
    mount_tracefs,
    instances_in_use,
    create_instance,
    set_up_instance,
    enable_event,
    open_trace,
    read_format, // by twomsl itself
};

enum class Part : std::uint32_t {
    packets,     // descriptor: the packet socket, its ring made; number: bytes of it
    cpu,         // descriptors: trace_pipe_raw and stats of one CPU; number: which
    format,      // descriptor: an event's format file; text: "sock/inet_sock_set_state"
    header_page, // descriptor: how a page begins
    whole,       // nothing more comes; text: the name of the instance
};

struct Reply {
    Step step = Step::nothing; // the step that failed, nothing if none did
    std::int32_t error = 0;
    Part part = Part::whole;
    std::uint32_t number = 0;
    char text[96] = {};
};

// The packet socket's ring: blocks of headers, 4 MB. A block is handed over when it is full or old,
// however little is in it: many small ones hold half a second for a reader who comes late.
constexpr std::uint32_t ring_block_bytes = 1u << 16;
constexpr std::uint32_t ring_blocks = 64;

} // namespace net::permitted
