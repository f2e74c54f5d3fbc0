// Names in events, and the sentences that Why? and the terminal print for them.
#include "event.hpp"

#include <array>

#include <fmt/format.h>

#include "icmp.hpp"

namespace trace {

std::string_view name(Queue q) {
    return q == Queue::syn ? "SYN queue" : "accept queue";
}

std::string_view name(Timer t) {
    switch (t) {
    case Timer::retransmit: return "retransmit";
    case Timer::persist: return "persist";
    case Timer::keepalive: return "keepalive";
    case Timer::delayed_ack: return "delayed_ack";
    case Timer::syn_ack: return "syn_ack";
    case Timer::fin_wait_2: return "fin_wait_2";
    case Timer::time_wait: return "time_wait";
    }
    return "?";
}

std::string_view name(Lookup l) {
    switch (l) {
    case Lookup::unseen: return "unseen";
    case Lookup::four_tuple: return "4-tuple";
    case Lookup::listener_exact: return "listener on the address";
    case Lookup::listener_any: return "listener on 0.0.0.0";
    case Lookup::nothing: return "nothing";
    }
    return "?";
}

namespace {
constexpr std::array<std::string_view, static_cast<std::size_t>(Counter::count_)> counters = {
    "ListenOverflows",
    "ListenDrops",
    "TCPReqQFullDrop",
    "TCPReqQFullDoCookies",
    "EmbryonicRsts",
    "TCPAbortOnClose",
    "TCPAbortOnData",
    "TCPAbortOnTimeout",
    "TCPTimeouts",
    "TCPAbortOnLinger",
    "TCPKeepAlive",
    "PAWSTimewait",
    "PAWSOldAck",
    "OutOfWindowIcmps",
    "TCPFastRetrans",
    "TCPSlowStartRetrans",
    "TCPSackRecovery",
    "TCPRenoRecovery",
    "TCPFullUndo",
    "TCPPartialUndo",
    "TCPDSACKUndo",
    "TCPLossUndo",
    "TCPLossProbeRecovery",
    "TCPSpuriousRTOs",
    "TCPDSACKRecv",
    "TCPDSACKOfoRecv",
    "TCPDSACKRecvSegs",
    "TCPDSACKIgnoredOld",
    "TCPDSACKIgnoredNoUndo",
    "TCPDSACKIgnoredDubious",
    "TCPDSACKOldSent",
    "TCPDSACKOfoSent",
    "TCPSACKDiscard",
    "TCPLostRetransmit",
    "TCPSynRetrans",
    "TCPChallengeACK",
    "TCPSYNChallenge",
    "RetransSegs",
    "OutRsts",
    "AttemptFails",
    "EstabResets",
    "ActiveOpens",
    "PassiveOpens",
    "InSegs",
    "OutSegs",
    "TW",
    "TWKilled",
    "TWRecycled",
    "TCPACKSkippedSeq",
    "TCPACKSkippedChallenge",
    "TCPACKSkippedSynRecv",
    "TCPACKSkippedFinWait2",
    "TCPACKSkippedTimeWait",
    "TCPLossProbes",
    "SyncookiesSent",
    "SyncookiesRecv",
    "SyncookiesFailed",
    "TCPDeferAcceptDrop",
    "PAWSEstab",
    "PAWSActive",
    "TCPACKSkippedPAWS",
    "TCPSACKReneging",
    "TSEcrRejected",
    "TCPFastOpenActive",
    "TCPFastOpenActiveFail",
    "TCPFastOpenPassive",
    "TCPFastOpenPassiveFail",
    "TCPFastOpenListenOverflow",
    "TCPFastOpenCookieReqd",
    "DelayedACKs",
    "DelayedACKLost",
    "PruneCalled",
    "RcvPruned",
    "OfoPruned",
    "TCPRcvCollapsed",
    "TCPRcvQDrop",
    "TCPOFODrop",
    "TCPOFOQueue",
    "TCPZeroWindowDrop",
    "BeyondWindow",
    "TCPToZeroWindowAdv",
    "TCPFromZeroWindowAdv",
    "TCPWantZeroWindowAdv",
    "TCPTimeWaitOverflow",
    "TCPDeliveredCE",
    "TCPMTUPFail",
    "TCPMTUPSuccess",
};
static_assert(!counters.back().empty(), "event.cpp names every Counter");
} // namespace

std::string_view name(Counter c) {
    return counters[static_cast<std::size_t>(c)];
}

std::optional<Counter> parse_counter(std::string_view text) {
    for (std::size_t i = 0; i < counters.size(); ++i)
        if (counters[i] == text)
            return static_cast<Counter>(i);
    return std::nullopt;
}

std::string socket_name(const Trace& trace, Cookie cookie) {
    if (cookie == none || cookie >= trace.sockets.size())
        return "";
    const SocketRecord& socket = trace.sockets[cookie];
    const std::string host = socket.host < trace.hosts.size() ? trace.hosts[socket.host] : "?";
    if (socket.is_listener)
        return fmt::format("{}:{}{}", host, socket.local.port,
                           socket.which > 1 ? fmt::format("#{}", socket.which) : "");
    if (socket.number != 0)
        return fmt::format("{}#{}", host, socket.number);
    // Not named by the script: by its other end, if that is.
    for (Cookie other = static_cast<Cookie>(trace.sockets.size()); other-- > 0;) {
        const SocketRecord& peer = trace.sockets[other];
        if (other == cookie || peer.number == 0 || !(peer.local == socket.remote) ||
            !(peer.remote == socket.local))
            continue;
        return fmt::format("{}~{}#{}", host,
                           peer.host < trace.hosts.size() ? trace.hosts[peer.host] : "?",
                           peer.number);
    }
    return fmt::format("{}:{}-{}", host, socket.local.port, socket.remote.port);
}

std::string segment_label(const Segment& s) {
    std::string out = describe(s);
    if (s.length > 0)
        out += fmt::format("  seq {}:{}", s.seq.raw, (s.seq + s.length).raw);
    else if (!is_kind(s, SegmentKind::ack))
        out += fmt::format("  seq {}", s.seq.raw);
    if (s.flags.has(flag::ack))
        out += fmt::format("{}ack {}", s.length > 0 || !is_kind(s, SegmentKind::ack) ? " " : "  ",
                           s.ack.raw);
    if (s.ecn == Ecn::congestion)
        out += "  CE";
    return out;
}

namespace {

std::string call_text(const Trace& trace, const Event& e) {
    if (e.ref >= trace.calls.size())
        return "?";
    const CallRecord& call = trace.calls[e.ref];
    return fmt::format("{}({})", name(call.call), call.text);
}

std::string result_text(std::int64_t value) {
    if (value >= 0)
        return fmt::format("{}", value);
    return std::string(name(static_cast<Errno>(-value)));
}

} // namespace

std::string sentence(const Trace& trace, const Event& e, std::string_view language) {
    const bool zh = language == "zh";
    const std::string who = socket_name(trace, e.socket);
    const std::string segment =
        e.ref < trace.segments.size() &&
                (e.kind == EventKind::segment_sent || e.kind == EventKind::segment_arrived ||
                 e.kind == EventKind::segment_refused || e.kind == EventKind::segment_lost ||
                 e.kind == EventKind::segment_held || e.kind == EventKind::icmp_arrived ||
                 e.kind == EventKind::segment_released)
            ? segment_label(trace.segments[e.ref].segment)
            : "";
    const auto reason = [&] { return std::string(zh ? text(e.rule).zh : text(e.rule).en); };
    switch (e.kind) {
    case EventKind::socket_created:
        return fmt::format(fmt::runtime(zh ? "{} 出现" : "{} comes into being"), who);
    case EventKind::socket_gone:
        return fmt::format(fmt::runtime(zh ? "{} 不再存在" : "nothing is left of {}"), who);
    case EventKind::call_entered:
        return fmt::format(fmt::runtime(zh ? "{} 调用 {}" : "{} calls {}"),
                           who.empty() ? (zh ? "程序" : "the program") : who, call_text(trace, e));
    case EventKind::call_returned:
        return fmt::format(fmt::runtime(zh ? "{} 返回 {}" : "{} returns {}"), call_text(trace, e),
                           result_text(e.value));
    case EventKind::segment_sent: {
        const bool again = e.ref < trace.segments.size() && trace.segments[e.ref].transmission > 1;
        return fmt::format(fmt::runtime(again ? (zh ? "重传 {}" : "{} leaves again")
                                              : (zh ? "发出 {}" : "{} leaves")),
                           segment);
    }
    case EventKind::segment_arrived:
        return fmt::format(fmt::runtime(zh ? "{} 到达" : "{} arrives"), segment);
    case EventKind::segment_refused:
        return fmt::format(fmt::runtime(zh ? "{} 被拒绝：{}" : "{} is refused: {}"), segment,
                           reason());
    case EventKind::segment_lost:
        return fmt::format(fmt::runtime(zh ? "{} 在线路上丢失" : "{} is lost on the wire"),
                           segment);
    case EventKind::segment_held:
        return fmt::format(fmt::runtime(zh ? "{} 被扣留在线路上" : "{} is held on the wire"),
                           segment);
    case EventKind::segment_released:
        return fmt::format(fmt::runtime(zh ? "{} 被放行" : "{} is released"), segment);
    case EventKind::icmp_arrived:
        return fmt::format(
            fmt::runtime(zh ? "ICMP（{}）到达，关于 {}" : "ICMP ({}) arrives, about {}"),
            describe(unpack_icmp(e.value), zh), segment);
    case EventKind::transition: return fmt::format("{}: {} → {}", who, name(e.from), name(e.to));
    case EventKind::queue_changed: {
        const std::string queue = zh ? (e.queue() == Queue::syn ? "SYN 队列" : "accept 队列")
                                     : std::string(name(e.queue()));
        return fmt::format(fmt::runtime(zh ? "{} 的{} {} · 上限 {}" : "{} {} {} · limit {}"), who,
                           queue, e.value, e.limit);
    }
    case EventKind::timer_fired: {
        constexpr std::array<std::string_view, timer_count> zh_names = {
            "重传", "坚持", "保活", "延迟确认", "SYN+ACK", "FIN_WAIT_2", "2MSL"};
        constexpr std::array<std::string_view, timer_count> en_names = {
            "retransmission", "persist",    "keepalive", "delayed ACK",
            "SYN+ACK",        "FIN_WAIT_2", "2MSL"};
        const std::string timer{zh ? zh_names[e.what % timer_count]
                                   : en_names[e.what % timer_count]};
        return fmt::format(fmt::runtime(zh ? "{} 的 {} 定时器到期" : "{}: the {} timer fires"), who,
                           timer);
    }
    case EventKind::counter: return fmt::format("{} {}", name(e.counter()), e.value);
    case EventKind::setting: return call_text(trace, e);
    case EventKind::inferred: return reason();
    }
    return "";
}

} // namespace trace
