// The profiles: what each release answers is in way.cpp and trace/sysctl.cpp; here are the others.
#include "profile.hpp"

#include <fmt/format.h>

namespace tcp {
namespace {

using S = Sysctl;
using Make = ProfileId::Make;

constexpr trace::Version oldest_of_any{4, 19, 0}, newest_of_any{7, trace::Version::latest};

constexpr std::array<ProfileText, 9> offered = {{
    {ProfileId::linux_6_18, "linux-6.18", "What Linux 6.18 does, as measured.",
     "Linux 6.18 的实测行为。"},
    {ProfileId::rfc9293, "rfc9293", "What RFC 9293 says, and RFC 6298 for its timer.",
     "RFC 9293 的规定，定时器按 RFC 6298。"},
    {{Make::linux_kernel, {6, 1}},
     "linux-6.1",
     "Linux 6.1 (Debian 12): SYNs are repeated at 1, 3, 7, 15 s.",
     "Linux 6.1（Debian 12）：SYN 在 1、3、7、15 s 重传。"},
    {{Make::linux_kernel, {6, 1, 123}},
     "linux-6.1.123",
     "Linux 6.1 before 6.1.124: one half-open connection fewer.",
     "6.1.124 之前的 Linux 6.1：半开连接少一个。"},
    {{Make::linux_kernel, {4, 3}},
     "linux-4.3",
     "Linux 4.3: the SYN queue has a maximum of its own, SYNs are answered though the accept "
     "queue is full, somaxconn is 128.",
     "Linux 4.3：SYN 队列有自己的上限，accept 队列已满时仍回应 SYN，somaxconn 为 128。"},
    {{Make::linux_kernel, {2, 0}},
     "linux-2.0",
     "Linux 2.0: one count for half-open and finished connections, full at the backlog. No SACK, "
     "no timestamps, a first timeout of 3 s.",
     "Linux 2.0：半开连接与已完成的连接共用一个计数，达到 backlog 即满。没有 SACK "
     "和时间戳，首个超时为 3 s。"},
    {{Make::two_way_handshake, {6, 18}},
     "two-way-handshake",
     "Counterfactual: Linux 6.18, but the SYN alone makes a connection.",
     "假想：Linux 6.18，但仅凭 SYN 就建立连接。"},
    {{Make::no_time_wait, {6, 18}},
     "no-time-wait",
     "Counterfactual: Linux 6.18, but without TIME_WAIT.",
     "假想：Linux 6.18，但没有 TIME_WAIT。"},
    {{Make::bench, {6, 18}},
     "bench",
     "Linux 6.18 with the settings of the measurements: no timestamps, 256 KiB buffers.",
     "按性能测试设置的 Linux 6.18：无时间戳，256 KiB 缓冲区。"},
}};

void set(SysctlValues& v, Sysctl s, std::int64_t value) {
    v[static_cast<std::size_t>(s)] = value;
}

// A host that follows the text: what RFC 9293, RFC 6298, RFC 1122 and RFC 6056 name as values.
SysctlValues rfc_values() {
    SysctlValues v{};
    set(v, S::rmem_max, 2147483647);
    set(v, S::wmem_max, 2147483647);
    set(v, S::somaxconn, 2147483647);
    set(v, S::ip_local_port_range, trace::pack(49152, 65535)); // RFC 6056 §3.2
    set(v, S::tcp_fin_timeout, 60);
    set(v, S::tcp_keepalive_intvl, 75);
    set(v, S::tcp_keepalive_probes, 9);
    set(v, S::tcp_keepalive_time, 7200);
    set(v, S::tcp_max_syn_backlog, 2147483647);
    set(v, S::tcp_max_tw_buckets, 2147483647);
    set(v, S::tcp_notsent_lowat, 4294967295);
    set(v, S::tcp_retries2, 15);
    set(v, S::tcp_pingpong_thresh, 1);
    set(v, S::tcp_max_reordering, 3); // RFC 5681 §3.2: three duplicate ACKs
    set(v, S::tcp_reordering, 3);
    set(v, S::tcp_pacing_ca_ratio, 120);
    set(v, S::tcp_pacing_ss_ratio, 200);
    set(v, S::tcp_retrans_collapse, 1);
    set(v, S::tcp_rmem, trace::pack({4096, 131072, 131072}));
    set(v, S::tcp_slow_start_after_idle, 1); // RFC 5681 §4.1
    set(v, S::tcp_wmem, trace::pack({4096, 46080, 46080}));
    set(v, S::tcp_rto_max_ms, 60000);   // RFC 6298 §2.5: at least 60 s
    set(v, S::tcp_rto_min_us, 1000000); // RFC 6298 §2.4: RTO of at least 1 s
    set(v, S::tcp_syn_retries, 7);      // RFC 9293 §3.8.3: R2 of a SYN at least 3 minutes
    set(v, S::tcp_synack_retries, 7);
    set(v, S::tcp_tw_reuse_delay, 1000);
    set(v, S::tcp_tw_timeout, 240); // 2MSL, MSL = 2 min
    return v;
}

// For measuring: queues as long as asked for, options as other stacks have them by default.
void set_for_measuring(Profile& p) {
    p.ways = p.ways.with(Way::buffers_count_memory, false);
    set(p.defaults, S::somaxconn, 2147483647);
    set(p.defaults, S::tcp_max_syn_backlog, 2147483647);
    set(p.defaults, S::tcp_max_tw_buckets, 2147483647);
    set(p.defaults, S::tcp_rmem, trace::pack({4096, 524288, 524288}));
    set(p.defaults, S::tcp_wmem, trace::pack({4096, 262144, 262144}));
    set(p.defaults, S::tcp_syncookies, 0);
    set(p.defaults, S::tcp_syn_linear_timeouts, 0);
    set(p.defaults, S::tcp_syn_retries, 7);
    set(p.defaults, S::tcp_timestamps, 0);
    p.has[static_cast<std::size_t>(S::tcp_tw_timeout)] = true;
}

} // namespace

Profile profile(ProfileId id) {
    Profile p;
    p.id = id;
    p.name = name(id);
    if (id.make == Make::rfc9293) {
        p.ways = textbook_ways();
        p.defaults = rfc_values();
        return p;
    }
    p.ways = linux_ways(id.version)
                 .with(Way::syn_is_enough, id.make == Make::two_way_handshake)
                 .with(Way::no_time_wait, id.make == Make::no_time_wait);
    for (const SysctlText& t : trace::all_sysctls()) {
        set(p.defaults, t.id, trace::standard(t, id.version));
        p.has[static_cast<std::size_t>(t.id)] = trace::has(id.version, t.id);
    }
    if (id.make == Make::bench)
        set_for_measuring(p);
    return p;
}

std::string name(ProfileId id) {
    for (const ProfileText& p : offered)
        if (p.id == id)
            return std::string(p.name);
    return "linux-" + trace::format(id.version);
}

std::span<const ProfileText> profiles() {
    return offered;
}

std::optional<ProfileId> find_profile(std::string_view name) {
    for (const ProfileText& p : offered)
        if (p.name == name)
            return p.id;
    if (!name.starts_with("linux-"))
        return std::nullopt;
    const auto version = trace::parse_version(name.substr(6));
    if (!version || *version < oldest_of_any || *version > newest_of_any ||
        name.substr(6) != trace::format(*version))
        return std::nullopt;
    return ProfileId{Make::linux_kernel, *version};
}

std::optional<ProfileId> profile_of_release(std::string_view release, std::string_view version) {
    auto found = trace::parse_version(release);
    if (!found)
        return std::nullopt;
    // Debian's release says 6.1.0 for all of the series; its version names the kernel.
    if (const auto at = version.find("Debian "); at != std::string_view::npos)
        if (const auto exact = trace::parse_version(version.substr(at + 7)))
            found = exact;
    if (*found < oldest_of_any)
        return std::nullopt;
    if (*found > newest_of_any)
        found = newest_of_any; // what it does differently is not known here
    return ProfileId{Make::linux_kernel, *found};
}

std::optional<Sysctl> find_sysctl(ProfileId id, std::string_view name) {
    const auto found = trace::find_sysctl(name);
    const bool there = found && id.make != Make::rfc9293 &&
                       (id.make == Make::bench || trace::has(id.version, *found));
    return there ? found : std::nullopt;
}

Stack make_stack(ProfileId id) {
    const Profile p = profile(id);
    return {id, p.ways, p.defaults};
}

std::vector<StackDifference> differences(const Stack& one, const Stack& other) {
    std::vector<StackDifference> all;
    for (const WayText& w : all_ways())
        if (one.goes(w.id) != other.goes(w.id))
            all.push_back({w.key, w.source, w.en, w.zh, one.goes(w.id)});
    for (const SysctlText& t : trace::all_sysctls())
        if (t.id != S::tcp_tw_timeout && one[t.id] != other[t.id] &&
            !find_sysctl(other.profile, t.name))
            all.push_back({t.name, "net/ipv4/sysctl_net_ipv4.c", t.en, t.zh, true});
    return all;
}

} // namespace tcp
