// What the usual tools would print at this instant on one host, in their own formats: made of the
// snapshot and the log, of nothing else. What those do not hold is said, not invented.
//
// The formats are those of iproute2 6.1, net-tools 2.10, tcpdump 4.99 and strace 6.1, written into
// a pipe.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "attach.hpp"
#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace view {

enum class Tool : std::uint8_t { ss, netstat, tcpdump, strace };
inline constexpr int tool_count = 4;

struct ToolText {
    std::string command;            // "ss -tan"
    std::vector<std::string> lines; // as the tool prints them
    std::vector<std::string> notes; // what cannot be known, in the language of the window
};

// What the source of snapshot and log can know at all.
struct ToolKnows {
    bool counters = true, segments = true;
    const std::map<trace::Cookie, EndText>* ends = nullptr; // of attached sockets, maybe IPv6
};

// REQUIRES: `host` is one of the snapshot's.
ToolText tool_text(Tool, const trace::Snapshot&, const trace::Trace&, std::uint32_t visible_events,
                   std::size_t host, const ToolKnows& = {});
std::string tool_command(Tool); // "ss -tan"

// One tool each.
ToolText ss_text(const trace::HostView&, const ToolKnows& = {});
ToolText netstat_text(const trace::HostView&);
ToolText tcpdump_text(const trace::Trace&, std::uint32_t visible_events, trace::HostId);
ToolText strace_text(const trace::Trace&, std::uint32_t visible_events, trace::HostId);

// One line of tcpdump -nS, without its time: "IP 10.0.0.1.40002 > 10.0.0.2.80: Flags [S], …".
std::string tcpdump_line(const trace::Trace&, trace::SegmentId);

} // namespace view
