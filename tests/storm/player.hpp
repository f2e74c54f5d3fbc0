// A play on the world, one thing at a time: the next deed, or what happens before it.
#pragma once
#include "play.hpp"
#include "world/world.hpp"

namespace storm {

class Player {
public:
    explicit Player(Play);
    // false: the play is over.
    bool go_on(trace::Trace* log);
    const world::World& world() const { return world_; }

private:
    void perform(const scenario::Action&, trace::Trace* log);
    void perform(const scenario::FlyingVerdict&, trace::Trace* log);

    Play play_;
    std::size_t next_ = 0;
    world::World world_;
    trace::Instant due_; // of the next deed; after the last one: of the end
};

} // namespace storm
