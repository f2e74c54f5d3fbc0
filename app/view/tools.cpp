// Which tool.
#include "tools.hpp"

#include "words.hpp"

namespace view {

std::string tool_command(Tool tool) {
    switch (tool) {
    case Tool::ss: return "ss -tan";
    case Tool::netstat: return "netstat -st";
    case Tool::tcpdump: return "tcpdump -nS -ttttt tcp";
    case Tool::strace: return "strace -f -ttt -e trace=network,read,write,close,fcntl";
    }
    return "";
}

ToolText tool_text(Tool tool, const trace::Snapshot& snapshot, const trace::Trace& trace,
                   std::uint32_t visible_events, std::size_t host, const ToolKnows& knows) {
    const trace::HostView& view = snapshot.hosts[host];
    ToolText text;
    switch (tool) {
    case Tool::ss: text = ss_text(view, knows); break;
    case Tool::netstat:
        if (knows.counters)
            text = netstat_text(view);
        else
            text.notes.push_back(tr("The kernel counts for all connections of a network "
                                    "namespace: of these alone nothing is counted."));
        break;
    case Tool::tcpdump:
        if (knows.segments)
            text = tcpdump_text(trace, visible_events, view.id);
        else
            text.notes.push_back(tr("No segments are seen here."));
        break;
    case Tool::strace: text = strace_text(trace, visible_events, view.id); break;
    }
    text.command = tool_command(tool);
    return text;
}

} // namespace view
