// Two plays, and one comparison.
#include "both.hpp"

#include <sys/utsname.h>

#include <fmt/format.h>

#include "late.hpp"
#include "running.hpp"
#include "tcp/profile.hpp"
#include "trace/align.hpp"
#include "world/stage.hpp"

namespace sources {
namespace {

using world::Manner;
using world::Ties;
using world::Timers;

// A tie, and how late timers are, can be played in more than one way that a kernel shows.
constexpr Manner manners[] = {
    {},
    {Ties::as_inserted, Timers::exact, false},
    {Ties::as_inserted, Timers::by_wheel, false},
    {Ties::arrivals_first, Timers::exact, false},
    {Ties::arrivals_first, Timers::by_wheel, false},
    {Ties::timers_first, Timers::exact, false},
    {Ties::timers_first, Timers::by_wheel, false},
};

Play play_simulated(const scenario::Scenario& script, const Manner& manner, trace::Instant until) {
    world::WorldStage stage(script);
    stage.play_in(manner);
    Play play;
    play.report = scenario::play(script, stage);
    if (until > stage.now())
        stage.advance(until);
    play.trace = stage.trace();
    play.end = stage.snapshot();
    return play;
}

// The values that the script's profiles have, for namespaces whose own may differ.
std::vector<scenario::SetSysctl> profile_values(const scenario::Scenario& script) {
    std::vector<scenario::SetSysctl> values;
    for (std::size_t host = 0; host < script.hosts.size(); ++host) {
        const auto id = tcp::find_profile(script.hosts[host].profile);
        if (!id)
            continue;
        const tcp::Profile profile = tcp::profile(*id);
        const auto here = tcp::find_profile(running_profile()).value_or(tcp::ProfileId::linux_6_18);
        // What this profile lacks but the kernel has is set to what the profile does in its place.
        for (std::size_t i = 0; i < tcp::sysctl_count; ++i)
            if (tcp::find_sysctl(here, tcp::text(static_cast<tcp::Sysctl>(i)).name))
                values.push_back({static_cast<trace::HostId>(host),
                                  std::string(tcp::text(static_cast<tcp::Sysctl>(i)).name),
                                  profile.defaults[i]});
    }
    return values;
}

} // namespace

Play play_simulated(const scenario::Scenario& script) {
    return play_simulated(script, {}, {});
}

KernelPlay play_on_kernel(const scenario::Scenario& script, const KernelOptions& options) {
    net::StageOptions how;
    how.helper = options.helper;
    how.on_progress = options.on_progress;
    how.defaults = profile_values(script);
    how.model = std::make_shared<trace::Trace>(play_simulated(script).trace);
    net::KernelStage stage(script, how);
    KernelPlay play;
    play.failure = stage.failure();
    if (!play.failure.empty())
        return play;
    if (options.on_stage)
        options.on_stage(&stage);
    play.scope = stage.scope();
    play.congestion_control = stage.congestion_control();
    play.report = scenario::play(script, stage);
    play.end = stage.snapshot();
    play.trace = stage.trace();
    play.lateness = stage.lateness();
    play.pace = stage.pace();
    if (options.on_stage)
        options.on_stage(nullptr);
    return play;
}

std::string other_profile(const scenario::Scenario& script) {
    utsname system{};
    ::uname(&system);
    for (std::size_t i = 0; i < script.hosts.size(); ++i) {
        std::string ways;
        for (const tcp::StackDifference& d :
             differences_from_kernel(script, static_cast<trace::HostId>(i)))
            ways +=
                fmt::format("\n  {} ({}): {}{}", d.key, d.source, d.in_one ? "" : "not: ", d.en);
        if (!ways.empty())
            return fmt::format(
                "{} plays the profile {}, and the kernel underneath is Linux {}; they differ in:{}",
                script.hosts[i].name, script.hosts[i].profile, system.release, ways);
    }
    return {};
}

std::optional<trace::Difference> first_difference(const trace::Trace& kernel,
                                                  const trace::Trace& simulated,
                                                  trace::Instant until, trace::Duration lateness) {
    trace::Story seen = tell(with_ports_of(simulated, kernel), {}, trace::Detail::everything);
    seen.end = until;
    const trace::Story model = tell(simulated, {}, trace::Detail::everything);
    trace::Slack slack;
    slack.late = slack.late + lateness;
    auto difference = compare(seen, model, slack);
    if (difference)
        difference->sequence = trace::with_names(difference->sequence, simulated);
    return difference;
}

namespace {

// What a laboratory is refused of the profile's, and how it hands frames over.
void of_laboratory(Manner& manner, const KernelPlay& kernel) {
    manner.reno = kernel.congestion_control == "reno";
    manner.by_packet_socket = true;
}

Match played(const scenario::Scenario& script, Manner manner, const KernelPlay& kernel,
             trace::Duration lateness) {
    of_laboratory(manner, kernel);
    Match found;
    found.simulated = play_simulated(script, manner, kernel.end.now);
    found.difference =
        first_difference(kernel.trace, found.simulated.trace, kernel.end.now, lateness);
    found.script = script;
    found.manner = manner;
    return found;
}

Match played_late(const Late& late, Timers timers, const KernelPlay& kernel) {
    Manner manner{Ties::as_inserted, timers};
    of_laboratory(manner, kernel);
    manner.phase = kernel.pace.wheel.value_or(trace::Duration{});
    Match found;
    found.simulated = play_simulated(late.script, manner, kernel.end.now);
    found.difference =
        first_difference(without_waits(kernel.trace, waits(kernel)),
                         without_waits(found.simulated.trace, waits(late, found.simulated.report)),
                         kernel.end.now, {});
    late.put_back(found.simulated.report);
    found.script = late.script;
    found.manner = manner;
    return found;
}

} // namespace

Match match(const scenario::Scenario& script, const KernelPlay& kernel) {
    std::optional<Match> plain, nearest;
    const auto differs_later = [&](const Match& found) {
        return found.difference &&
               (!nearest || !nearest->difference || found.difference->at > nearest->difference->at);
    };
    for (const Manner& manner : manners) {
        Match found = played(script, manner, kernel, std::min(kernel.lateness, too_late));
        if (plain) // what the script expects is expected of the plain play
            found.simulated.report = plain->simulated.report;
        found.held = found.simulated.report.held() && kernel.report.held();
        if (found.agrees())
            return found;
        if (!plain || (plain->difference && !found.difference))
            plain = found;
        if (!found.difference || differs_later(found))
            nearest = std::move(found);
        if (!plain->difference)
            break;
    }
    // As late as the machine was, the simulator may tell the same.
    const Late late = as_late(script, kernel);
    for (const Timers timers : {Timers::exact, Timers::by_wheel}) {
        Match found = played_late(late, timers, kernel);
        if (!found.difference) {
            found.held = plain->simulated.report.held() &&
                         failed_alike(kernel.report, found.simulated.report);
            if (found.held)
                return found;
        } else if (nearest->difference && differs_later(found)) {
            nearest = std::move(found);
        }
    }
    return std::move(*nearest);
}

Comparison play_both(const scenario::Scenario& script, const KernelOptions& options) {
    Comparison both;
    for (int n = 0; n < options.tries; ++n) {
        both.kernel = play_on_kernel(script, options);
        if (!both.kernel.failure.empty() || !both.kernel.report.stopped.empty())
            return both;
        static_cast<Match&>(both) = match(script, both.kernel);
        if (both.agrees() || both.kernel.lateness < too_late)
            break;
    }
    return both;
}

std::string rule_sentence(const trace::Difference& d, const std::string& language) {
    if (d.rule == trace::Rule::none)
        return "";
    const bool zh = language == "zh";
    const auto& rule = trace::text(d.rule);
    return fmt::format(
        fmt::runtime(zh ? "模拟器的规则：{}（{}）" : "The simulator's rule: {} ({})"),
        zh ? rule.zh : rule.en, rule.source);
}

std::string sentence(const trace::Difference& d, const std::string& language) {
    const bool zh = language == "zh";
    const std::string nothing = zh ? "无" : "nothing";
    const auto or_nothing = [&](const std::string& text) { return text.empty() ? nothing : text; };
    return fmt::format(fmt::runtime(zh ? "{}，{}：{}：内核为 {}，模拟器为 {}。"
                                       : "At {}, {}: {}: the kernel {}, the simulator {}."),
                       trace::format_short(d.at - trace::Instant{}), d.sequence, d.field,
                       or_nothing(d.expected), or_nothing(d.got));
}

std::string explained(const trace::Difference& d, const std::string& language) {
    const std::string rule = rule_sentence(d, language);
    return sentence(d, language) + (rule.empty() ? "" : " " + rule);
}

} // namespace sources
