// What this machine knows, for the parser of scenario files.
#include "world/known.hpp"

#include <fmt/format.h>

#include "tcp/options.hpp"
#include "tcp/profile.hpp"

namespace world {
namespace {

std::string refuse_profile(std::string_view name) {
    if (tcp::find_profile(name))
        return {};
    std::string all;
    for (const auto& profile : tcp::profiles()) {
        all += fmt::format("{}{}", all.empty() ? "" : ", ", profile.name);
    }
    return fmt::format("found '{}', expected one of the profiles {}, another Linux from "
                       "linux-4.19 on, or running",
                       name, all);
}

// Sysctls of the profile that share a word with what was written, or well-known ones.
std::string resembling(tcp::ProfileId profile, std::string_view name) {
    std::string all;
    const auto add = [&](std::string_view known) {
        if (tcp::find_sysctl(profile, known))
            all += fmt::format("{}{}", all.empty() ? "" : ", ", known.substr(known.rfind('.') + 1));
    };
    for (const trace::SysctlText& known : trace::all_sysctls()) {
        bool alike = false;
        for (std::string_view rest = name; !rest.empty() && !alike;) {
            const std::string_view word = rest.substr(0, rest.find_first_of("_."));
            rest.remove_prefix(std::min(rest.size(), word.size() + 1));
            alike = word.size() > 3 && known.name.find(word) != std::string_view::npos;
        }
        if (alike)
            add(known.name);
    }
    if (all.empty())
        for (const auto known : {tcp::Sysctl::somaxconn, tcp::Sysctl::tcp_syn_retries})
            add(tcp::text(known).name);
    return all;
}

std::string refuse_sysctl(std::string_view profile, std::string_view name, std::int64_t value) {
    const auto id = tcp::find_profile(profile);
    const auto sysctl = id ? tcp::find_sysctl(*id, name) : std::nullopt;
    if (!sysctl) {
        const std::string some = id ? resembling(*id, name) : "";
        return fmt::format("found '{}', expected a sysctl that {} has{}", name, profile,
                           some.empty() ? ": none" : ", such as " + some);
    }
    const std::string expected = trace::refuse_value(*sysctl, value);
    if (expected.empty())
        return {};
    return fmt::format("found {} {}, expected {}", name, trace::format_value(*sysctl, value),
                       expected);
}

std::string refuse_option(std::string_view name, std::int64_t value) {
    const tcp::OptionText* option = tcp::find_option(name);
    if (!option || !option->scripted) {
        std::string all;
        for (const tcp::OptionText& known : tcp::options())
            if (known.scripted)
                all += fmt::format("{}{}", all.empty() ? "" : ", ", known.name);
        return fmt::format("found '{}', expected one of the options {}", name, all);
    }
    if (value >= option->least && value <= option->most)
        return {};
    return fmt::format("found {} {}, expected a value from {} to {}", name, value, option->least,
                       option->most);
}

} // namespace

const scenario::Machine& known() {
    static constexpr scenario::Machine machine{refuse_profile, refuse_sysctl, refuse_option,
                                               nullptr, nullptr};
    return machine;
}

} // namespace world
