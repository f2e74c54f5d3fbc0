// Each sysctl once. Ranges and defaults are those of net/core/sysctl_net_core.c and
// net/ipv4/sysctl_net_ipv4.c on a machine with plenty of memory.
#include "sysctl.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace trace {
namespace {

using S = Sysctl;

constexpr std::int64_t int_max = 2147483647;
// Seconds that fit in an int of ticks, 250 a second: proc_dointvec_jiffies().
constexpr std::int64_t seconds_max = int_max / 250;
constexpr Version v2_2{2, 2, 0}, v2_4{2, 4, 0};

constexpr std::array<SysctlText, sysctl_count> texts = {{
    {S::rmem_max,
     "net.core.rmem_max",
     2304,
     int_max,
     4194304,
     v2_2,
     65535,
     "Most that SO_RCVBUF may ask for; the kernel doubles what is asked.",
     "SO_RCVBUF 可要求的最大值；内核会把所要求的值加倍。",
     {6, 18, 0},
     212992},
    {S::somaxconn,
     "net.core.somaxconn",
     0,
     int_max,
     4096,
     {2, 4, 25},
     128,
     "Upper bound of every backlog; read once, by listen().",
     "所有 backlog 的上限；只在 listen() 时读取一次。",
     {5, 4, 0},
     128},
    {S::wmem_max,
     "net.core.wmem_max",
     4608,
     int_max,
     4194304,
     v2_2,
     65535,
     "Most that SO_SNDBUF may ask for; the kernel doubles what is asked.",
     "SO_SNDBUF 可要求的最大值；内核会把所要求的值加倍。",
     {6, 18, 0},
     212992},
    {S::ip_autobind_reuse,
     "net.ipv4.ip_autobind_reuse",
     0,
     1,
     0,
     {5, 7, 0},
     0,
     "1: bind() to port 0 may, when no port is free, take one that another socket with "
     "SO_REUSEADDR holds.",
     "1：没有空闲端口时，bind() 到端口 0 可以取用另一个设置了 SO_REUSEADDR 的套接字的端口。"},
    {S::ip_local_port_range,
     "net.ipv4.ip_local_port_range",
     1,
     65535,
     pack(32768, 60999),
     v2_2,
     pack(1024, 4999),
     "First and last of the ports from which connect() and bind() to port 0 choose.",
     "connect() 和绑定到端口 0 的 bind() 从中选取的首个与末个端口。",
     {4, 2, 0},
     pack(32768, 61000)},
    {S::ip_no_pmtu_disc, "net.ipv4.ip_no_pmtu_disc", 0, 255, 0, v2_2, 0,
     "Not 0: new sockets let routers fragment their packets. 0 and 3: who is told of a narrower path believes it; 2: nobody listens; else: 552 bytes are taken.",
     "非 0：新套接字允许路由器对分组分片。0 和 3：采信路径更窄的通知；2：不理会；其他：一律用 552 字节。"},
    {S::tcp_abort_on_overflow, "net.ipv4.tcp_abort_on_overflow", 0, 255, 0, v2_4, 0,
     "Not 0: a final ACK that finds the accept queue full is answered by a RST.",
     "非 0：最后的 ACK 遇到已满的 accept 队列时，用 RST 回应。"},
    {S::tcp_base_mss, "net.ipv4.tcp_base_mss", 0, int_max, 1024, {2, 6, 17}, 1024,
     "With tcp_mtu_probing: the size, in bytes of a segment, from which the search for the path's begins.",
     "配合 tcp_mtu_probing：探测路径大小时起始的报文段字节数。", {4, 1, 0}, 512},
    {S::tcp_comp_sack_delay_ns, "net.ipv4.tcp_comp_sack_delay_ns", 0, INT64_MAX, 1000000, {4, 18, 0}, 0,
     "Nanoseconds that one ACK for several segments beyond a gap may wait, and never more than a "
     "twentieth of the round trip.",
     "缺口之后的多个报文段合用一个 ACK 时最多等待的纳秒数，且不超过往返时间的二十分之一。"},
    {S::tcp_comp_sack_nr, "net.ipv4.tcp_comp_sack_nr", 0, 255, 44, {4, 18, 0}, 0,
     "How many segments beyond a gap one ACK may stand for; 0: each is acknowledged by itself.",
     "缺口之后最多多少个报文段合用一个 ACK；0：逐个确认。"},
    {S::tcp_comp_sack_slack_ns, "net.ipv4.tcp_comp_sack_slack_ns", 0, INT64_MAX, 100000, {5, 8, 0}, 0,
     "Nanoseconds by which that ACK may leave later still, so that the clock need not wake for it "
     "alone.",
     "该 ACK 还可再推迟的纳秒数，以免时钟仅为它而唤醒。"},
    {S::tcp_dsack, "net.ipv4.tcp_dsack", 0, 255, 1, v2_4, 0,
     "Not 0: a segment received twice is told by a D-SACK block.",
     "非 0：重复收到的报文段用 D-SACK 块告知对端。"},
    {S::tcp_early_retrans,
     "net.ipv4.tcp_early_retrans",
     0,
     4,
     3,
     {3, 5, 0},
     0,
     "3 or 4: the last of what is outstanding is probed for before the retransmission timeout.",
     "3 或 4：在重传超时之前对未确认数据的末尾发出探测。"},
    {S::tcp_ecn, "net.ipv4.tcp_ecn", 0, 2, 2, v2_4, 0,
     "Explicit congestion notification: 0 never, 1 asked for and granted, 2 granted to those who ask.",
     "显式拥塞通知：0 不用，1 主动请求并接受请求，2 只接受请求。", {2, 6, 31}, 0},
    {S::tcp_ecn_fallback, "net.ipv4.tcp_ecn_fallback", 0, 1, 1, {4, 1, 0}, 0,
     "1: a SYN that asked for ECN and was not answered is repeated without asking.",
     "1：请求 ECN 的 SYN 未得到应答时，重传的 SYN 不再请求。"},
    {S::tcp_fastopen,
     "net.ipv4.tcp_fastopen",
     0,
     int_max,
     1,
     {3, 6, 0},
     0,
     "Bits of TCP Fast Open: 1 client, 2 server, 4 client without cookie, 512 server without "
     "cookie, "
     "1024 listeners without TCP_FASTOPEN too.",
     "TCP Fast Open 的各个位：1 客户端，2 服务端，4 客户端无需 cookie，512 服务端无需 cookie，1024 "
     "未设置 TCP_FASTOPEN 的监听套接字也启用。",
     {3, 13, 0},
     0},
    {S::tcp_fin_timeout, "net.ipv4.tcp_fin_timeout", 0, seconds_max, 60, v2_2, 180,
     "Seconds that an orphaned connection may stay in FIN_WAIT_2; it has nothing to do with "
     "TIME_WAIT.",
     "孤儿套接字在 FIN_WAIT_2 中停留的秒数；与 TIME_WAIT 无关。", v2_4, 180},
    {S::tcp_frto, "net.ipv4.tcp_frto", 0, 255, 2, v2_4, 0,
     "Not 0: after a retransmission timeout new data is tried first, to find out whether anything "
     "was "
     "lost.",
     "非 0：重传超时后先试发新数据，以判断是否真有丢失。"},
    {S::tcp_invalid_ratelimit,
     "net.ipv4.tcp_invalid_ratelimit",
     0,
     int_max,
     500,
     {4, 0, 0},
     0,
     "Milliseconds between two answers of one socket to segments it cannot accept.",
     "同一套接字对不可接受的报文段两次回应之间的毫秒数。"},
    {S::tcp_keepalive_intvl, "net.ipv4.tcp_keepalive_intvl", 1, seconds_max, 75, v2_2, 75,
     "Seconds between keepalive probes that are not answered.", "未得到应答的保活探测之间的秒数。"},
    {S::tcp_keepalive_probes, "net.ipv4.tcp_keepalive_probes", 0, 255, 9, v2_2, 9,
     "How many keepalive probes go unanswered before the connection is given up.",
     "多少个保活探测没有应答后放弃连接。"},
    {S::tcp_keepalive_time, "net.ipv4.tcp_keepalive_time", 1, seconds_max, 7200, v2_2, 7200,
     "Seconds of silence before the first keepalive probe, for sockets with SO_KEEPALIVE.",
     "设置了 SO_KEEPALIVE 的套接字静默多少秒后发出第一个保活探测。"},
    {S::tcp_max_reordering, "net.ipv4.tcp_max_reordering", 1, int_max, 300, {3, 19, 0}, 127,
     "However late segments come, no more duplicate ACKs than that are waited for.",
     "无论报文段迟到多少，最多等待这么多个重复 ACK。"},
    {S::tcp_max_syn_backlog, "net.ipv4.tcp_max_syn_backlog", 0, int_max, 2048, v2_2, int_max,
     "With cookies off, a quarter of it is kept free of half-open requests.",
     "关闭 SYN cookie 时，其四分之一不给未完成的连接请求使用。"},
    {S::tcp_max_tw_buckets, "net.ipv4.tcp_max_tw_buckets", 0, int_max, 131072, v2_4, int_max,
     "How many connections may be in TIME_WAIT; one more goes straight to CLOSED.",
     "最多有多少个连接处于 TIME_WAIT；再多的直接进入 CLOSED。"},
    {S::tcp_min_snd_mss, "net.ipv4.tcp_min_snd_mss", 48, 65535, 48, {4, 19, 52}, 48,
     "No segment is made smaller than that, options included, whatever peer or path ask for.",
     "无论对端或路径要求多小，报文段（含选项）都不会小于此值。"},
    {S::tcp_min_tso_segs, "net.ipv4.tcp_min_tso_segs", 1, 255, 2, {3, 12, 0}, 2,
     "Segments that leave together as one buffer, at least, where the window allows.",
     "窗口允许时，一个缓冲区至少一起发出的报文段数。"},
    {S::tcp_moderate_rcvbuf, "net.ipv4.tcp_moderate_rcvbuf", 0, 255, 1, v2_4, 0,
     "Not 0: the receive buffer grows with what the program reads in a round trip.",
     "非 0：接收缓冲区随程序每个往返时间内读取的数据量增长。"},
    {S::tcp_mtu_probe_floor, "net.ipv4.tcp_mtu_probe_floor", 48, 65535, 48, {5, 4, 0}, 48,
     "With tcp_mtu_probing: where nothing gets through, segments are halved down to this.",
     "配合 tcp_mtu_probing：毫无进展时，报文段逐次减半，直到此值。"},
    {S::tcp_mtu_probing, "net.ipv4.tcp_mtu_probing", 0, 255, 0, {2, 6, 17}, 0,
     "Finds out by itself how large packets may be: 0 never, 1 when large ones seem to be swallowed, 2 always, from tcp_base_mss on.",
     "自行探明分组可以多大：0 从不，1 在大分组似乎被吞掉时，2 总是从 tcp_base_mss 开始。"},
    {S::tcp_notsent_lowat,
     "net.ipv4.tcp_notsent_lowat",
     0,
     4294967295,
     4294967295,
     {3, 12, 0},
     4294967295,
     "Bytes that may wait unsent before the socket is no longer writable, where TCP_NOTSENT_LOWAT "
     "is not set.",
     "未设置 TCP_NOTSENT_LOWAT 时，套接字不再可写之前允许尚未发送的字节数。"},
    {S::tcp_orphan_retries, "net.ipv4.tcp_orphan_retries", 0, 255, 0, v2_4, 0,
     "How long a closed program's unacknowledged bytes are repeated, as a count of back-offs; 0 "
     "means 8.",
     "程序关闭后，未确认数据重传多久（以退避次数计）；0 表示 8。"},
    {S::tcp_pacing_ca_ratio, "net.ipv4.tcp_pacing_ca_ratio", 0, 1000, 120, {4, 3, 0}, 200,
     "Percent of the window per round trip by which buffers are sized, beyond half the slow start threshold.",
     "超过慢启动阈值一半之后，据以确定缓冲区大小的速率：每个往返时间窗口的百分之几。"},
    {S::tcp_pacing_ss_ratio, "net.ipv4.tcp_pacing_ss_ratio", 0, 1000, 200, {4, 3, 0}, 200,
     "The same below half the slow start threshold.", "同上，用于慢启动阈值一半以下。"},
    {S::tcp_pingpong_thresh, "net.ipv4.tcp_pingpong_thresh", 1, 255, 1, {6, 7, 0}, 1,
     "How many answers must follow soon upon data before the exchange counts as interactive and "
     "ACKs wait for the next answer.",
     "须有多少次在收到数据后很快作答，才视为交互式连接，让 ACK 等待随下一次应答发出。"},
    {S::tcp_probe_interval, "net.ipv4.tcp_probe_interval", 0, 17179869, 600, {4, 1, 0}, 600,
     "With tcp_mtu_probing: seconds until a search that is over begins again.",
     "配合 tcp_mtu_probing：一次探测结束后，多少秒再次开始。"},
    {S::tcp_probe_threshold, "net.ipv4.tcp_probe_threshold", 0, int_max, 8, {4, 1, 0}, 8,
     "With tcp_mtu_probing: the search is over when the two sizes are no more than that apart.",
     "配合 tcp_mtu_probing：上下限之差小于此值时探测结束。"},
    {S::tcp_recovery, "net.ipv4.tcp_recovery", 0, 255, 1, {4, 4, 0}, 1,
     "Bits of RACK (RFC 8985): 2 the time for late segments is never widened, 4 tcp_reordering segments beyond a gap do not "
     "end it. 1 makes no difference any more.",
     "RACK（RFC 8985）的各个位：2 从不放宽给迟到报文段的时间，4 缺口之后有 tcp_reordering 个报文段到达也不结束等待。1 已不起作用。"},
    {S::tcp_reordering, "net.ipv4.tcp_reordering", 1, 300, 3, v2_4, 3,
     "How many duplicate ACKs, or segments beyond a gap, mean a loss, until segments have been seen to come late; a socket "
     "goes by what it was when made.",
     "在发现报文段会迟到之前，多少个重复 ACK（或缺口之后到达的报文段）意味着丢失；套接字采用创建时的值。"},
    {S::tcp_retrans_collapse, "net.ipv4.tcp_retrans_collapse", 0, 255, 1, v2_2, 1,
     "Not 0: small segments that are repeated leave joined into one.",
     "非 0：重传的小报文段合并为一个发出。"},
    {S::tcp_retries1, "net.ipv4.tcp_retries1", 0, 255, 3, v2_2, 3,
     "How long data is repeated, as so many back-offs from 200 ms, before the path itself is suspected (tcp_mtu_probing).",
     "数据重传多久（以从 200 ms 起的退避次数计）后怀疑路径本身（tcp_mtu_probing）。"},
    {S::tcp_retries2, "net.ipv4.tcp_retries2", 0, 255, 15, v2_2, 15,
     "How long unacknowledged data is repeated, as the time that so many back-offs from 200 ms "
     "take.",
     "未确认数据重传多久：即从 200 ms 起退避这么多次所需的时间。"},
    {S::tcp_rfc1337, "net.ipv4.tcp_rfc1337", 0, 255, 0, v2_2, 0, "Not 0: a RST does not end TIME_WAIT.",
     "非 0：RST 不会结束 TIME_WAIT。"},
    {S::tcp_rmem,
     "net.ipv4.tcp_rmem",
     1,
     536870911,
     pack({4096, 131072, 33554432}),
     v2_4,
     pack({4096, 131072, 131072}),
     "Receive buffer: least, default, and most that it grows to by itself.",
     "接收缓冲区：最小值、默认值和自动增长的上限。",
     {6, 16, 0},
     pack({4096, 131072, 6291456})},
    {S::tcp_rto_max_ms,
     "net.ipv4.tcp_rto_max_ms",
     1000,
     120000,
     120000,
     {6, 15, 0},
     120000,
     "Longest retransmission timeout in milliseconds.",
     "重传超时的上限（毫秒）。"},
    {S::tcp_rto_min_us,
     "net.ipv4.tcp_rto_min_us",
     1,
     int_max,
     200000,
     {6, 11, 0},
     200000,
     "Least margin above the round-trip time in a retransmission timeout, in microseconds.",
     "重传超时中高于往返时间的最小余量（微秒）。"},
    {S::tcp_sack, "net.ipv4.tcp_sack", 0, 255, 1, v2_2, 0,
     "Not 0: the SACK-permitted option is offered on SYNs.", "非 0：在 SYN 上提供 SACK-permitted 选项。"},
    {S::tcp_shrink_window, "net.ipv4.tcp_shrink_window", 0, 1, 0, {6, 5, 0}, 0,
     "1: the window offered may become smaller than what was promised, so that the buffer keeps its bound.",
     "1：给出的窗口可以小于先前承诺的，使缓冲区不超出上限。"},
    {S::tcp_slow_start_after_idle,
     "net.ipv4.tcp_slow_start_after_idle",
     0,
     255,
     1,
     {2, 6, 18},
     1,
     "Not 0: the congestion window shrinks while the connection sends nothing.",
     "非 0：连接不发送数据期间，拥塞窗口缩小。"},
    {S::tcp_stdurg, "net.ipv4.tcp_stdurg", 0, 255, 0, v2_2, 0,
     "Not 0: an arriving urgent pointer names the urgent byte itself, as in RFC 1122; 0: the byte after it, as in RFC 6093.",
     "非 0：收到的紧急指针指向紧急字节本身（RFC 1122）；0：指向其后一个字节（RFC 6093）。"},
    {S::tcp_syn_linear_timeouts,
     "net.ipv4.tcp_syn_linear_timeouts",
     0,
     127,
     4,
     {6, 5, 0},
     0,
     "How many SYN repetitions come one second apart before the interval doubles.",
     "SYN 间隔加倍之前，以一秒间隔重传的次数。"},
    {S::tcp_syn_retries,
     "net.ipv4.tcp_syn_retries",
     1,
     127,
     6,
     v2_2,
     5,
     "How long connect() repeats its SYN, as a count of back-offs.",
     "connect() 重传 SYN 多久（以退避次数计）。",
     {3, 7, 0},
     5},
    {S::tcp_synack_retries, "net.ipv4.tcp_synack_retries", 0, 255, 5, v2_2, 5,
     "How often an unanswered SYN+ACK is repeated before the request is forgotten.",
     "未得到应答的 SYN+ACK 重传几次后丢弃该请求。"},
    {S::tcp_syncookies, "net.ipv4.tcp_syncookies", 0, 255, 1, v2_2, 0,
     "Not 0: when the SYN queue is full, SYNs are answered by cookies; 2: always.",
     "非 0：SYN 队列已满时用 cookie 应答 SYN；2：总是。"},
    {S::tcp_thin_linear_timeouts, "net.ipv4.tcp_thin_linear_timeouts", 0, 255, 0, {2, 6, 34}, 0,
     "Not 0: with fewer than four segments outstanding the first six retransmission timeouts do "
     "not double.",
     "非 0：未确认的报文段不足四个时，前六次重传超时不加倍。"},
    {S::tcp_timestamps, "net.ipv4.tcp_timestamps", 0, 255, 1, v2_2, 0,
     "Not 0: timestamps are offered on SYNs; they take 12 bytes of every segment. 1: they begin anywhere, 2: with the machine's clock.",
     "非 0：在 SYN 上提供时间戳选项；它占用每个报文段 12 字节。1：从随机值开始；2：从机器时钟开始。"},
    {S::tcp_tso_rtt_log, "net.ipv4.tcp_tso_rtt_log", 0, 255, 9, {5, 18, 0}, 0,
     "Buffers for near peers are larger: by half as much for every 2^n microseconds of the round trip; 0: for none.",
     "对较近的对端使用更大的缓冲区：往返时间每多 2^n 微秒，增量减半；0：不增大。"},
    {S::tcp_tso_win_divisor, "net.ipv4.tcp_tso_win_divisor", 0, 255, 3, {2, 6, 16}, 3,
     "Segments wait for the next ACK, if it is near, while less than that part of the window may leave; 0: while no more than "
     "three may.",
     "下一个 ACK 即将到来时，若可发出的不足窗口的几分之一，报文段就等待它；0：不超过三个时等待。"},
    {S::tcp_tw_reuse,
     "net.ipv4.tcp_tw_reuse",
     0,
     2,
     2,
     v2_4,
     0,
     "1: connect() may choose a port whose old connection to the same place is in TIME_WAIT; "
     "2: on loopback only.",
     "1：connect() 可选用与同一目的地的旧连接仍处于 TIME_WAIT 的端口；2：仅限环回接口。",
     {4, 19, 0},
     0},
    {S::tcp_tw_reuse_delay,
     "net.ipv4.tcp_tw_reuse_delay",
     1,
     60000,
     1000,
     {6, 14, 0},
     1000,
     "Milliseconds that TIME_WAIT must have lasted before tcp_tw_reuse takes its port.",
     "TIME_WAIT 至少持续多少毫秒后，tcp_tw_reuse 才可取用其端口。"},
    {S::tcp_tw_timeout,
     "net.ipv4.tcp_tw_timeout",
     0,
     600,
     60,
     {65535, 0, 0},
     60,
     "Seconds in TIME_WAIT. Linux has no such knob: it is always 60 s there.",
     "TIME_WAIT 的秒数。Linux 没有这个参数：那里始终是 60 秒。"},
    {S::tcp_window_scaling, "net.ipv4.tcp_window_scaling", 0, 255, 1, v2_2, 0,
     "Not 0: the window scale option is offered on SYNs.", "非 0：在 SYN 上提供窗口扩大选项。"},
    {S::tcp_wmem, "net.ipv4.tcp_wmem", 1, 536870911, pack({4096, 16384, 4194304}), v2_4,
     pack({4096, 16384, 65536}),
     "Send buffer: least, default, and most that it grows to by itself.",
     "发送缓冲区：最小值、默认值和自动增长的上限。"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < sysctl_count; ++i)
        if (static_cast<std::size_t>(texts[i].id) != i)
            return false;
    return true;
}
static_assert(in_order(), "sysctl.cpp lists every Sysctl once, in the order of sysctl.hpp");

std::optional<std::int64_t> number(std::string_view& text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{})
        return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    return value;
}

} // namespace

std::optional<Version> parse_version(std::string_view text) {
    Version v;
    std::uint16_t* const parts[] = {&v.major, &v.minor, &v.patch};
    for (std::size_t i = 0; i < 3; ++i) {
        const auto [stop, error] =
            std::from_chars(text.data(), text.data() + text.size(), *parts[i]);
        if (error != std::errc{})
            return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
        if (text.empty() || text.front() != '.')
            return i == 0 ? std::nullopt : std::optional(v);
        text.remove_prefix(1);
    }
    return v;
}

std::string format(Version v) {
    return v.patch == Version::latest ? fmt::format("{}.{}", v.major, v.minor)
                                      : fmt::format("{}.{}.{}", v.major, v.minor, v.patch);
}

const SysctlText& text(Sysctl s) {
    return texts[static_cast<std::size_t>(s)];
}

std::span<const SysctlText> all_sysctls() {
    return texts;
}

std::optional<Sysctl> find_sysctl(std::string_view name) {
    for (const SysctlText& t : texts)
        if (t.name == name || (t.name.size() > name.size() && t.name.ends_with(name) &&
                               t.name[t.name.size() - name.size() - 1] == '.'))
            return t.id;
    return std::nullopt;
}

bool has(Version v, Sysctl s) {
    return text(s).since <= v;
}

std::int64_t standard(const SysctlText& t, Version v) {
    if (v < t.since)
        return t.absent;
    return v < t.changed ? t.once : t.standard;
}

std::string format_value(Sysctl s, std::int64_t value) {
    if (is_triple(s)) {
        const Triple t = unpack_triple(value);
        return fmt::format("{} {} {}", t.least, t.standard, t.most);
    }
    if (!is_pair(s))
        return fmt::format("{}", value);
    return fmt::format("{} {}", unpack(value).low, unpack(value).high);
}

std::string format_value(std::string_view name, std::int64_t value) {
    const auto known = find_sysctl(name);
    return known ? format_value(*known, value) : fmt::format("{}", value);
}

namespace {

std::optional<std::int64_t> parse_triple(std::string_view written) {
    const auto a = number(written), b = a ? number(written) : a, c = b ? number(written) : b;
    while (!written.empty() && (written.back() == ' ' || written.back() == '\n'))
        written.remove_suffix(1);
    if (!c || !written.empty())
        return std::nullopt;
    const Triple all{*a, *b, *c};
    return can_be_packed(all) ? std::optional(pack(all)) : std::nullopt;
}

} // namespace

std::optional<std::int64_t> parse_value(Sysctl s, std::string_view written) {
    if (is_triple(s))
        return parse_triple(written);
    const auto first = number(written);
    const auto second = first && is_pair(s) ? number(written) : std::optional<std::int64_t>(0);
    while (!written.empty() && (written.back() == ' ' || written.back() == '\n'))
        written.remove_suffix(1);
    if (!first || !second || !written.empty())
        return std::nullopt;
    if (!is_pair(s))
        return first;
    const bool fits = *first >= 0 && *first <= 65535 && *second >= 0 && *second <= 65535;
    return fits ? std::optional(pack(*first, *second)) : std::nullopt;
}

std::string refuse_value(Sysctl s, std::int64_t value) {
    const SysctlText& t = text(s);
    if (is_triple(s)) {
        return value > 0 && can_be_packed(unpack_triple(value))
                   ? ""
                   : fmt::format("three values up to {}, the first a power of two", t.most);
    }
    if (!is_pair(s))
        return value >= t.least && value <= t.most
                   ? ""
                   : fmt::format("a value from {} to {}", t.least, t.most);
    const auto [low, high] = unpack(value);
    return low >= t.least && high <= t.most && low <= high
               ? ""
               : fmt::format("two values from {} to {}, the first not above the second", t.least,
                             t.most);
}

} // namespace trace
