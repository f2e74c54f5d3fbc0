// A profile: the stack of one kernel, as sysctl values and a set of policies (policy.hpp names
// them).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "trace/transition.hpp"

namespace tcp {

enum class Sysctl : std::uint8_t {
    somaxconn,
    tcp_abort_on_overflow,
    tcp_fastopen,
    tcp_fin_timeout,
    tcp_invalid_ratelimit,
    tcp_keepalive_intvl,
    tcp_keepalive_probes,
    tcp_keepalive_time,
    tcp_max_syn_backlog,
    tcp_orphan_retries,
    tcp_retries2,
    tcp_rfc1337,
    tcp_rto_max_ms,
    tcp_rto_min_us,
    tcp_sack,
    tcp_syn_linear_timeouts,
    tcp_syn_retries,
    tcp_synack_retries,
    tcp_syncookies,
    tcp_timestamps,
    tcp_tw_timeout,
    tcp_window_scaling,
    count_,
};
inline constexpr std::size_t sysctl_count = static_cast<std::size_t>(Sysctl::count_);

// What an administrator sees: the kernel's name, the values it takes, one sentence per language.
struct SysctlText {
    Sysctl id;
    std::string_view name; // "net.core.somaxconn"
    std::int64_t least, most;
    std::string_view en, zh;
};
const SysctlText& text(Sysctl);

using SysctlValues = std::array<std::int64_t, sysctl_count>;

enum class ProfileId : std::uint8_t { linux_6_18, rfc9293, bench };

struct Profile {
    ProfileId id;
    std::string_view name; // "linux-6.18"
    trace::Policies policies;
    SysctlValues defaults;
    std::array<bool, sysctl_count> has; // a textbook host has few knobs
    std::string_view en, zh;
};
std::span<const Profile> profiles();
const Profile& profile(ProfileId);
std::optional<ProfileId> find_profile(std::string_view name);
// By full or short name ("net.ipv4.tcp_fin_timeout", "tcp_fin_timeout"); nullopt: the profile has
// none.
std::optional<Sysctl> find_sysctl(ProfileId, std::string_view name);

// The stack of one host: its profile and what its sysctls are set to now.
struct Stack {
    ProfileId profile = ProfileId::linux_6_18;
    SysctlValues values{};
    friend bool operator==(const Stack&, const Stack&) = default;
    std::int64_t operator[](Sysctl s) const { return values[static_cast<std::size_t>(s)]; }
};
Stack make_stack(ProfileId);

} // namespace tcp
