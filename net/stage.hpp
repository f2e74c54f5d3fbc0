// The real kernel as a stage for scripts: each host a network namespace, each actor a thread, every
// call a real one, every frame through our hands.
#pragma once

#include "net/observer.hpp"
#include "scenario/stage.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace net {

struct StageOptions {
    std::string helper; // where twomsl-lab lies; empty: beside this program
    std::vector<scenario::SetSysctl>
        defaults; // of the script's profiles, where the kernel has them
    // The simulator's play of the script, which says what its numbers mean; none: they are taken as
    // they are.
    std::shared_ptr<const trace::Trace> model;
    // Told while time passes: what is known so far.
    std::function<void(const trace::Trace&, const trace::Snapshot&)> on_progress;
};

// Why a script cannot be played on a real kernel here, in one sentence; "" when it can.
std::string not_for_the_kernel(const scenario::Scenario& script);

// All on one thread, the one that made it: that which plays the script also moves the frames and
// looks at the sockets, so that nothing waits for a second thread to wake.
class KernelStage final : public scenario::Stage {
public:
    // Builds the hosts of the script (milliseconds).
    explicit KernelStage(const scenario::Scenario& script, StageOptions options = {});
    ~KernelStage() override;

    // Why there is no such stage on this machine; "" when there is.
    [[nodiscard]] const std::string& failure() const { return failure_; }
    // What is seen and how, in one sentence.
    [[nodiscard]] const std::string& scope() const { return scope_; }
    // An ordinary user's network namespaces may be refused the one that the machine itself has.
    [[nodiscard]] const std::string& congestion_control() const { return congestion_control_; }
    // The latest thing that could not be done, in one sentence; "" when there is none.
    [[nodiscard]] const std::string& notice() const { return notice_; }
    // How late the script's lines, the wire's deliveries and woken threads were at most: a busy
    // machine.
    [[nodiscard]] trace::Duration lateness() const;
    [[nodiscard]] Pace pace() const { return observer_->pace(); }
    void stop(); // from any thread: plays no further

    void advance(trace::Instant t) override;
    trace::CallId submit(const scenario::Action& action) override;
    trace::Snapshot snapshot() const override;
    const trace::Trace& trace() const override { return trace_; }
    trace::Instant now() const override { return observer_->now(); }
    bool exact() const override { return false; }
    std::optional<trace::Instant> next_due() const override;
    std::string stopped() const override;
    std::optional<trace::Cookie> find(const scenario::SocketName& name) const override;

private:
    void collect() const;
    void show_progress();

    StageOptions options_;
    std::string failure_, scope_, congestion_control_, notice_;
    std::atomic<bool> stopped_ = false;
    bool begun_ = false;
    trace::Duration lateness_;
    trace::Instant shown_;
    mutable trace::Trace trace_;
    mutable trace::Snapshot snapshot_;
    mutable Recorder recorder_;
    Inbox inbox_;
    std::unique_ptr<Observer> observer_; // none: it failed
};

} // namespace net
