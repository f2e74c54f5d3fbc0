// The simulated world as a stage for scripts: plays forward only, and keeps the log.
#pragma once
#include <utility>

#include "scenario/stage.hpp"
#include "world/world.hpp"

namespace world {

class WorldStage final : public scenario::Stage {
public:
    explicit WorldStage(const scenario::Scenario& script,
                        std::size_t bytes = std::size_t{256} << 20)
        : bytes_(bytes), world_(make_world(script, &log_)) {}

    void advance(trace::Instant t) override;
    trace::Instant now() const override { return world_.now(); }
    std::optional<trace::Instant> next_due() const override { return world_.next_due(); }
    std::string stopped() const override { return stopped_; }
    trace::CallId submit(const scenario::Action& action) override {
        return world_.submit(action, &log_, std::exchange(woken_, {}));
    }
    void wakes_late(const scenario::Woken& woken) override { woken_ = woken; }
    trace::Snapshot snapshot() const override { return project(world_); }
    const trace::Trace& trace() const override { return log_; }
    std::optional<trace::Cookie> find(const scenario::SocketName& name) const override {
        return world_.find(name);
    }
    const World& world() const { return world_; }
    // Before it plays: see World.
    void play_in(const Manner& manner) { world_.play_in(manner); }

private:
    std::size_t bytes_;
    std::string stopped_;
    scenario::Woken woken_; // from the next call
    trace::Trace log_;
    World world_;
};

} // namespace world
