// What this machine knows, for the parser of scenario files.
#include "world/known.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

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
    constexpr std::array known = {"SO_RCVBUF",   "SO_SNDBUF", "SO_LINGER",   "TCP_DEFER_ACCEPT",
                                  "TCP_NODELAY", "TCP_CORK",  "TCP_QUICKACK", "TCP_SYNCNT",
                                  "TCP_FASTOPEN"};
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        return fmt::format("found '{}', expected one of the options SO_RCVBUF, SO_SNDBUF, "
                           "SO_LINGER, TCP_DEFER_ACCEPT, TCP_NODELAY, TCP_CORK, TCP_QUICKACK, TCP_SYNCNT, TCP_FASTOPEN",
                           name);
    }
    if (name == "TCP_SYNCNT" && (value < 1 || value > 127)) // MAX_TCP_SYNCNT
        return fmt::format("found TCP_SYNCNT {}, expected a value from 1 to 127", value);
    if (name == "SO_LINGER" && value != 0) {
        return fmt::format("found SO_LINGER {}, expected 0: waiting in close() is not built yet",
                           value);
    }
    return {};
}

std::string refuse_timer(trace::Timer timer) {
    if (timer != trace::Timer::keepalive)
        return {};
    return "found keepalive, expected retransmit, persist, time_wait or fin_wait_2: keepalive is "
           "not built yet";
}

} // namespace

const scenario::Machine& known() {
    static constexpr scenario::Machine machine{refuse_profile, refuse_sysctl, refuse_option,
                                               nullptr, refuse_timer};
    return machine;
}

} // namespace world
