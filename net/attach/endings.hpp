// The kernel's announcement of every full TCP socket that ends (SKNLGRP_INET_TCP_DESTROY and
// INET6): the only unprivileged sign of a connection that lived and died between two looks.
//
// It comes also when a TIME_WAIT record takes the socket's place. After a local reset the far port
// is 0: identify by cookie. When we read too slowly the kernel says so, without telling how many.
#pragma once

#include "net/descriptor.hpp"
#include "net/result.hpp"
#include "net/socket_row.hpp"

#include <vector>

namespace net::attach {

class Endings {
public:
    static Result<Endings> open(); // of the calling thread's network namespace

    struct News {
        std::vector<SocketRow> rows;
        std::uint64_t overflows = 0; // each stands for one or more that we were not told
    };
    News read(); // what is there; never waits
    [[nodiscard]] int descriptor() const { return netlink_.number(); }

private:
    explicit Endings(Descriptor made) : netlink_(std::move(made)) {}
    Descriptor netlink_;
};

} // namespace net::attach
