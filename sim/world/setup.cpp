// From a scenario's header to a world at t = 0.
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
        h.others = s.hosts[i].others;
        h.stack = tcp::make_stack(
            tcp::find_profile(s.hosts[i].profile).value_or(tcp::ProfileId::linux_6_18));
        if (log)
            log->hosts.push_back(h.name);
        w.hosts.push_back(std::move(h));
    }
    for (std::size_t from = 0; from < n; ++from)
        for (std::size_t to = 0; to < n; ++to) {
            Wire wire;
            wire.from = static_cast<trace::HostId>(from);
            wire.to = static_cast<trace::HostId>(to);
            if (from == to)
                wire.delay = {};
            w.wires.push_back(wire);
        }
    for (const scenario::WireLine& line : s.wires) {
        Wire& wire = w.wires[line.from * n + line.to];
        wire.delay = line.delay;
        wire.loss = line.loss;
        wire.seed = line.seed;
        wire.late = line.late;
        if (w.seed == 0)
            w.seed = line.seed;
    }
    for (const scenario::SetSysctl& set : s.sysctls) {
        tcp::Stack& stack = w.hosts[set.host].stack;
        if (const auto id = tcp::find_sysctl(stack.profile, set.name))
            stack.values[static_cast<std::size_t>(*id)] = set.value;
    }
    w.timers = s.timers_by_wheel ? Timers::by_wheel : Timers::exact;
    for (Host& host : w.hosts)
        host.stack.wheel = w.wheel();
    for (const scenario::IsnLine& line : s.isns)
        w.isns.push_back({line.socket, line.isn});
    return World(std::move(w));
}

} // namespace world
