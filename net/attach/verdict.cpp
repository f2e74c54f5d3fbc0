// The table of conditions, and what all of them share.
#include "net/attach/verdict_rules.hpp"

#include <fmt/args.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <tuple>

namespace net::attach {
namespace {

constexpr auto table = std::to_array<RuleRow>({
    {Condition::accept_queue_full, Severity::bad, "queues/accept-queue-overflow.twomsl",
     "Make the program call accept() in time (a blocked thread? a full pool of workers?); a larger "
     "backlog in listen() only buys time. The limit is min(backlog, net.core.somaxconn {}).",
     look_for_full_queues},
    {Condition::listener_drops, Severity::bad, "queues/which-counter.twomsl",
     "Look at the SYN queue (net.ipv4.tcp_syncookies, tcp_max_syn_backlog) and at the memory of "
     "the "
     "machine; nstat -az TcpExtTCPReqQFullDrop tells for all listeners together.",
     look_for_drops},
    {Condition::ports_used_up, Severity::bad, "closing/time-wait.twomsl",
     "Keep connections open and use them again; or spread over more addresses, or widen "
     "net.ipv4.ip_local_port_range ({} to {} now).",
     look_for_used_up_ports},
    {Condition::close_wait_leak, Severity::bad, "closing/close-wait-leak.twomsl",
     "Find the path of the program that forgets close() after read() has returned 0. The kernel "
     "never ends CLOSE_WAIT by itself; only close() or the end of the process does.",
     look_for_close_waits},
    {Condition::half_open_pile, Severity::bad, "queues/syn-queue-limit.twomsl",
     "Are the clients still there, and do the SYN+ACKs reach them? Many unknown addresses at once "
     "are a SYN flood: net.ipv4.tcp_syncookies 1 keeps the listener usable.",
     look_for_half_open},
    {Condition::zero_window, Severity::warning, "data/zero-window.twomsl",
     "Find out why the receiving program does not read(): the network is not at fault here.",
     look_for_zero_windows},
    {Condition::unread_data, Severity::warning, "data/zero-window.twomsl",
     "Find out what the program waits for instead of calling read().", look_for_unread_data},
    {Condition::retransmitting, Severity::warning, "data/dead-peer.twomsl",
     "Something between the two ends loses segments or their acknowledgements: a firewall rule, a "
     "full queue, a peer that is gone without a word.",
     look_for_retransmissions},
    {Condition::connect_unanswered, Severity::warning, "handshake/nobody-answers.twomsl",
     "Nobody answers there, not even with a refusal: a firewall that drops, a host that is down, "
     "or "
     "a listener whose accept queue is full.",
     look_for_unanswered_connects},
    {Condition::stuck_closing, Severity::warning, "closing/fin-never-acknowledged.twomsl",
     "The other end does not acknowledge: it is gone, or its segments are dropped on the way. The "
     "kernel gives up after net.ipv4.tcp_orphan_retries.",
     look_for_stuck_closings},
    {Condition::accept_queue_waits, Severity::warning, "handshake/connect-without-accept.twomsl",
     "The handshake is done by the kernel, the program has not taken the connection yet: look at "
     "what it does instead of calling accept().",
     look_for_waiting_queues},
    {Condition::accept_queue_was_full, Severity::warning, "queues/accept-queue-overflow.twomsl",
     "Bursts come faster than accept() takes them: a larger backlog would hold them (the limit is "
     "min(backlog, net.core.somaxconn {})).",
     look_for_past_overflows},
    {Condition::time_wait_overflow, Severity::warning, "closing/time-wait.twomsl",
     "Raise net.ipv4.tcp_max_tw_buckets (the kernel's own choice is half of its table's buckets). "
     "Without TIME_WAIT a repeated FIN is answered with RST, and an old segment may reach a new "
     "connection of the same ports.",
     look_for_time_wait_overflows},
    {Condition::fin_wait_2_orphans, Severity::notice, "closing/fin-wait-2-orphan.twomsl",
     "This end has closed, the other end has not: look at the other program (CLOSE_WAIT there). "
     "The kernel drops them after net.ipv4.tcp_fin_timeout.",
     look_for_orphans},
    {Condition::time_wait_pile, Severity::notice, "closing/time-wait.twomsl",
     "TIME_WAIT is normal at the end that closes first and costs little memory; keeping "
     "connections "
     "open makes fewer of them.",
     look_for_time_waits},
});
static_assert(table.size() == condition_count);

} // namespace

std::span<const RuleRow> rules() {
    return table;
}

std::string_view name(Condition condition) {
    switch (condition) {
    case Condition::accept_queue_full: return "accept_queue_full";
    case Condition::listener_drops: return "listener_drops";
    case Condition::ports_used_up: return "ports_used_up";
    case Condition::close_wait_leak: return "close_wait_leak";
    case Condition::half_open_pile: return "half_open_pile";
    case Condition::zero_window: return "zero_window";
    case Condition::unread_data: return "unread_data";
    case Condition::retransmitting: return "retransmitting";
    case Condition::connect_unanswered: return "connect_unanswered";
    case Condition::stuck_closing: return "stuck_closing";
    case Condition::accept_queue_waits: return "accept_queue_waits";
    case Condition::accept_queue_was_full: return "accept_queue_was_full";
    case Condition::time_wait_overflow: return "time_wait_overflow";
    case Condition::fin_wait_2_orphans: return "fin_wait_2_orphans";
    case Condition::time_wait_pile: return "time_wait_pile";
    }
    return "?";
}

std::string_view name(Severity severity) {
    switch (severity) {
    case Severity::bad: return "bad";
    case Severity::warning: return "warning";
    case Severity::notice: return "notice";
    }
    return "?";
}

std::string say(std::string_view format, const std::vector<std::string>& arguments) {
    fmt::dynamic_format_arg_store<fmt::format_context> store;
    for (const std::string& argument : arguments)
        store.push_back(argument);
    return fmt::vformat(format, store);
}

std::string in_english(const Saying& saying) {
    return say(saying.format, saying.arguments);
}

std::vector<Verdict> judge(const Case& seen) {
    std::vector<Verdict> all;
    for (const RuleRow& rule : table)
        rule.look(seen, rule, all);
    std::stable_sort(all.begin(), all.end(), [](const Verdict& a, const Verdict& b) {
        return std::tuple(a.severity, a.condition, -a.weight) <
               std::tuple(b.severity, b.condition, -b.weight);
    });
    return all;
}

Verdict begin(const RuleRow& rule) {
    Verdict made;
    made.condition = rule.condition;
    made.severity = rule.severity;
    made.lesson = rule.lesson;
    made.remedy.format = rule.remedy;
    return made;
}

std::string age_text(std::int64_t ns) {
    const std::int64_t seconds = std::max<std::int64_t>(0, ns) / second_ns;
    if (seconds < 1)
        return "< 1 s";
    if (seconds < 120)
        return fmt::format("{} s", seconds);
    if (seconds < 7200)
        return fmt::format("{} min", seconds / 60);
    return fmt::format("{} h", seconds / 3600);
}

const Holder* holder_of(const Case& seen, Index row) {
    std::uint32_t inode = seen.table.rows[row].inode;
    const Index l = seen.table.listener[row];
    if (inode == 0 && l != nobody)
        inode = seen.table.rows[seen.table.listeners[l].sockets.front()].inode;
    const auto at = seen.holdings.by_inode.find(inode);
    return inode == 0 || at == seen.holdings.by_inode.end() ? nullptr : &at->second.front();
}

std::string holder_text(const Case& seen, Index row) {
    if (const Holder* holder = holder_of(seen, row))
        return fmt::format("{} ({})", holder->program, holder->pid);
    // Of what no descriptor names the kernel tells no user either; 0 would not mean root.
    if (seen.table.rows[row].inode == 0)
        return "";
    return user_text(seen.table.rows[row].uid);
}

std::string pair_text(const SocketRow& row) {
    return text(canonical(row.pair.local)) + " → " + text(canonical(row.pair.remote));
}

Limits read_limits() {
    Limits limits;
    const auto read = [](const char* path, auto use) {
        if (std::FILE* file = std::fopen(path, "re")) {
            unsigned long first = 0, second = 0;
            const int fields = std::fscanf(file, "%lu %lu", &first, &second);
            std::fclose(file);
            if (fields >= 1)
                use(static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(second));
        }
    };
    read("/proc/sys/net/ipv4/ip_local_port_range", [&](std::uint32_t first, std::uint32_t last) {
        limits.first_port = first;
        limits.last_port = last;
    });
    read("/proc/sys/net/core/somaxconn",
         [&](std::uint32_t value, std::uint32_t) { limits.somaxconn = value; });
    read("/proc/sys/net/ipv4/tcp_max_tw_buckets",
         [&](std::uint32_t value, std::uint32_t) { limits.most_time_waits = value; });
    read("/proc/sys/net/ipv4/tcp_syncookies",
         [&](std::uint32_t value, std::uint32_t) { limits.syn_cookies = value != 0; });
    return limits;
}

} // namespace net::attach
