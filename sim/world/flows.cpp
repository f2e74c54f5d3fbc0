// The table of 4-tuples.
#include "flows.hpp"

#include <bit>

namespace world {

std::uint32_t hash(const Flow& f) {
    const std::uint64_t addresses = std::uint64_t{f.local.address.raw} << 32 | f.remote.address.raw;
    const std::uint64_t rest =
        std::uint64_t{f.host} << 32 | std::uint32_t{f.local.port} << 16 | f.remote.port;
    std::uint64_t x = addresses * 0xbf58476d1ce4e5b9u ^ std::rotl(rest * 0x94d049bb133111ebu, 32);
    x ^= x >> 29;
    x *= 0x9e3779b97f4a7c15u;
    return static_cast<std::uint32_t>(x >> 32);
}

void Flows::grow() {
    std::vector<Entry> old(entries_.empty() ? 16 : entries_.size() * 2);
    old.swap(entries_);
    const std::size_t mask = entries_.size() - 1;
    for (const Entry& e : old) {
        if (e.cookie == trace::none)
            continue;
        std::size_t i = e.hash & mask;
        while (entries_[i].cookie != trace::none)
            i = (i + 1) & mask;
        entries_[i] = e;
    }
}

void Flows::remove(const Flow& f, trace::Cookie cookie) {
    if (entries_.empty())
        return;
    const std::size_t mask = entries_.size() - 1;
    std::size_t hole = hash(f) & mask;
    for (; entries_[hole].cookie != cookie; hole = (hole + 1) & mask)
        if (entries_[hole].cookie == trace::none)
            return;
    if (cookie == trace::none)
        return;
    entries_[hole] = {};
    --size_;
    for (std::size_t i = (hole + 1) & mask; entries_[i].cookie != trace::none; i = (i + 1) & mask) {
        const std::size_t home = entries_[i].hash & mask;
        // May it move back to the hole without leaving the run that starts at its home?
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            entries_[hole] = entries_[i];
            entries_[i] = {};
            hole = i;
        }
    }
}

} // namespace world
