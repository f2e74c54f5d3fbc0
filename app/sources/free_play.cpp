// Free play: worlds without a story, and everything done as a scenario file that does it again.
#include "sim_source.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "running.hpp"
#include "scenario/flying.hpp"
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

namespace {

// What stood before the first call, without the story that came with it.
scenario::Scenario header_of(const scenario::Scenario& script) {
    scenario::Scenario s = blank(0);
    s.hosts = script.hosts;
    s.wires = script.wires;
    s.sysctls = script.sysctls;
    s.timers_by_wheel = script.timers_by_wheel;
    s.isns = script.isns;
    return s;
}

// The settings that came with the kernel underneath go with it.
void leave_running(scenario::Scenario& s, trace::HostId host) {
    scenario::Scenario here = blank(0);
    here.hosts = s.hosts;
    for (scenario::HostLine& other : here.hosts)
        other.profile = "linux-6.18";
    here.hosts[host].profile = "running";
    resolve_running(here);
    if (s.hosts[host].profile != here.hosts[host].profile)
        return;
    std::erase_if(s.sysctls, [&](const scenario::SetSysctl& set) {
        return std::find(here.sysctls.begin(), here.sysctls.end(), set) != here.sysctls.end();
    });
}

std::string header_text(const scenario::Scenario& s) {
    std::string out = "title   Free play\nprofile linux-6.18\nhosts  ";
    for (const scenario::HostLine& host : s.hosts)
        out += " " + host.name;
    out += "\n";
    for (const scenario::HostLine& host : s.hosts) {
        if (host.profile != "linux-6.18")
            out += fmt::format("profile {} {}\n", host.profile, host.name);
        for (const trace::Address other : host.others)
            out += fmt::format("address {} {}\n", host.name, trace::format(other));
    }
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
    return out;
}

} // namespace

SimSource SimSource::freed(int extra_hosts) const {
    scenario::Scenario s = header_of(script());
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
    return header_text(script()) + acts_text();
}

std::string SimSource::acts_text() const {
    view::Frame frame;
    fill_script(frame);
    std::string out;
    for (const view::ScriptLine& line : frame.script)
        out += line.text + "\n";
    return out;
}

// By the file that would be written: it names what is meant, and what the other kernel has no word
// for is refused there.
std::variant<SimSource, std::string> SimSource::under(trace::HostId host,
                                                      const std::string& profile) const {
    scenario::Scenario changed = header_of(script());
    leave_running(changed, host);
    changed.hosts[host].profile = profile;
    auto parsed = scenario::parse(header_text(changed) + acts_text(), "", machine_here());
    if (const auto* error = std::get_if<scenario::ParseError>(&parsed))
        return fmt::format("{}: {}", profile, error->message);
    auto& again = std::get<scenario::Scenario>(parsed);
    resolve_running(again);
    SimSource out(header_of(again), Kind::free_play, terms_);
    world::Timeline& timeline = out.timeline_;
    for (const scenario::Line& line : again.lines) {
        timeline.seek(line.at);
        timeline.wait_until(line.at);
        if (const auto* act = std::get_if<scenario::Act>(&line.what))
            timeline.act(act->action);
        // A segment picked by hand, if one flies there now.
        if (const auto* flying = std::get_if<scenario::FlyingVerdict>(&line.what))
            if (const auto verdict =
                    scenario::resolve(*flying, timeline.snapshot(), timeline.trace()))
                timeline.act(*verdict);
    }
    timeline.seek(now());
    timeline.wait_until(now());
    return out;
}

} // namespace sources
