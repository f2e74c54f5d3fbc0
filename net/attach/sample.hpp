// A stuck server of our own, for whoever has none to look at: a listener whose accept() nobody
// calls, with more clients than its queue holds, and connections whose peers have closed.
#pragma once

#include "net/descriptor.hpp"
#include "net/result.hpp"

#include <cstdint>
#include <vector>

namespace net::attach {

class SampleServer {
public:
    static Result<SampleServer> start(); // on 127.0.0.1, ports that the kernel chooses
    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    std::uint16_t port_ = 0;
    std::vector<Descriptor> sockets_; // closed with it: its clients are its own
};

} // namespace net::attach
