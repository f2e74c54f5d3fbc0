// From a scenario's header to a world at t = 0, and what of a scenario this machine does not have.
#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "turn.hpp"
#include "world.hpp"

namespace world {

World make_world(const scenario::Scenario& s, trace::Trace* log) {
    Contents w;
    const std::size_t n = s.hosts.size();
    for (std::size_t i = 0; i < n; ++i) {
        Host h;
        h.name = s.hosts[i].name;
        h.address = {0x0a000001u + static_cast<std::uint32_t>(i)};
        h.stack = tcp::make_stack(tcp::find_profile(s.hosts[i].profile).value_or(tcp::ProfileId::linux_6_18));
        if (log) log->hosts.push_back(h.name);
        w.hosts.push_back(std::move(h));
    }
    for (std::size_t from = 0; from < n; ++from)
        for (std::size_t to = 0; to < n; ++to) {
            Wire wire;
            wire.from = static_cast<trace::HostId>(from);
            wire.to = static_cast<trace::HostId>(to);
            if (from == to) wire.delay = {};
            w.wires.push_back(wire);
        }
    for (const scenario::WireLine& line : s.wires) {
        Wire& wire = w.wires[line.from * n + line.to];
        wire.delay = line.delay;
        wire.loss = line.loss;
        wire.seed = line.seed;
        if (w.seed == 0) w.seed = line.seed;
    }
    for (const scenario::SetSysctl& set : s.sysctls) {
        tcp::Stack& stack = w.hosts[set.host].stack;
        if (const auto id = tcp::find_sysctl(stack.profile, set.name))
            stack.values[static_cast<std::size_t>(*id)] = set.value;
    }
    for (const scenario::IsnLine& line : s.isns) w.isns.push_back({line.socket, line.isn});
    return World(std::move(w));
}

namespace {

using scenario::ParseError;

// Where a word of the header stands: the first line that begins with the keyword and contains it.
scenario::Location find_in_header(const scenario::Scenario& s, std::string_view keyword,
                                  std::string_view word) {
    std::uint32_t line = 1;
    std::size_t begin = 0;
    const std::string_view text = s.text;
    while (begin < text.size()) {
        std::size_t end = text.find('\n', begin);
        if (end == std::string_view::npos) end = text.size();
        const std::string_view row = text.substr(begin, end - begin);
        const std::size_t first = row.find_first_not_of(" \t");
        if (first != std::string_view::npos && row.substr(first).starts_with(keyword)) {
            const std::size_t at = row.find(word, first + keyword.size());
            if (at != std::string_view::npos) return {line, static_cast<std::uint32_t>(at + 1)};
        }
        begin = end + 1;
        ++line;
    }
    return {1, 1};
}

std::string known_profiles() {
    std::string list;
    for (const tcp::Profile& p : tcp::profiles()) {
        if (!list.empty()) list += ", ";
        list += p.name;
    }
    return list;
}

std::optional<std::string> complain(const scenario::Scenario& s, const scenario::SetSysctl& set) {
    const auto profile = tcp::find_profile(s.hosts[set.host].profile);
    if (!profile) return std::nullopt;
    const auto id = tcp::find_sysctl(*profile, set.name);
    if (!id)
        return fmt::format("profile {} has no sysctl '{}'", s.hosts[set.host].profile, set.name);
    const tcp::SysctlText& t = tcp::text(*id);
    if (set.value >= t.least && set.value <= t.most) return std::nullopt;
    return fmt::format("{} takes {} to {}, not {}", t.name, t.least, t.most, set.value);
}

std::optional<std::string> complain(const scenario::Scenario& s, const scenario::Action& a) {
    if (const auto* set = std::get_if<scenario::SetSysctl>(&a)) return complain(s, *set);
    if (const auto* o = std::get_if<scenario::SetOption>(&a))
        if (!tcp::has_option(o->name, o->value))
            return fmt::format("this version has no socket option '{} {}': it has SO_RCVBUF N, "
                               "SO_SNDBUF N, SO_LINGER 0 and SO_REUSEADDR 1",
                               o->name, o->value);
    return std::nullopt;
}

}  // namespace

std::optional<ParseError> validate(const scenario::Scenario& s) {
    for (const scenario::HostLine& h : s.hosts)
        if (!tcp::find_profile(h.profile))
            return ParseError{s.file, find_in_header(s, "profile", h.profile),
                              fmt::format("unknown profile '{}': this version has {}", h.profile,
                                          known_profiles())};
    for (const scenario::SetSysctl& set : s.sysctls)
        if (const auto why = complain(s, set))
            return ParseError{s.file, find_in_header(s, "sysctl", set.name), *why};
    for (const scenario::Line& line : s.lines) {
        const auto* act = std::get_if<scenario::Act>(&line.what);
        if (!act) continue;
        if (const auto why = complain(s, act->action)) return ParseError{s.file, line.where, *why};
    }
    return std::nullopt;
}

}  // namespace world
