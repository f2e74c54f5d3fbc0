// The sysctls: the kernel's names, the values they take, since when, and one sentence per language.
#pragma once
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace trace {

// Of a kernel. Without a patch number: the last of its series.
struct Version {
    static constexpr std::uint16_t latest = 65535;
    std::uint16_t major = 0, minor = 0, patch = latest;
    friend constexpr auto operator<=>(Version, Version) = default;
};
std::optional<Version> parse_version(std::string_view); // "6.1", "6.1.123", "6.18.44-amd64"
std::string format(Version);                            // "6.1", "6.1.123"

// Add a sysctl here and in sysctl.cpp, at the same place; sysctl.cpp checks the order.
enum class Sysctl : std::uint8_t {
    rmem_max,
    somaxconn,
    wmem_max,
    ip_autobind_reuse,
    ip_local_port_range, // two numbers: see pack()
    ip_no_pmtu_disc,
    tcp_abort_on_overflow,
    tcp_base_mss,
    tcp_comp_sack_delay_ns,
    tcp_comp_sack_nr,
    tcp_comp_sack_slack_ns,
    tcp_dsack,
    tcp_early_retrans,
    tcp_ecn,
    tcp_ecn_fallback,
    tcp_fastopen,
    tcp_fin_timeout,
    tcp_frto,
    tcp_invalid_ratelimit,
    tcp_keepalive_intvl,
    tcp_keepalive_probes,
    tcp_keepalive_time,
    tcp_max_reordering,
    tcp_max_syn_backlog,
    tcp_max_tw_buckets,
    tcp_min_snd_mss,
    tcp_min_tso_segs,
    tcp_moderate_rcvbuf,
    tcp_mtu_probe_floor,
    tcp_mtu_probing,
    tcp_notsent_lowat,
    tcp_orphan_retries,
    tcp_pacing_ca_ratio,
    tcp_pacing_ss_ratio,
    tcp_pingpong_thresh,
    tcp_probe_interval,
    tcp_probe_threshold,
    tcp_recovery,
    tcp_reordering,
    tcp_retrans_collapse,
    tcp_retries1,
    tcp_retries2,
    tcp_rfc1337,
    tcp_rmem, // three numbers: see pack()
    tcp_rto_max_ms,
    tcp_rto_min_us,
    tcp_sack,
    tcp_shrink_window,
    tcp_slow_start_after_idle,
    tcp_stdurg,
    tcp_syn_linear_timeouts,
    tcp_syn_retries,
    tcp_synack_retries,
    tcp_syncookies,
    tcp_thin_linear_timeouts,
    tcp_timestamps,
    tcp_tso_rtt_log,
    tcp_tso_win_divisor,
    tcp_tw_reuse,
    tcp_tw_reuse_delay,
    tcp_tw_timeout, // no Linux has it; measurements set it
    tcp_window_scaling,
    tcp_wmem,
    count_,
};
inline constexpr std::size_t sysctl_count = static_cast<std::size_t>(Sysctl::count_);

struct SysctlText {
    Sysctl id;
    std::string_view name; // "net.core.somaxconn"
    std::int64_t least, most;
    std::int64_t standard; // the default today
    Version since;         // the first kernel that has it ...
    std::int64_t absent;   // ... and what those before do, in its terms
    std::string_view en, zh;
    Version changed{};     // since when today's default holds; 0.0: always
    std::int64_t once = 0; // the default before
};
const SysctlText& text(Sysctl);
std::span<const SysctlText> all_sysctls();
// By full or short name: "net.ipv4.tcp_fin_timeout", "tcp_fin_timeout".
std::optional<Sysctl> find_sysctl(std::string_view name);
// Default of this kernel; without the sysctl, what it does in its place.
std::int64_t standard(const SysctlText&, Version);
bool has(Version, Sysctl);

// ip_local_port_range holds two numbers, kept as one value.
constexpr bool is_pair(Sysctl s) {
    return s == Sysctl::ip_local_port_range;
}
constexpr std::int64_t pack(std::int64_t low, std::int64_t high) {
    return low << 16 | high;
}
struct Pair {
    std::int64_t low, high;
};
constexpr Pair unpack(std::int64_t value) {
    return {value >> 16, value & 0xffff};
}
// tcp_rmem and tcp_wmem hold three: the first a power of two, the others below 512 MiB.
constexpr bool is_triple(Sysctl s) {
    return s == Sysctl::tcp_rmem || s == Sysctl::tcp_wmem;
}
struct Triple {
    std::int64_t least, standard, most;
};
inline constexpr std::int64_t triple_most = (std::int64_t{1} << 29) - 1;
constexpr bool can_be_packed(Triple t) {
    const auto fits = [](std::int64_t v) { return v > 0 && v <= triple_most; };
    return fits(t.least) && (t.least & (t.least - 1)) == 0 && fits(t.standard) && fits(t.most);
}
// REQUIRES: can_be_packed().
constexpr std::int64_t pack(Triple t) {
    std::int64_t power = 0;
    while ((std::int64_t{2} << power) <= t.least)
        ++power;
    return power << 58 | t.standard << 29 | t.most;
}
constexpr Triple unpack_triple(std::int64_t value) {
    return {std::int64_t{1} << (value >> 58), value >> 29 & triple_most, value & triple_most};
}
// As /proc/sys shows it: "60", "32768 60999".
std::string format_value(Sysctl, std::int64_t);
std::string format_value(std::string_view name, std::int64_t);
// What is written there; nullopt: not a number, or not two.
std::optional<std::int64_t> parse_value(Sysctl, std::string_view);
// "" when the value may be set, else what was expected: "a value from 0 to 1".
std::string refuse_value(Sysctl, std::int64_t);

} // namespace trace
