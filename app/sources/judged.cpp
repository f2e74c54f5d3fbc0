// The dry run.
#include "judged.hpp"

#include "scenario/runner.hpp"
#include "world/stage.hpp"

namespace sources {

Judged judge(const scenario::Scenario& script) {
    world::WorldStage stage(script);
    const scenario::Report report = scenario::play(script, stage);
    Judged judged;
    for (const scenario::Finding& f : report.findings) {
        if (f.what == scenario::Finding::What::question) {
            judged.decisions.push_back({f.line, f.at});
            if (!f.right.empty())
                judged.right[f.line] = static_cast<int>(f.right.front());
            continue;
        }
        ++judged.expectations;
        judged.held += f.held ? 1 : 0;
    }
    return judged;
}

} // namespace sources
