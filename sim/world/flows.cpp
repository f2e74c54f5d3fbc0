// The table of 4-tuples.
#include "flows.hpp"

namespace world {

std::uint64_t hash(const Flow& f) {
    std::uint64_t x = (std::uint64_t{f.local.address.raw} << 32) | f.remote.address.raw;
    x ^= (std::uint64_t{f.local.port} << 24) ^ (std::uint64_t{f.remote.port} << 8) ^ f.host;
    x ^= x >> 30; // splitmix64
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

std::size_t Flows::place(const Flow& f) const {
    const std::size_t mask = entries_.size() - 1;
    std::size_t i = hash(f) & mask;
    while (entries_[i].cookie != trace::none && !(entries_[i].flow == f))
        i = (i + 1) & mask;
    return i;
}

std::optional<trace::Cookie> Flows::find(const Flow& f) const {
    if (entries_.empty())
        return std::nullopt;
    const Entry& e = entries_[place(f)];
    if (e.cookie == trace::none)
        return std::nullopt;
    return e.cookie;
}

void Flows::grow() {
    std::vector<Entry> old(entries_.empty() ? 16 : entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& e : old)
        if (e.cookie != trace::none)
            entries_[place(e.flow)] = e;
}

void Flows::set(const Flow& f, trace::Cookie cookie) {
    if ((size_ + 1) * 4 > entries_.size() * 3)
        grow();
    Entry& e = entries_[place(f)];
    if (e.cookie == trace::none)
        ++size_;
    e = {f, cookie};
}

void Flows::remove(const Flow& f) {
    if (entries_.empty())
        return;
    std::size_t hole = place(f);
    if (entries_[hole].cookie == trace::none)
        return;
    entries_[hole] = {};
    --size_;
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = (hole + 1) & mask; entries_[i].cookie != trace::none; i = (i + 1) & mask) {
        const std::size_t home = hash(entries_[i].flow) & mask;
        // May it move back to the hole without leaving the run that starts at its home?
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            entries_[hole] = entries_[i];
            entries_[i] = {};
            hole = i;
        }
    }
}

} // namespace world
