// After kill -9 of the program nothing is left: no helper, no namespace.
#include "need_laboratory.hpp"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace {

// Processes whose parent is `parent` or whose command is twomsl-lab of that parent (its argument is
// the parent's pid).
std::vector<pid_t> helpers_of(pid_t parent) {
    std::vector<pid_t> found;
    DIR* proc = ::opendir("/proc");
    while (const dirent* entry = ::readdir(proc)) {
        const pid_t pid = static_cast<pid_t>(std::atoi(entry->d_name));
        if (pid <= 0)
            continue;
        std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline", std::ios::binary);
        std::string line((std::istreambuf_iterator<char>(file)), {});
        const std::string wanted =
            std::string("twomsl-lab") + '\0' + "2" + '\0' + std::to_string(parent) + '\0';
        if (line == wanted)
            found.push_back(pid);
    }
    ::closedir(proc);
    return found;
}

// Opens a process while it lives; the descriptor becomes readable when it ends.
int watch(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

bool ends(int watched) {
    pollfd waiting{watched, POLLIN, 0};
    const bool ended = ::poll(&waiting, 1, 2000) == 1;
    ::close(watched);
    return ended;
}

} // namespace

TEST_CASE("when twomsl is killed with -9, its helper goes with it, and so do the namespaces") {
    int ends_of_pipe[2];
    REQUIRE(::pipe(ends_of_pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        Player player;
        char word = player.runs() ? 'r' : 'f';
        if (player.runs() && (player.call(scenario::Listen{server, 80, 8}) != 0 ||
                              player.call(scenario::Connect{client, 1, server, 80, {}}) != 0))
            word = 'x';
        player.submit(scenario::Accept{server, 1, 80});
        player.submit(scenario::Accept{server, 2, 80}); // stays blocked
        [[maybe_unused]] const auto written = ::write(ends_of_pipe[1], &word, 1);
        ::pause();
        ::_exit(0);
    }
    char word = 0;
    REQUIRE(::read(ends_of_pipe[0], &word, 1) == 1);
    const auto helpers = helpers_of(child);
    const int helper = helpers.empty() ? -1 : watch(helpers.front());
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(ends_of_pipe[0]);
    ::close(ends_of_pipe[1]);
    if (word == 'f')
        SKIP_TEST("namespaces are refused here");
    CHECK(word == 'r');
    REQUIRE(helpers.size() == 1);
    REQUIRE(helper >= 0);
    CHECK(ends(helper));
}

TEST_CASE("a laboratory that is closed leaves no helper and no child process") {
    {
        Player player;
        NEED_LABORATORY(player);
        REQUIRE(helpers_of(::getpid()).size() == 1);
        REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
        player.submit(scenario::Accept{server, 1, 80});
        player.submit(scenario::Connect{client, 1, server, 81, {}});
    }
    CHECK(helpers_of(::getpid()).empty());
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);
}

TEST_CASE("when the helper is killed, connections go on, new ones fail, and the reason is told") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    REQUIRE(player.call(scenario::Accept{server, 1, 80}) > 0);
    const auto helpers = helpers_of(::getpid());
    REQUIRE(helpers.size() == 1);
    const int helper = watch(helpers.front());
    ::kill(helpers.front(), SIGKILL);
    REQUIRE(ends(helper));
    CHECK(player.call(scenario::Connect{client, 2, server, 80, {}}) < 0);
    CHECK_THAT(player.laboratory().notice(), ContainsSubstring("asking twomsl-lab"));
    CHECK(player.call(scenario::Write{socket_of(client, 1), 5, ""}) == 5);
    CHECK(player.call(scenario::Read{socket_of(server, 1), {}}) == 5);
}
