// Which sockets hold which port of a host, and who may share one: the bind table. A value in plain
// arrays, as inet_bind_bucket and its owners.
#pragma once
#include <cstdint>
#include <vector>

#include "trace/event.hpp"
#include "trace/segment.hpp"

namespace world {

// One socket's hold on a port.
struct PortOwner {
    trace::Address address;         // 0.0.0.0: all of the host's
    bool reuse_address : 1 = false; // SO_REUSEADDR, SO_REUSEPORT; TIME_WAIT inherits them
    bool reuse_port : 1 = false;
    bool listening : 1 = false;
    bool time_wait : 1 = false;
    bool by_connect : 1 = false; // the kernel chose the port for a connect()
    bool by_bind : 1 = false;    // the program asked for it: kept until the descriptor is closed
    friend bool operator==(const PortOwner&, const PortOwner&) = default;
};

class Ports {
public:
    using Handle = std::uint32_t;
    static constexpr Handle nothing = 0xffffffff;

    Handle add(std::uint16_t port, const PortOwner&);
    void remove(Handle);
    PortOwner& operator[](Handle h) { return owners_[h].owner; }
    const PortOwner& operator[](Handle h) const { return owners_[h].owner; }
    std::uint16_t port_of(Handle h) const { return owners_[h].port; }
    bool is_held(std::uint16_t port) const { return find(port) != nothing; }
    // Whether only connect() has ever chosen it, or, if `forgets`, those that hold it now:
    // __inet_hash_connect() takes no other.
    bool is_connects_own(std::uint16_t port, bool forgets) const;
    // inet_csk_bind_conflict(): somebody but `self` excludes `asking`. bind() to a given port
    // relaxes and minds SO_REUSEPORT; the search for a free one does neither.
    bool conflict(std::uint16_t port, const PortOwner& asking, Handle self, bool relax,
                  bool mind_reuse_port) const;
    std::size_t bytes() const;
    friend bool operator==(const Ports&, const Ports&) = default;

private:
    struct Node {
        PortOwner owner;
        Handle previous = nothing, next = nothing; // of the same port
        std::uint16_t port = 0;
        // What the first of a port's owners knows: whether it was ever held otherwise than by
        // connect(), since somebody holds it.
        bool once_others = false;
        friend bool operator==(const Node&, const Node&) = default;
    };
    Handle find(std::uint16_t port) const; // its first owner
    Handle& first_of(std::uint16_t port);  // the same, to be changed

    std::vector<Node> owners_;
    Handle free_owner_ = nothing;
    // First owners by port, 256 to a page: neighbours lie beside each other. Only pages with a port
    // that was ever held are there, in the order in which they were first needed.
    static constexpr std::size_t page = 256;
    static constexpr std::uint16_t no_page = 0xffff;
    std::vector<Handle> first_;
    std::vector<std::uint16_t> page_of_; // by the upper half of a port
};

} // namespace world
