// A watched session, kept: what was seen and when, to be opened again without the kernel.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "trace/event.hpp"
#include "trace/snapshot.hpp"

namespace record {

// Where and when it was taken.
struct About {
    std::string scope;      // one sentence: what was watched and how
    std::string kernel;     // "Linux 6.18.44"
    std::int64_t began = 0; // of the trace's instant 0, in nanoseconds since 1970 (UTC)
    friend bool operator==(const About&, const About&) = default;
};

// One look at the world: how much of the trace had been seen, and what there was. Hosts that show
// the same as in the look before are the same object.
struct Look {
    trace::Instant at;
    std::uint32_t events = 0;
    std::vector<std::shared_ptr<const trace::HostView>> hosts;
    std::vector<trace::WireView> wires;
    std::vector<trace::InFlight> in_flight;
};
trace::Snapshot snapshot(const Look&);

struct Recording {
    About about;
    trace::Trace trace;
    std::vector<Look> looks; // by time; never empty in what read() returns
    std::string cut;         // why the end is missing, in one sentence; "": it is whole
};

} // namespace record
