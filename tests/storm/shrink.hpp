// The smallest play that still breaks the same invariant.
#pragma once
#include "perform.hpp"
#include "play.hpp"

namespace storm {

// What an outcome is about, whichever sockets and times it names: its last words.
std::string kind_of(const Outcome&);

// REQUIRES: performing the play ends in `found`.
Play shrink(Play, const Outcome& found, const Checks&);

} // namespace storm
