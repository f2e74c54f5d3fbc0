// Made-up dumps of a machine's sockets, sick in one way each, for the tests of Attach.
#pragma once

#include "net/attach/verdict.hpp"

#include <string>
#include <utility>
#include <vector>

namespace machines {

using net::KernelState;
using net::KernelTimer;
using net::SocketRow;

inline constexpr net::Endpoint loopback(std::uint16_t port) {
    net::Endpoint made;
    made.address = {127, 0, 0, 1};
    made.family = 2;
    made.port = port;
    return made;
}

inline net::Endpoint mapped(std::uint16_t port) {
    net::Endpoint made;
    made.address = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};
    made.family = 10;
    made.port = port;
    return made;
}

inline net::Endpoint any4(std::uint16_t port) {
    net::Endpoint made;
    made.family = 2;
    made.port = port;
    return made;
}
inline net::Endpoint any6(std::uint16_t port) {
    net::Endpoint made;
    made.family = 10;
    made.port = port;
    return made;
}

inline std::uint64_t cookie_for(const net::Pair& pair) {
    return net::PairHash{}(pair) | 1u;
}

inline SocketRow socket(KernelState state, net::Endpoint local, net::Endpoint remote,
                        std::uint32_t inode) {
    SocketRow row;
    row.pair = {local, remote};
    row.state = state;
    row.inode = inode;
    row.uid = 33;
    row.cookie = cookie_for(row.pair);
    if (state != KernelState::time_wait && state != KernelState::syn_recv)
        row.info.emplace();
    return row;
}

inline SocketRow listener(net::Endpoint local, std::uint32_t length, std::uint32_t limit,
                          std::uint32_t drops = 0, std::uint32_t inode = 7) {
    SocketRow row = socket(KernelState::listen, local, {}, inode);
    row.recv_queue = length;
    row.send_queue = limit;
    row.drops = drops;
    return row;
}

// Both ends of a connection to 127.0.0.1:`to`: first the client's.
inline std::vector<SocketRow> pair(std::uint16_t from, std::uint16_t to, KernelState client,
                                   KernelState server, std::uint32_t server_inode) {
    return {socket(client, loopback(from), loopback(to), 1000u + from),
            socket(server, loopback(to), loopback(from), server_inode)};
}

inline void add(std::vector<SocketRow>& to, std::vector<SocketRow> more) {
    to.insert(to.end(), more.begin(), more.end());
}

struct Sick {
    std::string condition;                                              // as verdicts name it
    std::vector<std::pair<std::int64_t, std::vector<SocketRow>>> looks; // milliseconds, dump
    std::uint64_t time_wait_overflows = 0;                              // all of them since we look
};

inline constexpr std::int64_t start_ms = 1'000'000;

struct Judged {
    net::attach::Table table;
    net::attach::History history;
    net::attach::Holdings holdings;
    net::attach::Limits limits;
    std::vector<net::attach::Verdict> verdicts;
};

inline net::attach::Holdings holders() {
    net::attach::Holdings known;
    known.processes = 2;
    known.by_inode[7] = {{4711, 3, "node"}};
    for (std::uint32_t inode = 100; inode < 400; ++inode)
        known.by_inode[inode] = {{4711, static_cast<int>(inode - 90), "node"}};
    return known;
}

inline void look(Judged& judged, const Sick& sick) {
    judged.holdings = holders();
    std::int64_t now = 0;
    for (const auto& [ms, rows] : sick.looks) {
        judged.table = net::attach::relate(rows, {});
        judged.table.at_ns = now = (start_ms + ms) * 1'000'000;
        judged.history.note(judged.table);
    }
    judged.verdicts =
        net::attach::judge({judged.table, judged.history, judged.holdings, judged.limits, now,
                            sick.time_wait_overflows, sick.time_wait_overflows});
}

// One machine for each way of being sick.
std::vector<Sick> all_sick();

} // namespace machines
