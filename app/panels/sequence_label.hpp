// What is written on a segment's arrow: its kind and numbers, from the fullest wording to the
// shortest.
#pragma once

#include "trace/event.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace panels {

// How sequence and acknowledgement numbers are written.
enum class Numbers : std::uint8_t { absolute, relative, formula };

struct Label {
    std::string kind;    // "SYN+ACK"
    std::string numbers; // "seq 5000 ack 1001"; may be empty
    std::string note;    // "retransmit 1"; may be empty
    bool empty() const { return kind.empty(); }
};

// The initial sequence numbers of both directions, as far as the visible segments showed them.
struct Isns {
    std::optional<trace::Seq> own, peer;
};
Isns isns_of(const trace::Trace&, trace::SegmentId);

// Fullest first; the last wording is packetdrill's shorthand. `sent` says why it
// was sent (probes are named) and whether its window is known.
std::vector<Label> wordings(const trace::Trace&, trace::SegmentId, Numbers,
                            const trace::Event* sent = nullptr);

// Why a SYN+ACK acknowledges what it does: {"1001 = 1000 + 1:", "SYN uses up one number"}.
std::vector<std::string> arithmetic(const trace::Segment&);

} // namespace panels
