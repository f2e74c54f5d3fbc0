// Asking the kernel about sockets: one exactly, or all that match (NETLINK_SOCK_DIAG).
//
// A question belongs to the network namespace in which its descriptor was opened, so a descriptor
// made inside a laboratory and passed out keeps answering for that laboratory. Nothing here changes
// a socket.
#pragma once

#include "net/descriptor.hpp"
#include "net/result.hpp"
#include "net/socket_row.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace net {

struct DumpRequest {
    std::uint8_t family = 2;      // AF_INET; one dump per family, AF_UNSPEC is refused
    std::uint32_t states = 0xfff; // bit n is KernelState n
    std::uint16_t local_port = 0; // 0: any; both given must both match
    std::uint16_t remote_port = 0;
    std::uint16_t either_port = 0; // at the near or the far end
    bool details = true; // with tcp_info and memory: takes each socket's lock for a moment
};

constexpr std::uint32_t only(KernelState state) {
    return 1u << static_cast<unsigned>(state);
}

constexpr std::uint64_t any_cookie = ~std::uint64_t{0}; // 0 would be a wrong cookie, not "any"

class SockDiag {
public:
    static Result<SockDiag> open();                 // in the namespace of the calling thread
    static Result<SockDiag> adopt(Descriptor made); // opened elsewhere

    // Exactly this pair. The kernel answers with a LISTEN socket of the local port when the pair is
    // gone; such an answer is not passed on, nor is one with another cookie.
    Result<std::optional<SocketRow>> find(const Pair& pair, std::uint64_t cookie = any_cookie);

    // Every row that matches. Walks the whole hash table: for discovery and for small namespaces of
    // our own.
    Result<std::vector<SocketRow>> dump(const DumpRequest& request);

private:
    explicit SockDiag(Descriptor made) : netlink_(std::move(made)) {}
    bool send(const void* request, std::size_t size);

    Descriptor netlink_;
    std::uint32_t sequence_ = 0;
};

} // namespace net
