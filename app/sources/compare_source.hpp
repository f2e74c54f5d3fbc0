// One script in the simulator and on the real kernel at once, as a source of pictures.
#pragma once
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "both.hpp"
#include "view/source.hpp"
#include "world/timeline.hpp"

namespace sources {

// While the kernel plays the simulator follows its time; afterwards both can be scrubbed together.
class CompareSource : public view::Source {
public:
    // `helper`: where twomsl-lab lies; "": beside this program.
    explicit CompareSource(scenario::Scenario, std::string helper = "");
    ~CompareSource() override; // stops the play

    view::Can can() const override;
    bool step() override { return false; }
    bool step_back() override { return false; }
    std::optional<trace::Instant> next_due() const override { return std::nullopt; }
    trace::Instant now() const override;
    const trace::Trace& trace() const override { return kernel_.trace; }
    std::uint32_t visible_events() const override;
    bool at_stop() const override { return true; }
    bool drives_itself() const override { return true; }
    std::string perform(const view::Command&) override;
    bool poll() override;
    void fill(view::Frame&) const override;

    bool playing() const { return playing_; }
    const std::optional<trace::Difference>& difference() const { return difference_; }

private:
    // What the kernel's side looked like at one time.
    struct Look {
        std::uint32_t events = 0;
        trace::Snapshot snapshot;
    };
    void start();
    void play(); // the thread
    void stop();
    void keep(const trace::Snapshot&);
    void seek(trace::Instant);
    std::string verdict(const std::string& language) const;
    std::string note(const std::string& language) const;
    trace::EventId marked() const; // where the kernel's trace differs first

    scenario::Scenario script_;
    std::string helper_;
    world::Timeline simulated_;
    mutable trace::Snapshot simulated_snapshot_;
    std::vector<Look> looks_;
    std::size_t shown_ = 0;
    bool playing_ = false;
    KernelPlay kernel_; // so far
    std::optional<trace::Difference> difference_;
    bool held_ = false; // what was expected, but for what the machine was too late for

    std::thread thread_;
    std::mutex mutex_; // guards what follows
    net::KernelStage* stage_ = nullptr;
    bool stopping_ = false;
    std::optional<std::pair<trace::Trace, trace::Snapshot>> news_;
    std::optional<KernelPlay> finished_;
    std::optional<Match> found_;
};

} // namespace sources
