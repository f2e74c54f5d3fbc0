// A random play as data: who takes part, and what is done when. It can be cut down and written as a
// scenario file.
#pragma once
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "scenario/scenario.hpp"

namespace storm {

// Something done from outside, so long after the one before.
struct Deed {
    trace::Duration after;
    std::variant<scenario::Action, scenario::FlyingVerdict> what;
};

struct Play {
    scenario::Scenario header; // hosts, wires, sysctls, isns
    std::vector<Deed> deeds;
    trace::Duration rest; // how long the world is watched after the last one
};

// The same numbers give the same play.
Play random_play(std::uint64_t seed);

// What a scenario file does, without what it says and expects.
Play play_of(const scenario::Scenario&);

// Without that deed; later names move up as a file's would, and what named its socket goes as well.
Play without(const Play&, std::size_t first, std::size_t count);

// As a scenario file; `note` says what happens at the end.
std::string print(const Play&, const std::string& note);

} // namespace storm
