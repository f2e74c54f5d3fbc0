// Pairing by swapped addresses, children by port and address.
#include "net/attach/table.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <unordered_map>

#include <fmt/core.h>

namespace net::attach {
namespace {

bool is_local(const Endpoint& endpoint, const std::vector<Endpoint>& own) {
    const Endpoint plain = canonical(endpoint);
    return is_loopback(plain) || std::any_of(own.begin(), own.end(), [&](const Endpoint& mine) {
               return mine.family == plain.family && mine.address == plain.address;
           });
}

// Higher is closer; 0: this listener does not take what arrives at `local` over `family`.
int closeness(const Listener& listener, const Endpoint& local) {
    const Endpoint plain = canonical(local);
    if (canonical(listener.local) == plain)
        return 3;
    if (!is_any(listener.local))
        return 0;
    if (listener.local.family == plain.family)
        return 2;
    return listener.local.family == AF_INET6 && plain.family == AF_INET && !listener.ipv6_only ? 1
                                                                                               : 0;
}

void find_listeners(Table& table) {
    for (Index i = 0; i < table.rows.size(); ++i) {
        const SocketRow& row = table.rows[i];
        if (row.state != KernelState::listen)
            continue;
        const auto same =
            std::find_if(table.listeners.begin(), table.listeners.end(),
                         [&](const Listener& known) { return known.local == row.pair.local; });
        if (same != table.listeners.end())
            same->sockets.push_back(i);
        else
            table.listeners.push_back({{i}, {}, row.pair.local, row.only_ipv6.value_or(false)});
    }
    std::sort(table.listeners.begin(), table.listeners.end(),
              [](const Listener& a, const Listener& b) {
                  return a.local.port != b.local.port ? a.local.port < b.local.port
                                                      : a.local.address < b.local.address;
              });
    for (Listener& listener : table.listeners)
        std::sort(listener.sockets.begin(), listener.sockets.end(),
                  [&](Index a, Index b) { return table.rows[a].cookie < table.rows[b].cookie; });
}

void find_children(Table& table) {
    std::unordered_map<std::uint16_t, std::vector<Index>> by_port;
    for (Index l = 0; l < table.listeners.size(); ++l) {
        by_port[table.listeners[l].local.port].push_back(l);
        for (const Index socket : table.listeners[l].sockets)
            table.listener[socket] = l;
    }
    for (Index i = 0; i < table.rows.size(); ++i) {
        const SocketRow& row = table.rows[i];
        const auto candidates = by_port.find(row.pair.local.port);
        if (row.state == KernelState::listen || candidates == by_port.end())
            continue;
        // A socket that is connecting is no child, whatever its port.
        if (row.state == KernelState::syn_sent)
            continue;
        int best = 0;
        for (const Index l : candidates->second)
            if (const int close = closeness(table.listeners[l], row.pair.local); close > best) {
                best = close;
                table.listener[i] = l;
            }
        if (best > 0)
            table.listeners[table.listener[i]].children.push_back(i);
    }
}

void find_peers(Table& table, const std::vector<Endpoint>& own) {
    std::unordered_map<Pair, Index, PairHash> by_pair;
    by_pair.reserve(table.rows.size());
    for (Index i = 0; i < table.rows.size(); ++i) {
        if (table.rows[i].state == KernelState::listen)
            continue;
        const auto [at, fresh] = by_pair.try_emplace(canonical(table.rows[i].pair), i);
        // A closed socket whose descriptor is open may stand beside the living one.
        if (!fresh && table.rows[at->second].state == KernelState::closed)
            at->second = i;
    }
    for (Index i = 0; i < table.rows.size(); ++i) {
        const SocketRow& row = table.rows[i];
        if (row.state == KernelState::listen)
            continue;
        const auto other = by_pair.find(reversed(canonical(row.pair)));
        if (other != by_pair.end()) {
            table.peer[i] = other->second;
            table.far[i] = other->second == i ? Far::itself : Far::here;
        } else if (is_local(row.pair.remote, own)) {
            table.far[i] = Far::not_seen;
        }
    }
}

} // namespace

Table relate(std::vector<SocketRow> rows, const std::vector<Endpoint>& own) {
    Table table;
    table.rows = std::move(rows);
    table.peer.assign(table.rows.size(), nobody);
    table.far.assign(table.rows.size(), Far::remote);
    table.listener.assign(table.rows.size(), nobody);
    find_listeners(table);
    find_children(table);
    find_peers(table, own);
    return table;
}

bool waits_for_accept(const Table& table, Index i) {
    const SocketRow& row = table.rows[i];
    return table.listener[i] != nobody && row.inode == 0 && record_of(row) == Record::connection &&
           (row.state == KernelState::established || row.state == KernelState::close_wait);
}

bool is_orphan(const Table& table, Index i) {
    const SocketRow& row = table.rows[i];
    switch (record_of(row)) {
    case Record::listener:
    case Record::request: return false;
    case Record::time_wait: return row.state == KernelState::fin_wait_2;
    case Record::connection: return row.inode == 0 && !waits_for_accept(table, i);
    }
    return false;
}

std::string listener_text(const Endpoint& local) {
    return is_any(local) ? fmt::format(":{}", local.port) : text(canonical(local));
}

} // namespace net::attach
