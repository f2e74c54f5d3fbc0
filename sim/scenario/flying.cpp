// Picking segments in flight by wire, kind and order of leaving.
#include "flying.hpp"

#include <algorithm>
#include <vector>

namespace scenario {
namespace {

// Held ones are released by their own count, so they are counted apart.
std::vector<trace::SegmentId> candidates(trace::HostId from, trace::HostId to,
                                         trace::SegmentKind kind, bool held,
                                         const trace::Snapshot& snapshot, const trace::Trace& log) {
    std::vector<trace::SegmentId> found;
    for (const trace::InFlight& f : snapshot.in_flight)
        if (f.from == from && f.to == to && f.held == held &&
            trace::is_kind(log.segments[f.segment].segment, kind))
            found.push_back(f.segment);
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace

std::optional<Verdict> resolve(const FlyingVerdict& v, const trace::Snapshot& snapshot,
                               const trace::Trace& log) {
    const auto found =
        candidates(v.from, v.to, v.kind, v.what == Verdict::What::release, snapshot, log);
    if (v.nth == 0 || v.nth > found.size())
        return std::nullopt;
    return Verdict{v.what, found[v.nth - 1], v.time};
}

std::optional<FlyingVerdict> describe(const Verdict& v, const trace::Snapshot& snapshot,
                                      const trace::Trace& log) {
    for (const trace::InFlight& f : snapshot.in_flight) {
        if (f.segment != v.segment)
            continue;
        const auto found = candidates(f.from, f.to, trace::SegmentKind::any,
                                      v.what == Verdict::What::release, snapshot, log);
        const auto place = std::find(found.begin(), found.end(), v.segment);
        if (place == found.end())
            return std::nullopt;
        return FlyingVerdict{v.what,
                             f.from,
                             f.to,
                             trace::SegmentKind::any,
                             static_cast<std::uint32_t>(place - found.begin() + 1),
                             v.time};
    }
    return std::nullopt;
}

} // namespace scenario
