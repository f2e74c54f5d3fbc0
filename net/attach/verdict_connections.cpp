// What can be wrong with connections: somebody does not close, does not read, does not answer.
#include "net/attach/verdict_rules.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace net::attach {
namespace {

constexpr std::int64_t leak_after_ns = 3 * second_ns;
constexpr std::uint64_t many_leaked = 100;
constexpr std::int64_t stuck_after_ns = 3 * second_ns;
constexpr std::int64_t unread_after_ns = 10 * second_ns;
constexpr std::int64_t probing_after_ns = second_ns;
constexpr std::int64_t recent_ns = 10 * second_ns;
constexpr std::size_t named_at_most = 4;

// Sockets of one process, or where that is not known of one user.
struct Group {
    std::vector<Index> rows;
    std::int64_t oldest_ns = 0;
    bool oldest_is_longer = false; // by what the socket tells, not by our watching
};

using Key = std::tuple<int, std::uint32_t, std::uint16_t>; // pid, uid, port

std::int64_t watched_ns(const Case& seen, const SocketRow& row) {
    const SocketPast* past = seen.history.socket(row.cookie);
    return past ? seen.now_ns - past->since_ns : 0;
}

// "3, 4, 5, 6, …": the descriptors of a process.
std::string descriptors(const Case& seen, const Group& group, int pid) {
    std::vector<int> numbers;
    for (const Index row : group.rows)
        if (const auto at = seen.holdings.by_inode.find(seen.table.rows[row].inode);
            at != seen.holdings.by_inode.end())
            for (const Holder& holder : at->second)
                if (holder.pid == pid)
                    numbers.push_back(holder.fd);
    std::sort(numbers.begin(), numbers.end());
    std::string text;
    for (std::size_t i = 0; i < std::min(numbers.size(), named_at_most); ++i)
        text += (i > 0 ? ", " : "") + std::to_string(numbers[i]);
    return numbers.size() > named_at_most ? text + ", …" : text;
}

Verdict about(const Case& seen, const RuleRow& rule, Index row) {
    Verdict made = begin(rule);
    made.where = pair_text(seen.table.rows[row]);
    made.who = holder_text(seen, row);
    made.cookie = seen.table.rows[row].cookie;
    if (const Holder* holder = holder_of(seen, row))
        made.pid = holder->pid;
    if (const Index l = seen.table.listener[row]; l != nobody)
        made.port = seen.table.listeners[l].local.port;
    made.interval = {seen.history.table_interval_ns()};
    made.ss =
        fmt::format("ss -ntoi 'sport = :{} and dport = :{}'", seen.table.rows[row].pair.local.port,
                    seen.table.rows[row].pair.remote.port);
    return made;
}

Key key_of(const Case& seen, Index row, std::uint16_t port) {
    const Holder* holder = holder_of(seen, row);
    return {holder ? holder->pid : 0, holder ? 0 : seen.table.rows[row].uid, port};
}

} // namespace

void look_for_close_waits(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    std::map<Key, Group> groups;
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        // Not accepted: the accept queue's affair. Still sending: a half-close that is used.
        if (row.state != KernelState::close_wait || row.inode == 0)
            continue;
        const bool sends =
            row.send_queue > 0 || (row.info && row.info->last_data_sent_ms.value_or(~0u) < 3000);
        const std::int64_t watched = watched_ns(seen, row);
        const std::int64_t age = std::max(watched, quiet_for_ns(row).value_or(0));
        if (sends || age < leak_after_ns)
            continue;
        Group& group = groups[key_of(seen, i, 0)];
        group.rows.push_back(i);
        if (age > group.oldest_ns) {
            group.oldest_ns = age;
            group.oldest_is_longer = age > watched + second_ns;
        }
    }
    for (const auto& [key, group] : groups) {
        const Index first = group.rows.front();
        const int pid = std::get<0>(key);
        Verdict made = begin(rule);
        made.who = holder_text(seen, first);
        made.pid = pid;
        made.cookie = seen.table.rows[first].cookie;
        made.count = group.rows.size();
        made.severity = made.count >= many_leaked ? Severity::bad : Severity::warning;
        made.headline = {made.count == 1
                             ? "holds {} socket in CLOSE_WAIT for at least {}: the peer closed, "
                               "this program has not"
                             : "holds {} sockets in CLOSE_WAIT, the oldest for at least {}: the "
                               "peers closed, this program has not",
                         {fmt::format("{}", made.count), age_text(group.oldest_ns)}};
        made.certainty =
            group.oldest_is_longer ? trace::Certainty::inferred : trace::Certainty::sampled;
        made.interval = {seen.history.table_interval_ns()};
        std::uint64_t unread = 0, others = 0;
        std::map<std::uint16_t, std::uint64_t> by_port;
        for (const Index row : group.rows) {
            unread += seen.table.rows[row].recv_queue > 0; // data, or the FIN itself
            if (const Index l = seen.table.listener[row]; l != nobody)
                ++by_port[seen.table.listeners[l].local.port];
            else
                ++others;
        }
        for (const auto& [port, count] : by_port) {
            const std::string at = fmt::format(":{}", port);
            std::uint64_t connections = 0;
            for (const Listener& listener : seen.table.listeners)
                if (listener.local.port == port)
                    connections += static_cast<std::uint64_t>(std::count_if(
                        listener.children.begin(), listener.children.end(), [&](Index child) {
                            return record_of(seen.table.rows[child]) == Record::connection;
                        }));
            made.evidence.push_back(
                {"{} of the {} connections of {}",
                 {fmt::format("{}", count), fmt::format("{}", connections), at}});
            made.port = port;
        }
        if (others > 0)
            made.evidence.push_back(
                {"{} of connections that it opened itself", {fmt::format("{}", others)}});
        if (unread == made.count)
            made.evidence.push_back({"it has not even read the end of file", {}});
        else if (unread == 0)
            made.evidence.push_back({"it has read the end of file, and not called close()", {}});
        else
            made.evidence.push_back(
                {"of {} it has not even read the end of file", {fmt::format("{}", unread)}});
        if (const std::string list = descriptors(seen, group, pid); !list.empty())
            made.evidence.push_back({"file descriptors {}", {list}});
        made.ss = "ss -tnp state close-wait";
        made.weight = static_cast<std::int64_t>(made.count);
        all.push_back(std::move(made));
    }
}

void look_for_zero_windows(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        const SocketPast* past = seen.history.socket(row.cookie);
        if (row.timer != KernelTimer::zero_window_probe || !past || past->probing_since_ns == 0)
            continue;
        const std::int64_t watched = seen.now_ns - past->probing_since_ns;
        if (watched < probing_after_ns && row.retransmissions < 2)
            continue;
        // Only data can have closed the window, and none was sent since.
        std::int64_t closed = watched;
        if (row.info && row.info->send_window == 0u && row.info->last_data_sent_ms)
            closed = std::max(closed, std::int64_t{*row.info->last_data_sent_ms} * 1'000'000);
        const Index peer = seen.table.peer[i];
        const Index reader = peer != nobody ? peer : i;
        Verdict made = about(seen, rule, i);
        made.who = holder_text(seen, reader);
        if (const Holder* holder = holder_of(seen, reader))
            made.pid = holder->pid;
        made.headline =
            peer != nobody
                ? Saying{"does not read: its window is closed for at least {}, {} bytes wait there "
                         "unread and {} bytes at the sender",
                         {age_text(closed), fmt::format("{}", seen.table.rows[peer].recv_queue),
                          fmt::format("{}", row.send_queue)}}
                : Saying{"cannot send: the far end's window is closed for at least {}, {} bytes "
                         "wait here",
                         {age_text(closed), fmt::format("{}", row.send_queue)}};
        made.certainty =
            closed > watched + second_ns ? trace::Certainty::inferred : trace::Certainty::sampled;
        made.evidence.push_back(
            {"zero-window probe {}, the next in {} ms",
             {fmt::format("{}", row.retransmissions), fmt::format("{}", row.expires_ms)}});
        if (row.info && row.info->send_window)
            made.evidence.push_back(
                {"snd_wnd {} at the sender", {fmt::format("{}", *row.info->send_window)}});
        made.weight = closed;
        all.push_back(std::move(made));
    }
}

void look_for_unread_data(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        const SocketPast* past = seen.history.socket(row.cookie);
        if (row.state != KernelState::established || row.recv_queue == 0 || row.inode == 0 || !past)
            continue;
        const Index peer = seen.table.peer[i];
        if (peer != nobody && seen.table.rows[peer].timer == KernelTimer::zero_window_probe)
            continue; // that is said already
        const std::int64_t watched = seen.now_ns - past->recv_unchanged_ns;
        std::int64_t unread = watched;
        // What arrived last is the last to be read: while anything is unread, that is.
        if (row.info && row.info->last_data_received_ms)
            unread = std::max(unread, std::int64_t{*row.info->last_data_received_ms} * 1'000'000);
        if (unread < unread_after_ns)
            continue;
        Verdict made = about(seen, rule, i);
        made.headline = {"{} bytes unread for at least {}",
                         {fmt::format("{}", row.recv_queue), age_text(unread)}};
        made.certainty =
            unread > watched + second_ns ? trace::Certainty::inferred : trace::Certainty::sampled;
        if (row.receive_buffer > 0)
            made.evidence.push_back({"its receive buffer is {} bytes of kernel memory",
                                     {fmt::format("{}", row.receive_buffer)}});
        made.weight = unread;
        all.push_back(std::move(made));
    }
}

void look_for_retransmissions(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        const SocketPast* past = seen.history.socket(row.cookie);
        if (!past ||
            (row.state != KernelState::established && row.state != KernelState::close_wait))
            continue;
        const bool repeats = row.timer == KernelTimer::retransmit && row.retransmissions > 0;
        const std::uint32_t since = past->retransmitted - past->retransmitted_at_first;
        const bool lost = past->last_retransmission_ns != 0 &&
                          seen.now_ns - past->last_retransmission_ns < recent_ns && since >= 3;
        if (!repeats && !lost)
            continue;
        Verdict made = about(seen, rule, i);
        made.headline =
            repeats
                ? Saying{"repeats a segment that nobody acknowledges: repetition {}, {} bytes "
                         "wait, the next try in {} ms",
                         {fmt::format("{}", row.retransmissions), fmt::format("{}", row.send_queue),
                          fmt::format("{}", row.expires_ms)}}
                : Saying{"loses segments: {} repeated since we look", {fmt::format("{}", since)}};
        made.evidence.push_back(
            {"{} segments repeated in its whole life", {fmt::format("{}", past->retransmitted)}});
        if (row.info && row.info->rto_us > 0)
            made.evidence.push_back({"RTO {} ms", {fmt::format("{}", row.info->rto_us / 1000)}});
        made.weight = row.retransmissions * 1000 + since;
        all.push_back(std::move(made));
    }
}

void look_for_unanswered_connects(const Case& seen, const RuleRow& rule,
                                  std::vector<Verdict>& all) {
    struct Attempts {
        std::vector<Index> rows;
        std::uint8_t most = 0;
    };
    std::map<std::pair<std::string, Key>, Attempts> groups;
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        if (row.state != KernelState::syn_sent || row.retransmissions == 0)
            continue;
        // A full listener of ours is a verdict of its own, and tells of these.
        const bool explained = std::any_of(
            seen.table.listeners.begin(), seen.table.listeners.end(),
            [&](const Listener& listener) {
                return listener.local.port == row.pair.remote.port &&
                       seen.table.far[i] != Far::remote &&
                       std::any_of(listener.sockets.begin(), listener.sockets.end(), [&](Index s) {
                           return seen.table.rows[s].recv_queue > seen.table.rows[s].send_queue;
                       });
            });
        if (explained)
            continue;
        Attempts& attempts = groups[{text(canonical(row.pair.remote)), key_of(seen, i, 0)}];
        attempts.rows.push_back(i);
        attempts.most = std::max(attempts.most, row.retransmissions);
    }
    for (const auto& [key, attempts] : groups) {
        Verdict made = about(seen, rule, attempts.rows.front());
        made.where = "→ " + key.first;
        made.count = attempts.rows.size();
        made.headline = {"{} connect() without an answer: SYN repeated up to {} times",
                         {fmt::format("{}", made.count), fmt::format("{}", attempts.most)}};
        made.ss = fmt::format("ss -nto state syn-sent 'dport = :{}'",
                              seen.table.rows[attempts.rows.front()].pair.remote.port);
        made.weight = static_cast<std::int64_t>(made.count);
        all.push_back(std::move(made));
    }
}

void look_for_stuck_closings(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    struct Stuck {
        Group group;
        std::uint64_t orphans = 0;
        std::uint8_t most = 0;
    };
    std::map<std::pair<KernelState, Key>, Stuck> groups;
    for (Index i = 0; i < seen.table.rows.size(); ++i) {
        const SocketRow& row = seen.table.rows[i];
        if (row.state != KernelState::fin_wait_1 && row.state != KernelState::closing &&
            row.state != KernelState::last_ack)
            continue;
        const std::int64_t watched = watched_ns(seen, row);
        if (watched < stuck_after_ns && row.retransmissions < 3)
            continue;
        const Index l = seen.table.listener[i];
        Stuck& stuck = groups[{
            row.state, key_of(seen, i, l != nobody ? row.pair.local.port : row.pair.remote.port)}];
        stuck.group.rows.push_back(i);
        stuck.group.oldest_ns = std::max(stuck.group.oldest_ns, watched);
        stuck.orphans += is_orphan(seen.table, i);
        stuck.most = std::max(stuck.most, row.retransmissions);
    }
    for (const auto& [key, stuck] : groups) {
        const Index first = stuck.group.rows.front();
        Verdict made = about(seen, rule, first);
        made.count = stuck.group.rows.size();
        made.headline = {
            "{} sockets in {} for at least {}: their FIN is not acknowledged, repeated "
            "up to {} times",
            {fmt::format("{}", made.count), name(key.first), age_text(stuck.group.oldest_ns),
             fmt::format("{}", stuck.most)}};
        if (stuck.orphans > 0)
            made.evidence.push_back({"{} of them are orphans: the program has closed them",
                                     {fmt::format("{}", stuck.orphans)}});
        if (seen.table.far[first] == Far::not_seen)
            made.evidence.push_back({"of the other end nothing is left on this machine", {}});
        made.ss = "ss -nto state fin-wait-1 state closing state last-ack";
        made.weight = static_cast<std::int64_t>(made.count);
        all.push_back(std::move(made));
    }
}

} // namespace net::attach
