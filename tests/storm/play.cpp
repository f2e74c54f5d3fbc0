// Cutting a play and writing it down.
#include "play.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/print.hpp"

namespace storm {
namespace {

using namespace scenario;

// The name that a deed makes, if it makes one.
std::optional<SocketName> made_by(const Deed& d) {
    SocketName n;
    const auto* action = std::get_if<Action>(&d.what);
    const auto* connect = action ? std::get_if<Connect>(action) : nullptr;
    const auto* accept = action ? std::get_if<Accept>(action) : nullptr;
    if (!connect && !accept)
        return std::nullopt;
    n.host = connect ? connect->host : accept->host;
    n.number = connect ? connect->number : accept->number;
    return n;
}

// Calls `use` with every name that the deed mentions; connect and accept mention what they make.
template <class Use>
void each_name(Deed& d, Use use) {
    auto* action = std::get_if<Action>(&d.what);
    if (!action)
        return;
    std::visit(
        [&](auto& a) {
            using A = std::decay_t<decltype(a)>;
            if constexpr (std::is_same_v<A, Connect> || std::is_same_v<A, Accept>) {
                SocketName n;
                n.host = a.host;
                n.number = a.number;
                use(n);
                a.number = n.number;
            } else if constexpr (requires { a.socket; }) {
                use(a.socket);
            }
        },
        *action);
}

bool names(const SocketName& n, const SocketName& made) {
    switch (n.kind) {
    case SocketName::Kind::connection: return n.host == made.host && n.number == made.number;
    case SocketName::Kind::other_end: return n.peer == made.host && n.number == made.number;
    case SocketName::Kind::listener: return false;
    }
    return false;
}

void forget(Play& p, const SocketName& gone) {
    const auto moves_up = [&](SocketName& n) {
        const trace::HostId owner = n.kind == SocketName::Kind::other_end ? n.peer : n.host;
        if (n.kind != SocketName::Kind::listener && owner == gone.host && n.number > gone.number)
            --n.number;
    };
    std::erase_if(p.deeds, [&](Deed& d) {
        bool mentions = false;
        each_name(d, [&](SocketName& n) { mentions = mentions || names(n, gone); });
        return mentions;
    });
    for (Deed& d : p.deeds)
        each_name(d, moves_up);
    std::erase_if(p.header.isns, [&](const IsnLine& i) { return names(i.socket, gone); });
    for (IsnLine& i : p.header.isns)
        moves_up(i.socket);
}

} // namespace

Play play_of(const Scenario& script) {
    Play p;
    p.header = script;
    trace::Instant last;
    for (const Line& line : script.lines) {
        if (const auto* made = std::get_if<Act>(&line.what))
            p.deeds.push_back({line.at - last, made->action});
        else if (const auto* flying = std::get_if<FlyingVerdict>(&line.what))
            p.deeds.push_back({line.at - last, *flying});
        else
            continue;
        last = line.at;
    }
    p.rest = script.end - last;
    return p;
}

Play without(const Play& p, std::size_t first, std::size_t count) {
    Play cut = p;
    const auto begin = cut.deeds.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(count, cut.deeds.size() - first));
    std::vector<SocketName> gone;
    trace::Duration time;
    for (auto d = begin; d != end; ++d) {
        time = time + d->after;
        if (const auto n = made_by(*d))
            gone.push_back(*n);
    }
    if (end != cut.deeds.end())
        end->after = end->after + time; // the others keep their times
    cut.deeds.erase(begin, end);
    // The highest first, so that the lower ones keep their numbers until it is their turn.
    std::sort(gone.begin(), gone.end(),
              [](const SocketName& a, const SocketName& b) { return a.number > b.number; });
    for (const SocketName& n : gone)
        forget(cut, n);
    return cut;
}

std::string print(const Play& p, const std::string& note) {
    std::string out = "title A storm's finding\nhosts";
    for (const HostLine& h : p.header.hosts)
        out += " " + h.name;
    out += "\n";
    for (const HostLine& h : p.header.hosts)
        if (h.profile != "linux-6.18")
            out += fmt::format("profile {} {}\n", h.profile, h.name);
    const auto& hosts = p.header.hosts;
    for (const WireLine& w : p.header.wires)
        out += fmt::format("wire {}>{} delay {} loss {} seed {}\n", hosts[w.from].name,
                           hosts[w.to].name, scenario::print(w.delay), w.loss, w.seed);
    for (const SetSysctl& s : p.header.sysctls)
        out += fmt::format("sysctl {} {} {}\n", hosts[s.host].name, s.name, s.value);
    for (const IsnLine& i : p.header.isns)
        out += fmt::format("isn {} {}\n", scenario::print(i.socket, p.header), i.isn);
    for (const Deed& d : p.deeds) {
        out += fmt::format("+{} ", scenario::print(d.after));
        if (const auto* action = std::get_if<Action>(&d.what)) {
            out += scenario::print(*action, p.header, {}, {}) + "\n";
            continue;
        }
        const auto& v = std::get<FlyingVerdict>(d.what);
        constexpr const char* words[] = {"drop", "delay", "dup", "hold", "release"};
        out += fmt::format("wire {}", words[static_cast<std::size_t>(v.what)]);
        if (v.what == Verdict::What::delay)
            out += " " + scenario::print(v.time);
        if (v.what == Verdict::What::duplicate)
            out += " after " + scenario::print(v.time);
        out += fmt::format(" {}>{} {} flying {}\n", hosts[v.from].name, hosts[v.to].name,
                           trace::name(v.kind), v.nth);
    }
    return out + fmt::format("+{} note {}\n", scenario::print(p.rest), note);
}

} // namespace storm
