// sock_diag on sockets of this test, in whatever namespace it runs: nothing but loopback.
#include "net/actor.hpp"
#include "net/sock_diag.hpp"

#include "catch.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace {

struct Connected {
    net::Descriptor listener, client, accepted;
    net::Pair pair; // as the client sees it
};

Connected connected() {
    Connected made;
    made.listener = net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    made.client = net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* where = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(made.listener.number(), where, size) == 0);
    REQUIRE(::listen(made.listener.number(), 3) == 0);
    REQUIRE(::getsockname(made.listener.number(), where, &size) == 0);
    REQUIRE(::connect(made.client.number(), where, size) == 0);
    made.pair = net::pair_of(made.client.number());
    return made;
}

net::SockDiag diag() {
    auto opened = net::SockDiag::open();
    REQUIRE(opened.ok());
    return std::move(*opened);
}

} // namespace

TEST_CASE("an exact query finds each end, with the cookie that the socket itself tells") {
    auto ends = connected();
    auto kernel = diag();
    const auto client = kernel.find(ends.pair);
    REQUIRE(client.ok());
    REQUIRE(client->has_value());
    CHECK((*client)->state == net::KernelState::established);
    CHECK((*client)->cookie == net::socket_cookie(ends.client.number()));
    CHECK((*client)->inode != 0);
    auto server = kernel.find(net::reversed(ends.pair));
    REQUIRE(server.ok());
    REQUIRE(server->has_value());
    CHECK((*server)->inode == 0); // not accepted yet
    ends.accepted = net::Descriptor(::accept(ends.listener.number(), nullptr, nullptr));
    server = kernel.find(net::reversed(ends.pair), net::socket_cookie(ends.accepted.number()));
    REQUIRE(server.ok());
    REQUIRE(server->has_value());
    CHECK((*server)->inode != 0);
}

TEST_CASE(
    "a pair that is gone is nothing, though the kernel answers with the listener of its port") {
    auto ends = connected();
    auto kernel = diag();
    auto other = net::reversed(ends.pair);
    other.remote.port = static_cast<std::uint16_t>(other.remote.port ^ 1); // never was
    const auto found = kernel.find(other);
    REQUIRE(found.ok());
    CHECK_FALSE(found->has_value());
}

TEST_CASE(
    "what has a port at either end: both ends and the listener, and nobody else, in one walk") {
    const auto ends = connected(), strangers = connected();
    auto kernel = diag();
    net::DumpRequest request;
    request.either_port = ends.pair.remote.port;
    const auto rows = kernel.dump(request);
    REQUIRE(rows.ok());
    CHECK(rows->size() == 3);
    for (const net::SocketRow& row : *rows)
        CHECK((row.pair.local.port == request.either_port ||
               row.pair.remote.port == request.either_port));
    request.either_port = strangers.pair.local.port; // the client's: near at one end, far at one
    CHECK(kernel.dump(request)->size() == 2);
    request.states = net::only(net::KernelState::listen);
    CHECK(kernel.dump(request)->empty());
}

TEST_CASE("another cookie is another life of the pair: nothing is found") {
    auto ends = connected();
    auto kernel = diag();
    const auto cookie = net::socket_cookie(ends.client.number());
    REQUIRE(kernel.find(ends.pair, cookie)->has_value());
    const auto found = kernel.find(ends.pair, cookie + 1);
    REQUIRE(found.ok());
    CHECK_FALSE(found->has_value());
    CHECK_FALSE(kernel.find(ends.pair, 0)->has_value()); // 0 is a wrong cookie, not "any"
}

TEST_CASE("a listener's row counts its accept queue; a dump by state and port shows it alone") {
    auto ends = connected();
    auto kernel = diag();
    net::DumpRequest listeners;
    listeners.states = net::only(net::KernelState::listen);
    listeners.local_port = ends.pair.remote.port;
    const auto rows = kernel.dump(listeners);
    REQUIRE(rows.ok());
    REQUIRE(rows->size() == 1);
    CHECK(rows->front().recv_queue == 1);
    CHECK(rows->front().send_queue == 3);
    CHECK(rows->front().cookie == net::socket_cookie(ends.listener.number()));
}

TEST_CASE("a descriptor that is none is told as a failure, with what was attempted") {
    const auto adopted = net::SockDiag::adopt(net::Descriptor());
    REQUIRE_FALSE(adopted.ok());
    CHECK_THAT(net::describe(adopted.failure()), ContainsSubstring("NETLINK_SOCK_DIAG"));
}
