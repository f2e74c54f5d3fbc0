// A profile: the stack of one kernel, as sysctl values and the ways it goes (policy.hpp asks them).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trace/sysctl.hpp"
#include "trace/transition.hpp"
#include "way.hpp"
#include "wheel.hpp"

namespace tcp {

using trace::Sysctl;
using trace::sysctl_count;
using trace::SysctlText;
using trace::text;

using SysctlValues = std::array<std::int64_t, sysctl_count>;

// Whose stack: a release of Linux, the textbook, or Linux with one thing other than it is.
struct ProfileId {
    enum class Make : std::uint8_t { linux_kernel, rfc9293, two_way_handshake, no_time_wait, bench };
    Make make = Make::linux_kernel;
    trace::Version version{6, 18};
    friend constexpr bool operator==(ProfileId, ProfileId) = default;
    static const ProfileId linux_6_18, rfc9293;
};
inline constexpr ProfileId ProfileId::linux_6_18{};
inline constexpr ProfileId ProfileId::rfc9293{ProfileId::Make::rfc9293};

struct Profile {
    ProfileId id;
    std::string name; // "linux-6.18"
    Ways ways;
    SysctlValues defaults{};
    std::array<bool, sysctl_count> has{}; // a textbook host has few knobs
};
Profile profile(ProfileId);
std::string name(ProfileId);

// Those that are offered by name, with a sentence each. Any other Linux from 4.19 on is known too.
struct ProfileText {
    ProfileId id;
    std::string_view name, en, zh;
};
std::span<const ProfileText> profiles();
std::optional<ProfileId> find_profile(std::string_view name);
// The profile of a kernel by what `uname` says of it: "6.1.0-44-amd64", "#1 SMP …
// Debian 6.1.164-1".
std::optional<ProfileId> profile_of_release(std::string_view release, std::string_view version);
// By full or short name ("net.ipv4.tcp_fin_timeout", "tcp_fin_timeout"); nullopt: the profile has
// none.
std::optional<Sysctl> find_sysctl(ProfileId, std::string_view name);

// The stack of one host: the ways it goes, and what its sysctls are set to now.
struct Stack {
    ProfileId profile;
    Ways ways;
    SysctlValues values{};
    // Kept free before the header of a packet, by whoever hands it over: NET_SKB_PAD.
    std::uint32_t before_header = 64;
    // ... and so much of it is given back behind the last byte: packet_snd() puts the header of the
    // link where it has kept room for one.
    std::uint32_t given_back = 0;
    Wheel wheel = {}; // of its clock
    friend bool operator==(const Stack&, const Stack&) = default;
    std::int64_t operator[](Sysctl s) const { return values[static_cast<std::size_t>(s)]; }
    bool goes(Way w) const { return ways.has(w); }
};
Stack make_stack(ProfileId);

// What `one` does and `other` does not, or the reverse: policies, and sysctls whose value in `one`
// cannot be set on `other` because it has none of that name. Those that can be set are no
// difference.
struct StackDifference {
    std::string_view key, source; // "one_more_half_open", "inet_csk_reqsk_queue_is_full()"
    std::string_view en, zh;
    bool in_one = false; // `one` is the one that does it
};
std::vector<StackDifference> differences(const Stack& one, const Stack& other);

} // namespace tcp
