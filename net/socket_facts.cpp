// What a descriptor of our own says about its socket.
#include "net/actor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>
#include <string_view>

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

namespace {

struct Option {
    std::string_view name;
    int level, number;
};
constexpr Option options[] = {
    {"SO_RCVBUF", SOL_SOCKET, SO_RCVBUF},
    {"SO_SNDBUF", SOL_SOCKET, SO_SNDBUF},
    {"SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE},
    {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
    {"SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT},
    {"SO_RCVLOWAT", SOL_SOCKET, SO_RCVLOWAT},
    {"SO_OOBINLINE", SOL_SOCKET, SO_OOBINLINE},
    {"IP_RECVERR", IPPROTO_IP, IP_RECVERR},
    {"TCP_NODELAY", IPPROTO_TCP, TCP_NODELAY},
    {"TCP_CORK", IPPROTO_TCP, TCP_CORK},
    {"TCP_QUICKACK", IPPROTO_TCP, TCP_QUICKACK},
    {"TCP_KEEPIDLE", IPPROTO_TCP, TCP_KEEPIDLE},
    {"TCP_KEEPINTVL", IPPROTO_TCP, TCP_KEEPINTVL},
    {"TCP_KEEPCNT", IPPROTO_TCP, TCP_KEEPCNT},
    {"TCP_USER_TIMEOUT", IPPROTO_TCP, TCP_USER_TIMEOUT},
    {"TCP_LINGER2", IPPROTO_TCP, TCP_LINGER2},
    {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
    {"TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN},
    {"TCP_FASTOPEN_CONNECT", IPPROTO_TCP, TCP_FASTOPEN_CONNECT},
    {"TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT},
    {"TCP_MAXSEG", IPPROTO_TCP, TCP_MAXSEG},
    {"TCP_WINDOW_CLAMP", IPPROTO_TCP, TCP_WINDOW_CLAMP},
    {"TCP_RTO_MAX_MS", IPPROTO_TCP, 44}, // as in linux/tcp.h since 6.15
    {"TCP_RTO_MIN_US", IPPROTO_TCP, 45},
    {"TCP_DELACK_MAX_US", IPPROTO_TCP, 46},
    {"TCP_THIN_LINEAR_TIMEOUTS", IPPROTO_TCP, TCP_THIN_LINEAR_TIMEOUTS},
    {"IP_MTU_DISCOVER", IPPROTO_IP, IP_MTU_DISCOVER},
    {"TCP_NOTSENT_LOWAT", IPPROTO_TCP, TCP_NOTSENT_LOWAT},
};

} // namespace

int set_option(int descriptor, const std::string& name, std::int64_t value) {
    const int number = static_cast<int>(value);
    if (name == "SO_LINGER") {
        const linger wait{value >= 0 ? 1 : 0, value >= 0 ? number : 0};
        return ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &wait, sizeof wait) < 0 ? errno : 0;
    }
    if (name == "SO_RCVTIMEO" || name == "SO_SNDTIMEO") { // milliseconds
        const timeval time{value / 1000, value % 1000 * 1000};
        const int which = name == "SO_RCVTIMEO" ? SO_RCVTIMEO : SO_SNDTIMEO;
        return ::setsockopt(descriptor, SOL_SOCKET, which, &time, sizeof time) < 0 ? errno : 0;
    }
    for (const Option& option : options)
        if (option.name == name)
            return ::setsockopt(descriptor, option.level, option.number, &number, sizeof number) < 0
                       ? errno
                       : 0;
    return ENOPROTOOPT;
}

} // namespace net
