// "What is wrong with my server?": findings, worst first, each with its evidence, how sure it is,
// what to do, and the ss command that shows the same.
//
// The rules are one table (verdict.cpp): a condition, what it looks at, and its sentences. A
// sentence is a format and its arguments, so that a window can say it in another language.
#pragma once

#include "net/attach/history.hpp"
#include "net/attach/owners.hpp"
#include "net/attach/table.hpp"
#include "trace/event.hpp"
#include "trace/time.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace net::attach {

enum class Condition : std::uint8_t {
    accept_queue_full,
    listener_drops,
    ports_used_up,
    close_wait_leak,
    half_open_pile,
    zero_window,
    unread_data,
    retransmitting,
    connect_unanswered,
    stuck_closing,
    accept_queue_waits,
    accept_queue_was_full,
    time_wait_overflow,
    fin_wait_2_orphans,
    time_wait_pile,
};
inline constexpr std::size_t condition_count = 15;
std::string_view name(Condition condition); // "accept_queue_full", for programs and tests

enum class Severity : std::uint8_t { bad, warning, notice };
std::string_view name(Severity severity);

struct Saying {
    std::string_view format; // "{} sockets in CLOSE_WAIT"; "" is none
    std::vector<std::string> arguments;
};
std::string in_english(const Saying& saying);
// The same with a translated format.
std::string say(std::string_view format, const std::vector<std::string>& arguments);

struct Verdict {
    Condition condition = Condition::accept_queue_full;
    Severity severity = Severity::notice;
    std::string where; // ":8080", "127.0.0.1:50000 → 127.0.0.1:9"; "" when a process says it all
    std::string who;   // "node (4711)", "uid 33"; "" when nobody is known
    Saying headline;
    std::vector<Saying> evidence;
    trace::Certainty certainty = trace::Certainty::sampled;
    trace::Duration interval; // between two looks at this
    Saying remedy;
    std::string_view lesson; // its file in the catalogue
    std::string ss;
    // What Open opens: a listener's port, or one socket.
    std::uint64_t cookie = 0;
    std::uint16_t port = 0;
    int pid = 0;
    std::uint64_t count = 1; // how many sockets it is about
    std::int64_t weight = 0; // within one severity, the heavier first
};

// What the namespace allows, read now and then.
struct Limits {
    std::uint32_t first_port = 32768, last_port = 60999; // ip_local_port_range
    std::uint32_t somaxconn = 4096;
    std::uint32_t most_time_waits = 0; // tcp_max_tw_buckets, 0: not known
    bool syn_cookies = true;
};
Limits read_limits();

struct Case {
    const Table& table;
    const History& history;
    const Holdings& holdings;
    const Limits& limits;
    std::int64_t now_ns = 0;
    // TCPTimeWaitOverflow of the namespace: in its life, and of these since we look.
    std::uint64_t time_wait_overflows = 0, new_time_wait_overflows = 0;
};

// All that is wrong, worst first. Empty: nothing wrong seen.
std::vector<Verdict> judge(const Case& seen);

// Who holds a socket: of a child that nobody accepted, the listener's holder.
std::string holder_text(const Case& seen, Index row);
const Holder* holder_of(const Case& seen, Index row);

struct RuleRow {
    Condition condition;
    Severity severity; // the worst that it can be
    std::string_view lesson;
    std::string_view remedy; // format
    void (*look)(const Case&, const RuleRow&, std::vector<Verdict>&);
};
std::span<const RuleRow> rules();

} // namespace net::attach
