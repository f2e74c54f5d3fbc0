// A std::priority_queue of deadlines and a std::unordered_map of flows: each event finds its flow,
// counts in it and is due again after one of TCP's delays.
#include "bench/yardstick.hpp"

#include <queue>
#include <unordered_map>
#include <vector>

#include "bench/measure.hpp"

namespace bench {
namespace {

struct Event {
    std::int64_t at;
    std::uint64_t order;
    std::uint64_t flow;
    bool operator<(const Event& o) const { return at != o.at ? at > o.at : order > o.order; }
};

struct Flow {
    std::uint32_t seen = 0, bytes = 0;
};

} // namespace

double yardstick(std::uint64_t events, std::uint32_t flows) {
    constexpr std::int64_t delays[] = {5'000'000, 5'000'000, 5'000'000, 200'000'000, 1'000'000'000};
    std::priority_queue<Event> due;
    std::unordered_map<std::uint64_t, Flow> table;
    const double begin = processor_seconds();
    for (std::uint64_t n = 0; n < flows; ++n) {
        table.emplace(n * 0x9e3779b97f4a7c15u, Flow{});
        due.push({static_cast<std::int64_t>(n) * 100'000, n, n * 0x9e3779b97f4a7c15u});
    }
    std::uint64_t bytes = 0;
    for (std::uint64_t n = 0; n < events; ++n) {
        const Event e = due.top();
        due.pop();
        Flow& f = table.find(e.flow)->second;
        f.bytes += 100;
        bytes += f.bytes + ++f.seen;
        due.push({e.at + delays[(f.seen + e.flow) % 5], flows + n, e.flow});
    }
    const double spent = processor_seconds() - begin;
    return bytes == 0 ? 0 : spent * 1e9 / static_cast<double>(events);
}

} // namespace bench
