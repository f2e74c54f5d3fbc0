// The wire between a recording's hosts: it does to each segment what the recorded one did.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "bench.hpp"
#include "recording.hpp"

namespace oracle {

// What the recorded hosts took for a segment from the program to the wire, each way.
inline constexpr trace::Duration inside = trace::microseconds(150);

class RecordedWire {
public:
    // `paced`: it takes each segment when the recorded one did, if that is later.
    RecordedWire(const Recording&, Bench&, bool paced);
    // A host's segment has just left.
    void judge(trace::SegmentId);
    // A row of the laboratory itself: "wire: drop everything c>s"; others are remarks.
    void set(const CallRow&);

private:
    std::uint32_t before_the_rule(const WireRule&) const;
    const WireRule* decide(const std::string& from, const std::string& to, const trace::Segment&);
    const SegmentRow* recorded(const std::string& from, const std::string& to,
                               const trace::Segment&);
    std::int64_t relative(const trace::Segment&, trace::HostId from) const;
    trace::Duration hiccup(const SegmentRow*) const;
    trace::Duration pace(const SegmentRow*, const trace::Segment&, trace::HostId from) const;

    const Recording& r_;
    Bench& bench_;
    bool paced_;
    std::vector<std::uint32_t> seen_, to_pass_; // by rule: that it chose among, that came before it
    std::map<std::string, std::uint32_t> departed_;
    bool cut_cs_ = false, cut_sc_ = false;
};

} // namespace oracle
