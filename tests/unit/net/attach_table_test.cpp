// How the rows of a dump belong together, whatever families their addresses are of.
#include "net/attach/table.hpp"

#include "catch.hpp"
#include "machines.hpp"

#include "net/attach/focus.hpp"
#include "net/attach/reader.hpp"

using namespace machines;
using net::attach::Far;
using net::attach::nobody;

namespace {

net::Endpoint at(std::uint8_t a, std::uint8_t d, std::uint16_t port) {
    return net::ipv4({a, 0, 0, d}, port);
}

net::attach::Table table_of(std::vector<SocketRow> rows, std::vector<net::Endpoint> own = {}) {
    return net::attach::relate(std::move(rows), own);
}

} // namespace

TEST_CASE("the two ends of a loopback connection are each other's peers") {
    const auto table =
        table_of(pair(50000, 80, KernelState::established, KernelState::established, 9));
    CHECK(table.peer[0] == 1);
    CHECK(table.peer[1] == 0);
    CHECK(table.far[0] == Far::here);
}

TEST_CASE("an IPv4 client faces a dual-stack server: the mapped address is the same address") {
    const auto table = table_of({socket(KernelState::established, loopback(50000), loopback(80), 1),
                                 socket(KernelState::established, mapped(80), mapped(50000), 2),
                                 listener(any6(80), 0, 128)});
    CHECK(table.peer[0] == 1);
    CHECK(table.peer[1] == 0);
    CHECK(table.listener[1] == 0);
    CHECK(table.listener[0] == nobody);
}

TEST_CASE("an IPv6-only listener takes nothing that came over IPv4") {
    auto only = listener(any6(80), 0, 128);
    only.only_ipv6 = true;
    const auto table =
        table_of({only, socket(KernelState::established, loopback(80), loopback(50000), 2)});
    CHECK(table.listener[1] == nobody);
}

TEST_CASE("a socket connected to itself is its own peer") {
    const auto table =
        table_of({socket(KernelState::established, loopback(4000), loopback(4000), 1)});
    CHECK(table.far[0] == Far::itself);
    CHECK(table.peer[0] == 0);
}

TEST_CASE("the far end is remote, or local without a socket: own addresses tell them apart") {
    const auto rows =
        std::vector{socket(KernelState::established, at(10, 5, 80), at(10, 9, 999), 1),
                    socket(KernelState::established, at(10, 5, 81), at(10, 5, 998), 2),
                    socket(KernelState::established, loopback(82), loopback(997), 3)};
    const auto table = table_of(rows, {at(10, 5, 0)});
    CHECK(table.far[0] == Far::remote);
    CHECK(table.far[1] == Far::not_seen);
    CHECK(table.far[2] == Far::not_seen);
}

TEST_CASE("of two listeners at one port the one with the very address takes the connection") {
    const auto table = table_of({listener(any4(80), 0, 1), listener(loopback(80), 0, 2),
                                 socket(KernelState::established, loopback(80), loopback(1), 1),
                                 socket(KernelState::established, at(10, 5, 80), at(10, 9, 2), 1)});
    CHECK(table.listeners[table.listener[2]].local == loopback(80));
    CHECK(table.listeners[table.listener[3]].local == any4(80));
}

TEST_CASE("listeners that share an address are one line with several sockets") {
    auto second = listener(any4(80), 2, 4);
    second.cookie += 2;
    const auto table = table_of({listener(any4(80), 1, 4), second});
    REQUIRE(table.listeners.size() == 1);
    CHECK(table.listeners[0].sockets.size() == 2);
}

TEST_CASE("who connects from a port that also listens is no child of that listener") {
    const auto table = table_of(
        {listener(any4(80), 0, 4), socket(KernelState::syn_sent, loopback(80), loopback(81), 3)});
    CHECK(table.listeners[0].children.empty());
}

TEST_CASE("not accepted is not orphaned: LAST_ACK without a descriptor is, ESTABLISHED is not") {
    const auto table = table_of({listener(any4(80), 1, 4),
                                 socket(KernelState::established, loopback(80), loopback(1), 0),
                                 socket(KernelState::last_ack, loopback(80), loopback(2), 0),
                                 socket(KernelState::close_wait, loopback(80), loopback(3), 0)});
    CHECK(net::attach::waits_for_accept(table, 1));
    CHECK_FALSE(net::attach::is_orphan(table, 1));
    CHECK(net::attach::is_orphan(table, 2));
    CHECK_FALSE(net::attach::waits_for_accept(table, 2));
    CHECK(net::attach::waits_for_accept(table, 3)); // its peer closed before accept()
}

TEST_CASE("addresses are read as they are written") {
    CHECK(net::parse_endpoint("127.0.0.1:80") == loopback(80));
    CHECK(net::parse_endpoint("localhost:80") == loopback(80));
    CHECK(net::parse_endpoint("[::ffff:127.0.0.1]:80") == loopback(80));
    REQUIRE(net::parse_endpoint(":8080"));
    CHECK(net::parse_endpoint(":8080")->family == 0);
    CHECK(net::parse_endpoint("8080") == net::parse_endpoint("*:8080"));
    CHECK(net::matches(*net::parse_endpoint(":80"), mapped(80)));
    CHECK(net::matches(loopback(80), mapped(80)));
    CHECK_FALSE(net::matches(loopback(80), any4(80)));
    for (const char* wrong :
         {"", ":", ":0", ":65536", "80x", "1.2.3:80", "[::1:80", "::1:80", ":-1"})
        CHECK_FALSE(net::parse_endpoint(wrong));
}

TEST_CASE("who opened a quiet connection is the end whose SYN was acknowledged as a byte") {
    auto ends = pair(50000, 80, KernelState::established, KernelState::established, 9);
    ends[0].info->bytes_acked = 101; // SYN and 100 bytes
    ends[0].info->bytes_received = 50;
    ends[1].info->bytes_acked = 50;
    ends[1].info->bytes_received = 100;
    CHECK(net::attach::opener(ends[0], ends[1]) == net::attach::Opener::first);
    CHECK(net::attach::opener(ends[1], ends[0]) == net::attach::Opener::second);
    ends[1].info->bytes_acked = 51;
    CHECK(net::attach::opener(ends[0], ends[1]) == net::attach::Opener::both);
    ends[0].send_queue = 1; // on its way: nothing can be said
    CHECK(net::attach::opener(ends[0], ends[1]) == net::attach::Opener::unknown);
}

TEST_CASE("/proc/net/tcp says the same where there is no sock_diag") {
    const char* text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when "
                       "retrnsmt   uid  timeout inode\n"
                       "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000003 00:00000000 "
                       "00000000  1000        0 4242 1 0 100 0\n"
                       "   1: 0100007F:C350 0100007F:1F90 02 00000001:00000000 01:00000064 "
                       "00000002     0        0 77 2 0\n"
                       "   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:00001770 "
                       "00000000     0        0 0 3 0\n"
                       "a line that is none\n";
    const auto rows = net::attach::parse_proc_tcp(text, 2);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0].state == KernelState::listen);
    CHECK(rows[0].pair.local == loopback(8080));
    CHECK(rows[0].recv_queue == 3);
    CHECK(rows[0].inode == 4242);
    CHECK(rows[0].uid == 1000);
    CHECK(rows[1].state == KernelState::syn_sent);
    CHECK(rows[1].send_queue == 1);
    CHECK(rows[1].timer == KernelTimer::retransmit);
    CHECK(rows[1].expires_ms == 1000);
    CHECK(rows[1].retransmissions == 2);
    CHECK(rows[2].timer == KernelTimer::time_wait);
    CHECK(rows[2].expires_ms == 60'000);
    const char* six =
        "   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A "
        "00000000:00000000 00:00000000 00000000     0        0 5 1 0\n";
    const auto v6 = net::attach::parse_proc_tcp(six, 10);
    REQUIRE(v6.size() == 1);
    CHECK(net::is_loopback(v6[0].pair.local));
    CHECK(net::text(v6[0].pair.local) == "[::1]:22");
}
