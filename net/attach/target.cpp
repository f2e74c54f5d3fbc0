// Which rows belong to what was asked for.
#include "net/attach/target.hpp"

#include "net/clock.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace net::attach {
namespace {

bool held_by(const Holdings& holdings, const SocketRow& row, int pid) {
    const auto at = holdings.by_inode.find(row.inode);
    return row.inode != 0 && at != holdings.by_inode.end() &&
           std::any_of(at->second.begin(), at->second.end(),
                       [&](const Holder& holder) { return holder.pid == pid; });
}

void add_listener(const Table& table, const Listener& listener, std::vector<Member>& members) {
    for (const Index socket : listener.sockets)
        members.push_back({socket, Side::right});
    for (const Index child : listener.children) {
        members.push_back({child, Side::right});
        if (table.far[child] == Far::here)
            members.push_back({table.peer[child], Side::left});
    }
}

void select(const Table& table, const ListenerTarget& target, const Holdings&,
            std::vector<Member>& members) {
    for (const Listener& listener : table.listeners) {
        if (!matches(target.local, listener.local))
            continue;
        add_listener(table, listener, members);
        // Clients of this machine for whom the listener has nothing: refused, or answered by a
        // cookie.
        for (Index i = 0; i < table.rows.size(); ++i)
            if (table.far[i] == Far::not_seen && table.rows[i].state != KernelState::listen &&
                table.rows[i].pair.remote.port == listener.local.port &&
                (is_any(listener.local) ||
                 canonical(table.rows[i].pair.remote) == canonical(listener.local)))
                members.push_back({i, Side::left});
    }
}

void select(const Table& table, const ConnectionTarget& target, const Holdings&,
            std::vector<Member>& members) {
    for (Index i = 0; i < table.rows.size(); ++i) {
        const SocketRow& row = table.rows[i];
        if (row.state == KernelState::listen)
            continue;
        const Pair pair = canonical(row.pair);
        if (target.cookie != 0 && target.pair.remote.port == 0 && row.cookie != target.cookie)
            continue;
        const bool first =
            target.pair.remote.port == 0 ||
            (matches(target.pair.local, pair.local) && matches(target.pair.remote, pair.remote));
        const bool second = !first && matches(target.pair.local, pair.remote) &&
                            matches(target.pair.remote, pair.local);
        if (!first && !second)
            continue;
        members.push_back({i, first ? Side::left : Side::right});
        if (target.pair.remote.port == 0 && table.far[i] == Far::here)
            members.push_back({table.peer[i], Side::right});
    }
}

void select(const Table& table, const ProcessTarget& target, const Holdings& holdings,
            std::vector<Member>& members) {
    for (const Listener& listener : table.listeners)
        for (const Index socket : listener.sockets)
            if (held_by(holdings, table.rows[socket], target.pid))
                members.push_back({socket, Side::right});
    for (Index i = 0; i < table.rows.size(); ++i) {
        const SocketRow& row = table.rows[i];
        if (row.state == KernelState::listen)
            continue;
        const Index l = table.listener[i];
        const bool theirs =
            held_by(holdings, row, target.pid) ||
            (l != nobody && row.inode == 0 &&
             held_by(holdings, table.rows[table.listeners[l].sockets.front()], target.pid));
        if (!theirs)
            continue;
        members.push_back({i, Side::right});
        if (table.far[i] == Far::here)
            members.push_back({table.peer[i], Side::left});
    }
}

} // namespace

std::string text(const Target& target) {
    if (const auto* listener = std::get_if<ListenerTarget>(&target))
        return listener->local.family == 0 ? fmt::format(":{}", listener->local.port)
                                           : text(listener->local);
    if (const auto* connection = std::get_if<ConnectionTarget>(&target))
        return text(connection->pair.local) + " → " + text(connection->pair.remote);
    return fmt::format("process {}", std::get<ProcessTarget>(target).pid);
}

Selected select(Table table, const Target& target, const Holdings& holdings) {
    Selected made;
    made.table = std::move(table);
    std::visit([&](const auto& wanted) { select(made.table, wanted, holdings, made.members); },
               target);
    // Both ends may belong: each socket once, where it stood first.
    std::vector<bool> taken(made.table.rows.size(), false);
    std::erase_if(made.members, [&](const Member& member) {
        const bool again = taken[member.row];
        taken[member.row] = true;
        return again;
    });
    std::stable_partition(made.members.begin(), made.members.end(), [&](const Member& member) {
        return made.table.rows[member.row].state == KernelState::listen;
    });
    return made;
}

Result<Table> read_around(Reader& reader, const Target& target) {
    const auto began = monotonic_ns();
    std::uint16_t port = 0;
    if (const auto* listener = std::get_if<ListenerTarget>(&target))
        port = listener->local.port;
    else if (const auto* connection = std::get_if<ConnectionTarget>(&target))
        port = connection->pair.local.port;
    if (port == 0)
        return reader.everything();
    auto rows = reader.around(port);
    if (!rows)
        return rows.failure();
    // Which end was accepted is told by the listener, whose port is another than the one asked for.
    if (std::holds_alternative<ConnectionTarget>(target))
        if (const auto listeners = reader.listeners())
            for (const SocketRow& listener : *listeners)
                if (std::none_of(rows->begin(), rows->end(), [&](const SocketRow& row) {
                        return row.cookie == listener.cookie;
                    }))
                    rows->push_back(listener);
    Table table = relate(std::move(*rows), reader.own_addresses());
    table.at_ns = began;
    return table;
}

} // namespace net::attach
