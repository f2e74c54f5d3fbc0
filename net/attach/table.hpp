// All TCP sockets of one network namespace at one moment, and how they belong together: the two
// ends of a connection, a listener and what came through it.
//
// A pure function of the rows. What the kernel does not say is worked out by its own rules: the
// peer has the swapped addresses (an IPv4 end may face an IPv6 socket with a mapped address), a
// passive socket belongs to the listener of its port with the most specific address
// (inet_lhashtable's compute_score). A socket with no row for its peer faces another machine,
// another network namespace, or an end that is gone already.
#pragma once

#include "net/socket_row.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace net::attach {

using Index = std::uint32_t;
inline constexpr Index nobody = ~Index{0};

// Sockets that listen at one address: with SO_REUSEPORT several, each with queues of its own.
struct Listener {
    std::vector<Index> sockets;  // of Table::rows, by cookie
    std::vector<Index> children; // requests, connections and TIME_WAITs that came through them
    Endpoint local;
    bool ipv6_only = false;

    friend bool operator==(const Listener&, const Listener&) = default;
};

enum class Far : std::uint8_t {
    here,     // the peer's row is in the table
    itself,   // a socket connected to itself
    remote,   // its address is not one of this machine
    not_seen, // a local address, but no row: another namespace, redirected, gone, or a SYN cookie
};

struct Table {
    std::int64_t at_ns = 0;   // CLOCK_MONOTONIC, when the first row was read
    std::int64_t took_ns = 0; // processor time
    std::vector<SocketRow> rows;
    std::vector<Index> peer;     // by row; nobody: see `far`
    std::vector<Far> far;        // by row; of a listener meaningless
    std::vector<Index> listener; // by row: of Table::listeners, for what came through one
    std::vector<Listener> listeners;
};

// `own` are the addresses of this machine besides loopback.
Table relate(std::vector<SocketRow> rows, const std::vector<Endpoint>& own);

// Not accepted yet: a whole socket that no descriptor names though nobody has closed it.
bool waits_for_accept(const Table& table, Index row);
bool is_orphan(const Table& table, Index row);

// ":8080", "127.0.0.1:8080", "[::1]:8080": an unspecified address is left out.
std::string listener_text(const Endpoint& local);

} // namespace net::attach
