// What the kernel's rows say in each situation that an observer meets, by real sockets in a network
// of their own.
#include "apart.hpp"
#include "ordinary_user.hpp"
#include "sockets.hpp"

#include "net/attach/watch.hpp"
#include "net/clock.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

namespace {

using namespace net::attach;
using net::KernelState;
using net::KernelTimer;
using net::SocketRow;

// Looks until some socket is as wanted; a FIN is acknowledged 40 ms late, a timer comes when it is
// due.
template <typename Wanted>
bool some(Reader& reader, const Wanted& wanted, std::int64_t patience = 5'000'000'000) {
    const auto end = net::monotonic_ns() + patience;
    while (net::monotonic_ns() < end) {
        const auto table = reader.everything();
        if (!table)
            return false;
        for (Index i = 0; i < table->rows.size(); ++i)
            if (wanted(*table, i))
                return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

template <typename Wanted>
bool row(Reader& reader, const Wanted& wanted) {
    return some(reader, [&](const Table& table, Index i) { return wanted(table.rows[i]); });
}

bool is_listener(const SocketRow& row, std::uint32_t length, std::uint32_t limit) {
    return row.state == KernelState::listen && row.recv_queue == length && row.send_queue == limit;
}

struct Ends {
    sockets::Server server;
    net::Descriptor client, accepted;
};
Ends connected(int backlog = 8) {
    Ends made;
    made.server = sockets::serve("127.0.0.1", backlog);
    made.client = sockets::connect_to(made.server.at);
    made.accepted = sockets::accept_from(made.server);
    return made;
}

} // namespace

TEST_CASE(
    "A2: where the server closes first, the TIME_WAIT is the server's and outlives the listener") {
    RUN_APART([]() -> std::string {
        auto ends = connected();
        auto reader = Reader::open();
        HOLDS(reader.ok());
        ends.accepted.reset();
        HOLDS(some(*reader, [&](const Table& table, Index i) {
            const SocketRow& row = table.rows[i];
            return row.state == KernelState::fin_wait_2 && row.timer == KernelTimer::time_wait &&
                   row.inode == 0 && row.expires_ms > 55'000 &&
                   row.pair.local.port == ends.server.at.port && is_orphan(table, i);
        }));
        // The FIN that the client has not read counts one.
        HOLDS(row(*reader, [](const SocketRow& row) {
            return row.state == KernelState::close_wait && row.recv_queue == 1;
        }));
        ends.client.reset();
        ends.server.listener.reset();
        HOLDS(row(*reader, [&](const SocketRow& row) {
            return row.state == KernelState::time_wait &&
                   row.pair.local.port == ends.server.at.port && row.expires_ms > 55'000;
        }));
        return "";
    });
}

TEST_CASE("A4: listen(0) lets one in; the others repeat their SYN") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 0);
        std::vector<net::Descriptor> clients;
        for (int i = 0; i < 3; ++i)
            clients.push_back(sockets::begin_connect(server.at));
        auto reader = Reader::open();
        HOLDS(reader.ok());
        HOLDS(row(*reader, [](const SocketRow& row) { return is_listener(row, 1, 0); }));
        HOLDS(some(*reader, [](const Table& table, Index i) {
            return table.rows[i].state == KernelState::syn_sent && table.rows[i].send_queue == 1 &&
                   table.rows[i].retransmissions >= 1 && table.far[i] == Far::not_seen;
        }));
        const auto table = reader->everything();
        HOLDS(table.ok());
        HOLDS(std::count_if(table->rows.begin(), table->rows.end(), [](const SocketRow& row) {
                  return row.state == KernelState::syn_sent;
              }) == 2);
        return "";
    });
}

TEST_CASE(
    "A7: a deferred accept is a half-open request whose client is ESTABLISHED, then it is let in") {
    RUN_APART([]() -> std::string {
        auto server = sockets::serve("127.0.0.1", 8);
        const int seconds = 1;
        ::setsockopt(server.listener.number(), IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
                     sizeof seconds);
        const auto client = sockets::connect_to(server.at);
        auto reader = Reader::open();
        HOLDS(reader.ok());
        HOLDS(some(*reader, [](const Table& table, Index i) {
            return record_of(table.rows[i]) == net::Record::request && table.rows[i].inode == 0 &&
                   table.rows[i].timer == KernelTimer::retransmit && table.far[i] == Far::here &&
                   table.rows[table.peer[i]].state == KernelState::established;
        }));
        HOLDS(row(*reader, [](const SocketRow& row) { return is_listener(row, 1, 8); }));
        return "";
    });
}

TEST_CASE("A12: data to a closed client ends the orphan and the server's connection") {
    RUN_APART([]() -> std::string {
        auto ends = connected();
        auto reader = Reader::open();
        HOLDS(reader.ok());
        ends.client.reset();
        HOLDS(row(*reader, [](const SocketRow& row) {
            return row.state == KernelState::fin_wait_2 && row.timer == KernelTimer::time_wait;
        }));
        HOLDS(::send(ends.accepted.number(), "abc", 3, MSG_NOSIGNAL) == 3);
        const auto end = net::monotonic_ns() + 5'000'000'000;
        std::size_t left = 0;
        do {
            const auto table = reader->everything();
            HOLDS(table.ok());
            left = 0;
            for (const SocketRow& row : table->rows)
                left += row.state != KernelState::listen;
        } while (left > 0 && net::monotonic_ns() < end);
        HOLDS(left == 0);
        return "";
    });
}

TEST_CASE("A21: a keepalive timer is told with the time that is left of it") {
    RUN_APART([]() -> std::string {
        auto ends = connected();
        const int on = 1, idle = 30;
        ::setsockopt(ends.client.number(), IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
        ::setsockopt(ends.client.number(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
        auto reader = Reader::open();
        HOLDS(reader.ok());
        HOLDS(row(*reader, [](const SocketRow& row) {
            return row.timer == KernelTimer::keepalive && row.expires_ms > 28'000 &&
                   row.expires_ms <= 30'010;
        }));
        return "";
    });
}

TEST_CASE("A25 and A29: bytes are there before accept() and after shutdown(RD), unread") {
    RUN_APART([]() -> std::string {
        auto server = sockets::serve("127.0.0.1", 8);
        auto client = sockets::connect_to(server.at);
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        auto reader = Reader::open();
        HOLDS(reader.ok());
        HOLDS(some(*reader, [](const Table& table, Index i) {
            return table.rows[i].state == KernelState::established &&
                   table.rows[i].recv_queue == 3 && table.rows[i].inode == 0 &&
                   waits_for_accept(table, i);
        }));
        const auto accepted = sockets::accept_from(server);
        HOLDS(some(*reader, [](const Table& table, Index i) {
            return table.rows[i].recv_queue == 3 && table.rows[i].inode != 0 &&
                   table.listener[i] != nobody && !waits_for_accept(table, i);
        }));
        ::shutdown(accepted.number(), SHUT_RD);
        HOLDS(row(*reader, [](const SocketRow& row) {
            return row.state == KernelState::established && row.recv_queue == 3 &&
                   row.shutdown == std::uint8_t{1};
        }));
        return "";
    });
}

TEST_CASE("an ordinary user sees what is wrong with his server, and with those of others by user") {
    const std::string said = as_ordinary_user([](const std::string&) -> std::string {
        const auto server = sockets::serve("127.0.0.1", 1);
        std::vector<net::Descriptor> clients;
        for (int i = 0; i < 4; ++i)
            clients.push_back(sockets::begin_connect(server.at));
        auto watch = Watch::open({});
        HOLDS(watch.ok());
        const auto end = net::monotonic_ns() + 5'000'000'000;
        bool found = false;
        while (!found && net::monotonic_ns() < end) {
            watch->tick();
            for (const Verdict& verdict : watch->picture().verdicts)
                found = found || (verdict.condition == Condition::accept_queue_full &&
                                  verdict.port == server.at.port && verdict.pid == ::getpid());
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
        HOLDS(found);
        return "";
    });
    CHECK(said == "");
}
