// Ports by connection, applied to segments and sockets.
#include "align.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace trace {
namespace {

bool opens(const SocketRecord& s) {
    return s.number != 0 && s.listener == none && !s.is_listener && s.local.port != 0;
}

struct Renamed {
    Endpoint from;
    std::uint16_t to;
};

void rename(Endpoint& e, const std::vector<Renamed>& renamed) {
    const auto at =
        std::find_if(renamed.begin(), renamed.end(), [&](const Renamed& r) { return r.from == e; });
    if (at != renamed.end())
        e.port = at->to;
}

} // namespace

Trace with_ports_of(const Trace& model, Trace log) {
    std::vector<Renamed> renamed;
    for (const SocketRecord& mine : log.sockets) {
        if (!opens(mine))
            continue;
        for (const SocketRecord& theirs : model.sockets)
            if (opens(theirs) && theirs.host == mine.host && theirs.number == mine.number &&
                theirs.local.port != mine.local.port)
                renamed.push_back({mine.local, theirs.local.port});
    }
    for (SegmentRecord& s : log.segments) {
        rename(s.segment.source, renamed);
        rename(s.segment.destination, renamed);
    }
    for (SocketRecord& s : log.sockets) {
        rename(s.local, renamed);
        rename(s.remote, renamed);
    }
    return log;
}

std::string with_names(std::string sequence, const Trace& log) {
    for (const SocketRecord& s : log.sockets) {
        if (!opens(s) || s.host >= log.hosts.size())
            continue;
        const std::string place = fmt::format("{}:{}", log.hosts[s.host], s.local.port);
        for (auto at = sequence.find(place); at != std::string::npos; at = sequence.find(place)) {
            const std::size_t end = at + place.size();
            if (end < sequence.size() && sequence[end] >= '0' && sequence[end] <= '9')
                break;
            sequence.replace(at, place.size(), fmt::format("{}#{}", log.hosts[s.host], s.number));
        }
    }
    return sequence;
}

} // namespace trace
