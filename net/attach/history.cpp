// Comparing each look with the one before.
#include "net/attach/history.hpp"

#include <algorithm>

namespace net::attach {
namespace {

// sk_acceptq_is_full(): length > limit.
bool is_full(const SocketRow& row) {
    return row.recv_queue > row.send_queue;
}

} // namespace

std::optional<std::int64_t> quiet_for_ns(const SocketRow& row) {
    if (!row.info || !row.info->last_ack_received_ms)
        return std::nullopt;
    return std::int64_t{*row.info->last_ack_received_ms} * 1'000'000;
}

void History::note_listener(const SocketRow& row, std::int64_t at_ns) {
    const auto [at, fresh] = listeners_.try_emplace(row.cookie);
    ListenerPast& past = at->second;
    const std::uint32_t drops = row.drops.value_or(0);
    if (fresh) {
        past.first_seen_ns = at_ns;
        past.drops_at_first = past.drops = drops;
    } else if (row.recv_queue < past.length) {
        past.last_accept_ns = at_ns;
    }
    const std::uint32_t dropped = drops - past.drops;
    if (dropped > 0)
        past.last_drop_ns = at_ns;
    past.drops = drops;
    past.last_seen_ns = at_ns;
    past.length = row.recv_queue;
    past.limit = row.send_queue;
    past.highest = std::max(past.highest, row.recv_queue);
    if (row.recv_queue == 0)
        past.waiting_since_ns = 0;
    else if (past.waiting_since_ns == 0)
        past.waiting_since_ns = at_ns;
    if (is_full(row)) {
        if (!past.full()) {
            past.full_since_ns = at_ns;
            past.became_full_seen = !fresh;
            ++past.times_full;
        }
    } else if (past.full()) {
        past.last_full_ns = at_ns;
        past.full_since_ns = 0;
    }
    const std::int64_t second = at_ns / second_ns;
    TrendPoint& point = past.trend[static_cast<std::size_t>(second) % trend_seconds];
    if (point.second != second)
        point = {second, 0, 0};
    point.length = std::max(point.length, row.recv_queue);
    point.drops += dropped;
}

void History::note_listeners(const std::vector<SocketRow>& rows, std::int64_t at_ns) {
    if (began_ns_ == 0)
        began_ns_ = at_ns;
    listener_interval_ns_ = last_listeners_ns_ != 0 ? at_ns - last_listeners_ns_ : 0;
    last_listeners_ns_ = at_ns;
    for (const SocketRow& row : rows)
        if (row.state == KernelState::listen)
            note_listener(row, at_ns);
    std::erase_if(listeners_, [&](const auto& known) {
        return at_ns - known.second.last_seen_ns > 5 * second_ns;
    });
}

void History::note(const Table& table) {
    note_listeners(table.rows, table.at_ns);
    const bool first = last_table_ns_ == 0;
    table_interval_ns_ = first ? 0 : table.at_ns - last_table_ns_;
    last_table_ns_ = table.at_ns;
    ++looks_;
    for (Index i = 0; i < table.rows.size(); ++i) {
        const SocketRow& row = table.rows[i];
        if (row.state == KernelState::listen)
            continue;
        const auto [at, fresh] = sockets_.try_emplace(row.cookie);
        SocketPast& past = at->second;
        const Record record = record_of(row);
        if (fresh) {
            past.first_seen_ns = table.at_ns;
            past.born_seen = !first;
        }
        if (fresh || past.state != row.state || past.record != record) {
            past.since_ns = table.at_ns;
            past.change_seen = !fresh || !first;
        }
        past.state = row.state;
        past.record = record;
        if (fresh || past.recv_queue != row.recv_queue)
            past.recv_unchanged_ns = table.at_ns;
        past.recv_queue = row.recv_queue;
        past.send_queue = row.send_queue;
        if (row.timer != KernelTimer::zero_window_probe)
            past.probing_since_ns = 0;
        else if (past.probing_since_ns == 0)
            past.probing_since_ns = table.at_ns;
        if (row.info) {
            const std::uint32_t total = row.info->total_retransmissions;
            if (fresh)
                past.retransmitted_at_first = total;
            else if (total > past.retransmitted)
                past.last_retransmission_ns = table.at_ns;
            past.retransmitted = total;
        }
        const bool waits = waits_for_accept(table, i);
        if (past.waited && !waits && row.inode != 0 && table.listener[i] != nobody)
            for (const Index socket : table.listeners[table.listener[i]].sockets)
                if (const auto owner = listeners_.find(table.rows[socket].cookie);
                    owner != listeners_.end())
                    owner->second.last_accept_ns = table.at_ns;
        past.waited = waits;
        past.look = looks_;
    }
    std::erase_if(sockets_, [&](const auto& known) { return known.second.look != looks_; });
}

const SocketPast* History::socket(std::uint64_t cookie) const {
    const auto at = sockets_.find(cookie);
    return at == sockets_.end() ? nullptr : &at->second;
}

const ListenerPast* History::listener(std::uint64_t cookie) const {
    const auto at = listeners_.find(cookie);
    return at == listeners_.end() ? nullptr : &at->second;
}

} // namespace net::attach
