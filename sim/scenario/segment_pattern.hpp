// A segment as an option describes it: "SYN+ACK seq 5000 ack 1001 len 0"; what is left out matches
// all.
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "trace/segment.hpp"

namespace scenario {

struct SegmentPattern {
    // A kind as in `wire` lines, or flags as a ladder prints them ("FIN+ACK"), which must be equal.
    std::optional<trace::SegmentKind> kind;
    trace::Flags flags;
    std::optional<std::uint32_t> seq, ack, length;
};

std::optional<SegmentPattern> parse_pattern(std::string_view);
bool matches(const SegmentPattern&, const trace::Segment&);

} // namespace scenario
