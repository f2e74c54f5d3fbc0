// What has been seen since we look: since when each socket is in its state, when queues were full,
// how drops rose. Identity is the kernel's socket cookie. Pure: time comes in with the rows.
//
// A time "since" is exact to the distance between two looks when the change was seen, else a lower
// bound: it was so already when we came.
#pragma once

#include "net/attach/table.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

namespace net::attach {

inline constexpr std::int64_t second_ns = 1'000'000'000;

struct SocketPast {
    KernelState state = KernelState::closed;
    Record record = Record::connection;
    std::int64_t first_seen_ns = 0;
    std::int64_t since_ns = 0; // in this state
    bool change_seen = false;  // false: it was in this state when first seen
    bool born_seen = false;    // it was not there in the look before
    std::uint32_t recv_queue = 0, send_queue = 0;
    std::int64_t recv_unchanged_ns = 0;       // since when recv_queue is what it is
    std::int64_t probing_since_ns = 0;        // the zero-window timer runs since; 0: it does not
    std::uint32_t retransmitted_at_first = 0; // tcp_info's total then
    std::uint32_t retransmitted = 0;
    std::int64_t last_retransmission_ns = 0; // seen rising
    bool waited = false;                     // was in an accept queue in the look before
    std::uint64_t look = 0;
};

constexpr std::size_t trend_seconds = 60;

struct TrendPoint {
    std::int64_t second = -1; // of CLOCK_MONOTONIC; -1: nobody looked
    std::uint32_t length = 0; // the highest in that second
    std::uint32_t drops = 0;
};

struct ListenerPast {
    std::int64_t first_seen_ns = 0, last_seen_ns = 0;
    std::uint32_t length = 0, limit = 0, highest = 0;
    std::int64_t full_since_ns = 0; // 0: not full
    bool became_full_seen = false;  // false: it was full when we came
    std::int64_t last_full_ns = 0;  // of an earlier time, 0: never
    std::uint32_t times_full = 0;
    std::int64_t waiting_since_ns = 0; // the queue is not empty since
    std::int64_t last_accept_ns = 0;   // last sign that accept() took one: 0 never
    std::uint32_t drops_at_first = 0, drops = 0;
    std::int64_t last_drop_ns = 0; // seen rising
    std::array<TrendPoint, trend_seconds> trend{};

    [[nodiscard]] bool full() const { return full_since_ns != 0; }
    [[nodiscard]] std::uint32_t new_drops() const { return drops - drops_at_first; }
};

class History {
public:
    // Rows of listeners (others are passed over); how far apart such looks come is told to the
    // user.
    void note_listeners(const std::vector<SocketRow>& rows, std::int64_t at_ns);
    void note(const Table& table); // everything, listeners included

    [[nodiscard]] const SocketPast* socket(std::uint64_t cookie) const;
    [[nodiscard]] const ListenerPast* listener(std::uint64_t cookie) const;
    [[nodiscard]] std::int64_t began_ns() const { return began_ns_; }
    [[nodiscard]] std::int64_t table_interval_ns() const { return table_interval_ns_; }
    [[nodiscard]] std::int64_t listener_interval_ns() const { return listener_interval_ns_; }

private:
    void note_listener(const SocketRow& row, std::int64_t at_ns);

    std::int64_t began_ns_ = 0;
    std::int64_t last_table_ns_ = 0, table_interval_ns_ = 0;
    std::int64_t last_listeners_ns_ = 0, listener_interval_ns_ = 0;
    std::uint64_t looks_ = 0;
    std::unordered_map<std::uint64_t, SocketPast> sockets_;
    std::unordered_map<std::uint64_t, ListenerPast> listeners_;
};

// For how long a socket has been in its state, at least, by what the socket itself tells: the last
// segment came that long ago, and without one its state cannot have changed from outside
// (CLOSE_WAIT, ESTABLISHED in an accept queue). tcp_ack() notes the time of every segment but a
// SYN.
std::optional<std::int64_t> quiet_for_ns(const SocketRow& row);

} // namespace net::attach
