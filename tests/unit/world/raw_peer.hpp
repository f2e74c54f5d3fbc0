// A peer without a kernel: its segments are made by hand and reach the host at once; what the host
// sends to it is only recorded.
#pragma once
#include <string>
#include <vector>

#include "trace/segment.hpp"
#include "world/world.hpp"

namespace raw {

// Two hosts: `host` (0) under test, and an address whose own kernel hears and says nothing.
struct Peer {
    world::World world;
    trace::Trace log;
    std::uint32_t host_isn = 0; // known once a SYN of the host was seen
    std::uint32_t isn = 50'000'000;
    std::uint16_t host_port = 80, port = 5555;
    std::uint16_t window = 65000; // that its segments announce

    explicit Peer(const std::string& header = "");

    void submit(const scenario::Action&);
    void advance(trace::Duration);
    // As if O_NONBLOCK had been set before connect(), whose call has returned EINPROGRESS.
    void make_nonblocking();
    std::int64_t last_result() const;   // of the latest finished call on host#1
    trace::Errno pending_error() const; // SO_ERROR of host#1
    bool descriptor_is_open() const;
    // seq and ack relative to the two ISNs, SYN = 0.
    void inject(trace::Flags, std::int64_t seq, std::int64_t ack = 0, std::uint32_t length = 0);
    void inject(trace::Segment);

    // A handshake from outside, and accept() as host#1.
    void establish();
    void read_isn();
    // What the host has sent since `mark`, as "FLAGS:seq:ack", relative where an ISN is known.
    std::size_t mark() const { return log.segments.size(); }
    std::vector<trace::Segment> sent_since(std::size_t mark) const;
    std::string tell_since(std::size_t mark) const;
    trace::State state() const; // of the host's end of the connection
};

// What the actions are called in scenario files.
scenario::SocketName first(); // host#1
scenario::Action listen(std::int64_t backlog);

} // namespace raw
