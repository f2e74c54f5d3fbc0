// The sysctls with their sentences, and the profiles with their values.
#include "profile.hpp"

namespace tcp {
namespace {

using S = Sysctl;

constexpr std::array<SysctlText, sysctl_count> texts = {{
    {S::somaxconn, "net.core.somaxconn", 0, 2147483647,
     "Upper bound of every backlog; read once, by listen().",
     "所有 backlog 的上限；只在 listen() 时读取一次。"},
    {S::tcp_abort_on_overflow, "net.ipv4.tcp_abort_on_overflow", 0, 1,
     "1: a final ACK that finds the accept queue full is answered by a RST.",
     "1：最后的 ACK 遇到已满的 accept 队列时，用 RST 回应。"},
    {S::tcp_fastopen, "net.ipv4.tcp_fastopen", 0, 1543,
     "Bits of TCP Fast Open: 1 client, 2 server, 4 client without cookie, 512 server without cookie, "
     "1024 listeners without TCP_FASTOPEN too.",
     "TCP Fast Open 的各个位：1 客户端，2 服务端，4 客户端无需 cookie，512 服务端无需 cookie，1024 "
     "未设置 TCP_FASTOPEN 的监听套接字也启用。"},
    {S::tcp_fin_timeout, "net.ipv4.tcp_fin_timeout", 1, 120,
     "Seconds that an orphaned connection may stay in FIN_WAIT_2; it has nothing to do with "
     "TIME_WAIT.",
     "孤儿套接字在 FIN_WAIT_2 中停留的秒数；与 TIME_WAIT 无关。"},
    {S::tcp_invalid_ratelimit, "net.ipv4.tcp_invalid_ratelimit", 0, 3600000,
     "Milliseconds between two answers of one socket to segments it cannot accept.",
     "同一套接字对不可接受的报文段两次回应之间的毫秒数。"},
    {S::tcp_keepalive_intvl, "net.ipv4.tcp_keepalive_intvl", 1, 32767,
     "Seconds between keepalive probes that are not answered.", "未得到应答的保活探测之间的秒数。"},
    {S::tcp_keepalive_probes, "net.ipv4.tcp_keepalive_probes", 1, 255,
     "How many keepalive probes go unanswered before the connection is given up.",
     "多少个保活探测没有应答后放弃连接。"},
    {S::tcp_keepalive_time, "net.ipv4.tcp_keepalive_time", 1, 32767,
     "Seconds of silence before the first keepalive probe, for sockets with SO_KEEPALIVE.",
     "设置了 SO_KEEPALIVE 的套接字静默多少秒后发出第一个保活探测。"},
    {S::tcp_max_syn_backlog, "net.ipv4.tcp_max_syn_backlog", 0, 2147483647,
     "With cookies off, a quarter of it is kept free of half-open requests.",
     "关闭 SYN cookie 时，其四分之一不给未完成的连接请求使用。"},
    {S::tcp_orphan_retries, "net.ipv4.tcp_orphan_retries", 0, 255,
     "How long a closed program's unacknowledged bytes are repeated, as a count of back-offs; 0 "
     "means 8.",
     "程序关闭后，未确认数据重传多久（以退避次数计）；0 表示 8。"},
    {S::tcp_retries2, "net.ipv4.tcp_retries2", 0, 255,
     "How long unacknowledged data is repeated, as the time that so many back-offs from 200 ms "
     "take.",
     "未确认数据重传多久：即从 200 ms 起退避这么多次所需的时间。"},
    {S::tcp_rfc1337, "net.ipv4.tcp_rfc1337", 0, 1, "1: a RST does not end TIME_WAIT.",
     "1：RST 不会结束 TIME_WAIT。"},
    {S::tcp_rto_max_ms, "net.ipv4.tcp_rto_max_ms", 1000, 120000,
     "Longest retransmission timeout in milliseconds.", "重传超时的上限（毫秒）。"},
    {S::tcp_rto_min_us, "net.ipv4.tcp_rto_min_us", 1000, 1000000,
     "Least margin above the round-trip time in a retransmission timeout, in microseconds.",
     "重传超时中高于往返时间的最小余量（微秒）。"},
    {S::tcp_sack, "net.ipv4.tcp_sack", 0, 1, "1: the SACK-permitted option is offered on SYNs.",
     "1：在 SYN 上提供 SACK-permitted 选项。"},
    {S::tcp_syn_linear_timeouts, "net.ipv4.tcp_syn_linear_timeouts", 0, 127,
     "How many SYN repetitions come one second apart before the interval doubles.",
     "SYN 间隔加倍之前，以一秒间隔重传的次数。"},
    {S::tcp_syn_retries, "net.ipv4.tcp_syn_retries", 1, 127,
     "How long connect() repeats its SYN, as a count of back-offs.",
     "connect() 重传 SYN 多久（以退避次数计）。"},
    {S::tcp_synack_retries, "net.ipv4.tcp_synack_retries", 0, 255,
     "How often an unanswered SYN+ACK is repeated before the request is forgotten.",
     "未得到应答的 SYN+ACK 重传几次后丢弃该请求。"},
    {S::tcp_syncookies, "net.ipv4.tcp_syncookies", 0, 2,
     "1: when the SYN queue is full, SYNs are answered by cookies; 2: always; 0: never.",
     "1：SYN 队列已满时用 cookie 应答 SYN；2：总是；0：从不。"},
    {S::tcp_timestamps, "net.ipv4.tcp_timestamps", 0, 1,
     "1: timestamps are offered on SYNs; they take 12 bytes of every segment.",
     "1：在 SYN 上提供时间戳选项；它占用每个报文段 12 字节。"},
    {S::tcp_tw_timeout, "net.ipv4.tcp_tw_timeout", 0, 600,
     "Seconds in TIME_WAIT. Linux has no such knob: it is always 60 s there.",
     "TIME_WAIT 的秒数。Linux 没有这个参数：那里始终是 60 秒。"},
    {S::tcp_window_scaling, "net.ipv4.tcp_window_scaling", 0, 1,
     "1: the window scale option is offered on SYNs.", "1：在 SYN 上提供窗口扩大选项。"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < sysctl_count; ++i)
        if (static_cast<std::size_t>(texts[i].id) != i)
            return false;
    return true;
}
static_assert(in_order(), "profile.cpp lists every Sysctl once, in the order of profile.hpp");

constexpr void set(SysctlValues& v, Sysctl s, std::int64_t value) {
    v[static_cast<std::size_t>(s)] = value;
}

constexpr SysctlValues linux_defaults() {
    SysctlValues v{};
    set(v, S::somaxconn, 4096);
    set(v, S::tcp_fastopen, 1);
    set(v, S::tcp_fin_timeout, 60);
    set(v, S::tcp_invalid_ratelimit, 500);
    set(v, S::tcp_keepalive_intvl, 75);
    set(v, S::tcp_keepalive_probes, 9);
    set(v, S::tcp_keepalive_time, 7200);
    set(v, S::tcp_max_syn_backlog, 2048);
    set(v, S::tcp_retries2, 15);
    set(v, S::tcp_rto_max_ms, 120000);
    set(v, S::tcp_rto_min_us, 200000);
    set(v, S::tcp_sack, 1);
    set(v, S::tcp_syn_linear_timeouts, 4);
    set(v, S::tcp_syn_retries, 6);
    set(v, S::tcp_synack_retries, 5);
    set(v, S::tcp_syncookies, 1);
    set(v, S::tcp_timestamps, 1);
    set(v, S::tcp_tw_timeout, 60); // TCP_TIMEWAIT_LEN
    set(v, S::tcp_window_scaling, 1);
    return v;
}

// A host that follows the text: what RFC 9293, RFC 6298 and RFC 1122 name as values.
constexpr SysctlValues rfc_defaults() {
    SysctlValues v{};
    set(v, S::somaxconn, 2147483647);
    set(v, S::tcp_fin_timeout, 60);
    set(v, S::tcp_keepalive_intvl, 75);
    set(v, S::tcp_keepalive_probes, 9);
    set(v, S::tcp_keepalive_time, 7200);
    set(v, S::tcp_max_syn_backlog, 2147483647);
    set(v, S::tcp_retries2, 15);
    set(v, S::tcp_rto_max_ms, 60000);   // RFC 6298 §2.5: at least 60 s
    set(v, S::tcp_rto_min_us, 1000000); // RFC 6298 §2.4: RTO of at least 1 s
    set(v, S::tcp_syn_retries, 7);      // RFC 9293 §3.8.3: R2 of a SYN at least 3 minutes
    set(v, S::tcp_synack_retries, 7);
    set(v, S::tcp_tw_timeout, 240); // 2MSL, MSL = 2 min
    return v;
}

constexpr std::array<bool, sysctl_count> all_sysctls() {
    std::array<bool, sysctl_count> has{};
    for (bool& b : has)
        b = true;
    has[static_cast<std::size_t>(S::tcp_tw_timeout)] = false;
    return has;
}

// For measuring: queues as long as asked for, options as other stacks have them by default.
constexpr SysctlValues bench_defaults() {
    SysctlValues v = linux_defaults();
    set(v, S::somaxconn, 2147483647);
    set(v, S::tcp_max_syn_backlog, 2147483647);
    set(v, S::tcp_syncookies, 0);
    set(v, S::tcp_syn_linear_timeouts, 0);
    set(v, S::tcp_syn_retries, 7);
    set(v, S::tcp_timestamps, 0);
    return v;
}

constexpr std::array<bool, sysctl_count> every_sysctl() {
    std::array<bool, sysctl_count> has = all_sysctls();
    has[static_cast<std::size_t>(S::tcp_tw_timeout)] = true;
    return has;
}

constexpr std::array<Profile, 3> table = {{
    {ProfileId::linux_6_18, "linux-6.18", trace::linux_policies, linux_defaults(), all_sysctls(),
     "What Linux 6.18 does, as measured.", "Linux 6.18 的实测行为。"},
    {ProfileId::rfc9293,
     "rfc9293",
     trace::rfc_policies,
     rfc_defaults(),
     {},
     "What RFC 9293 says, and RFC 6298 for its timer.",
     "RFC 9293 的规定，定时器按 RFC 6298。"},
    {ProfileId::bench, "bench", trace::linux_policies, bench_defaults(), every_sysctl(),
     "Linux 6.18 with the settings of the measurements: no timestamps, 256 KiB buffers.",
     "按性能测试设置的 Linux 6.18：无时间戳，256 KiB 缓冲区。"},
}};

} // namespace

const SysctlText& text(Sysctl s) {
    return texts[static_cast<std::size_t>(s)];
}

std::span<const Profile> profiles() {
    return table;
}

const Profile& profile(ProfileId id) {
    return table[static_cast<std::size_t>(id)];
}

std::optional<ProfileId> find_profile(std::string_view name) {
    for (const Profile& p : table)
        if (p.name == name)
            return p.id;
    return std::nullopt;
}

std::optional<Sysctl> find_sysctl(ProfileId id, std::string_view name) {
    for (const SysctlText& t : texts) {
        const bool named =
            t.name == name || (t.name.size() > name.size() && t.name.ends_with(name) &&
                               t.name[t.name.size() - name.size() - 1] == '.');
        if (named && profile(id).has[static_cast<std::size_t>(t.id)])
            return t.id;
    }
    return std::nullopt;
}

Stack make_stack(ProfileId id) {
    return {id, profile(id).defaults};
}

} // namespace tcp
