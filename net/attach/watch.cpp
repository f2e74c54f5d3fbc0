// When to look at what, and the list of listeners.
#include "net/attach/watch.hpp"

#include "net/clock.hpp"
#include "net/netstat_text.hpp"
#include "net/whole_file.hpp"

#include <algorithm>
#include <tuple>

namespace net::attach {
namespace {

constexpr std::int64_t counters_every_ns = second_ns;
constexpr std::size_t many_inodes = 100'000;
constexpr std::int64_t share_of_walks = 400; // a walk of 1 ms is followed by 400 ms of rest

constexpr std::string_view shown_counters[] = {"ListenOverflows", "ListenDrops", "TCPReqQFullDrop",
                                               "TCPReqQFullDoCookies", "SyncookiesSent"};
const std::string time_wait_overflow = "TCPTimeWaitOverflow"; // for a verdict

void add_trend(const ListenerPast& past, std::int64_t now_ns, ListenerLine& line) {
    const std::int64_t now = now_ns / second_ns;
    for (std::size_t i = 0; i < trend_seconds; ++i) {
        const std::int64_t second = now - static_cast<std::int64_t>(trend_seconds - 1 - i);
        const TrendPoint& point = past.trend[static_cast<std::size_t>(second) % trend_seconds];
        if (point.second != second)
            continue;
        line.trend[i].second = second;
        line.trend[i].length += point.length;
        line.trend[i].drops += point.drops;
    }
}

} // namespace

Result<Watch> Watch::open(Options options) {
    auto reader = Reader::open(options.way);
    if (!reader)
        return reader.failure();
    return Watch(std::move(*reader), std::move(options));
}

Watch::Watch(Reader reader, Options options)
    : reader_(std::move(reader)),
      options_(std::move(options)),
      owners_(std::make_unique<Owners>(options_.on_owners)),
      holdings_(owners_->known()),
      limits_(read_limits()),
      began_ns_(monotonic_ns()) {}

Case Watch::seen() const {
    std::uint64_t overflows = 0, fresh = 0;
    if (const auto at = counters_.find(time_wait_overflow); at != counters_.end()) {
        overflows = at->second;
        fresh = at->second - counters_at_first_.at(at->first);
    }
    return {table_, history_, *holdings_, limits_, monotonic_ns(), overflows, fresh};
}

void Watch::look_at_everything() {
    auto table = reader_.everything();
    const auto now = monotonic_ns();
    if (!table) {
        complaint_ = describe(table.failure());
        next_table_ns_ = now + second_ns;
        return;
    }
    complaint_.clear();
    table_ = std::move(*table);
    history_.note(table_);
    ask_for_unknown_owners();
    next_listeners_ns_ = now + options_.listeners_every_ns;
    next_table_ns_ =
        table_.at_ns + std::max(options_.table_at_least_every_ns, table_.took_ns * share_of_walks);
}

bool Watch::tick() {
    const auto now = monotonic_ns();
    bool looked = false;
    if (auto known = owners_->known(); known != holdings_) {
        holdings_ = std::move(known);
        stillness_.moved();
        looked = true;
    }
    if (now >= next_counters_ns_) {
        read_counters();
        limits_ = read_limits();
        next_counters_ns_ = now + counters_every_ns;
    }
    if (now >= next_table_ns_ && stillness_.may_wait())
        next_table_ns_ = now + options_.table_at_least_every_ns;
    if (now >= next_table_ns_) {
        look_at_everything();
        return true;
    }
    if (now >= next_listeners_ns_) {
        next_listeners_ns_ = now + options_.listeners_every_ns;
        if (const auto rows = reader_.listeners()) {
            history_.note_listeners(*rows, now);
            note_listeners(*rows);
            looked = true;
        }
    }
    return looked;
}

// Of a listener that the last walk has not met only the next will tell.
void Watch::note_listeners(const std::vector<SocketRow>& rows) {
    std::size_t met = 0, known = 0;
    for (const Listener& listener : table_.listeners)
        known += listener.sockets.size();
    for (const SocketRow& row : rows)
        for (const Listener& listener : table_.listeners)
            for (const Index socket : listener.sockets) {
                SocketRow& before = table_.rows[socket];
                if (before.cookie != row.cookie)
                    continue;
                ++met;
                if (before.recv_queue != row.recv_queue) // somebody was accepted, or has come
                    stillness_.moved();
                before = row;
            }
    if (met != known || met != rows.size())
        stillness_.moved();
}

std::int64_t Watch::next_due_ns() const {
    return std::min({next_listeners_ns_, next_table_ns_, next_counters_ns_});
}

void Watch::ask_for_unknown_owners() {
    for (const SocketRow& row : table_.rows) {
        if (row.inode == 0 || holdings_->by_inode.contains(row.inode) ||
            nobodys_.contains(row.inode))
            continue;
        // A scan that began after we saw it has not found its holder: nor will the next.
        if (table_.at_ns != 0 &&
            first_met_.try_emplace(row.inode, table_.at_ns).first->second < holdings_->began_ns) {
            nobodys_.insert(row.inode);
            continue;
        }
        const bool listens = row.state == KernelState::listen;
        owners_->ask(listens ? Owners::Urgency::listener : Owners::Urgency::usual);
        if (listens)
            break;
    }
    if (first_met_.size() > many_inodes || nobodys_.size() > many_inodes) {
        first_met_.clear(); // of sockets that are long gone
        nobodys_.clear();
    }
}

void Watch::read_counters() {
    const std::string text = whole_file(netstat_path).value_or("");
    for_each_counter(text, [&](std::string_view name, std::uint64_t value) {
        if (name != time_wait_overflow &&
            std::find(std::begin(shown_counters), std::end(shown_counters), name) ==
                std::end(shown_counters))
            return;
        counters_at_first_.try_emplace(std::string(name), value);
        counters_[std::string(name)] = value;
    });
}

Picture Watch::picture() const {
    Picture made;
    const Case now = seen();
    made.at_ns = now.now_ns;
    made.began_ns = began_ns_;
    made.listener_interval_ns = history_.listener_interval_ns();
    made.table_interval_ns = history_.table_interval_ns();
    made.verdicts = judge(now);
    made.sockets = table_.rows.size();
    made.other_namespaces = holdings_->other_namespaces;
    made.processes_elsewhere = holdings_->elsewhere;
    made.processes_denied = holdings_->denied;
    made.processes_known = holdings_->processes > 0;
    made.why_proc = reader_.why_proc();
    for (const auto name : shown_counters)
        if (const auto at = counters_.find(std::string(name)); at != counters_.end())
            made.counters.push_back(
                {at->first, at->second, at->second - counters_at_first_.at(at->first)});
    for (const Listener& listener : table_.listeners) {
        ListenerLine line;
        const Index first = listener.sockets.front();
        line.local = listener.local;
        line.where = listener_text(listener.local);
        line.who = holder_text(now, first);
        if (const Holder* holder = holder_of(now, first))
            line.pid = holder->pid;
        line.cookie = table_.rows[first].cookie;
        line.sockets = listener.sockets.size();
        for (const Index child : listener.children)
            ++line.states[static_cast<std::size_t>(table_.rows[child].state)];
        line.connections = static_cast<std::uint32_t>(listener.children.size());
        made.to_listeners += listener.children.size();
        for (const Index socket : listener.sockets)
            if (const ListenerPast* past = history_.listener(table_.rows[socket].cookie)) {
                line.length += past->length;
                line.limit += past->limit;
                line.full = line.full || past->full();
                line.drops += past->drops;
                line.new_drops += past->new_drops();
                add_trend(*past, now.now_ns, line);
            }
        for (std::size_t v = 0; v < made.verdicts.size() && line.verdict < 0; ++v)
            if (made.verdicts[v].port == listener.local.port)
                line.verdict = static_cast<int>(v);
        made.listeners.push_back(std::move(line));
    }
    // "Any address" of IPv4 and of IPv6 may be two listeners of one port.
    std::map<std::uint16_t, int> any_address;
    for (const ListenerLine& line : made.listeners)
        any_address[line.local.port] += is_any(line.local);
    for (ListenerLine& line : made.listeners)
        if (is_any(line.local) && any_address[line.local.port] > 1)
            line.where = text(line.local);
    for (Index i = 0; i < table_.rows.size(); ++i)
        made.outgoing +=
            table_.rows[i].state != KernelState::listen && table_.listener[i] == nobody;
    const auto rank = [](const ListenerLine& line) {
        return line.verdict < 0 ? 1 << 20 : line.verdict;
    };
    std::stable_sort(made.listeners.begin(), made.listeners.end(),
                     [&](const ListenerLine& a, const ListenerLine& b) {
                         return std::tuple(rank(a), -std::int64_t{a.connections}, a.local.port) <
                                std::tuple(rank(b), -std::int64_t{b.connections}, b.local.port);
                     });
    return made;
}

} // namespace net::attach
