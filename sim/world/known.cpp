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
    return fmt::format("found '{}', expected one of the profiles {}", name, all);
}

std::string refuse_sysctl(std::string_view profile, std::string_view name, std::int64_t value) {
    const auto id = tcp::find_profile(profile);
    const auto sysctl = id ? tcp::find_sysctl(*id, name) : std::nullopt;
    if (!sysctl) {
        std::string all;
        for (std::size_t i = 0; id && i < tcp::sysctl_count; ++i) {
            const auto& known = tcp::text(static_cast<tcp::Sysctl>(i));
            if (tcp::find_sysctl(*id, known.name))
                all += fmt::format(", {}", known.name.substr(known.name.rfind('.') + 1));
        }
        return fmt::format("found '{}', expected a sysctl that {} has{}", name, profile,
                           all.empty() ? ": none" : ": " + all.substr(2));
    }
    const auto& text = tcp::text(*sysctl);
    if (value >= text.least && value <= text.most)
        return {};
    return fmt::format("found {} {}, expected a value from {} to {}", name, value, text.least,
                       text.most);
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
