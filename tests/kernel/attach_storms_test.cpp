// Attach when things go badly: too many events, other network namespaces, killed programs,
// refusals.
#include "ordinary_user.hpp"
#include "watched.hpp"

#include "net/actor.hpp"
#include "net/permitted/segments.hpp"
#include "net/permitted/transitions.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <thread>

namespace {

using namespace net::attach;
using What = Change::What;
namespace permitted = net::permitted;
constexpr Side clients = Side::left, servers = Side::right;

constexpr const char* tracefs = "/sys/kernel/tracing";

// A tracefs of our own to look at, whatever this machine has mounted. "" or why not.
std::string mount_tracefs() {
    if (::unshare(CLONE_NEWNS) < 0 ||
        ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0)
        return no_trace + "no mount namespace";
    if (::access((std::string(tracefs) + "/instances").c_str(), F_OK) == 0)
        return "";
    return ::mount("tracefs", tracefs, "tracefs", 0, nullptr) == 0 ? "" : no_trace + "no tracefs";
}

std::vector<std::string> instances() {
    std::vector<std::string> names;
    if (DIR* folder = ::opendir((std::string(tracefs) + "/instances").c_str())) {
        while (const dirent* entry = ::readdir(folder))
            if (std::string(entry->d_name).rfind("twomsl-", 0) == 0)
                names.emplace_back(entry->d_name);
        ::closedir(folder);
    }
    return names;
}

template <typename Condition>
bool before_long(const Condition& holds) {
    const auto end = net::monotonic_ns() + 8'000'000'000;
    while (net::monotonic_ns() < end) {
        if (holds())
            return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

permitted::Request events_of(std::uint16_t port) {
    permitted::Request request;
    request.ask = permitted::Ask::events;
    request.ports = 1;
    request.port[0] = port;
    return request;
}

// Connected, accepted, reset.
bool connect_and_reset(const sockets::Server& server) {
    auto client = sockets::connect_to(server.at);
    const auto accepted = sockets::accept_from(server);
    const linger now{1, 0};
    ::setsockopt(client.number(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    const bool open = client.is_open() && accepted.is_open();
    client.reset(); // first, and at once
    return open;
}

// RSTs of strangers cannot be filtered by port in the kernel.
std::uint64_t told_of(const sockets::Server& server, const permitted::Transitions::News& news) {
    return static_cast<std::uint64_t>(std::count_if(
        news.events.begin(), news.events.end(), [&](const permitted::KernelEvent& event) {
            return event.pair.local.port == server.at.port ||
                   event.pair.remote.port == server.at.port;
        }));
}

// Nothing of it is alive but the listener.
bool storm_is_over(const Watched& watched) {
    return std::count_if(watched.focus.sockets().begin(), watched.focus.sockets().end(),
                         [](const Followed& socket) { return !socket.gone; }) == 1;
}

} // namespace

TEST_CASE("A30: of two network namespaces with the same addresses only our own is shown") {
    RUN_AS_ROOT([]() -> std::string {
        // Next to ours a namespace where the same client connects to the same server and writes.
        int go[2], done[2];
        HOLDS(::pipe(go) == 0 && ::pipe(done) == 0);
        constexpr std::uint16_t port = 40'404, from = 40'405;
        const auto listen_here = [&] {
            sockets::Server made;
            made.at = sockets::on_loopback(port);
            made.listener = net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_in here{};
            here.sin_family = AF_INET;
            here.sin_port = htons(port);
            here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            if (::bind(made.listener.number(), reinterpret_cast<sockaddr*>(&here), sizeof here) <
                    0 ||
                ::listen(made.listener.number(), 4) < 0)
                made.listener.reset();
            return made;
        };
        const auto connect_here = [&] {
            net::Descriptor made(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
            sockaddr_in here{};
            here.sin_family = AF_INET;
            here.sin_port = htons(from);
            here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            ::bind(made.number(), reinterpret_cast<sockaddr*>(&here), sizeof here);
            here.sin_port = htons(port);
            if (::connect(made.number(), reinterpret_cast<sockaddr*>(&here), sizeof here) < 0)
                made.reset();
            return made;
        };
        const pid_t other = ::fork();
        if (other == 0) {
            ::close(go[1]); // its end is the word to leave
            char byte = 0;
            const std::string outcome = in_own_network([&]() -> std::string {
                auto server = listen_here();
                if (::write(done[1], "r", 1) != 1 || ::read(go[0], &byte, 1) != 1)
                    return "no word";
                auto client = connect_here();
                auto accepted = sockets::accept_from(server);
                ::send(client.number(), "abc", 3, 0);
                ::shutdown(client.number(), SHUT_WR);
                accepted.reset();
                return client.is_open() && ::write(done[1], "d", 1) == 1 &&
                               ::read(go[0], &byte, 1) >= 0
                           ? ""
                           : "not played";
            });
            ::_exit(outcome.empty() ? 0 : 1);
        }
        ::close(go[0]);
        char byte = 0;
        HOLDS(::read(done[0], &byte, 1) == 1);
        const auto server = listen_here();
        HOLDS(server.listener.is_open());
        Watched watched(ListenerTarget{server.at});
        if (const std::string why = watched.wait_for_permits(); !why.empty())
            return why;
        auto client = connect_here();
        auto accepted = sockets::accept_from(server);
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        HOLDS(watched.saw(
            [](const Change& c) { return c.what == What::recv_queue && c.value == 3; }));
        // Theirs goes from beginning to end; ours stays.
        HOLDS(::write(go[1], "g", 1) == 1 && ::read(done[0], &byte, 1) == 1);
        const auto end = net::monotonic_ns() + 700'000'000;
        watched.until([&] { return net::monotonic_ns() > end; });
        HOLDS(watched.way(clients) == "CLOSED>SYN_SENT>ESTABLISHED");
        HOLDS(watched.way(servers) == "LISTEN~>SYN_RECV>ESTABLISHED");
        HOLDS(watched.focus.sockets().size() == 3); // the listener and its two
        ::close(go[1]);
        ::waitpid(other, nullptr, 0);
        return "";
    });
}

TEST_CASE("A31: with capture and trace an idle pair is left alone, and one segment tells where its "
          "numbers began") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        // What its SYNs said, by a capture of our own that ends before anybody attaches.
        permitted::Request request = events_of(server.at.port);
        request.ask = permitted::Ask::segments;
        auto before = permitted::Permit::ask(request);
        HOLDS(before.ok() && before->wait(5000) == permitted::Permit::State::granted);
        auto segments = permitted::Segments::adopt(before->take());
        HOLDS(segments.ok());
        const auto client = sockets::connect_to(server.at);
        const auto accepted = sockets::accept_from(server);
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        char bytes[8];
        HOLDS(::recv(accepted.number(), bytes, sizeof bytes, 0) == 3);
        std::vector<permitted::Packet> first;
        HOLDS(before_long([&] {
            for (permitted::Packet& packet : segments->read().packets)
                first.push_back(std::move(packet));
            return first.size() >= 5;
        }));
        Watched watched(ConnectionTarget{net::pair_of(client.number()), 0});
        if (const std::string why = watched.wait_for_permits(); !why.empty())
            return why;
        const auto packets = loopback_packets();
        HOLDS(packets > 0);
        const auto end = net::monotonic_ns() + 1'500'000'000;
        watched.until([&] { return net::monotonic_ns() > end; });
        HOLDS(loopback_packets() == packets);
        HOLDS(watched.segments() == "");
        HOLDS(::send(client.number(), "d", 1, 0) == 1);
        HOLDS(watched.until([&] { return watched.segments() == "PSH+ACK ACK"; }));
        const auto view = watched.focus.snapshot(net::monotonic_ns());
        HOLDS(view.hosts[0].sockets.size() == 1 && view.hosts[1].sockets.size() == 1);
        HOLDS(view.hosts[0].sockets[0].numbers_known && view.hosts[1].sockets[0].numbers_known);
        HOLDS(view.hosts[0].sockets[0].iss == first[0].segment.seq);
        HOLDS(view.hosts[1].sockets[0].iss == first[1].segment.seq);
        return "";
    });
}

TEST_CASE("a pair at rest is asked four times a second, and no longer when bytes wait unread") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        const auto client = sockets::connect_to(server.at);
        const auto accepted = sockets::accept_from(server);
        Watched watched(ConnectionTarget{net::pair_of(client.number()), 0});
        if (const std::string why = watched.wait_for_permits(); !why.empty())
            return why;
        const auto wait = [&](std::int64_t ns) {
            const auto end = net::monotonic_ns() + ns;
            watched.until([&] { return net::monotonic_ns() > end; });
        };
        wait(700'000'000); // now it is at rest
        auto looks = watched.follow->pair_looks();
        wait(1'000'000'000);
        HOLDS(watched.follow->pair_looks() - looks <= 5);
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        HOLDS(watched.until([&] { return watched.segments() == "PSH+ACK ACK"; }));
        // When they will be read no segment tells.
        wait(700'000'000);
        looks = watched.follow->pair_looks();
        HOLDS(watched.until([&] { return watched.follow->pair_looks() - looks > 20; },
                            3'000'000'000)); // at rest it would be 12
        char bytes[4];
        HOLDS(::recv(accepted.number(), bytes, sizeof bytes, 0) == 3);
        HOLDS(watched.until([&] {
            const auto view = watched.focus.snapshot(net::monotonic_ns());
            return view.hosts[1].sockets[0].recv_queue.bytes == 0;
        }));
        return "";
    });
}

TEST_CASE(
    "where no segment passes all sockets are walked over once a second, and what comes is met") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        const auto client = sockets::connect_to(server.at);
        const auto accepted = sockets::accept_from(server);
        Watched watched(ListenerTarget{server.at}, {});
        const auto members = [&] {
            std::size_t all = 0;
            for (const auto& host : watched.focus.snapshot(net::monotonic_ns()).hosts)
                all += host.sockets.size();
            return all;
        };
        const auto wait = [&](std::int64_t ns) {
            const auto end = net::monotonic_ns() + ns;
            watched.until([&] { return net::monotonic_ns() > end; });
        };
        HOLDS(watched.until([&] { return members() == 2; })); // both ends
        wait(1'500'000'000);                                  // who holds them is known by now
        const auto walks = watched.follow->walks();
        wait(3'000'000'000);
        HOLDS(watched.follow->walks() - walks <= 4);
        const auto another = sockets::connect_to(server.at);
        HOLDS(watched.until([&] { return members() == 4; }));
        return "";
    });
}

TEST_CASE("A32: what a small trace buffer loses is counted to the event") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 64);
        permitted::Request request = events_of(server.at.port);
        request.buffer_kb = 64;
        auto permit = permitted::Permit::ask(request);
        HOLDS(permit.ok());
        if (permit->wait(5000) != permitted::Permit::State::granted)
            return no_trace + net::describe(permit->failure());
        auto transitions = permitted::Transitions::adopt(permit->take());
        HOLDS(transitions.ok());
        // One connection at leisure: how many events that is, on this kernel.
        HOLDS(connect_and_reset(server));
        std::uint64_t of_one = 0;
        auto quiet_since = net::monotonic_ns();
        HOLDS(before_long([&] {
            const auto more = told_of(server, transitions->read());
            of_one += more;
            if (more > 0)
                quiet_since = net::monotonic_ns();
            return of_one > 0 && net::monotonic_ns() - quiet_since > 150'000'000;
        }));
        HOLDS(of_one >= 8);
        constexpr std::uint64_t connections = 6000;
        for (std::uint64_t i = 0; i < connections; ++i)
            HOLDS(connect_and_reset(server));
        std::uint64_t received = 0, lost = 0;
        const std::uint64_t wanted = connections * of_one;
        HOLDS(before_long([&] {
            const auto news = transitions->read();
            received += told_of(server, news);
            lost += news.lost;
            return received + lost >= wanted;
        }));
        HOLDS(lost > 0 && received > 0);
        // RSTs of strangers among the lost cannot be told from ours, and are few.
        if (received + lost < wanted || received + lost > wanted + 100)
            return "received " + std::to_string(received) + " lost " + std::to_string(lost) +
                   " of " + std::to_string(wanted);
        return "";
    });
}

TEST_CASE("under churn the loss is told, what comes too fast is counted, and watching goes on") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 64);
        // Even a slow machine is faster than that.
        constexpr double told_per_second = 2000;
        Watched watched(ListenerTarget{server.at}, {true, "", 64, told_per_second});
        if (const std::string why = watched.wait_for_permits(); !why.empty())
            return why;
        for (int i = 0; i < 6000; ++i)
            HOLDS(connect_and_reset(server));
        HOLDS(watched.saw([](const Change& c) { return c.what == What::lost_events; }));
        HOLDS(watched.saw([](const Change& c) { return c.what == What::passed_over; }));
        // Then, when the storm is over and its share forgotten, one at leisure is seen whole.
        HOLDS(watched.until([&] { return storm_is_over(watched); }));
        const auto before = watched.focus.sockets().size();
        const auto seen_whole = [&] {
            auto client = sockets::connect_to(server.at);
            const auto accepted = sockets::accept_from(server);
            const std::string name =
                "client:" + std::to_string(net::pair_of(client.number()).local.port) + "-" +
                std::to_string(server.at.port);
            constexpr std::int64_t patience = 300'000'000;
            return watched.until(
                [&] { return watched.way_of(name).ends_with("CLOSED>SYN_SENT>ESTABLISHED"); },
                patience);
        };
        bool whole = false;
        for (int i = 0; i < 20 && !whole; ++i)
            whole = seen_whole();
        HOLDS(whole);
        HOLDS(watched.focus.sockets().size() >= before);
        return "";
    });
}

TEST_CASE("A33: killed at any moment, neither twomsl nor its helper leaves an instance behind") {
    RUN_AS_ROOT([]() -> std::string {
        if (const std::string why = mount_tracefs(); !why.empty())
            return why;
        HOLDS(before_long([] { return instances().empty(); }));
        // twomsl, from before the helper has started until it has handed everything over.
        for (int i = 0; i < 12; ++i) {
            const pid_t child = ::fork();
            if (child == 0) {
                auto permit = permitted::Permit::ask(events_of(80));
                if (permit.ok())
                    permit->wait(5000);
                ::pause();
                ::_exit(0);
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(i * 8));
            ::kill(child, SIGKILL);
            ::waitpid(child, nullptr, 0);
        }
        HOLDS(before_long([] { return instances().empty(); }));
        // The helper itself: what it leaves, the next one removes.
        {
            auto permit = permitted::Permit::ask(events_of(80));
            HOLDS(permit.ok());
            if (permit->wait(5000) != permitted::Permit::State::granted)
                return no_trace + net::describe(permit->failure());
            const auto left = instances();
            HOLDS(left.size() == 1);
            const pid_t helper = std::stoi(left[0].substr(7));
            // It has dropped everything but the right to remove.
            std::ifstream status("/proc/" + std::to_string(helper) + "/status");
            std::string effective, user, confined;
            for (std::string line; std::getline(status, line);) {
                if (line.rfind("CapEff:", 0) == 0)
                    effective = line.substr(8);
                if (line.rfind("Uid:", 0) == 0)
                    user = line.substr(5);
                if (line.rfind("Seccomp:", 0) == 0)
                    confined = line.substr(9);
            }
            HOLDS(effective == "0000000000000002"); // CAP_DAC_OVERRIDE
            HOLDS(user.rfind("65534", 0) == 0);
            HOLDS(confined == "2");
            ::kill(helper, SIGKILL);
            HOLDS(before_long([&] { return !permit->janitor_lives(); }));
            HOLDS(instances().size() == 1);
        }
        auto next = permitted::Permit::ask(events_of(80));
        HOLDS(next.ok() && next->wait(5000) == permitted::Permit::State::granted);
        HOLDS(instances().size() == 1);
        next = net::Failure{}; // ends it
        HOLDS(before_long([] { return instances().empty(); }));
        return "";
    });
}

TEST_CASE(
    "an ordinary user without the helper is told the step and the remedy, and sampling goes on") {
    std::string folder = "/tmp/twomsl-test-XXXXXX";
    REQUIRE(::mkdtemp(folder.data()) != nullptr);
    REQUIRE(::chmod(folder.c_str(), 0755) == 0);
    const std::string helper = folder + "/twomsl-helper";
    {
        std::ifstream in(TWOMSL_BINARY_DIR "/twomsl-helper", std::ios::binary);
        std::ofstream out(helper, std::ios::binary);
        out << in.rdbuf();
    }
    REQUIRE(::chmod(helper.c_str(), 0755) == 0);
    const std::string outcome = as_ordinary_user([&](const std::string&) -> std::string {
        return in_own_network([&]() -> std::string {
            const auto server = sockets::serve("127.0.0.1", 8);
            Watched watched(ListenerTarget{server.at}, {true, helper, 0});
            HOLDS(watched.until([&] {
                const More* more = watched.follow->more();
                return more && more->segments() != More::State::waiting &&
                       more->events() != More::State::waiting;
            }));
            const More& more = *watched.follow->more();
            HOLDS(more.events() == More::State::refused);
            HOLDS(more.why_no_events().find("/sys/kernel/tracing") != std::string::npos);
            HOLDS(more.why_no_events().find("sudo ") != std::string::npos);
            // In a user namespace of his own a packet socket is his to have; outside it is not.
            HOLDS(more.segments() == More::State::granted ||
                  more.why_no_segments().find("setcap cap_net_raw,cap_dac_override=ep") !=
                      std::string::npos);
            auto client = sockets::connect_to(server.at);
            const auto accepted = sockets::accept_from(server);
            HOLDS(watched.until([&] { return watched.focus.sockets().size() == 3; }));
            ::shutdown(client.number(), SHUT_WR);
            HOLDS(watched.saw([](const Change& c) {
                return c.what == What::state && c.to == trace::State::close_wait &&
                       c.certainty == trace::Certainty::sampled;
            }));
            return "";
        });
    });
    ::unlink(helper.c_str());
    ::rmdir(folder.c_str());
    if (outcome.rfind(no_namespace, 0) == 0)
        SKIP_TEST(outcome.c_str());
    CHECK(outcome == "");
}
