// A play is performed: the invariants are derived again and again while the world goes on.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "play.hpp"

namespace storm {

struct Checks {
    std::uint32_t every = 8;            // steps
    std::optional<trace::State> sought; // a socket in this state counts as a broken invariant
};

struct Outcome {
    std::uint64_t steps = 0;
    std::string broken; // the sentence, or ""
    trace::Instant at;
};

Outcome perform(const Play&, const Checks&);

// In a process of its own, so that a crash, a failed assertion or an endless loop is an outcome
// too.
Outcome perform_apart(const std::function<Outcome()>&);

} // namespace storm
