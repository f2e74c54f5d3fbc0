// What watching costs, with segments captured and every transition told: the thread that looks, at
// rest and while connections come and go, beside `ss -tani` at the same rate in the same run.
//
//   build/dev/tests/attach_cost [SECONDS] [RATE...]     e.g. attach_cost 4 1000 20000
//
// Exit code 0: at rest not a packet was added, and one connection costs less than a tenth of what
// ss does. (Shares of a core are printed, not judged: the machine may be busy.) 77: not permitted.
#include "own_network.hpp"
#include "sockets.hpp"

#include "net/actor.hpp"
#include "net/attach/follow.hpp"
#include "net/attach/lines.hpp"
#include "net/attach/watch.hpp"
#include "net/clock.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>

extern char** environ;

namespace {

using namespace net::attach;

constexpr const char* not_permitted = "not permitted: ";

// Connections at a rate, by a process of its own: both ends, three bytes, closed by the client. It
// goes round the addresses of loopback, lest it runs out of ports while TIME_WAITs last.
class Churn {
public:
    Churn(const sockets::Server& server, int rate) {
        made_ = static_cast<std::atomic<std::uint64_t>*>(
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        child_ = ::fork();
        if (child_ == 0)
            run(server, rate);
    }
    ~Churn() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        ::munmap(made_, 4096);
    }
    Churn(const Churn&) = delete;
    Churn& operator=(const Churn&) = delete;
    [[nodiscard]] std::uint64_t made() const { return *made_; }

private:
    [[noreturn]] void run(const sockets::Server& server, int rate) const {
        const auto began = net::monotonic_ns();
        char bytes[4] = "abc";
        while (true) {
            const auto due = (net::monotonic_ns() - began) * rate / 1'000'000'000;
            while (static_cast<std::int64_t>(made_->load()) < due) {
                const auto host = static_cast<std::uint8_t>(1 + made_->load() / 20'000 % 250);
                const auto client =
                    sockets::connect_to(net::ipv4({127, 0, 0, host}, server.at.port));
                const auto accepted = sockets::accept_from(server);
                if (::send(client.number(), bytes, 3, MSG_NOSIGNAL) != 3 ||
                    ::recv(accepted.number(), bytes, sizeof bytes, 0) != 3)
                    std::abort();
                ++*made_;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
    }
    std::atomic<std::uint64_t>* made_ = nullptr;
    pid_t child_ = -1;
};

struct Cost {
    double share = 0; // of a core
    std::uint64_t looks = 0, told = 0, passed_over = 0, lost = 0, packets = 0;
};

// The loop of `twomsl live`, its lines made and thrown away.
Cost watch(Follow& follow, Focus& focus, double seconds) {
    Cost made;
    std::size_t letters = 0;
    const auto began = net::monotonic_ns(), cpu = net::thread_cpu_ns();
    const auto packets = loopback_packets();
    const auto end = began + static_cast<std::int64_t>(seconds * 1e9);
    while (net::monotonic_ns() < end) {
        made.looks += follow.tick();
        for (const Change& change : focus.take_changes()) {
            letters += text_line(change).size();
            ++made.told;
            using What = Change::What;
            if (change.what == What::passed_over)
                made.passed_over += static_cast<std::uint64_t>(change.value);
            if (change.what == What::lost_events || change.what == What::lost_segments)
                made.lost += static_cast<std::uint64_t>(change.value);
        }
        const auto left = follow.next_due_ns() - net::monotonic_ns();
        std::this_thread::sleep_for(std::chrono::nanoseconds(std::max<std::int64_t>(left, 0)));
    }
    made.packets = loopback_packets() - packets;
    made.share = static_cast<double>(net::thread_cpu_ns() - cpu) /
                 static_cast<double>(net::monotonic_ns() - began);
    return made;
}

// The list and its verdicts, as the window has them.
double cost_of_the_list(double seconds) {
    auto opened = Watch::open({});
    if (!opened)
        return 0;
    std::size_t shown = 0;
    std::int64_t shown_ns = 0;
    const auto look_until = [&](std::int64_t end) {
        while (net::monotonic_ns() < end) {
            if (opened->tick() && net::monotonic_ns() - shown_ns >= 250'000'000) {
                shown += opened->picture().listeners.size();
                shown_ns = net::monotonic_ns();
            }
            const auto left = opened->next_due_ns() - net::monotonic_ns();
            std::this_thread::sleep_for(std::chrono::nanoseconds(std::max<std::int64_t>(left, 0)));
        }
    };
    look_until(net::monotonic_ns() + 500'000'000); // the first looks are not watching
    const auto began = net::monotonic_ns(), cpu = net::thread_cpu_ns();
    look_until(began + static_cast<std::int64_t>(seconds * 1e9));
    return static_cast<double>(net::thread_cpu_ns() - cpu) /
           static_cast<double>(net::monotonic_ns() - began);
}

// Processor time of one `ss -tani`, its output thrown away.
double cost_of_ss() {
    constexpr int runs = 20;
    const auto used = [] {
        rusage usage{};
        ::getrusage(RUSAGE_CHILDREN, &usage);
        const auto seconds = [](const timeval& t) {
            return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
        };
        return seconds(usage.ru_utime) + seconds(usage.ru_stime);
    };
    const double before = used();
    for (int i = 0; i < runs; ++i) {
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        const char* words[] = {"ss", "-tani", nullptr};
        pid_t child = 0;
        if (::posix_spawnp(&child, "ss", &actions, nullptr, const_cast<char**>(words), environ) !=
            0)
            return 0;
        ::waitpid(child, nullptr, 0);
        ::posix_spawn_file_actions_destroy(&actions);
    }
    return (used() - before) / runs;
}

struct Watching {
    net::Result<Reader> reader = Reader::open();
    Owners owners{{}};
    Focus focus;
    Follow follow;
    Watching(Target target, bool more)
        : focus(std::move(target), "client", "server", net::monotonic_ns()),
          follow(*reader, owners, focus, {more, "", 0}) {}
    // "": all that was asked for is granted.
    std::string wait() {
        const auto end = net::monotonic_ns() + 8'000'000'000;
        while (net::monotonic_ns() < end) {
            follow.tick();
            const More* more = follow.more();
            if (more && more->segments() == More::State::refused)
                return not_permitted + more->why_no_segments();
            if (more && more->events() == More::State::refused)
                return not_permitted + more->why_no_events();
            if (more && more->segments() == More::State::granted &&
                more->events() == More::State::granted)
                return "";
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
        return "the helper did not answer";
    }
};

void print(const char* what, const Cost& cost, double ss_at_60) {
    fmt::print("{:<46} {:6.2f} % of a core  {:5.0f} times less than ss -tani at 60 Hz", what,
               cost.share * 100, ss_at_60 / std::max(cost.share, 1e-6));
    if (cost.told > 0)
        fmt::print("; {} lines, {} passed over, {} lost", cost.told, cost.passed_over, cost.lost);
    fmt::print("\n");
    std::fflush(stdout);
}

std::string measure(double seconds, const std::vector<int>& rates) {
    const auto server = sockets::serve("0.0.0.0", 4096);
    const auto reached = sockets::on_loopback(server.at.port);
    rlimit files{};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);
    std::vector<net::Descriptor> ends;
    const auto connect = [&](std::size_t connections) {
        while (ends.size() < 2 * connections) {
            ends.push_back(sockets::connect_to(reached));
            ends.push_back(sockets::accept_from(server));
        }
    };
    connect(50);
    const double ss = cost_of_ss() * 60;
    fmt::print("50 connections, {:g} s each; ss -tani at 60 Hz: {:.1f} % of a core\n", seconds,
               ss * 100);
    std::string wrong;
    const auto rest = [&](const char* what, const Target& target, bool more, double most) {
        Watching watching(target, more);
        if (more)
            if (const std::string why = watching.wait(); !why.empty())
                return why;
        watch(watching.follow, watching.focus, 0.5); // the first looks are not watching
        const Cost cost = watch(watching.follow, watching.focus, seconds);
        print(what, cost, ss);
        if (cost.packets != 0)
            wrong += fmt::format("{}: {} packets passed lo\n", what, cost.packets);
        if (ss > 0 && cost.share > most)
            wrong += fmt::format("{}: too dear\n", what);
        return std::string();
    };
    const Target pair = ConnectionTarget{net::pair_of(ends[0].number()), 0};
    const Target listener = ListenerTarget{server.at};
    if (auto why = rest("one connection, sampled", pair, false, ss / 10); !why.empty())
        return why;
    if (auto why = rest("one connection, segments and transitions", pair, true, ss / 10);
        !why.empty())
        return why;
    if (auto why = rest("a listener with 50, sampled", listener, false, ss); !why.empty())
        return why;
    if (auto why = rest("a listener with 50, segments and transitions", listener, true, ss);
        !why.empty())
        return why;
    Cost list;
    list.share = cost_of_the_list(seconds);
    print("the list and its verdicts", list, ss);
    connect(1000);
    const double ss_of_more = cost_of_ss() * 60;
    if (auto why = rest("a listener with 1000, sampled", listener, false, ss_of_more); !why.empty())
        return why;
    if (auto why =
            rest("a listener with 1000, segments and transitions", listener, true, ss_of_more);
        !why.empty())
        return why;
    ends.resize(100);
    for (const int rate : rates) {
        const Churn churn(server, rate);
        for (const bool more : {false, true}) {
            Watching watching(listener, more);
            if (more)
                if (const std::string why = watching.wait(); !why.empty())
                    return why;
            const auto before = churn.made();
            const Cost cost = watch(watching.follow, watching.focus, seconds);
            const double reached_rate = static_cast<double>(churn.made() - before) / seconds;
            print(fmt::format("{:.0f} conn/s, {}", reached_rate,
                              more ? "segments and transitions" : "sampled")
                      .c_str(),
                  cost, ss);
        }
    }
    return wrong;
}

} // namespace

int main(int count, char** words) {
    const double seconds = count > 1 ? std::atof(words[1]) : 3;
    std::vector<int> rates;
    for (int i = 2; i < count; ++i)
        rates.push_back(std::atoi(words[i]));
    if (::geteuid() != 0) {
        fmt::print("twomsl-skipped: needs root: packet sockets and the kernel's trace\n");
        return 77;
    }
    const std::string said = in_own_network([&] { return measure(seconds, rates); });
    if (said.rfind(not_permitted, 0) == 0 || said.rfind(no_namespace, 0) == 0) {
        fmt::print("twomsl-skipped: {}\n", said);
        return 77;
    }
    fmt::print("{}", said);
    return said.empty() ? 0 : 1;
}
