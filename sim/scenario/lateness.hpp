// What a busy machine decided and not the script; with it a simulator can play the same again.
#pragma once
#include <cstdint>

#include "trace/time.hpp"

namespace scenario {

// How a segment was handed over at the end of its wire.
struct Handover {
    trace::Duration late;             // than it should have been
    trace::Instant at = trace::never; // never: not known
    friend bool operator==(const Handover&, const Handover&) = default;
};

// When a thread got a processor that was woken from a call.
struct Woken {
    trace::Duration waits{};               // so long after
    trace::Instant returns = trace::never; // of the call; if known, what it found tells the rest
    std::uint32_t found = 0;               // bytes to read
};

} // namespace scenario
