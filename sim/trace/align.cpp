// Ports by connection, applied to segments and sockets.
#include "align.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace trace {
namespace {

// Of one connection: since a port is one's own only towards one destination, both ends tell it.
struct Renamed {
    Endpoint from, towards;
    std::uint16_t to;

    bool names(Endpoint here, Endpoint there) const {
        return from == here && (towards.port == 0 || there.port == 0 || towards == there);
    }
};

void rename(Endpoint& one, Endpoint& other, const std::vector<Renamed>& renamed) {
    const Endpoint here = one, there = other;
    const auto apply = [&](Endpoint& e, Endpoint mine, Endpoint remote) {
        const auto at = std::find_if(renamed.begin(), renamed.end(),
                                     [&](const Renamed& r) { return r.names(mine, remote); });
        if (at != renamed.end())
            e.port = at->to;
    };
    apply(one, here, there);
    apply(other, there, here);
}

// ":80", but not as a part of ":8080".
bool names_port(const std::string& text, const std::string& port) {
    for (auto at = text.find(port); at != std::string::npos; at = text.find(port, at + 1)) {
        const std::size_t end = at + port.size();
        if (end == text.size() || text[end] < '0' || text[end] > '9')
            return true;
    }
    return false;
}

} // namespace

bool opens(const SocketRecord& s) {
    return s.number != 0 && s.listener == none && !s.is_listener && s.local.port != 0;
}

Trace with_ports_of(const Trace& model, Trace log) {
    std::vector<Renamed> renamed;
    for (const SocketRecord& mine : log.sockets) {
        if (!opens(mine))
            continue;
        for (const SocketRecord& theirs : model.sockets)
            if (opens(theirs) && theirs.host == mine.host && theirs.number == mine.number)
                renamed.push_back({mine.local, mine.remote, theirs.local.port});
    }
    for (SegmentRecord& s : log.segments)
        rename(s.segment.source, s.segment.destination, renamed);
    for (SocketRecord& s : log.sockets)
        rename(s.local, s.remote, renamed);
    return log;
}

std::string with_names(std::string sequence, const Trace& log) {
    // Two connections may have one port towards two destinations.
    const auto towards_another = [&](const SocketRecord& s, const std::string& place) {
        const std::string port = fmt::format(":{}", s.remote.port);
        const auto after = sequence.find(place);
        return s.remote.port != 0 && after != std::string::npos &&
               sequence.find_first_of(">-", after + place.size()) == after + place.size() &&
               !names_port(sequence, port);
    };
    for (const SocketRecord& s : log.sockets) {
        if (!opens(s) || s.host >= log.hosts.size())
            continue;
        const std::string place = fmt::format("{}:{}", log.hosts[s.host], s.local.port);
        if (towards_another(s, place))
            continue;
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
