// Sockets of this process only, on 127.0.0.1 only.
#include "net/attach/sample.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

namespace net::attach {
namespace {

constexpr int backlog = 2;   // three fit
constexpr int clients = 6;   // three of them repeat their SYN
constexpr int left_open = 3; // in CLOSE_WAIT

struct Listening {
    Descriptor socket;
    sockaddr_in address{};
};

bool listen_on_loopback(Listening& made, int length) {
    made.socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    made.address.sin_family = AF_INET;
    made.address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof made.address;
    auto* where = reinterpret_cast<sockaddr*>(&made.address);
    return ::bind(made.socket.number(), where, size) == 0 &&
           ::listen(made.socket.number(), length) == 0 &&
           ::getsockname(made.socket.number(), where, &size) == 0;
}

// Never waits: a full queue would let connect() wait for minutes.
Descriptor client_of(const Listening& server) {
    Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (::connect(made.number(), reinterpret_cast<const sockaddr*>(&server.address),
                  sizeof server.address) < 0 &&
        errno != EINPROGRESS)
        made.reset();
    return made;
}

} // namespace

Result<SampleServer> SampleServer::start() {
    SampleServer made;
    Listening stuck, leaking;
    if (!listen_on_loopback(stuck, backlog) || !listen_on_loopback(leaking, left_open))
        return Failure{"listening on 127.0.0.1", errno, "Is lo up? sudo ip link set lo up"};
    for (int i = 0; i < clients; ++i)
        made.sockets_.push_back(client_of(stuck));
    for (int i = 0; i < left_open; ++i) {
        const Descriptor client = client_of(leaking); // closed at the end of this turn
        made.sockets_.emplace_back(
            ::accept4(leaking.socket.number(), nullptr, nullptr, SOCK_CLOEXEC));
    }
    made.port_ = ntohs(stuck.address.sin_port);
    made.sockets_.push_back(std::move(stuck.socket));
    made.sockets_.push_back(std::move(leaking.socket));
    return made;
}

} // namespace net::attach
