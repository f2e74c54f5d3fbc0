// The wire of the laboratory: every frame that left a host, until it is handed to the other host or
// thrown away.
//
// No I/O and no clock: the observer reads frames, asks what becomes of each, and writes those that
// are due.
#pragma once

#include "scenario/action.hpp"
#include "scenario/scenario.hpp"
#include "trace/event.hpp"
#include "trace/segment.hpp"
#include "trace/time.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace net {

struct WireFrame {
    trace::SegmentId id = trace::none;
    trace::HostId from = trace::no_host, to = trace::no_host;
    trace::Segment segment;
    trace::Instant sent;
    trace::Instant due; // trace::never while held
    bool held = false;
    std::uint64_t hold_order = 0;
    bool by_hand = false; // no TCP has sent it
    std::optional<trace::Icmp> told; // lost: its sender is on its way to be told this
    trace::Duration left; // of its way when it was stopped
    std::optional<std::size_t> place; // among those that came to its wire; a copy has none
    unsigned repetitions = 0;         // copies of a held segment that its sender sent meanwhile
    std::vector<std::byte> bytes;
};

enum class Fate : std::uint8_t {
    in_flight,
    held,
    lost_by_rule,
    lost_by_chance,
    too_large,
    unreachable,
    too_large_told,
    merged
};

struct Verdict {
    Fate fate = Fate::in_flight;
    std::optional<trace::SegmentId> merged_into; // the held segment that this one repeats
    std::optional<trace::Duration> duplicate_after;
    bool marked = false; // congestion experienced
};

class Wire {
public:
    explicit Wire(std::size_t hosts);

    // Step mode: every frame is held until it is released.
    void hold_everything(trace::Instant now, bool on);
    [[nodiscard]] bool holds_everything() const { return holds_everything_; }

    void set(const scenario::SetWire& setting);
    void set(const scenario::WireLine& line);
    void add_rule(const scenario::WireRule& rule);
    // WireRule::release: the nth held frame of this direction and kind, or all, oldest hold first.
    std::vector<trace::SegmentId> held_for(const scenario::WireRule& rule) const;

    Verdict take(WireFrame frame, trace::Instant now);
    void insert(WireFrame frame); // a duplicate: its due time is set

    // What is due, in the order of (due, insertion); it is on the wire no more.
    std::optional<WireFrame> next_delivery(trace::Instant now);
    [[nodiscard]] std::optional<trace::Instant> next_due() const;

    // By hand, on one frame that is on the wire now; false: it is not there.
    bool hold(trace::SegmentId id, trace::Instant now);
    bool release(trace::SegmentId id, trace::Instant now);
    bool mark(trace::SegmentId id); // false: its sender does not understand it, either
    bool delay(trace::SegmentId id, trace::Duration by, trace::Instant now);
    std::optional<WireFrame> remove(trace::SegmentId id);
    [[nodiscard]] const WireFrame* find(trace::SegmentId id) const;

    [[nodiscard]] const std::vector<WireFrame>& frames() const {
        return frames_;
    } // in the order of leaving
    [[nodiscard]] trace::Duration delay_of(trace::HostId from, trace::HostId to) const {
        return line(from, to).delay;
    }
    [[nodiscard]] double loss_of(trace::HostId from, trace::HostId to) const {
        return line(from, to).loss;
    }

private:
    struct Line {
        trace::Duration delay;
        double loss = 0;
        std::uint64_t seed = 0;
        std::uint64_t seen = 0; // frames that came to it
    };
    struct ActiveRule {
        scenario::WireRule rule;
        std::uint32_t seen = 0;
    };
    [[nodiscard]] const Line& line(trace::HostId from, trace::HostId to) const;
    std::optional<scenario::WireRule> matching_rule(const WireFrame& frame);
    std::vector<WireFrame>::iterator position(trace::SegmentId id);

    std::size_t hosts_;
    bool holds_everything_ = false;
    std::uint64_t holds_ = 0; // so far
    std::vector<Line> lines_; // from * hosts + to
    std::vector<ActiveRule> rules_;
    std::vector<WireFrame> frames_;
};

} // namespace net
