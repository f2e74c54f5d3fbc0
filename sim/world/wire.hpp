// What lies between hosts: delay, chance, rules by kind and count, and the segments under way.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "scenario/action.hpp"
#include "scenario/lateness.hpp"
#include "trace/event.hpp"

namespace world {

// One direction.
struct Wire {
    trace::HostId from = trace::no_host, to = trace::no_host;
    trace::Duration delay = trace::milliseconds(10);
    double loss = 0;
    std::uint64_t seed = 0;
    std::int64_t rate = 0;    // bits a second; 0: no bound
    trace::Instant free_from; // when the line has carried all that was sent so far
    // How long the line was busy with the last segment: most are of one length.
    struct Busy {
        std::int64_t rate = 0;
        std::uint32_t length = 0;
        trace::Duration time;
        friend bool operator==(const Busy&, const Busy&) { return true; } // no part of the value
    } busy{};
    // Later than `delay`, each segment in the order of leaving: as a busy machine was.
    std::vector<scenario::Handover> late{};
    std::uint32_t taken = 0; // of `late`
    friend bool operator==(const Wire&, const Wire&) = default;
};

// Where a host's segments to an address go.
struct Route {
    static constexpr std::uint32_t none = 0xffffffff;
    trace::HostId from = trace::no_host, to = trace::no_host;
    trace::Address address;
    std::uint32_t wire = none; // in Contents::wires; none: no host has the address
};

// The way that the last segment of each host took, of those that share a place. Neither hosts nor
// their addresses change while a world plays, so this is no part of its value.
struct Routes {
    std::array<Route, 4> of;
    friend bool operator==(const Routes&, const Routes&) { return true; }
};

// A rule that still waits for its segment (`all`: until a pass).
struct ActiveRule {
    scenario::WireRule rule;
    std::uint32_t seen = 0;
    friend bool operator==(const ActiveRule&, const ActiveRule&) = default;
};

// too_large: and nobody is told. told: an ICMP message on its way back, about `segment`.
enum class Fate : std::uint8_t {
    arrives,
    lost_by_chance,
    lost_by_hand,
    too_large,
    unreachable,
    told
};

// A segment under way. Lost ones are there too, until the point where they are lost.
struct Flying {
    trace::Segment segment;
    trace::SegmentId id = trace::none;
    trace::EventId sent_event = trace::none;
    trace::HostId from = trace::no_host, to = trace::no_host;
    trace::Instant sent;
    trace::Instant due;   // arrival, or the loss
    trace::Duration left; // while held: what remains of the way
    std::uint32_t likeness = 0;
    Fate fate = Fate::arrives;
    trace::Icmp icmp; // unreachable, told: why
    bool held = false;
    std::uint64_t hold_order = 0;
    trace::Rule rule = trace::Rule::wire_delivers;
    friend bool operator==(const Flying&, const Flying&) = default;
};

// Chance is a function: of the wire's seed and direction, the flow, what the segment is, and how
// many just like it went before. Changing one segment's fate leaves the others' alone.
double chance(const Wire&, const trace::Segment&, std::uint32_t likeness);

} // namespace world
