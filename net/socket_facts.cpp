// What a descriptor of our own says about its socket.
#include "net/actor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace net {

Endpoint endpoint_from_kernel(const void* address) {
    sockaddr_in ip{};
    std::memcpy(&ip, address, sizeof ip);
    Endpoint made;
    if (ip.sin_family != AF_INET)
        return made;
    made.family = AF_INET;
    made.port = ntohs(ip.sin_port);
    std::memcpy(made.address.data(), &ip.sin_addr, 4);
    return made;
}

std::uint64_t socket_cookie(int descriptor) {
    std::uint64_t cookie = 0;
    socklen_t size = sizeof cookie;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_COOKIE, &cookie, &size) == 0 ? cookie : 0;
}

Pair pair_of(int descriptor) {
    Pair pair;
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0)
        pair.local = endpoint_from_kernel(&address);
    size = sizeof address;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0)
        pair.remote = endpoint_from_kernel(&address);
    return pair;
}

int set_option(int descriptor, const std::string& name, std::int64_t value) {
    const int number = static_cast<int>(value);
    auto set = [&](int level, int option) {
        return ::setsockopt(descriptor, level, option, &number, sizeof number) < 0 ? errno : 0;
    };
    if (name == "SO_LINGER") {
        const linger wait{value >= 0 ? 1 : 0, value >= 0 ? number : 0};
        return ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &wait, sizeof wait) < 0 ? errno : 0;
    }
    if (name == "SO_RCVBUF")
        return set(SOL_SOCKET, SO_RCVBUF);
    if (name == "SO_SNDBUF")
        return set(SOL_SOCKET, SO_SNDBUF);
    if (name == "SO_KEEPALIVE")
        return set(SOL_SOCKET, SO_KEEPALIVE);
    if (name == "SO_REUSEADDR")
        return set(SOL_SOCKET, SO_REUSEADDR);
    if (name == "TCP_NODELAY")
        return set(IPPROTO_TCP, TCP_NODELAY);
    if (name == "TCP_CORK")
        return set(IPPROTO_TCP, TCP_CORK);
    if (name == "TCP_KEEPIDLE")
        return set(IPPROTO_TCP, TCP_KEEPIDLE);
    if (name == "TCP_KEEPINTVL")
        return set(IPPROTO_TCP, TCP_KEEPINTVL);
    if (name == "TCP_KEEPCNT")
        return set(IPPROTO_TCP, TCP_KEEPCNT);
    if (name == "TCP_LINGER2")
        return set(IPPROTO_TCP, TCP_LINGER2);
    if (name == "TCP_DEFER_ACCEPT")
        return set(IPPROTO_TCP, TCP_DEFER_ACCEPT);
    if (name == "TCP_USER_TIMEOUT")
        return set(IPPROTO_TCP, TCP_USER_TIMEOUT);
    if (name == "TCP_QUICKACK")
        return set(IPPROTO_TCP, TCP_QUICKACK);
    return ENOPROTOOPT;
}

} // namespace net
