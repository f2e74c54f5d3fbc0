// Servers and clients of a test, as raw as other programs' ones.
#pragma once

#include "net/descriptor.hpp"
#include "net/endpoint.hpp"

#include <string>
#include <vector>

namespace sockets {

struct Server {
    net::Descriptor listener;
    net::Endpoint at; // with the port that the kernel chose
};

// "127.0.0.1", "::1", "::" (dual-stack) …; a descriptor that is not open when it failed.
Server serve(const std::string& address, int backlog);
net::Descriptor connect_to(const net::Endpoint& server); // waits until it is connected
net::Descriptor begin_connect(const net::Endpoint& server);
bool begin_connect(const net::Descriptor& socket,
                   const net::Endpoint& server); // a socket of one's own
net::Descriptor accept_from(const Server& server);
// Connected to itself: bound first, then connected to its own address.
net::Descriptor connect_to_itself(std::uint16_t port);
net::Endpoint on_loopback(std::uint16_t port);

} // namespace sockets
