// What closed connections leave behind: orphans, TIME_WAITs, ports in use.
#include "net/attach/verdict_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>

namespace net::attach {
namespace {

constexpr std::uint64_t many_orphans = 5;
constexpr std::uint64_t many_time_waits = 10'000;

struct TimeWaits {
    std::uint64_t count = 0;
    std::map<std::uint16_t, std::uint64_t> by_port; // the server's
};

TimeWaits count_time_waits(const Case& seen) {
    TimeWaits all;
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        if (row.state != KernelState::time_wait)
            continue;
        ++all.count;
        ++all.by_port[seen.table.listener[i] != nobody ? row.pair.local.port
                                                       : row.pair.remote.port];
    }
    return all;
}

bool nearly_full(const Case& seen, std::uint64_t time_waits) {
    return seen.limits.most_time_waits > 0 && time_waits > 0 &&
           time_waits * 5 >= std::uint64_t{seen.limits.most_time_waits} * 4;
}

} // namespace

void look_for_orphans(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    struct Orphans {
        std::uint64_t count = 0, peers_wait = 0;
        std::uint32_t most_left_ms = 0;
        Index first = nobody;
        std::set<std::string> peers;
    };
    std::map<std::uint16_t, Orphans> by_port; // the server's port
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        if (row.state != KernelState::fin_wait_2 || record_of(row) != Record::time_wait)
            continue;
        const bool passive = seen.table.listener[i] != nobody;
        Orphans& orphans = by_port[passive ? row.pair.local.port : row.pair.remote.port];
        ++orphans.count;
        orphans.most_left_ms = std::max(orphans.most_left_ms, row.expires_ms);
        if (orphans.first == nobody)
            orphans.first = i;
        const Index peer = seen.table.peer[i];
        if (peer != nobody && seen.table.rows[peer].state == KernelState::close_wait) {
            ++orphans.peers_wait;
            if (const std::string who = holder_text(seen, peer); !who.empty())
                orphans.peers.insert(who);
        }
    }
    for (const auto& [port, orphans] : by_port) {
        if (orphans.count < many_orphans)
            continue;
        Verdict made = begin(rule);
        made.where = fmt::format(":{}", port);
        made.port = port;
        made.cookie = seen.table.rows[orphans.first].cookie;
        made.count = orphans.count;
        made.headline = {
            "{} orphans in FIN_WAIT_2: closed here, the far ends have not closed; "
            "the kernel drops the last in {} s",
            {fmt::format("{}", orphans.count), fmt::format("{}", orphans.most_left_ms / 1000)}};
        if (orphans.peers_wait > 0)
            made.evidence.push_back({"{} of the far ends are on this machine, in CLOSE_WAIT{}",
                                     {fmt::format("{}", orphans.peers_wait),
                                      orphans.peers.empty() ? "" : ": " + *orphans.peers.begin()}});
        made.interval = {seen.history.table_interval_ns()};
        made.ss = "ss -nto state fin-wait-2";
        made.weight = static_cast<std::int64_t>(orphans.count);
        all.push_back(std::move(made));
    }
}

void look_for_used_up_ports(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    struct Use {
        std::vector<std::uint16_t> ports;
        std::uint64_t time_waits = 0;
        Index first = nobody;
    };
    // Ports are chosen anew for each destination: what counts is one address towards one other.
    std::unordered_map<Pair, Use, PairHash> uses;
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        if (row.state == KernelState::listen || seen.table.listener[i] != nobody ||
            row.pair.local.port < seen.limits.first_port ||
            row.pair.local.port > seen.limits.last_port)
            continue;
        Pair between = canonical(row.pair);
        between.local.port = 0;
        Use& use = uses[between];
        use.ports.push_back(row.pair.local.port);
        use.time_waits += row.state == KernelState::time_wait;
        if (use.first == nobody)
            use.first = i;
    }
    const std::uint64_t range = seen.limits.last_port >= seen.limits.first_port
                                    ? seen.limits.last_port - seen.limits.first_port + 1u
                                    : 1;
    for (auto& [between, use] : uses) {
        std::sort(use.ports.begin(),
                  use.ports.end()); // a closed socket may stand beside a TIME_WAIT
        use.ports.erase(std::unique(use.ports.begin(), use.ports.end()), use.ports.end());
        const std::uint64_t share = use.ports.size() * 100 / range;
        if (share < 50)
            continue;
        Verdict made = begin(rule);
        made.severity = share >= 80 ? Severity::bad : Severity::warning;
        made.where = address_text(between.local) + " → " + text(between.remote);
        made.port = seen.table.rows[use.first].pair.remote.port;
        made.cookie = seen.table.rows[use.first].cookie;
        made.count = use.ports.size();
        made.headline = {"{} of {} local ports in use ({} %): connect() will fail with "
                         "EADDRNOTAVAIL",
                         {fmt::format("{}", use.ports.size()), fmt::format("{}", range),
                          fmt::format("{}", share)}};
        made.evidence.push_back({"{} of them in TIME_WAIT", {fmt::format("{}", use.time_waits)}});
        made.remedy.arguments = {fmt::format("{}", seen.limits.first_port),
                                 fmt::format("{}", seen.limits.last_port)};
        made.interval = {seen.history.table_interval_ns()};
        made.ss = fmt::format("ss -Htan 'dport = :{}' | wc -l", made.port);
        made.weight = static_cast<std::int64_t>(share);
        all.push_back(std::move(made));
    }
}

// No room for TIME_WAIT: tcp_time_wait() closes at once and counts it.
void look_for_time_wait_overflows(const Case& seen, const RuleRow& rule,
                                  std::vector<Verdict>& all) {
    const auto waits = count_time_waits(seen);
    const std::uint64_t fresh = seen.new_time_wait_overflows;
    // What was counted long ago is news only while it may go on.
    if (fresh == 0 && (seen.time_wait_overflows == 0 || !nearly_full(seen, waits.count)))
        return;
    Verdict made = begin(rule);
    made.severity = fresh > 0 ? Severity::warning : Severity::notice;
    made.count = fresh > 0 ? fresh : seen.time_wait_overflows;
    made.headline = {"{} connections were closed without TIME_WAIT: there was no room for it",
                     {fmt::format("{}", made.count)}};
    made.evidence.push_back(
        {"TCPTimeWaitOverflow is {}, {} of them since we look; it counts for "
         "all sockets of this network namespace",
         {fmt::format("{}", seen.time_wait_overflows), fmt::format("{}", fresh)}});
    made.evidence.push_back(
        {"net.ipv4.tcp_max_tw_buckets is {}, and {} sockets are in TIME_WAIT",
         {fmt::format("{}", seen.limits.most_time_waits), fmt::format("{}", waits.count)}});
    made.certainty = trace::Certainty::exact;
    made.ss = "nstat -az TcpExtTCPTimeWaitOverflow";
    made.weight = static_cast<std::int64_t>(made.count);
    all.push_back(std::move(made));
}

void look_for_time_waits(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    const auto [count, by_port] = count_time_waits(seen);
    const std::uint64_t most = seen.limits.most_time_waits;
    const bool nearly = nearly_full(seen, count);
    if (count < many_time_waits && !nearly)
        return;
    Verdict made = begin(rule);
    made.severity = nearly ? Severity::warning : Severity::notice;
    const auto biggest =
        std::max_element(by_port.begin(), by_port.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    made.headline = {"{} sockets in TIME_WAIT", {fmt::format("{}", count)}};
    made.evidence.push_back(
        {"{} of them at port :{}",
         {fmt::format("{}", biggest->second), fmt::format("{}", biggest->first)}});
    if (most > 0)
        made.evidence.push_back(
            {nearly ? "net.ipv4.tcp_max_tw_buckets is {}: what comes beyond is closed without "
                      "TIME_WAIT"
                    : "net.ipv4.tcp_max_tw_buckets allows {}",
             {fmt::format("{}", most)}});
    made.count = count;
    made.port = biggest->first;
    made.interval = {seen.history.table_interval_ns()};
    made.ss = "ss -Htan state time-wait | wc -l";
    made.weight = static_cast<std::int64_t>(count);
    all.push_back(std::move(made));
}

} // namespace net::attach
