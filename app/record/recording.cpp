// A watched session, kept.
#include "recording.hpp"

namespace record {

trace::Snapshot snapshot(const Look& look) {
    trace::Snapshot s;
    s.now = look.at;
    s.hosts.reserve(look.hosts.size());
    for (const auto& host : look.hosts)
        s.hosts.push_back(*host);
    s.wires = look.wires;
    s.in_flight = look.in_flight;
    return s;
}

} // namespace record
