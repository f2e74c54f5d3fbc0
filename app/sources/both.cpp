// Two plays, and one comparison.
#include "both.hpp"

#include <sys/utsname.h>

#include <fmt/format.h>

#include "running.hpp"
#include "tcp/profile.hpp"
#include "trace/align.hpp"
#include "world/stage.hpp"

namespace sources {
namespace {

// Lines and deliveries that are later than this can change the order of things.
constexpr auto too_late = trace::milliseconds(4);

// A tie, and how late timers are, can be played in more than one way that a kernel shows.
struct Manner {
    world::Ties ties = world::Ties::as_inserted;
    std::optional<world::Timers> timers; // else as the script has them
};
constexpr Manner manners[] = {
    {},
    {world::Ties::as_inserted, world::Timers::exact},
    {world::Ties::as_inserted, world::Timers::by_wheel},
    {world::Ties::arrivals_first, world::Timers::exact},
    {world::Ties::arrivals_first, world::Timers::by_wheel},
    {world::Ties::timers_first, world::Timers::exact},
    {world::Ties::timers_first, world::Timers::by_wheel},
};

Play play_simulated(const scenario::Scenario& script, Manner manner, trace::Instant until,
                    const std::string& congestion_control) {
    world::WorldStage stage(script);
    stage.set_ties(manner.ties);
    if (manner.timers)
        stage.set_timers(*manner.timers);
    if (congestion_control == "reno") // a laboratory may be refused the profile's
        stage.set_way(tcp::Way::cubic, false);
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
    return play_simulated(script, {}, {}, {});
}

KernelPlay play_on_kernel(const scenario::Scenario& script, const KernelOptions& options) {
    net::StageOptions how;
    how.helper = options.helper;
    how.on_progress = options.on_progress;
    how.defaults = profile_values(script);
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

Match match(const scenario::Scenario& script, const KernelPlay& kernel) {
    Match found;
    for (const Manner manner : manners) {
        Play play = play_simulated(script, manner, kernel.end.now, kernel.congestion_control);
        auto difference =
            first_difference(kernel.trace, play.trace, kernel.end.now, kernel.lateness);
        const bool first = found.simulated.trace.events.empty();
        if (first || !difference) {
            // What the script expects is expected of the plain play.
            if (!first)
                play.report = std::move(found.simulated.report);
            found.simulated = std::move(play);
            found.difference = std::move(difference);
        }
        if (!found.difference)
            break;
    }
    return found;
}

Comparison play_both(const scenario::Scenario& script, const KernelOptions& options) {
    Comparison both;
    for (int n = 0; n < options.tries; ++n) {
        both.kernel = play_on_kernel(script, options);
        if (!both.kernel.failure.empty() || !both.kernel.report.stopped.empty())
            return both;
        Match found = match(script, both.kernel);
        both.simulated = std::move(found.simulated);
        both.difference = std::move(found.difference);
        const bool agree = !both.difference && both.kernel.report.held();
        if (agree || both.kernel.lateness < too_late)
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
