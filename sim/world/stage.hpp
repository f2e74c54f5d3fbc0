// The simulated world as a stage for scripts: plays forward only, and keeps the log.
#pragma once
#include "scenario/stage.hpp"
#include "world/world.hpp"

namespace world {

class WorldStage final : public scenario::Stage {
public:
    explicit WorldStage(const scenario::Scenario& script) : world_(make_world(script, &log_)) {}

    void advance(trace::Instant t) override { world_.advance(t, &log_); }
    trace::CallId submit(const scenario::Action& action) override {
        return world_.submit(action, &log_);
    }
    trace::Snapshot snapshot() const override { return project(world_); }
    const trace::Trace& trace() const override { return log_; }
    std::optional<trace::Cookie> find(const scenario::SocketName& name) const override {
        return world_.find(name);
    }
    const World& world() const { return world_; }

private:
    trace::Trace log_;
    World world_;
};

} // namespace world
