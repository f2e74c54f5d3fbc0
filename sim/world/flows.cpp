// The table of 4-tuples.
#include "flows.hpp"

#include <bit>

namespace world {

namespace {

std::uint32_t ports_of(const Flow& f) {
    return std::uint32_t{f.local.port} << 16 | f.remote.port;
}

} // namespace

std::uint64_t hash(const Flow& f) {
    const std::uint64_t addresses = std::uint64_t{f.local.address.raw} << 32 | f.remote.address.raw;
    const std::uint64_t rest = std::uint64_t{f.host} << 32 | ports_of(f);
    std::uint64_t x = addresses * 0xbf58476d1ce4e5b9u ^ std::rotl(rest * 0x94d049bb133111ebu, 32);
    x ^= x >> 29;
    x *= 0x9e3779b97f4a7c15u;
    return x ^ x >> 32;
}

Flows::Entry Flows::entry(const Flow& f, trace::Cookie cookie) {
    return {f.local.address.raw, f.remote.address.raw, ports_of(f), cookie, f.host};
}

Flow Flows::flow(const Entry& e) {
    return {e.host,
            {{e.local}, static_cast<std::uint16_t>(e.ports >> 16)},
            {{e.remote}, static_cast<std::uint16_t>(e.ports)}};
}

std::size_t Flows::place(const Flow& f) const {
    const std::size_t mask = entries_.size() - 1;
    const std::uint32_t ports = ports_of(f);
    for (std::size_t i = hash(f) & mask;; i = (i + 1) & mask) {
        const Entry& e = entries_[i];
        if (e.cookie == trace::none || (e.ports == ports && e.remote == f.remote.address.raw &&
                                        e.local == f.local.address.raw && e.host == f.host))
            return i;
    }
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
            entries_[place(flow(e))] = e;
}

void Flows::set(const Flow& f, trace::Cookie cookie) {
    if ((size_ + 1) * 5 > entries_.size() * 4)
        grow();
    Entry& e = entries_[place(f)];
    if (e.cookie == trace::none)
        ++size_;
    e = entry(f, cookie);
}

void Flows::remove(const Flow& f) {
    if (const auto whose = find(f))
        remove(f, *whose);
}

void Flows::remove(const Flow& f, trace::Cookie cookie) {
    if (entries_.empty())
        return;
    std::size_t hole = place(f);
    if (cookie == trace::none || entries_[hole].cookie != cookie)
        return;
    entries_[hole] = {};
    --size_;
    const std::size_t mask = entries_.size() - 1;
    for (std::size_t i = (hole + 1) & mask; entries_[i].cookie != trace::none; i = (i + 1) & mask) {
        const std::size_t home = hash(flow(entries_[i])) & mask;
        // May it move back to the hole without leaving the run that starts at its home?
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            entries_[hole] = entries_[i];
            entries_[i] = {};
            hole = i;
        }
    }
}

} // namespace world
