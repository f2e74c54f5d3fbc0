// Lines of scenario files, from actions.
#include "print.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "flying.hpp"
#include "trace/sysctl.hpp"

namespace scenario {
namespace {

std::string_view word(Verdict::What what) {
    switch (what) {
    case Verdict::What::drop: return "drop";
    case Verdict::What::delay: return "delay";
    case Verdict::What::duplicate: return "dup";
    case Verdict::What::hold: return "hold";
    case Verdict::What::release: return "release";
    case Verdict::What::mark: return "mark";
    }
    return "?";
}

std::string_view word(WireRule::What what) {
    switch (what) {
    case WireRule::What::drop: return "drop";
    case WireRule::What::delay: return "delay";
    case WireRule::What::duplicate: return "dup";
    case WireRule::What::hold: return "hold";
    case WireRule::What::pass: return "pass";
    case WireRule::What::release: return "release";
    case WireRule::What::unreachable: return "unreachable";
    case WireRule::What::narrow: return "narrow";
    case WireRule::What::mark: return "mark";
    }
    return "?";
}

struct Printer {
    const Scenario& names;
    const trace::Snapshot& snapshot;
    const trace::Trace& log;

    const std::string& host(trace::HostId id) const { return names.hosts[id].name; }
    std::string socket(const SocketName& s) const { return print(s, names); }
    std::string wire(trace::HostId a, trace::HostId b) const {
        return fmt::format("{}>{}", host(a), host(b));
    }

    static std::string place(trace::Address address, std::uint16_t port, std::uint16_t which) {
        return fmt::format("{}:{}{}", address.raw == 0 ? "" : trace::format(address), port,
                           which > 1 ? fmt::format("#{}", which) : "");
    }
    static std::string place(const SocketName& listener) {
        return place({}, listener.port, listener.number);
    }
    std::string operator()(const Listen& a) const {
        return fmt::format("{} listen {} backlog {}{}", host(a.host),
                           place(a.address, a.port, a.which), a.backlog,
                           a.reuse_port ? " reuseport" : "");
    }
    std::string operator()(const Connect& a) const {
        const std::string to = a.address.raw != 0        ? trace::format(a.address)
                               : names.hosts.size() == 2 ? ""
                                                         : host(a.to);
        const std::string from = a.from_port ? fmt::format(" from :{}", *a.from_port) : "";
        const std::string data = a.fastopen ? fmt::format(" fastopen {}", *a.fastopen) : "";
        return fmt::format("{} connect {}:{}{}{}{}", host(a.host), to, a.port, from, data,
                           a.nonblocking ? " nonblock" : "");
    }
    std::string operator()(const Accept& a) const {
        return fmt::format("{} accept {}", host(a.host), place({}, a.port, a.which));
    }
    std::string operator()(const Write& a) const {
        const std::string flags =
            fmt::format("{}{}{}{}", a.urgent ? " oob" : "", a.more ? " more" : "",
                        a.end_of_record ? " eor" : "", a.dont_wait ? " dontwait" : "");
        return a.text.empty() ? fmt::format("{} write {}{}", socket(a.socket), a.bytes, flags)
                              : fmt::format("{} write \"{}\"{}", socket(a.socket), a.text, flags);
    }
    std::string operator()(const Read& a) const {
        const std::string flags =
            fmt::format("{}{}{}{}", a.urgent ? " oob" : "", a.peek ? " peek" : "",
                        a.wait_all ? " waitall" : "", a.dont_wait ? " dontwait" : "");
        return a.most ? fmt::format("{} read {}{}", socket(a.socket), *a.most, flags)
                      : fmt::format("{} read{}", socket(a.socket), flags);
    }
    std::string operator()(const ShutDown& a) const {
        return fmt::format("{} shutdown {}", socket(a.socket), trace::name(a.how));
    }
    std::string operator()(const Close& a) const {
        if (a.socket.kind == SocketName::Kind::listener)
            return fmt::format("{} close {}", host(a.socket.host), place(a.socket));
        return fmt::format("{} close", socket(a.socket));
    }
    std::string operator()(const SetOption& a) const {
        if (a.socket.kind == SocketName::Kind::listener)
            return fmt::format("{} setsockopt {} {} {}", host(a.socket.host), place(a.socket),
                               a.name, a.value);
        return fmt::format("{} setsockopt {} {}", socket(a.socket), a.name, a.value);
    }
    std::string operator()(const NonBlocking& a) const {
        if (a.socket.kind == SocketName::Kind::listener)
            return fmt::format("{} nonblock {}", host(a.socket.host), place(a.socket));
        return fmt::format("{} nonblock", socket(a.socket));
    }
    std::string operator()(const Fork& a) const { return fmt::format("{} fork", host(a.host)); }
    std::string operator()(const SetSysctl& a) const {
        return fmt::format("{} sysctl {} {}", host(a.host), a.name,
                           trace::format_value(a.name, a.value));
    }
    std::string operator()(const WireRule& a) const {
        std::string out = fmt::format("wire {}", word(a.what));
        if (a.what == WireRule::What::delay)
            out += " " + print(a.time);
        if (a.what == WireRule::What::duplicate && a.time.ns > 0)
            out += " after " + print(a.time);
        if (a.what == WireRule::What::unreachable)
            out += " " + print(a.icmp);
        if (a.what == WireRule::What::narrow)
            return out + fmt::format(" {}{} {}", a.icmp.mtu, a.silent ? " silent" : "",
                                     wire(a.from, a.to));
        out += fmt::format(" {} {}", wire(a.from, a.to), trace::name(a.kind));
        if (a.what == WireRule::What::pass)
            return out;
        return out + (a.nth ? fmt::format(" {}", *a.nth) : " all");
    }
    std::string operator()(const Verdict& a) const {
        const auto flying = describe(a, snapshot, log);
        if (!flying)
            return "";
        std::string out = fmt::format("wire {}", word(a.what));
        if (a.what == Verdict::What::delay)
            out += " " + print(a.time);
        if (a.what == Verdict::What::duplicate && a.time.ns > 0)
            out += " after " + print(a.time);
        // Releasing counts the held ones already; the others say that they mean what is in the air.
        return out + fmt::format(" {} * {}{}", wire(flying->from, flying->to),
                                 a.what == Verdict::What::release ? "" : "flying ", flying->nth);
    }
    std::string operator()(const SetWire& a) const {
        return fmt::format("wire set {} delay {} loss {}", wire(a.from, a.to), print(a.delay),
                           a.loss);
    }
    std::string operator()(const Raw& a) const {
        return fmt::format("{} raw {}", host(a.host), print(a.segment));
    }
    std::string operator()(const Flood& a) const {
        return fmt::format("{} flood {} {} every {}", host(a.host), trace::format(a.to), a.count,
                           print(a.every));
    }
};

} // namespace

std::string print(trace::Icmp m) {
    if (m.wants_fragments())
        return fmt::format("mtu {}", m.mtu);
    if (m.type == trace::Icmp::time_exceeded)
        return "expired";
    return m.type == trace::Icmp::parameter_problem ? "malformed" : fmt::format("{}", m.code);
}

std::string print(trace::Duration d) {
    std::string out = trace::format(d);
    std::erase(out, ' ');
    return out;
}

std::string print(const SocketName& s, const Scenario& names) {
    const auto host = [&](trace::HostId id) { return names.hosts[id].name; };
    switch (s.kind) {
    case SocketName::Kind::connection: return fmt::format("{}#{}", host(s.host), s.number);
    case SocketName::Kind::other_end:
        return fmt::format("{}~{}#{}", host(s.host), host(s.peer), s.number);
    case SocketName::Kind::listener:
        return fmt::format("{}:{}{}", host(s.host), s.port,
                           s.number > 1 ? fmt::format("#{}", s.number) : "");
    }
    return "";
}

std::string print(const Action& action, const Scenario& names, const trace::Snapshot& snapshot,
                  const trace::Trace& log) {
    return std::visit(Printer{names, snapshot, log}, action);
}

} // namespace scenario
