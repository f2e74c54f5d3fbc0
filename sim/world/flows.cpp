// The table of 4-tuples.
#include "flows.hpp"

namespace world {

void Flows::grow() {
    std::vector<Entry> old(entries_.empty() ? 16 : entries_.size() * 2);
    old.swap(entries_);
    const std::size_t mask = entries_.size() - 1;
    for (const Entry& e : old) {
        if (e.cookie == trace::none)
            continue;
        std::size_t i = e.hash & mask;
        while (entries_[i].cookie != trace::none)
            i = (i + step) & mask;
        entries_[i] = e;
    }
}

void Flows::remove(const Flow& f, trace::Cookie cookie) {
    lately(f.host, f.local, f.remote) = trace::none;
    if (entries_.empty())
        return;
    const std::size_t mask = entries_.size() - 1;
    std::size_t hole = hash(f) & mask;
    for (; entries_[hole].cookie != cookie; hole = (hole + step) & mask)
        if (entries_[hole].cookie == trace::none)
            return;
    if (cookie == trace::none)
        return;
    entries_[hole] = {};
    --size_;
    for (std::size_t i = (hole + step) & mask; entries_[i].cookie != trace::none;
         i = (i + step) & mask) {
        const std::size_t home = entries_[i].hash & mask;
        // May it move back to the hole without leaving the run that starts at its home?
        if (steps(home, i) >= steps(hole, i)) {
            entries_[hole] = entries_[i];
            entries_[i] = {};
            hole = i;
        }
    }
}

} // namespace world
