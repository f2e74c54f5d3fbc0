// A netlink socket in two multicast groups.
#include "net/attach/endings.hpp"

#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace net::attach {
namespace {

constexpr int room = 4 << 20; // bytes; what it may be is limited by net.core.rmem_max
constexpr int reads_at_most = 256;

} // namespace

Result<Endings> Endings::open() {
    Descriptor made(
        ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
    if (!made.is_open())
        return Failure{"opening a NETLINK_SOCK_DIAG socket", errno, ""};
    ::setsockopt(made.number(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    sockaddr_nl groups{};
    groups.nl_family = AF_NETLINK;
    groups.nl_groups = 1u << (SKNLGRP_INET_TCP_DESTROY - 1) | 1u << (SKNLGRP_INET6_TCP_DESTROY - 1);
    if (::bind(made.number(), reinterpret_cast<const sockaddr*>(&groups), sizeof groups) < 0)
        return Failure{"joining the group of ended TCP sockets", errno, ""};
    return Endings(std::move(made));
}

Endings::News Endings::read() {
    alignas(nlmsghdr) static thread_local std::array<char, 32 * 1024> buffer;
    News news;
    for (int reads = 0; reads < reads_at_most; ++reads) {
        const ssize_t got = ::recv(netlink_.number(), buffer.data(), buffer.size(), 0);
        if (got < 0 && errno == ENOBUFS) {
            ++news.overflows;
            continue;
        }
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        int left = static_cast<int>(got);
        const auto* message = reinterpret_cast<const nlmsghdr*>(buffer.data());
        for (; mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
            if (message->nlmsg_type != SOCK_DIAG_BY_FAMILY)
                continue;
            if (auto row =
                    decode_row({static_cast<const std::byte*>(mnl_nlmsg_get_payload(message)),
                                mnl_nlmsg_get_payload_len(message)}))
                news.rows.push_back(std::move(*row));
        }
    }
    return news;
}

} // namespace net::attach
