// Which socket a segment belongs to: host and 4-tuple, looked up in a table of plain arrays.
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "trace/event.hpp"
#include "trace/segment.hpp"

namespace world {

struct Flow {
    trace::HostId host = trace::no_host;
    trace::Endpoint local, remote;
    friend bool operator==(const Flow&, const Flow&) = default;
};
// Neighbouring ports are neighbours in the table too: connections that begin one after the other
// share its cache lines.
inline std::uint32_t hash(const Flow& f) {
    constexpr std::uint32_t near = 7;
    const std::uint32_t ports = std::uint32_t{f.local.port} << 16 | f.remote.port;
    const std::uint64_t addresses = std::uint64_t{f.local.address.raw} << 32 | f.remote.address.raw;
    const std::uint64_t rest = std::uint64_t{f.host} << 32 | (ports & ~(near << 16 | near));
    std::uint64_t x = addresses * 0xbf58476d1ce4e5b9u ^ std::rotl(rest * 0x94d049bb133111ebu, 32);
    x ^= x >> 29;
    x *= 0x9e3779b97f4a7c15u;
    return (static_cast<std::uint32_t>(x >> 32) & ~near) | ((ports ^ ports >> 16) & near);
}

// Open addressing, probing in steps past the neighbours, deletion by shifting back: no tombstones,
// no allocation but growth. An entry is a hash and a cookie; the flow itself is known to the
// socket, so whoever asks says where: flow_of(cookie).
class Flows {
public:
    template <class FlowOf>
    std::optional<trace::Cookie> find(const Flow& f, FlowOf flow_of) const {
        if (entries_.empty())
            return std::nullopt;
        const trace::Cookie c = entries_[place(f, hash(f), flow_of)].cookie;
        return c == trace::none ? std::nullopt : std::optional(c);
    }
    template <class FlowOf>
    void set(const Flow& f, trace::Cookie cookie, FlowOf flow_of) {
        if ((size_ + 1) * 3 > entries_.size() * 2)
            grow();
        lately(f.host, f.local, f.remote) = cookie;
        const std::uint32_t h = hash(f);
        Entry& e = entries_[place(f, h, flow_of)];
        size_ += e.cookie == trace::none;
        e = {h, cookie};
    }
    // Only if it is this one's.
    void remove(const Flow&, trace::Cookie);
    // Who of those that share this place was found last, if what it was found for has not changed
    // since; else none. Whoever asks sees by its ends whether it is meant.
    trace::Cookie& lately(trace::HostId host, const trace::Endpoint& local,
                          const trace::Endpoint& remote) {
        const unsigned ports = static_cast<unsigned>(local.port ^ remote.port);
        return lately_.found[(ports << 1 ^ host) % lately_.found.size()];
    }
    std::size_t size() const { return size_; }
    std::size_t bytes() const { return entries_.capacity() * sizeof(Entry); }
    friend bool operator==(const Flows&, const Flows&) = default;

private:
    struct Entry {
        std::uint32_t hash = 0;
        trace::Cookie cookie = trace::none; // none: empty
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static constexpr std::uint32_t step = 9; // odd, so that it comes by every place
    // How many of them it is from one place to another.
    std::size_t steps(std::size_t from, std::size_t to) const {
        constexpr std::uint32_t inverse = 0x38e38e39; // of 9, modulo any power of two
        static_assert(step * inverse == 1);
        return (to - from) * inverse & (entries_.size() - 1);
    }
    // Where it is, or where it would go.
    template <class FlowOf>
    std::size_t place(const Flow& f, std::uint32_t h, FlowOf flow_of) const {
        const std::size_t mask = entries_.size() - 1;
        for (std::size_t i = h & mask;; i = (i + step) & mask) {
            const Entry& e = entries_[i];
            if (e.cookie == trace::none || (e.hash == h && flow_of(e.cookie) == f))
                return i;
        }
    }
    void grow();

    struct Lately {
        std::array<trace::Cookie, 128> found;
        Lately() { found.fill(trace::none); }
        friend bool operator==(const Lately&, const Lately&) {
            return true;
        } // no part of the value
    };

    std::vector<Entry> entries_;
    std::size_t size_ = 0;
    Lately lately_;
};

} // namespace world
