// What netstat -s counted, at the end of a recording and of its play.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "looks.hpp"
#include "recorded_wire.hpp"
#include "replay.hpp"

namespace oracle {

namespace {

// What must match; the others (coalescing, SACK, memory pressure, rehash, delayed ACKs) are
// information.
constexpr std::array compared_counters = {"ListenOverflows",
                                          "ListenDrops",
                                          "TCPReqQFullDrop",
                                          "TCPReqQFullDoCookies",
                                          "SyncookiesSent",
                                          "SyncookiesRecv",
                                          "SyncookiesFailed",
                                          "EmbryonicRsts",
                                          "TCPAbortOnClose",
                                          "TCPAbortOnData",
                                          "TCPAbortOnTimeout",
                                          "TCPChallengeACK",
                                          "TCPSYNChallenge",
                                          "TCPACKSkippedSeq",
                                          "TCPACKSkippedChallenge",
                                          "TW",
                                          "TWRecycled",
                                          "TWKilled",
                                          "TCPTimeWaitOverflow",
                                          "PAWSTimewait",
                                          "PAWSEstab",
                                          "TCPDeferAcceptDrop",
                                          "TCPSynRetrans",
                                          "TCPLossProbes",
                                          "TCPTimeouts",
                                          "TCPKeepAlive",
                                          "RetransSegs",
                                          "OutRsts",
                                          "AttemptFails",
                                          "EstabResets",
                                          "CurrEstab"};

// Segments are counted where a recording tells their number.
constexpr std::array counted_where_told = {"InSegs", "OutSegs"};

} // namespace

void tell_counters(const Recording& r, const Bench& bench, trace::Story& expected,
                   trace::Story& got) {
    for (const char* host : {"c", "s"}) {
        const auto mine = counters(bench, Bench::host(host));
        const auto late =
            counted_too_late(bench, Bench::host(host), r.last_row() + inside, r.end());
        const auto recorded = r.counters.find(host);
        if (recorded == r.counters.end())
            continue;
        trace::Fact a, b;
        a.at = b.at = r.end();
        const auto compare = [&](const char* name) {
            const auto value = recorded->second.find(name);
            const auto counted = mine.find(name);
            const auto after = late.find(name);
            const std::int64_t wanted = value == recorded->second.end() ? 0 : value->second;
            const std::int64_t most = counted == mine.end() ? 0 : counted->second;
            const std::int64_t least = most - (after == late.end() ? 0 : after->second);
            a.fields.push_back({name, fmt::format("{}", wanted)});
            b.fields.push_back({name, fmt::format("{}", std::clamp(wanted, least, most))});
        };
        for (const char* name : compared_counters)
            compare(name);
        for (const char* name : counted_where_told)
            if (recorded->second.contains(name))
                compare(name);
        expected.sequence(std::string("counters of ") + host).facts.push_back(std::move(a));
        got.sequence(std::string("counters of ") + host).facts.push_back(std::move(b));
    }
}

} // namespace oracle
