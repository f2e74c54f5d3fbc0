// Playing on the world without a log, and in a child process.
#include "perform.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>

#include <fmt/format.h>

#include "player.hpp"
#include "world/invariants.hpp"

namespace storm {
namespace {

std::string wrong(const world::World& w, const Checks& checks) {
    if (auto broken = world::check_everything(w))
        return *broken;
    if (checks.sought)
        for (const auto& held : w.contents().connections.all)
            if (held.used && held.record.status.state() == *checks.sought)
                return fmt::format("a socket: found in {}", trace::name(*checks.sought));
    return "";
}

} // namespace

Outcome perform(const Play& play, const Checks& checks) {
    Player player(play);
    Outcome o;
    const auto is_wrong = [&] {
        o.at = player.world().now();
        o.broken = wrong(player.world(), checks);
        return !o.broken.empty();
    };
    while (player.go_on(nullptr))
        if (++o.steps % checks.every == 0 && is_wrong())
            return o;
    is_wrong();
    return o;
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
