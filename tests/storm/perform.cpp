// Playing on the world without a log, and in a child process.
#include "perform.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <vector>

#include <fmt/format.h>

#include "world/invariants.hpp"

namespace storm {
namespace {

using namespace scenario;

// The nth segment of that kind on the wire, in the order of leaving, as a file means it.
std::optional<Verdict> resolve(const FlyingVerdict& v, const world::Contents& w) {
    std::vector<trace::SegmentId> found;
    for (const auto& held : w.flying.all)
        if (held.used && held.record.from == v.from && held.record.to == v.to &&
            held.record.held == (v.what == Verdict::What::release) &&
            trace::is_kind(held.record.segment, v.kind))
            found.push_back(held.record.id);
    std::sort(found.begin(), found.end());
    if (v.nth == 0 || v.nth > found.size())
        return std::nullopt;
    return Verdict{v.what, found[v.nth - 1], v.time};
}

class Performance {
public:
    Performance(const Scenario& header, const Checks& checks)
        : checks_(checks), world_(world::make_world(header, nullptr)) {}

    bool advance(trace::Instant t) {
        for (auto due = world_.next_due(); due && *due <= t; due = world_.next_due()) {
            world_.step(nullptr);
            if (!stepped())
                return false;
        }
        world_.wait_until(t);
        return true;
    }
    bool act(const Action& action) {
        world_.submit(action, nullptr);
        return stepped();
    }
    bool act(const FlyingVerdict& v) {
        const auto verdict = resolve(v, world_.contents());
        return !verdict || act(Action{*verdict});
    }
    trace::Instant now() const { return world_.now(); }
    Outcome end() {
        if (outcome_.broken.empty())
            check();
        return outcome_;
    }

private:
    bool stepped() {
        if (++outcome_.steps % checks_.every != 0)
            return true;
        return check();
    }
    bool check() {
        outcome_.at = world_.now();
        outcome_.broken = world::check_everything(world_).value_or("");
        if (outcome_.broken.empty() && checks_.sought)
            for (const auto& held : world_.contents().connections.all)
                if (held.used && held.record.status.state() == *checks_.sought)
                    outcome_.broken =
                        fmt::format("a socket: found in {}", trace::name(*checks_.sought));
        return outcome_.broken.empty();
    }

    Checks checks_;
    world::World world_;
    Outcome outcome_;
};

} // namespace

Outcome perform(const Play& play, const Checks& checks) {
    Performance p(play.header, checks);
    for (const Deed& d : play.deeds) {
        if (!p.advance(p.now() + d.after))
            return p.end();
        if (!std::visit([&](const auto& what) { return p.act(what); }, d.what))
            return p.end();
    }
    p.advance(p.now() + play.rest);
    return p.end();
}

Outcome perform(const Scenario& script, const Checks& checks) {
    Performance p(script, checks);
    for (const Line& line : script.lines) {
        if (!p.advance(line.at))
            return p.end();
        bool good = true;
        if (const auto* made = std::get_if<Act>(&line.what))
            good = p.act(made->action);
        else if (const auto* flying = std::get_if<FlyingVerdict>(&line.what))
            good = p.act(*flying);
        if (!good)
            return p.end();
    }
    p.advance(script.end);
    return p.end();
}

Outcome perform_apart(const std::function<Outcome()>& run) {
    int ends[2];
    if (pipe(ends) != 0)
        return {0, "pipe() failed", {}};
    std::fflush(nullptr);
    const pid_t child = fork();
    if (child < 0)
        return {0, "fork() failed", {}};
    if (child == 0) {
        close(ends[0]);
        dup2(ends[1], STDERR_FILENO); // a failed assertion says there what it is
        alarm(60);
        const Outcome o = run();
        const std::string told = fmt::format("\n@{} {} {}\n", o.steps, o.at.ns, o.broken);
        const bool whole =
            write(ends[1], told.data(), told.size()) == static_cast<ssize_t>(told.size());
        _exit(whole && o.broken.empty() ? 0 : 1);
    }
    close(ends[1]);
    std::string said;
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
        said.append(buffer, static_cast<std::size_t>(n));
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);

    Outcome o;
    if (const auto told = said.rfind("\n@"); told != std::string::npos && WIFEXITED(status)) {
        const char* at = said.data() + told + 2;
        const char* end = said.data() + said.size() - 1;
        at = std::from_chars(at, end, o.steps).ptr + 1;
        at = std::from_chars(at, end, o.at.ns).ptr + 1;
        o.broken.assign(at, end);
        return o;
    }
    // The first line that it left behind, without times and names, which change as a play is cut.
    o.broken = said.substr(0, said.find('\n'));
    if (o.broken.empty())
        o.broken =
            WIFSIGNALED(status) ? fmt::format("ended by signal {}", WTERMSIG(status)) : "ended";
    return o;
}

} // namespace storm
