// Each way once. Releases are those in which the change first appeared.
#include "way.hpp"

namespace tcp {
namespace {

using trace::Version;

constexpr Version from_the_start{1, 0, 0}, never{65535, 0, 0};

constexpr std::array<WayText, way_count> texts = {{
    {Way::listener_spawns_request, "listener_spawns_request", "tcp_conn_request()", from_the_start,
     false, "A SYN makes a request of its own; the listening socket stays in LISTEN.",
     "SYN 生成单独的连接请求；监听套接字保持 LISTEN。"},
    {Way::two_queues,
     "two_queues",
     "inet_csk_reqsk_queue_added(), sk_acceptq_added()",
     {2, 2, 0},
     true,
     "Half-open and finished connections are counted apart, each against the backlog.",
     "半开连接与已完成的连接分开计数，各自受 backlog 限制。"},
    {Way::one_more_fits,
     "one_more_fits",
     "sk_acceptq_is_full()",
     {2, 6, 22},
     false,
     "The accept queue is full when it is longer than its limit: one more fits.",
     "accept 队列长度超过上限才算满：可多容纳一个。"},
    {Way::syn_queue_follows_backlog,
     "syn_queue_follows_backlog",
     "inet_csk_reqsk_queue_is_full()",
     {4, 4, 0},
     true,
     "The SYN queue is bounded by the backlog, not by a power of two of its own.",
     "SYN 队列以 backlog 为上限，而不是自己的一个 2 的幂。"},
    {Way::one_more_half_open,
     "one_more_half_open",
     "inet_csk_reqsk_queue_is_full()",
     {6, 13, 0},
     false,
     "The SYN queue is full when it is longer than its limit: one more fits.",
     "SYN 队列长度超过上限才算满：可多容纳一个。",
     {{{6, 1, 124}, {6, 6, 71}, {6, 12, 9}}}},
    {Way::full_queue_drops_every_syn,
     "full_queue_drops_every_syn",
     "tcp_conn_request()",
     {4, 10, 0},
     true,
     "While the accept queue is full every SYN is dropped.",
     "accept 队列已满时丢弃每个 SYN。"},
    {Way::old_requests_thinned,
     "old_requests_thinned",
     "reqsk_timer_handler()",
     {2, 2, 0},
     false,
     "In a crowded SYN queue old requests get fewer repetitions.",
     "SYN 队列拥挤时，旧请求的重传次数减少。"},
    {Way::syn_is_enough, "syn_is_enough", "counterfactual", never, false,
     "The SYN alone makes a connection: nobody waits for the third segment.",
     "仅凭 SYN 就建立连接：无人等待第三个报文段。"},
    {Way::jiffies, "jiffies", "tcp_set_rto()", from_the_start, false,
     "Timeouts are whole jiffies of 4 ms.", "超时是 4 ms 的整数倍（jiffy）。"},
    {Way::first_rto_one_second,
     "first_rto_one_second",
     "TCP_TIMEOUT_INIT, RFC 6298 §2.1",
     {3, 1, 0},
     true,
     "The first timeout is 1 s; it was 3 s.",
     "首个超时为 1 s；以前是 3 s。"},
    {Way::rto_margin_over_srtt,
     "rto_margin_over_srtt",
     "tcp_rtt_estimator()",
     {2, 4, 0},
     false,
     "The least timeout is a margin above the round trip, not a floor under the sum.",
     "最小超时是往返时间之上的余量，而不是总和的下限。"},
    {Way::tail_loss_probe,
     "tail_loss_probe",
     "tcp_schedule_loss_probe()",
     {3, 10, 0},
     false,
     "A loss at the end is probed for before the timeout.",
     "在超时之前先探测末尾的丢失。"},
    {Way::short_probe_timeout,
     "short_probe_timeout",
     "tcp_schedule_loss_probe()",
     {4, 14, 0},
     false,
     "The probe waits two round trips and 2 ms, 200 ms when one segment is out.",
     "探测等待两个往返时间加 2 ms；只有一个报文段在途时加 200 ms。"},
    {Way::acks_wait,
     "acks_wait",
     "tcp_send_delayed_ack(), tcp_fin()",
     {2, 2, 0},
     false,
     "An ACK waits a little for company once the program answers promptly; so does that of a FIN.",
     "程序及时回复之后，ACK 会稍等以便捎带；对 FIN 的 ACK 也是如此。"},
    {Way::small_may_follow_full,
     "small_may_follow_full",
     "tcp_minshall_check()",
     {2, 4, 0},
     false,
     "Nagle: only a small segment under way holds back the next small one.",
     "Nagle：只有在途的小报文段才会阻止下一个小报文段。"},
    {Way::buffers_count_memory, "buffers_count_memory", "skb_set_owner_r(), sk_mem_charge()",
     from_the_start, false, "Buffers count the memory of packets, not their bytes.",
     "缓冲区按数据包占用的内存计数，而不是按字节。"},
    {Way::buffers_span_segments,
     "buffers_span_segments",
     "tcp_tso_autosize()",
     {3, 12, 0},
     false,
     "One buffer of the kernel holds several segments, by rate.",
     "内核的一个缓冲区按速率容纳多个报文段。"},
    {Way::buffers_grow,
     "buffers_grow",
     "tcp_grow_skb()",
     {6, 10, 0},
     true,
     "A buffer smaller than what may leave takes over bytes from the next one.",
     "缓冲区小于可发送量时，从下一个缓冲区取得字节。"},
    {Way::defers_for_near_acks,
     "defers_for_near_acks",
     "tcp_tso_should_defer()",
     {6, 18, 0},
     false,
     "Several segments wait for an ACK only if it is at most 1 ms away, not half a round trip.",
     "只有 ACK 在 1 ms 之内可期时，多个报文段才等它，而不是半个往返时间。"},
    {Way::trims_to_window, "trims_to_window", "RFC 9293 §3.10.7.4", never, true,
     "What lies beyond the window is cut off, the rest is taken.",
     "超出窗口的部分被截去，其余部分照收。"},
    {Way::cubic,
     "cubic",
     "bictcp_cong_avoid(), net.ipv4.tcp_congestion_control",
     {2, 6, 19},
     false,
     "The congestion window grows as CUBIC says, not by one segment per round trip.",
     "拥塞窗口按 CUBIC 增长，而不是每个往返时间增加一个报文段。"},
    {Way::scales_after_crossed_syns, "scales_after_crossed_syns", "tcp_rcv_synsent_state_process()",
     from_the_start, false,
     "In a simultaneous open windows are scaled even for a peer that did not offer to.",
     "同时打开时，即使对端没有提出窗口扩大，窗口也按比例缩放。"},
    {Way::ack_of_isn_establishes, "ack_of_isn_establishes", "tcp_ack()", from_the_start, false,
     "In a simultaneous open an ACK one too low is taken.",
     "同时打开时，确认号少 1 的 ACK 也被接受。"},
    {Way::rst_before_fin_counts,
     "rst_before_fin_counts",
     "tcp_reset_check()",
     {4, 11, 0},
     true,
     "After the peer's FIN a RST numbered just before it resets as well.",
     "收到对端 FIN 之后，序号恰在其前的 RST 也会重置连接。"},
    {Way::rst_beyond_sacked_counts,
     "rst_beyond_sacked_counts",
     "tcp_validate_incoming()",
     {4, 8, 0},
     false,
     "A RST numbered just after all that SACK has told of resets as well.",
     "序号紧跟在 SACK 所告知的全部数据之后的 RST 也会重置连接。"},
    {Way::near_rst_spares_request,
     "near_rst_spares_request",
     "tcp_check_req()",
     {6, 18, 0},
     true,
     "A RST in the window of a half-open request, but not exact, is only challenged.",
     "落在半开请求窗口内但序号不精确的 RST 只引发质询 ACK。"},
    {Way::overtaken_ack_unanswered,
     "overtaken_ack_unanswered",
     "tcp_disordered_ack_check()",
     {6, 14, 0},
     false,
     "A bare ACK from before rcv_nxt with an old timestamp was overtaken: no answer.",
     "序号在 rcv_nxt 之前、时间戳又旧的纯 ACK 只是被超越了：不作回应。"},
    {Way::syn_ack_makes_ecn_accurate,
     "syn_ack_makes_ecn_accurate",
     "tcp_ecn_rcv_synack()",
     {6, 18, 0},
     false,
     "A SYN that asks for ECN may be answered by one that counts marks (Accurate ECN), asked for "
     "or not.",
     "请求 ECN 的 SYN，即使没有请求，也可能得到按标记计数（Accurate ECN）的应答。"},
    {Way::shutdown_waits_for_establishing,
     "shutdown_waits_for_establishing",
     "tcp_shutdown(), tcp_rcv_state_process()",
     {6, 9, 0},
     false,
     "shutdown() in SYN_RECV sends its FIN once the connection is established, not at once.",
     "在 SYN_RECV 中 shutdown() 的 FIN 要等连接建立之后才发送，而不是立即发送。",
     {{{6, 1, 91}, {6, 6, 31}, {6, 8, 10}}}},
    {Way::orphan_fin_wait_2_ends, "orphan_fin_wait_2_ends", "tcp_fin_time()", from_the_start, false,
     "FIN_WAIT_2 ends by itself when no program holds the socket.",
     "没有程序持有套接字时，FIN_WAIT_2 会自行结束。"},
    {Way::long_fin_wait_2_in_two_parts,
     "long_fin_wait_2_in_two_parts",
     "tcp_rcv_state_process()",
     {2, 4, 0},
     true,
     "What FIN_WAIT_2 has above 60 s is waited twice, the first 60 s not at all.",
     "FIN_WAIT_2 超过 60 s 的部分要等两次，前 60 s 则不等。"},
    {Way::time_wait_one_minute, "time_wait_one_minute", "TCP_TIMEWAIT_LEN", from_the_start, false,
     "TIME_WAIT lasts 60 s, not twice a maximum segment lifetime of 2 minutes.",
     "TIME_WAIT 持续 60 s，而不是 2 分钟 MSL 的两倍。"},
    {Way::no_time_wait, "no_time_wait", "counterfactual", never, false,
     "Who closes first is CLOSED at once: there is no TIME_WAIT.",
     "先关闭的一方立即进入 CLOSED：没有 TIME_WAIT。"},
    {Way::stale_counted_apart_in_time_wait,
     "stale_counted_apart_in_time_wait",
     "tcp_timewait_state_process()",
     {6, 14, 0},
     true,
     "An old timestamp in TIME_WAIT counts as PAWSTimewait, not as PAWSEstab.",
     "TIME_WAIT 中的旧时间戳计入 PAWSTimewait，而不是 PAWSEstab。"},
    {Way::reuse_delay_in_milliseconds,
     "reuse_delay_in_milliseconds",
     "tcp_twsk_unique()",
     {6, 14, 0},
     true,
     "Whether TIME_WAIT is old enough for tcp_tw_reuse is judged in milliseconds.",
     "TIME_WAIT 是否已久到可供 tcp_tw_reuse 取用，以毫秒判断。"},
    {Way::freed_port_serves_connect_again,
     "freed_port_serves_connect_again",
     "__inet_put_port()",
     {6, 18, 0},
     true,
     "A port that bind() has given back serves connect() again while other connections hold it.",
     "bind() 归还的端口，即使仍有其他连接占用，也可再供 connect() 选用。"},
}};

constexpr bool in_order() {
    for (std::size_t i = 0; i < way_count; ++i)
        if (static_cast<std::size_t>(texts[i].id) != i)
            return false;
    return true;
}
static_assert(in_order(), "way.cpp lists every Way once, in the order of way.hpp");

bool goes(const WayText& w, Version v) {
    for (const Version& b : w.backports)
        if (b.major == v.major && b.minor == v.minor)
            return b <= v;
    return w.since <= v;
}

} // namespace

const WayText& text(Way w) {
    return texts[static_cast<std::size_t>(w)];
}

std::span<const WayText> all_ways() {
    return texts;
}

Ways linux_ways(Version v) {
    Ways made;
    for (const WayText& w : texts)
        made = made.with(w.id, goes(w, v));
    return made;
}

Ways textbook_ways() {
    Ways made;
    for (const WayText& w : texts)
        made = made.with(w.id, w.textbook);
    return made;
}

} // namespace tcp
