// Everything a scenario file can ask for, at random: what the parser's machine does not know is not
// drawn, so that new options and sysctls join by themselves.
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "play.hpp"
#include "tcp/profile.hpp"
#include "world/known.hpp"

namespace storm {
namespace {

using namespace scenario;

// What programs may set, if this machine has it.
constexpr std::array options = {
    "SO_RCVBUF",        "SO_SNDBUF",        "SO_LINGER",        "SO_REUSEADDR",
    "SO_REUSEPORT",     "SO_KEEPALIVE",     "TCP_NODELAY",      "TCP_CORK",
    "TCP_QUICKACK",     "TCP_KEEPIDLE",     "TCP_KEEPINTVL",    "TCP_KEEPCNT",
    "TCP_USER_TIMEOUT", "TCP_DEFER_ACCEPT", "TCP_FASTOPEN",     "TCP_FASTOPEN_CONNECT",
    "TCP_LINGER2",      "TCP_SYNCNT",       "TCP_MAXSEG",       "TCP_WINDOW_CLAMP",
    "SO_RCVLOWAT",      "IP_RECVERR",       "TCP_NOTSENT_LOWAT"};

class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u) {}
    std::uint64_t below(std::uint64_t n) {
        state_ += 0x9e3779b97f4a7c15u;
        std::uint64_t x = state_;
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return (x ^ (x >> 31)) % n;
    }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    template <class List>
    auto of(const List& list) {
        return list[below(std::size(list))];
    }

private:
    std::uint64_t state_;
};

class Author {
public:
    explicit Author(std::uint64_t seed) : dice_(seed) {
        header(seed);
        numbers_.assign(play_.header.hosts.size(), 0);
        const std::size_t many = 60 + dice_.below(400);
        for (std::size_t i = 0; i < many; ++i)
            play_.deeds.push_back({pause(), deed()});
        play_.rest = trace::seconds(static_cast<std::int64_t>(1 + dice_.below(200)));
        isns();
    }
    Play take() { return std::move(play_); }

private:
    void header(std::uint64_t seed) {
        const std::size_t hosts = 2 + dice_.below(2) * dice_.below(3);
        const auto profiles = tcp::profiles();
        const bool mixed = dice_.one_in(4);
        const std::string_view all = dice_.one_in(3) ? dice_.of(profiles).name : "linux-6.18";
        for (std::size_t i = 0; i < hosts; ++i) {
            const std::string_view name = mixed ? dice_.of(profiles).name : all;
            const bool plays = world::known().profile(name).empty();
            play_.header.hosts.push_back(
                {fmt::format("h{}", i), std::string(plays ? name : "linux-6.18")});
        }
        constexpr std::array losses = {0.0, 0.0, 0.02, 0.2, 0.5};
        for (std::size_t a = 0; a < hosts; ++a)
            for (std::size_t b = 0; b < hosts; ++b) {
                if (a == b)
                    continue;
                WireLine wire;
                wire.from = static_cast<trace::HostId>(a);
                wire.to = static_cast<trace::HostId>(b);
                wire.delay = trace::milliseconds(static_cast<std::int64_t>(dice_.below(120)));
                wire.loss = dice_.of(losses);
                wire.seed = seed;
                play_.header.wires.push_back(wire);
            }
        const std::size_t settings = dice_.below(2) * dice_.below(5);
        for (std::size_t i = 0; i < settings; ++i)
            if (const auto set = sysctl())
                play_.header.sysctls.push_back(*set);
    }

    // Some connections run across the wrap of their numbers.
    void isns() {
        for (std::size_t h = 0; h < numbers_.size(); ++h)
            for (std::uint16_t n = 1; n <= numbers_[h] && n <= 4; ++n) {
                if (!dice_.one_in(3))
                    continue;
                IsnLine line{};
                line.socket.host = static_cast<trace::HostId>(h);
                line.socket.number = n;
                line.isn = 0xffffffffu - static_cast<std::uint32_t>(dice_.below(4000));
                play_.header.isns.push_back(line);
            }
    }

    trace::Duration pause() {
        switch (dice_.below(8)) {
        case 0:
        case 1: return {};
        case 2: return trace::microseconds(static_cast<std::int64_t>(dice_.below(2000)));
        case 3: return trace::seconds(static_cast<std::int64_t>(dice_.below(4)));
        case 4:
            if (dice_.one_in(8))
                return trace::seconds(static_cast<std::int64_t>(dice_.below(130)));
            return trace::milliseconds(1);
        default: return trace::milliseconds(static_cast<std::int64_t>(dice_.below(100)));
        }
    }

    trace::HostId host() {
        return static_cast<trace::HostId>(dice_.below(play_.header.hosts.size()));
    }
    std::uint16_t port() { return static_cast<std::uint16_t>(80 + dice_.below(3)); }

    // One that has a name: mostly one of the latest.
    std::optional<SocketName> socket() {
        SocketName n;
        n.host = host();
        const std::uint16_t most = numbers_[n.host];
        if (most == 0)
            return std::nullopt;
        const std::uint64_t among = most < 8 || dice_.one_in(8) ? most : 8;
        n.number = static_cast<std::uint16_t>(most - dice_.below(among));
        if (dice_.one_in(30)) {
            n.kind = SocketName::Kind::other_end;
            n.peer = n.host;
            do
                n.host = host();
            while (n.host == n.peer);
        }
        return n;
    }
    // For calls that programs make on listeners too.
    std::optional<SocketName> any_socket() {
        if (!dice_.one_in(6))
            return socket();
        SocketName n;
        n.kind = SocketName::Kind::listener;
        n.host = host();
        n.port = port();
        return n;
    }

    // What a router might say, true or not.
    trace::Icmp icmp() {
        switch (dice_.below(4)) {
        case 0: return {trace::Icmp::time_exceeded};
        case 1: return {trace::Icmp::parameter_problem};
        case 2:
            return {trace::Icmp::unreachable, trace::Icmp::fragmentation_needed,
                    static_cast<std::uint16_t>(dice_.below(1600))};
        default: return {trace::Icmp::unreachable, static_cast<std::uint8_t>(dice_.below(4))};
        }
    }

    std::optional<SetSysctl> sysctl() {
        const auto& text = tcp::text(static_cast<tcp::Sysctl>(dice_.below(tcp::sysctl_count)));
        const trace::HostId on = host();
        std::int64_t value = text.least;
        switch (dice_.below(4)) {
        case 0: break;
        case 1: value += 1; break;
        case 2: value += static_cast<std::int64_t>(dice_.below(8)); break;
        default: value += static_cast<std::int64_t>(dice_.below(3000)); break;
        }
        const std::string name(text.name.substr(text.name.rfind('.') + 1));
        if (!world::known().sysctl(play_.header.hosts[on].profile, name, value).empty())
            return std::nullopt;
        return SetSysctl{on, name, value};
    }

    std::optional<SetOption> option() {
        const auto where = any_socket();
        if (!where)
            return std::nullopt;
        SetOption o{*where, dice_.of(options), static_cast<std::int64_t>(dice_.below(3))};
        if (dice_.one_in(2))
            o.value =
                static_cast<std::int64_t>(dice_.below(o.name.ends_with("BUF") ? 300000 : 3000));
        if (!world::known().option(o.name, o.value).empty())
            return std::nullopt;
        return o;
    }

    std::variant<Action, FlyingVerdict> deed() {
        while (true)
            if (auto made = try_deed())
                return *made;
    }

    using Made = std::optional<std::variant<Action, FlyingVerdict>>;
    template <class Call>
    static Made act(const std::optional<Call>& call) {
        if (!call)
            return std::nullopt;
        return Action{*call};
    }

    Made try_deed() {
        const trace::HostId a = host();
        trace::HostId b = host();
        switch (dice_.below(30)) {
        case 0:
        case 1: return Action{Listen{a, port(), static_cast<std::int64_t>(dice_.below(6)) - 1}};
        case 2:
        case 3:
        case 4: {
            if (numbers_[a] == 60000)
                return std::nullopt;
            Connect c{a, ++numbers_[a], b, port(), {}};
            if (a == b && play_.header.hosts.size() == 2)
                c.to = b = static_cast<trace::HostId>(1 - a); // ":PORT" alone is the other host
            if (dice_.one_in(4))
                c.from_port = static_cast<std::uint16_t>(80 + dice_.below(6));
            c.nonblocking = dice_.one_in(6);
            if (dice_.one_in(10))
                c.fastopen = static_cast<std::uint32_t>(dice_.below(2000));
            return Action{c};
        }
        case 5:
        case 6:
        case 7: return Action{Accept{a, ++numbers_[a], port()}};
        case 8:
        case 9:
        case 10:
        case 11:
        case 12:
            if (const auto s = socket())
                return Action{
                    Write{*s,
                          static_cast<std::uint32_t>(dice_.below(3) ? 1 + dice_.below(3000)
                                                                    : 1 + dice_.below(200000)),
                          ""}};
            return std::nullopt;
        case 13:
        case 14:
        case 15:
            if (const auto s = socket()) {
                Read r{*s, {}};
                if (dice_.one_in(2))
                    r.most = static_cast<std::uint32_t>(1 + dice_.below(500));
                return Action{r};
            }
            return std::nullopt;
        case 16:
            if (const auto s = any_socket())
                return Action{ShutDown{*s, static_cast<trace::Shutdown>(dice_.below(3))}};
            return std::nullopt;
        case 17:
        case 18:
            if (const auto s = any_socket())
                return Action{Close{*s}};
            return std::nullopt;
        case 19: return act(option());
        case 20:
            if (const auto s = any_socket())
                return Action{NonBlocking{*s}};
            return std::nullopt;
        case 21: return act(sysctl());
        case 22:
        case 23: {
            if (a == b)
                return std::nullopt;
            WireRule r{static_cast<WireRule::What>(dice_.below(7)), a, b, kind(), 1u, {}};
            r.nth = static_cast<std::uint32_t>(1 + dice_.below(3));
            if (r.what == WireRule::What::unreachable && r.nth == 1u)
                r.what = WireRule::What::mark;
            if (dice_.one_in(6))
                r.nth = std::nullopt;
            if (dice_.one_in(8)) {
                r.what = WireRule::What::narrow;
                r.kind = trace::SegmentKind::any;
                r.nth = std::nullopt;
                r.icmp = {3, trace::Icmp::fragmentation_needed,
                          static_cast<std::uint16_t>(552 + dice_.below(949))};
                r.silent = dice_.one_in(3);
            }
            if (r.what == WireRule::What::delay || r.what == WireRule::What::duplicate)
                r.time = soon();
            if (r.what == WireRule::What::pass)
                r.nth = 1;
            if (r.what == WireRule::What::unreachable)
                r.icmp = icmp();
            return Action{r};
        }
        case 24: {
            if (a == b)
                return std::nullopt;
            FlyingVerdict v{static_cast<Verdict::What>(dice_.below(4)),     a, b, kind(),
                            static_cast<std::uint32_t>(1 + dice_.below(3)), {}};
            if (v.what == Verdict::What::delay || v.what == Verdict::What::duplicate)
                v.time = soon();
            return v;
        }
        case 25:
            if (a == b)
                return std::nullopt;
            return Action{Raw{a, strange_segment(a, b)}};
        case 26:
            if (a == b || dice_.below(4) != 0)
                return std::nullopt;
            return Action{Flood{a,
                                {address(b), port()},
                                static_cast<std::uint32_t>(1 + dice_.below(40)),
                                trace::microseconds(static_cast<std::int64_t>(dice_.below(3000)))}};
        case 27:
            if (!dice_.one_in(8)) // each child's copies must be closed too
                return std::nullopt;
            return Action{Fork{a}};
        case 28: { // both ends at once
            const auto s = socket();
            if (!s || s->kind != SocketName::Kind::connection || a == s->host)
                return std::nullopt;
            SocketName other = *s;
            other.kind = SocketName::Kind::other_end;
            other.peer = s->host;
            other.host = a;
            play_.deeds.push_back({pause(), Action{ShutDown{*s, trace::Shutdown::wr}}});
            return Action{ShutDown{other, trace::Shutdown::wr}};
        }
        default: {
            if (a == b)
                return std::nullopt;
            constexpr std::array losses = {0.0, 0.0, 0.1, 0.5};
            return Action{SetWire{a, b, soon(), dice_.of(losses)}};
        }
        }
    }
    static trace::Address address(trace::HostId h) { return {0x0a000001u + h}; }
    // Numbers near those that connections have, ports that they may have, any flags.
    trace::Segment strange_segment(trace::HostId a, trace::HostId b) {
        const auto some_port = [&]() -> std::uint16_t {
            if (dice_.one_in(2))
                return port();
            return static_cast<std::uint16_t>(40000 + 2 * dice_.below(8));
        };
        const auto number = [&] {
            constexpr std::array<std::uint32_t, 4> near = {1000, 5000, 0xfffffff0u, 0};
            return trace::Seq{dice_.of(near) + static_cast<std::uint32_t>(dice_.below(12))};
        };
        trace::Segment s;
        s.source = {address(a), some_port()};
        s.destination = {address(b), some_port()};
        s.seq = number();
        s.ack = number();
        s.flags = {static_cast<std::uint8_t>(dice_.below(64))};
        if (!s.flags.has(trace::flag::ack))
            s.ack = {};
        s.window = static_cast<std::uint16_t>(dice_.below(65536));
        if (!s.flags.has(trace::flag::syn) && dice_.one_in(3))
            s.length = static_cast<std::uint32_t>(1 + dice_.below(2000));
        if (dice_.one_in(3)) {
            s.has_timestamps = true;
            s.ts_value = static_cast<std::uint32_t>(dice_.below(5000));
            s.ts_echo = static_cast<std::uint32_t>(dice_.below(5000));
        }
        return s;
    }
    trace::SegmentKind kind() {
        return static_cast<trace::SegmentKind>(dice_.one_in(2) ? 0 : dice_.below(7));
    }
    trace::Duration soon() {
        return trace::milliseconds(static_cast<std::int64_t>(1 + dice_.below(400)));
    }

    Dice dice_;
    Play play_;
    std::vector<std::uint16_t> numbers_; // connect and accept lines of each host so far
};

} // namespace

Play random_play(std::uint64_t seed) {
    return Author(seed).take();
}

} // namespace storm
