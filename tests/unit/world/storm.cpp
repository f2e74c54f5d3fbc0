#include "storm.hpp"

#include <fmt/format.h>

#include "catch.hpp"
#include "world/known.hpp"

namespace storm {

using scenario::SocketName;

Storm::Storm(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u) {
    hosts_ = 2 + random(3);
    std::string text = "title storm\n";
    text += random(5) == 0 ? "profile rfc9293\n" : "";
    text += "hosts";
    for (std::size_t i = 0; i < hosts_; ++i)
        text += fmt::format(" h{}", i);
    text += "\n";
    constexpr const char* losses[] = {"0", "0", "0.02", "0.2", "0.5"};
    for (std::size_t a = 0; a < hosts_; ++a)
        for (std::size_t b = a + 1; b < hosts_; ++b)
            text += fmt::format("wire h{} h{} delay {}ms loss {} seed {}\n", a, b, random(120),
                                losses[random(5)], seed);
    auto parsed = scenario::parse(text, "storm", world::known());
    if (auto* error = std::get_if<scenario::ParseError>(&parsed))
        FAIL(scenario::format(*error));
    world_ = world::make_world(std::get<scenario::Scenario>(parsed), nullptr);
    numbers_.assign(hosts_, 0);
    // Some connections run across the wrap of their numbers.
    world::Contents w = world_.contents();
    for (std::uint16_t n = 1; n <= 20; ++n) {
        SocketName name;
        name.host = static_cast<trace::HostId>(random(hosts_));
        name.number = n;
        w.isns.push_back({name, 0xffffffffu - static_cast<std::uint32_t>(random(4000))});
    }
    world_ = world::World(std::move(w));
}

std::uint64_t Storm::random(std::uint64_t below) {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t x = state_;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (x ^ (x >> 31)) % below;
}

SocketName Storm::some_socket() {
    SocketName n;
    n.host = static_cast<trace::HostId>(random(hosts_));
    if (random(40) == 0) {
        n.kind = SocketName::Kind::listener;
        n.port = static_cast<std::uint16_t>(80 + random(3));
        return n;
    }
    const std::uint16_t most = numbers_[n.host];
    // Mostly one of the latest: older ones are often closed.
    const std::uint64_t among = most == 0 ? 1 : most < 8 || random(8) == 0 ? most : 8;
    n.number = static_cast<std::uint16_t>(most == 0 ? 1 : most - random(among));
    if (random(30) == 0) {
        n.kind = SocketName::Kind::other_end;
        n.peer = n.host;
        n.host = static_cast<trace::HostId>(random(hosts_));
    }
    return n;
}

scenario::Action Storm::action() {
    using namespace scenario;
    const auto host = static_cast<trace::HostId>(random(hosts_));
    const auto other = static_cast<trace::HostId>(random(hosts_));
    const auto port = static_cast<std::uint16_t>(80 + random(2));
    const auto kind = static_cast<trace::SegmentKind>(random(2) ? 0 : random(7));
    const auto soon = trace::milliseconds(static_cast<std::int64_t>(random(400)));
    switch (random(24)) {
    case 0:
    case 1: return Listen{host, port, static_cast<std::int64_t>(random(5)) - 1};
    case 2:
    case 3: {
        Connect c{host, ++numbers_[host], other, port, {}};
        if (random(4) == 0)
            c.from_port = static_cast<std::uint16_t>(80 + random(6));
        return c;
    }
    case 4:
    case 5:
    case 6: return Accept{host, ++numbers_[host], port};
    case 7:
    case 8:
    case 9:
    case 10:
    case 11:
        return Write{some_socket(),
                     static_cast<std::uint32_t>(random(3) ? 1 + random(3000) : random(200000)), ""};
    case 12:
    case 13:
    case 14: {
        Read r{some_socket(), {}};
        if (random(2))
            r.most = static_cast<std::uint32_t>(1 + random(500));
        return r;
    }
    case 15: return ShutDown{some_socket(), static_cast<trace::Shutdown>(random(3))};
    case 16:
    case 17: return Close{some_socket()};
    case 18: {
        constexpr const char* names[] = {"SO_RCVBUF", "SO_SNDBUF", "SO_LINGER", "SO_REUSEADDR"};
        const auto which = random(4);
        return SetOption{some_socket(), names[which],
                         which < 2 ? static_cast<std::int64_t>(1 + random(9000)) : 0};
    }
    case 19: return NonBlocking{some_socket()};
    case 20: {
        constexpr const char* names[] = {"somaxconn", "tcp_abort_on_overflow", "tcp_synack_retries",
                                         "tcp_max_syn_backlog", "tcp_rfc1337"};
        return SetSysctl{host, names[random(5)], static_cast<std::int64_t>(random(2))};
    }
    case 21:
    case 22: {
        WireRule r{static_cast<WireRule::What>(random(6)),    host, other, kind,
                   static_cast<std::uint32_t>(1 + random(3)), soon};
        if (random(6) == 0)
            r.nth = std::nullopt;
        return r;
    }
    default: {
        const std::uint32_t segments = world_.recorded().segments;
        if (segments == 0)
            return Listen{host, port, 1};
        return Verdict{
            static_cast<Verdict::What>(random(5)),
            segments - 1 - static_cast<std::uint32_t>(random(segments < 8 ? segments : 8)), soon};
    }
    }
}

bool Storm::go_on(trace::Trace* log) {
    const auto next = world_.next_due();
    if (next && random(6) != 0) {
        world_.step(log);
        ++steps_;
        return true;
    }
    if (random(3) == 0) {
        auto t = world_.now() + trace::milliseconds(static_cast<std::int64_t>(random(100)));
        if (next && *next < t)
            t = *next;
        world_.wait_until(t);
    }
    world_.submit(action(), log);
    ++steps_;
    return true;
}

} // namespace storm
