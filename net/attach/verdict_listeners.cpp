// What can be wrong with a listener and its two queues.
#include "net/attach/verdict_rules.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace net::attach {
namespace {

constexpr std::int64_t waiting_too_long_ns = 5 * second_ns;
constexpr std::int64_t recent_ns = 60 * second_ns;

struct Socket { // one socket of one listener, with its past
    const Listener& listener;
    Index index;
    const SocketRow& row;
    const ListenerPast& past;
};

template <typename Use>
void for_each_socket(const Case& seen, Use use) {
    for (const Listener& listener : seen.table.listeners)
        for (const Index index : listener.sockets) {
            const SocketRow& row = seen.table.rows[index];
            if (const ListenerPast* past = seen.history.listener(row.cookie))
                use(Socket{listener, index, row, *past});
        }
}

Verdict about(const Case& seen, const RuleRow& rule, const Socket& socket) {
    Verdict made = begin(rule);
    made.where = listener_text(socket.listener.local);
    made.who = holder_text(seen, socket.index);
    made.cookie = socket.row.cookie;
    made.port = socket.listener.local.port;
    if (const Holder* holder = holder_of(seen, socket.index))
        made.pid = holder->pid;
    made.interval = {seen.history.listener_interval_ns()};
    made.ss = fmt::format("ss -lnt 'sport = :{}'", made.port);
    return made;
}

// How long the newest and the oldest of those in the accept queue have waited, at least.
struct Waiting {
    std::uint64_t count = 0;
    std::int64_t newest_ns = 0, oldest_ns = 0;
};

Waiting waiting_in(const Case& seen, const Listener& listener) {
    Waiting found;
    for (const Index child : listener.children) {
        if (!waits_for_accept(seen.table, child))
            continue;
        const SocketRow& row = seen.table.rows[child];
        const SocketPast* past = seen.history.socket(row.cookie);
        const std::int64_t watched = past ? seen.now_ns - past->first_seen_ns : 0;
        const std::int64_t waited = std::max(watched, quiet_for_ns(row).value_or(0));
        found.newest_ns = found.count == 0 ? waited : std::min(found.newest_ns, waited);
        found.oldest_ns = std::max(found.oldest_ns, waited);
        ++found.count;
    }
    return found;
}

void add_drops(const Case& seen, const ListenerPast& past, Verdict& verdict) {
    if (past.new_drops() > 0)
        verdict.evidence.push_back(
            {"this listener's own drops: +{} since we look, the last {} ago",
             {fmt::format("{}", past.new_drops()), age_text(seen.now_ns - past.last_drop_ns)}});
    else if (past.drops > 0)
        verdict.evidence.push_back(
            {"this listener's own drops: {} in its life, none since we look ({})",
             {fmt::format("{}", past.drops), age_text(seen.now_ns - past.first_seen_ns)}});
    else
        verdict.evidence.push_back({"this listener's own drops: none", {}});
}

// Clients on this machine whose SYN this listener ignores.
void add_repeating_clients(const Case& seen, const Listener& listener, Verdict& verdict) {
    std::uint64_t clients = 0;
    for (const SocketRow& row : seen.table.rows)
        if (row.state == KernelState::syn_sent && row.retransmissions > 0 &&
            row.pair.remote.port == listener.local.port &&
            (is_any(listener.local) || canonical(row.pair.remote) == canonical(listener.local)))
            ++clients;
    if (clients > 0)
        verdict.evidence.push_back(
            {"{} clients on this machine repeat their SYN to it", {fmt::format("{}", clients)}});
}

struct HalfOpen {
    std::uint64_t count = 0, repeated = 0, established_here = 0;
    std::uint8_t most_repetitions = 0;
};

HalfOpen half_open_in(const Case& seen, const Listener& listener) {
    HalfOpen found;
    for (const Index child : listener.children) {
        const SocketRow& row = seen.table.rows[child];
        if (record_of(row) != Record::request)
            continue;
        ++found.count;
        found.repeated += row.retransmissions > 0;
        found.most_repetitions = std::max(found.most_repetitions, row.retransmissions);
        const Index peer = seen.table.peer[child];
        if (peer != nobody && seen.table.rows[peer].state == KernelState::established)
            ++found.established_here;
    }
    return found;
}

} // namespace

void look_for_full_queues(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for_each_socket(seen, [&](const Socket& socket) {
        const ListenerPast& past = socket.past;
        if (!past.full())
            return;
        Verdict made = about(seen, rule, socket);
        made.severity = Severity::bad;
        const Waiting waiting = waiting_in(seen, socket.listener);
        const std::int64_t watched = seen.now_ns - past.full_since_ns;
        // An accept() makes room, and only a newer connection fills it again: so nobody has called
        // accept() since the newest one came.
        const std::int64_t full_for = std::max(watched, waiting.newest_ns);
        const bool longer = full_for > watched + second_ns;
        const std::int64_t last_accept = std::max(past.last_accept_ns, past.first_seen_ns);
        const std::int64_t not_accepted_for =
            std::max(past.last_accept_ns != 0 || !past.became_full_seen ? seen.now_ns - last_accept
                                                                        : watched,
                     waiting.newest_ns);
        const bool slow = past.last_accept_ns != 0 && not_accepted_for < second_ns;
        made.headline = {
            slow ? "accept queue {} · limit {} (+1 fits), full for {}; the program calls accept() "
                   "too slowly"
            : not_accepted_for >= second_ns
                ? past.became_full_seen && !longer
                      ? "accept queue {} · limit {} (+1 fits), full for {}; the program is not "
                        "calling accept()"
                      : "accept queue {} · limit {} (+1 fits), full for at least {}; the program "
                        "is not calling accept()"
                : "accept queue {} · limit {} (+1 fits), full for {}",
            {fmt::format("{}", past.length), fmt::format("{}", past.limit), age_text(full_for)}};
        made.certainty = longer ? trace::Certainty::inferred : trace::Certainty::sampled;
        add_drops(seen, past, made);
        add_repeating_clients(seen, socket.listener, made);
        if (const HalfOpen half = half_open_in(seen, socket.listener); half.count > 0)
            made.evidence.push_back(
                {"{} half-open requests wait for room; SYN+ACK repeated up to {} times",
                 {fmt::format("{}", half.count), fmt::format("{}", half.most_repetitions)}});
        if (waiting.count > 0)
            made.evidence.push_back(
                {"the connection at the head has waited at least {}, the newest {}",
                 {age_text(waiting.oldest_ns), age_text(waiting.newest_ns)}});
        if (!past.became_full_seen)
            made.evidence.push_back({"it was full already when we came", {}});
        made.remedy.arguments = {fmt::format("{}", seen.limits.somaxconn)};
        made.count = past.length;
        made.weight = full_for;
        all.push_back(std::move(made));
    });
}

void look_for_waiting_queues(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for_each_socket(seen, [&](const Socket& socket) {
        const ListenerPast& past = socket.past;
        if (past.full() || past.length == 0)
            return;
        const Waiting waiting = waiting_in(seen, socket.listener);
        const std::int64_t watched = seen.now_ns - past.waiting_since_ns;
        const bool accepts = past.last_accept_ns > past.waiting_since_ns;
        const std::int64_t waited = waiting.count > 0 ? waiting.oldest_ns : accepts ? 0 : watched;
        if (waited < waiting_too_long_ns)
            return;
        Verdict made = about(seen, rule, socket);
        made.headline = {
            "{} connections wait for accept(), the first for at least {} (limit {})",
            {fmt::format("{}", past.length), age_text(waited), fmt::format("{}", past.limit)}};
        made.certainty =
            waited > watched + second_ns ? trace::Certainty::inferred : trace::Certainty::sampled;
        if (past.last_accept_ns == 0)
            made.evidence.push_back({"no accept() was seen since we look ({})",
                                     {age_text(seen.now_ns - past.first_seen_ns)}});
        else
            made.evidence.push_back({"the last accept() was seen {} ago",
                                     {age_text(seen.now_ns - past.last_accept_ns)}});
        made.count = past.length;
        made.weight = waited;
        all.push_back(std::move(made));
    });
}

void look_for_past_overflows(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for_each_socket(seen, [&](const Socket& socket) {
        const ListenerPast& past = socket.past;
        if (past.full() || past.last_full_ns == 0 || seen.now_ns - past.last_full_ns > recent_ns)
            return;
        Verdict made = about(seen, rule, socket);
        made.headline = {"accept queue was full {} ago ({} times since we look); now {} · limit {}",
                         {age_text(seen.now_ns - past.last_full_ns),
                          fmt::format("{}", past.times_full), fmt::format("{}", past.length),
                          fmt::format("{}", past.limit)}};
        add_drops(seen, past, made);
        made.remedy.arguments = {fmt::format("{}", seen.limits.somaxconn)};
        made.weight = past.last_full_ns;
        all.push_back(std::move(made));
    });
}

void look_for_drops(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for_each_socket(seen, [&](const Socket& socket) {
        const ListenerPast& past = socket.past;
        // A full accept queue explains its own drops.
        if (past.times_full > 0 || past.new_drops() == 0 ||
            seen.now_ns - past.last_drop_ns > recent_ns)
            return;
        Verdict made = about(seen, rule, socket);
        made.headline = {"refuses arriving segments: +{} drops since we look, though its accept "
                         "queue ({} · limit {}) was not seen full",
                         {fmt::format("{}", past.new_drops()), fmt::format("{}", past.length),
                          fmt::format("{}", past.limit)}};
        const HalfOpen half = half_open_in(seen, socket.listener);
        made.evidence.push_back(
            {"{} half-open requests in its SYN queue", {fmt::format("{}", half.count)}});
        made.evidence.push_back(
            {"the last drop was seen {} ago", {age_text(seen.now_ns - past.last_drop_ns)}});
        if (!seen.limits.syn_cookies)
            made.evidence.push_back({"SYN cookies are off: a full SYN queue drops", {}});
        made.count = past.new_drops();
        made.weight = past.new_drops();
        all.push_back(std::move(made));
    });
}

void look_for_half_open(const Case& seen, const RuleRow& rule, std::vector<Verdict>& all) {
    for (const Listener& listener : seen.table.listeners) {
        const HalfOpen half = half_open_in(seen, listener);
        bool full = false;
        std::uint32_t limit = 0;
        for (const Index socket : listener.sockets) {
            const SocketRow& row = seen.table.rows[socket];
            full =
                full || row.recv_queue > row.send_queue; // a verdict of its own, with these in it
            limit = std::max(limit, row.send_queue);
        }
        const bool nearly_full = half.count * 2 > limit && half.count >= 8;
        if (full || (half.repeated == 0 && !nearly_full))
            continue;
        const Index first = listener.sockets.front();
        Verdict made = begin(rule);
        made.severity = half.count > limit ? Severity::bad : Severity::warning;
        made.where = listener_text(listener.local);
        made.who = holder_text(seen, first);
        made.cookie = seen.table.rows[first].cookie;
        made.port = listener.local.port;
        if (const Holder* holder = holder_of(seen, first))
            made.pid = holder->pid;
        made.headline = {"{} half-open requests (limit {}, +1 fits), {} of them with SYN+ACK "
                         "repeated, up to {} times",
                         {fmt::format("{}", half.count), fmt::format("{}", limit),
                          fmt::format("{}", half.repeated),
                          fmt::format("{}", half.most_repetitions)}};
        made.interval = {seen.history.table_interval_ns()};
        if (half.established_here > 0)
            made.evidence.push_back(
                {"{} of their clients on this machine are ESTABLISHED already: the third ACK was "
                 "lost, or TCP_DEFER_ACCEPT waits for the first data",
                 {fmt::format("{}", half.established_here)}});
        made.evidence.push_back({seen.limits.syn_cookies
                                     ? "SYN cookies are on"
                                     : "SYN cookies are off: a full SYN queue drops",
                                 {}});
        made.ss = fmt::format("ss -nto state syn-recv 'sport = :{}'", made.port);
        made.count = half.count;
        made.weight = static_cast<std::int64_t>(half.count);
        all.push_back(std::move(made));
    }
}

} // namespace net::attach
