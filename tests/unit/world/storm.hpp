// Random worlds and random actions, all from one seed.
#pragma once
#include "world/world.hpp"

namespace storm {

class Storm {
public:
    explicit Storm(std::uint64_t seed);
    // Either an action from outside or one step; false: the world has nothing more to do.
    bool go_on(trace::Trace* log);
    std::uint64_t steps() const { return steps_; }
    const world::World& world() const { return world_; }

private:
    std::uint64_t random(std::uint64_t below);
    scenario::Action action();
    scenario::SocketName some_socket();

    std::uint64_t state_;
    std::uint64_t steps_ = 0;
    std::size_t hosts_ = 2;
    std::vector<std::uint16_t> numbers_; // names given so far, by host
    world::World world_;
};

} // namespace storm
