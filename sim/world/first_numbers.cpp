// The number with which each side of a connection begins: RFC 9293 §3.4.1, RFC 6528.
#include "turn.hpp"

namespace world {

namespace {

// RFC 6528, secure_tcp_seq(): a clock of 64 ns beyond a number that belongs to the two ends, so
// that their next connection begins past the one before. Readable, the same for every run: whole
// thousands.
tcp::Seq made_up(const Contents& w, trace::Endpoint local, trace::Endpoint remote) {
    constexpr std::int64_t thousand_ticks = 64'000;
    const auto number = [](trace::Endpoint e) {
        return (std::uint64_t{e.address.raw} << 16) + e.port;
    };
    std::uint64_t x =
        w.seed * 0x9e3779b97f4a7c15u + number(local) * 0xff51afd7ed558ccdu + number(remote) + 1;
    x ^= x >> 30;
    x *= 0xbf58476d1ce4e5b9u;
    x ^= x >> 27;
    x *= 0x94d049bb133111ebu;
    x ^= x >> 31;
    const auto clock = static_cast<std::uint32_t>(w.now.ns / thousand_ticks);
    return {(static_cast<std::uint32_t>(100 + x % 900) + clock) * 1000u};
}

} // namespace

tcp::Seq isn_for_connect(const Contents& w, trace::HostId host, std::uint16_t number,
                         trace::Endpoint local, trace::Endpoint remote) {
    using Kind = scenario::SocketName::Kind;
    for (const WantedIsn& i : w.isns)
        if (i.socket.kind == Kind::connection && i.socket.host == host && i.socket.number == number)
            return {i.isn};
    return made_up(w, local, remote);
}

tcp::Seq isn_for_syn(Contents& w, trace::HostId host, const trace::Segment& syn) {
    using Kind = scenario::SocketName::Kind;
    const std::uint32_t nth = ++w.hosts[host].passive;
    for (const WantedIsn& i : w.isns) {
        if (i.socket.host != host)
            continue;
        if (i.socket.kind == Kind::other_end) {
            const auto& names = w.hosts[i.socket.peer].names;
            if (i.socket.number > names.size())
                continue;
            const Named& n = names[i.socket.number - 1u];
            if (n.known && n.local == syn.source && n.remote == syn.destination)
                return {i.isn};
        } else if (i.socket.kind == Kind::connection && i.socket.number == nth) {
            return {i.isn};
        }
    }
    return made_up(w, syn.destination, syn.source);
}

} // namespace world
