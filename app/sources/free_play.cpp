// Free play: worlds without a story, and everything done as a scenario file that does it again.
#include "sim_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "scenario/print.hpp"
#include "trace/sysctl.hpp"

namespace sources {
namespace {

void add_host(scenario::Scenario& s) {
    const auto id = static_cast<trace::HostId>(s.hosts.size());
    s.hosts.push_back({id == 0   ? "client"
                       : id == 1 ? "server"
                                 : fmt::format("client{}", id),
                       "linux-6.18"});
    for (trace::HostId other = 0; other < id; ++other) {
        scenario::WireLine wire{};
        wire.from = other;
        wire.to = id;
        s.wires.push_back(wire);
        std::swap(wire.from, wire.to);
        s.wires.push_back(wire);
    }
}

} // namespace

scenario::Scenario blank(int hosts) {
    scenario::Scenario s;
    s.file = "free play";
    for (int i = 0; i < hosts; ++i)
        add_host(s);
    return s;
}

SimSource SimSource::freed(int extra_hosts) const {
    scenario::Scenario s = blank(0);
    s.hosts = script().hosts;
    s.wires = script().wires;
    s.sysctls = script().sysctls;
    s.timers_by_wheel = script().timers_by_wheel;
    s.isns = script().isns;
    for (int i = 0; i < extra_hosts; ++i)
        add_host(s);
    SimSource out(std::move(s), Kind::free_play, terms_);
    for (const world::Timeline::Done& done : timeline_.done()) {
        out.timeline_.seek(done.at);
        out.timeline_.wait_until(done.at);
        out.timeline_.act(done.action);
    }
    out.timeline_.seek(now());
    out.timeline_.wait_until(now());
    return out;
}

void SimSource::fill_script(view::Frame& frame) const {
    trace::Instant before{-1};
    for (const world::Timeline::Done& done : timeline_.done()) {
        if (done.line.empty())
            continue;
        const std::string time =
            done.at == before ? "+0" : scenario::print(done.at - trace::Instant{});
        before = done.at;
        frame.script.push_back({fmt::format("{:<8}{}", time, done.line), true});
    }
}

std::string SimSource::as_file() const {
    const scenario::Scenario& s = script();
    std::string out = "title   Free play\nprofile linux-6.18\nhosts  ";
    for (const scenario::HostLine& host : s.hosts)
        out += " " + host.name;
    out += "\n";
    for (std::size_t i = 0; i < s.hosts.size(); ++i)
        if (s.hosts[i].profile != "linux-6.18")
            out += fmt::format("profile {} {}\n", s.hosts[i].profile, s.hosts[i].name);
    for (const scenario::WireLine& w : s.wires)
        out += fmt::format("wire    {}>{} delay {} loss {} seed {}\n", s.hosts[w.from].name,
                           s.hosts[w.to].name, scenario::print(w.delay), w.loss, w.seed);
    if (s.timers_by_wheel)
        out += "timers  wheel 250\n";
    for (const scenario::SetSysctl& y : s.sysctls)
        out += fmt::format("sysctl  {} {} {}\n", s.hosts[y.host].name, y.name,
                           trace::format_value(y.name, y.value));
    for (const scenario::IsnLine& n : s.isns)
        out += fmt::format("isn     {} {}\n", scenario::print(n.socket, s), n.isn);
    view::Frame frame;
    fill_script(frame);
    for (const view::ScriptLine& line : frame.script)
        out += line.text + "\n";
    return out;
}

} // namespace sources
