// Plays a script on a stage.
#include "runner.hpp"

#include <algorithm>

#include "flying.hpp"

namespace scenario {
namespace {

class Player {
public:
    Player(const Scenario& script, Stage& stage)
        : script_(script),
          stage_(stage),
          judge_(script, stage.exact()),
          find_([&stage](const SocketName& name) { return stage.find(name); }) {}

    Report play() {
        for (std::uint32_t i = 0; i < script_.lines.size() && stage_.stopped().empty(); ++i) {
            pass_until(script_.lines[i].at);
            run(i);
        }
        pass_until(script_.end);
        if (!stage_.exact())
            linger();
        report_.stopped = stage_.stopped();
        look(judge_.needs_snapshot(), [&](const Scene& scene) { judge_.finish(scene); });
        report_.findings = judge_.findings();
        return std::move(report_);
    }

private:
    template <typename Use>
    void look(bool whole, Use use) {
        trace::Snapshot snapshot;
        if (whole)
            snapshot = stage_.snapshot();
        else
            snapshot.now = stage_.now();
        const auto& log = stage_.trace();
        use(Scene{script_, snapshot, log, static_cast<std::uint32_t>(log.events.size()), find_});
    }

    // Everything due at or before t happens. While something is watched, the world is looked at
    // after every instant at which something happens, and at every appointment.
    void pass_until(trace::Instant t) {
        while (judge_.watching() && stage_.stopped().empty()) {
            const auto next = stage_.next_due().value_or(trace::never);
            // What could not be decided at its appointment is looked at again and again.
            const auto meeting = judge_.appointment();
            const bool missed = !stage_.exact() && meeting <= stage_.now();
            const auto stop = missed ? next : std::min(next, meeting);
            if (stop > t)
                break;
            stage_.advance(stop);
            look(judge_.needs_snapshot(), [&](const Scene& scene) { judge_.observe(scene); });
        }
        stage_.advance(t);
    }

    // What is late may still come.
    void linger() {
        const trace::Instant last = script_.end + lateness_allowed(stage_.snapshot());
        while (judge_.watching() && stage_.stopped().empty() && stage_.now() < last) {
            stage_.advance(std::min(last, stage_.next_due().value_or(last)));
            look(true, [&](const Scene& scene) { judge_.observe(scene); });
        }
    }

    void run(std::uint32_t index) {
        auto call = trace::none;
        report_.line_events.push_back(static_cast<std::uint32_t>(stage_.trace().events.size()));
        const auto& what = script_.lines[index].what;
        report_.lines.push_back({stage_.now(), trace::none});
        if (const auto* made = std::get_if<Act>(&what)) {
            stage_.wakes_late(made->woken);
            report_.lines.back().call = call = stage_.submit(made->action);
        } else if (const auto* flying = std::get_if<FlyingVerdict>(&what)) {
            const auto verdict = resolve(*flying, stage_.snapshot(), stage_.trace());
            if (verdict)
                stage_.submit(*verdict);
        }
        // Most lines ask for nothing; a snapshot of a large world is not free.
        const auto* act = std::get_if<Act>(&what);
        const bool asks = act ? act->returns.has_value() : !std::holds_alternative<Note>(what);
        if (!asks && !judge_.watching())
            return judge_.passed(index);
        const bool whole = judge_.needs_snapshot() || (asks && !act);
        look(whole, [&](const Scene& scene) { judge_.line_ran(index, call, scene); });
    }

    const Scenario& script_;
    Stage& stage_;
    Judge judge_;
    Find find_;
    Report report_;
};

} // namespace

bool Report::held() const {
    return failed == npos && stopped.empty();
}

const Finding* Report::first_failure() const {
    return failed == npos ? nullptr : &findings[failed];
}

Report play(const Scenario& script, Stage& stage) {
    Report report = Player(script, stage).play();
    const auto first = std::find_if(report.findings.begin(), report.findings.end(),
                                    [](const Finding& f) { return !f.held; });
    if (first != report.findings.end()) {
        report.failed = static_cast<std::size_t>(first - report.findings.begin());
    }
    return report;
}

} // namespace scenario
