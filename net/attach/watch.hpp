// Looking at every TCP socket of this network namespace again and again, and what is told of it: a
// picture with verdicts and a list of listeners.
//
// Listeners are looked at often (their walk is short), everything else more rarely: the walk over
// all sockets may take no more than a quarter of one hundredth of the time, and is made a quarter
// as often while no segment passes. Without a thread of its own: whoever calls tick() reads the
// kernel on his thread.
#pragma once

#include "net/attach/reader.hpp"
#include "net/attach/stillness.hpp"
#include "net/attach/verdict.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace net::attach {

inline constexpr std::size_t kernel_states = 12; // indexed by KernelState

struct ListenerLine {
    Endpoint local;
    std::string where; // ":8080"
    std::string who;   // "node (4711)", "" when nobody is known
    int pid = 0;
    std::uint64_t cookie = 0;                          // of its first socket
    std::size_t sockets = 1;                           // with SO_REUSEPORT several
    std::array<std::uint32_t, kernel_states> states{}; // of what came through it
    std::uint32_t connections = 0;
    std::uint32_t length = 0, limit = 0;           // accept queue, of all its sockets
    bool full = false;                             // one of them is
    std::uint32_t drops = 0, new_drops = 0;        // its own, in its life and since we look
    std::array<TrendPoint, trend_seconds> trend{}; // oldest first
    int verdict = -1;                              // of Picture::verdicts, the worst about it
};

struct CounterLine { // of all listeners of the namespace together
    std::string name;
    std::uint64_t value = 0, since_attach = 0;
};

struct Picture {
    std::int64_t at_ns = 0, began_ns = 0; // CLOCK_MONOTONIC
    std::int64_t listener_interval_ns = 0, table_interval_ns = 0;
    std::vector<Verdict> verdicts;
    std::vector<ListenerLine> listeners; // worst first, then by connections
    std::vector<CounterLine> counters;
    std::size_t sockets = 0, to_listeners = 0, outgoing = 0;
    std::size_t other_namespaces = 0, processes_elsewhere = 0, processes_denied = 0;
    bool processes_known = false; // the first scan is done
    std::string why_proc;         // sock_diag is missing: why; else ""
};

class Watch {
public:
    struct Options {
        Reader::Way way = Reader::Way::best;
        std::function<void()> on_owners; // on the scanner's thread: a scan is done
        std::int64_t listeners_every_ns = 50'000'000;
        std::int64_t table_at_least_every_ns = 500'000'000;
    };
    static Result<Watch> open(Options options);

    // Does what is due; true: the picture may have changed.
    bool tick();
    [[nodiscard]] std::int64_t next_due_ns() const;
    // Everything at once, now.
    void look_at_everything();
    [[nodiscard]] Picture picture() const;

    [[nodiscard]] const Table& table() const { return table_; }
    [[nodiscard]] const History& history() const { return history_; }
    [[nodiscard]] Case seen() const;
    Reader& reader() { return reader_; }
    Owners& owners() { return *owners_; }
    [[nodiscard]] const std::string& complaint() const {
        return complaint_;
    } // "" when all went well

private:
    Watch(Reader reader, Options options);
    void read_counters();
    void note_listeners(const std::vector<SocketRow>& rows);
    void ask_for_unknown_owners();

    Reader reader_;
    Options options_;
    std::unique_ptr<Owners> owners_;
    std::shared_ptr<const Holdings> holdings_;
    std::unordered_map<std::uint32_t, std::int64_t>
        first_met_; // inodes without a holder, since when
    std::unordered_set<std::uint32_t>
        nobodys_; // that a scan has not found: of others, or elsewhere
    Stillness stillness_;
    Table table_;
    History history_;
    Limits limits_;
    std::map<std::string, std::uint64_t> counters_at_first_, counters_;
    std::int64_t next_listeners_ns_ = 0, next_table_ns_ = 0, next_counters_ns_ = 0;
    std::int64_t began_ns_ = 0;
    std::string complaint_;
};

} // namespace net::attach
