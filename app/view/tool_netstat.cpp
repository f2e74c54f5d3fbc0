// netstat -st: /proc/net/snmp and /proc/net/netstat in the words of net-tools.
#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "tools.hpp"
#include "words.hpp"

namespace view {
namespace {

using trace::Counter;

struct Line {
    Counter counter;
    std::string_view words; // "": "NAME: VALUE"
};

// In the order of the kernel: snmp4_net_list. Where a value is 0 there is no line.
constexpr Line extended[] = {
    {Counter::SyncookiesSent, "{} SYN cookies sent"},
    {Counter::SyncookiesRecv, "{} SYN cookies received"},
    {Counter::SyncookiesFailed, "{} invalid SYN cookies received"},
    {Counter::EmbryonicRsts, "{} resets received for embryonic SYN_RECV sockets"},
    {Counter::PruneCalled, "{} packets pruned from receive queue because of socket buffer overrun"},
    {Counter::RcvPruned, "{} packets pruned from receive queue"},
    {Counter::OfoPruned,
     "{} packets dropped from out-of-order queue because of socket buffer overrun"},
    {Counter::OutOfWindowIcmps, "{} ICMP packets dropped because they were out-of-window"},
    {Counter::TW, "{} TCP sockets finished time wait in fast timer"},
    {Counter::TWRecycled, "{} time wait sockets recycled by time stamp"},
    {Counter::TWKilled, ""},
    {Counter::PAWSActive, "{} active connections rejected because of time stamp"},
    {Counter::PAWSEstab, "{} packets rejected in established connections because of timestamp"},
    {Counter::BeyondWindow, ""},
    {Counter::TSEcrRejected, ""},
    {Counter::PAWSOldAck, ""},
    {Counter::PAWSTimewait, ""},
    {Counter::DelayedACKs, "{} delayed acks sent"},
    {Counter::DelayedACKLost, "Quick ack mode was activated {} times"},
    {Counter::ListenOverflows, "{} times the listen queue of a socket overflowed"},
    {Counter::ListenDrops, "{} SYNs to LISTEN sockets dropped"},
    {Counter::TCPRenoRecovery, "{} times recovered from packet loss due to fast retransmit"},
    {Counter::TCPSackRecovery, ""},
    {Counter::TCPSACKReneging, ""},
    {Counter::TCPFullUndo, "{} congestion windows fully recovered without slow start"},
    {Counter::TCPPartialUndo, "{} congestion windows partially recovered using Hoe heuristic"},
    {Counter::TCPDSACKUndo, ""},
    {Counter::TCPLossUndo, "{} congestion windows recovered without slow start after partial ack"},
    {Counter::TCPLostRetransmit, ""},
    {Counter::TCPFastRetrans, "{} fast retransmits"},
    {Counter::TCPSlowStartRetrans, "{} retransmits in slow start"},
    {Counter::TCPTimeouts, ""},
    {Counter::TCPLossProbes, ""},
    {Counter::TCPLossProbeRecovery, ""},
    {Counter::TCPRcvCollapsed, "{} packets collapsed in receive queue due to low socket buffer"},
    {Counter::TCPDSACKOldSent, ""},
    {Counter::TCPDSACKOfoSent, ""},
    {Counter::TCPDSACKRecv, ""},
    {Counter::TCPDSACKOfoRecv, ""},
    {Counter::TCPAbortOnData, "{} connections reset due to unexpected data"},
    {Counter::TCPAbortOnClose, "{} connections reset due to early user close"},
    {Counter::TCPAbortOnTimeout, "{} connections aborted due to timeout"},
    {Counter::TCPAbortOnLinger, "{} connections aborted after user close in linger timeout"},
    {Counter::TCPSACKDiscard, ""},
    {Counter::TCPDSACKIgnoredOld, ""},
    {Counter::TCPDSACKIgnoredNoUndo, ""},
    {Counter::TCPSpuriousRTOs, ""},
    {Counter::TCPDeferAcceptDrop, ""},
    {Counter::TCPTimeWaitOverflow, ""},
    {Counter::TCPReqQFullDoCookies, ""},
    {Counter::TCPReqQFullDrop, ""},
    {Counter::TCPOFOQueue, ""},
    {Counter::TCPOFODrop, ""},
    {Counter::TCPChallengeACK, ""},
    {Counter::TCPSYNChallenge, ""},
    {Counter::TCPFastOpenActive, ""},
    {Counter::TCPFastOpenActiveFail, ""},
    {Counter::TCPFastOpenPassive, ""},
    {Counter::TCPFastOpenPassiveFail, ""},
    {Counter::TCPFastOpenListenOverflow, ""},
    {Counter::TCPFastOpenCookieReqd, ""},
    {Counter::TCPFromZeroWindowAdv, ""},
    {Counter::TCPToZeroWindowAdv, ""},
    {Counter::TCPWantZeroWindowAdv, ""},
    {Counter::TCPSynRetrans, ""},
    {Counter::TCPACKSkippedSynRecv, ""},
    {Counter::TCPACKSkippedPAWS, ""},
    {Counter::TCPACKSkippedSeq, ""},
    {Counter::TCPACKSkippedFinWait2, ""},
    {Counter::TCPACKSkippedTimeWait, ""},
    {Counter::TCPACKSkippedChallenge, ""},
    {Counter::TCPKeepAlive, ""},
    {Counter::TCPMTUPFail, ""},
    {Counter::TCPMTUPSuccess, ""},
    {Counter::TCPDeliveredCE, ""},
    {Counter::TCPZeroWindowDrop, ""},
    {Counter::TCPRcvQDrop, ""},
    {Counter::TCPDSACKRecvSegs, ""},
    {Counter::TCPDSACKIgnoredDubious, ""},
};

bool counts_as_established(const trace::SocketView& s) {
    return s.kind == trace::RecordKind::connection &&
           (s.state == trace::State::established || s.state == trace::State::close_wait);
}

} // namespace

ToolText netstat_text(const trace::HostView& host) {
    const auto value = [&](Counter counter) {
        for (const trace::CounterView& v : host.counters)
            if (v.counter == counter)
                return v.value;
        return std::uint64_t{0};
    };
    const auto established =
        std::count_if(host.sockets.begin(), host.sockets.end(), counts_as_established);
    ToolText text;
    const auto line = [&](std::string_view words, auto number) {
        text.lines.push_back("    " + fmt::format(fmt::runtime(words), number));
    };
    text.lines.push_back("Tcp:");
    line("{} active connection openings", value(Counter::ActiveOpens));
    line("{} passive connection openings", value(Counter::PassiveOpens));
    line("{} failed connection attempts", value(Counter::AttemptFails));
    line("{} connection resets received", value(Counter::EstabResets));
    line("{} connections established", established);
    line("{} segments received", value(Counter::InSegs));
    line("{} segments sent out", value(Counter::OutSegs));
    line("{} segments retransmitted", value(Counter::RetransSegs));
    line("{} resets sent", value(Counter::OutRsts));
    text.lines.push_back("TcpExt:");
    for (const Line& l : extended) {
        const std::uint64_t counted = value(l.counter);
        if (counted > 0 && l.words.empty())
            line("{}", fmt::format("{}: {}", trace::name(l.counter), counted));
        else if (counted > 0)
            line(l.words, counted);
    }
    text.notes.push_back(tr("Left out, because nobody counts it here: bad segments, predicted "
                            "headers, pure ACKs, data sent and delivered; IP, UDP and MPTCP."));
    return text;
}

} // namespace view
