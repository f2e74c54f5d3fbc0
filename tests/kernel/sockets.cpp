// Plain socket calls.
#include "sockets.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace sockets {
namespace {

struct Raw {
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr* address() { return reinterpret_cast<sockaddr*>(&storage); }
};

Raw raw(const net::Endpoint& endpoint) {
    Raw made;
    if (endpoint.family == AF_INET6) {
        auto* ip = reinterpret_cast<sockaddr_in6*>(&made.storage);
        ip->sin6_family = AF_INET6;
        ip->sin6_port = htons(endpoint.port);
        std::memcpy(&ip->sin6_addr, endpoint.address.data(), 16);
        made.size = sizeof *ip;
    } else {
        auto* ip = reinterpret_cast<sockaddr_in*>(&made.storage);
        ip->sin_family = AF_INET;
        ip->sin_port = htons(endpoint.port);
        std::memcpy(&ip->sin_addr, endpoint.address.data(), 4);
        made.size = sizeof *ip;
    }
    return made;
}

} // namespace

net::Endpoint on_loopback(std::uint16_t port) {
    return net::ipv4({127, 0, 0, 1}, port);
}

Server serve(const std::string& address, int backlog) {
    Server made;
    made.at.family = address.find(':') == std::string::npos ? AF_INET : AF_INET6;
    inet_pton(made.at.family, address.c_str(), made.at.address.data());
    made.listener = net::Descriptor(::socket(made.at.family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Raw where = raw(made.at);
    if (::bind(made.listener.number(), where.address(), where.size) < 0 ||
        ::listen(made.listener.number(), backlog) < 0 ||
        ::getsockname(made.listener.number(), where.address(), &where.size) < 0) {
        made.listener.reset();
        return made;
    }
    made.at.port =
        ntohs(reinterpret_cast<sockaddr_in*>(&where.storage)->sin_port); // same place in both
    return made;
}

net::Descriptor connect_to(const net::Endpoint& server) {
    net::Descriptor made(::socket(server.family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Raw where = raw(server);
    if (::connect(made.number(), where.address(), where.size) < 0)
        made.reset();
    return made;
}

net::Descriptor begin_connect(const net::Endpoint& server) {
    net::Descriptor made(::socket(server.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    Raw where = raw(server);
    if (::connect(made.number(), where.address(), where.size) < 0 && errno != EINPROGRESS)
        made.reset();
    return made;
}

bool begin_connect(const net::Descriptor& socket, const net::Endpoint& server) {
    Raw where = raw(server);
    return ::connect(socket.number(), where.address(), where.size) == 0 || errno == EINPROGRESS;
}

net::Descriptor accept_from(const Server& server) {
    return net::Descriptor(::accept4(server.listener.number(), nullptr, nullptr, SOCK_CLOEXEC));
}

net::Descriptor connect_to_itself(std::uint16_t port) {
    net::Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    Raw where = raw(on_loopback(port));
    if (::bind(made.number(), where.address(), where.size) < 0 ||
        ::connect(made.number(), where.address(), where.size) < 0)
        made.reset();
    return made;
}

} // namespace sockets
