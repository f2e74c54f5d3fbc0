// uname() and /proc/sys: what kernel this is.
#include "running.hpp"

#include <sys/utsname.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "world/known.hpp"

namespace sources {
namespace {

tcp::ProfileId underneath() {
    utsname system{};
    ::uname(&system);
    return tcp::profile_of_release(system.release, system.version)
        .value_or(tcp::ProfileId::linux_6_18);
}

std::string_view resolved(std::string_view name) {
    static const std::string here = running_profile();
    return name == "running" ? here : name;
}

std::string refuse_profile(std::string_view name) {
    return world::known().profile(resolved(name));
}

std::string refuse_sysctl(std::string_view profile, std::string_view name, std::int64_t value) {
    return world::known().sysctl(resolved(profile), name, value);
}

std::optional<std::int64_t> read(const trace::SysctlText& sysctl) {
    std::string path = "/proc/sys/" + std::string(sysctl.name);
    std::replace(path.begin() + 10, path.end(), '.', '/');
    std::ifstream in(path);
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    return trace::parse_value(sysctl.id, text);
}

} // namespace

std::string running_profile() {
    return tcp::name(underneath());
}

const scenario::Machine& machine_here() {
    static const scenario::Machine machine = [] {
        scenario::Machine made = world::known();
        made.profile = refuse_profile;
        made.sysctl = refuse_sysctl;
        return made;
    }();
    return machine;
}

void resolve_running(scenario::Scenario& script) {
    std::vector<scenario::SetSysctl> found;
    const tcp::Profile here = tcp::profile(underneath());
    for (std::size_t i = 0; i < script.hosts.size(); ++i) {
        if (script.hosts[i].profile != "running")
            continue;
        script.hosts[i].profile = here.name;
        for (const trace::SysctlText& sysctl : trace::all_sysctls()) {
            const auto at = static_cast<std::size_t>(sysctl.id);
            const auto value = here.has[at] ? read(sysctl) : std::nullopt;
            if (value && *value != here.defaults[at] &&
                trace::refuse_value(sysctl.id, *value).empty())
                found.push_back({static_cast<trace::HostId>(i), std::string(sysctl.name), *value});
        }
    }
    // What the file itself sets comes later and counts.
    script.sysctls.insert(script.sysctls.begin(), found.begin(), found.end());
}

std::vector<tcp::StackDifference> differences_from_kernel(const scenario::Scenario& script,
                                                          trace::HostId host) {
    const auto wanted = tcp::find_profile(resolved(script.hosts[host].profile));
    if (!wanted)
        return {};
    return tcp::differences(tcp::make_stack(*wanted), tcp::make_stack(underneath()));
}

} // namespace sources
