// Attach on real sockets: what is wrong is said, and with what evidence.
#include "sockets.hpp"
#include "ticking.hpp"

#include "net/attach/attachment.hpp"
#include "net/attach/watch.hpp"

#include <fmt/core.h>
#include <linux/filter.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>

namespace {

using namespace net::attach;
using net::KernelState;

std::unique_ptr<Watch> watch() {
    auto opened = Watch::open({});
    return opened ? std::make_unique<Watch>(std::move(*opened)) : nullptr;
}

std::optional<Verdict> verdict(const Watch& watch, Condition condition) {
    for (Verdict& found : watch.picture().verdicts)
        if (found.condition == condition)
            return found;
    return std::nullopt;
}

std::string told(const Verdict& verdict) {
    std::string all = in_english(verdict.headline);
    for (const Saying& evidence : verdict.evidence)
        all += "\n" + in_english(evidence);
    return all;
}

} // namespace

TEST_CASE(
    "a real accept queue that nobody empties is the worst verdict, and one that is emptied was") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 2);
        std::vector<net::Descriptor> clients;
        for (int i = 0; i < 5; ++i)
            clients.push_back(sockets::begin_connect(server.at));
        auto seen = watch();
        HOLDS(seen);
        // The program is known once /proc is scanned; "not calling accept()" after a second of it.
        HOLDS(until(*seen, [&] {
            const auto full = verdict(*seen, Condition::accept_queue_full);
            return full && full->pid == ::getpid() && has(told(*full), "is not calling accept()") &&
                   has(told(*full), "2 clients on this machine repeat their SYN");
        }));
        const auto full = *verdict(*seen, Condition::accept_queue_full);
        HOLDS(full.where == net::text(server.at));
        HOLDS(has(told(full), "accept queue 3 · limit 2 (+1 fits)"));
        const Picture picture = seen->picture();
        HOLDS(picture.listeners.size() == 1);
        HOLDS(picture.listeners[0].full);
        HOLDS(picture.listeners[0].drops >= 2); // its own, by SKMEMINFO
        HOLDS(picture.listeners[0].states[static_cast<std::size_t>(KernelState::established)] == 3);
        std::vector<net::Descriptor> accepted;
        for (int i = 0; i < 3; ++i)
            accepted.push_back(sockets::accept_from(server));
        HOLDS(until(*seen, [&] {
            return verdict(*seen, Condition::accept_queue_was_full).has_value() &&
                   !verdict(*seen, Condition::accept_queue_full);
        }));
        // The two that were refused repeat their SYN and find room: accept queue 2.
        HOLDS(until(*seen, [&] { return seen->picture().listeners[0].length == 2; }));
        return "";
    });
}

TEST_CASE(
    "sockets that a real process leaves in CLOSE_WAIT are charged to it, with its descriptors") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 16);
        std::vector<net::Descriptor> left;
        for (int i = 0; i < 6; ++i) {
            auto client = sockets::connect_to(server.at);
            left.push_back(sockets::accept_from(server));
            client.reset();
            char byte = 0;
            HOLDS(i == 0 || ::recv(left.back().number(), &byte, 1, 0) == 0);
        }
        auto seen = watch();
        HOLDS(seen);
        HOLDS(until(*seen, [&] {
            const auto leak = verdict(*seen, Condition::close_wait_leak);
            return leak && leak->pid == ::getpid() && leak->count == 6;
        }));
        const auto leak = *verdict(*seen, Condition::close_wait_leak);
        HOLDS(has(told(leak), "6 of the 6 connections of"));
        HOLDS(has(told(leak), "of 1 it has not even read the end of file"));
        HOLDS(has(told(leak), fmt::format("{}", left.front().number())));
        // Their peers, closed by the client, are orphans in FIN_WAIT_2.
        HOLDS(verdict(*seen, Condition::fin_wait_2_orphans).has_value());
        left.clear();
        HOLDS(until(*seen, [&] { return !verdict(*seen, Condition::close_wait_leak); }));
        return "";
    });
}

TEST_CASE("a reader that does not read is named, with the bytes at both ends") {
    RUN_APART([]() -> std::string {
        auto server = sockets::serve("127.0.0.1", 4);
        const int small = 8192, out = 16384;
        ::setsockopt(server.listener.number(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        auto client = sockets::connect_to(server.at);
        ::setsockopt(client.number(), SOL_SOCKET, SO_SNDBUF, &out, sizeof out);
        const auto accepted = sockets::accept_from(server);
        const std::string bytes(4096, 'x');
        std::uint64_t written = 0;
        for (ssize_t got;
             (got = ::send(client.number(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;)
            written += static_cast<std::uint64_t>(got);
        auto seen = watch();
        HOLDS(seen);
        HOLDS(until(*seen, [&] {
            const auto stuck = verdict(*seen, Condition::zero_window);
            return stuck && stuck->pid == ::getpid();
        }));
        // What was written is in the two queues, to the byte.
        std::uint64_t queued = 0;
        for (const net::SocketRow& row : seen->table().rows)
            if (row.state == KernelState::established)
                queued += row.send_queue + row.recv_queue;
        HOLDS(queued == written);
        HOLDS(has(told(*verdict(*seen, Condition::zero_window)), "does not read"));
        return "";
    });
}

TEST_CASE("half-open requests whose third ACK is lost are seen with their repetitions") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        // The listener takes SYNs alone: what its own filter drops is lost, as on a wire.
        sock_filter only_syn[] = {{BPF_LD | BPF_B | BPF_ABS, 0, 0, 13},
                                  {BPF_JMP | BPF_JSET | BPF_K, 0, 1, 0x02},
                                  {BPF_RET | BPF_K, 0, 0, 0xffffffff},
                                  {BPF_RET | BPF_K, 0, 0, 0}};
        const sock_fprog program{4, only_syn};
        HOLDS(::setsockopt(server.listener.number(), SOL_SOCKET, SO_ATTACH_FILTER, &program,
                           sizeof program) == 0);
        const auto client = sockets::connect_to(server.at);
        auto seen = watch();
        HOLDS(seen);
        HOLDS(until(*seen, [&] { return verdict(*seen, Condition::half_open_pile).has_value(); }));
        const auto pile = *verdict(*seen, Condition::half_open_pile);
        HOLDS(pile.count == 1);
        HOLDS(has(told(pile), "1 of their clients on this machine are ESTABLISHED already"));
        HOLDS(!verdict(*seen, Condition::accept_queue_full));
        return "";
    });
}

TEST_CASE("the sample server is sick as promised, and well again when stopped") {
    std::mutex mutex;
    std::condition_variable bell;
    Attachment::Options options;
    options.on_news = [&] {
        const std::lock_guard guard(mutex);
        bell.notify_all();
    };
    auto started = Attachment::start(options);
    REQUIRE(started.ok());
    auto& attachment = **started;
    const auto wait = [&](const auto& holds) {
        std::unique_lock lock(mutex);
        return bell.wait_for(lock, std::chrono::seconds(8), holds);
    };
    const auto sick = [&](Condition condition) {
        const auto picture = attachment.picture();
        return picture && std::any_of(picture->verdicts.begin(), picture->verdicts.end(),
                                      [&](const Verdict& v) {
                                          return v.condition == condition && v.pid == ::getpid();
                                      });
    };
    attachment.run_sample(true);
    CHECK(
        wait([&] { return attachment.sample_port() != 0 && sick(Condition::accept_queue_full); }));
    CHECK(wait([&] { return sick(Condition::close_wait_leak); }));
    trace::Trace trace;
    trace::Snapshot snapshot;
    std::uint64_t books = 0;
    const auto request = attachment.look_at(
        ListenerTarget{sockets::on_loopback(attachment.sample_port())}, "client", "twomsl");
    CHECK(wait([&] {
        attachment.collect(request, books, trace, snapshot);
        return snapshot.hosts.size() == 2 && !snapshot.hosts[1].listeners.empty() &&
               snapshot.hosts[1].listeners[0].accept_queue.size() == 3 &&
               snapshot.hosts[0].sockets.size() == 6;
    }));
    attachment.look_at(std::nullopt, "", "");
    attachment.run_sample(false);
    CHECK(
        wait([&] { return !sick(Condition::accept_queue_full) && attachment.sample_port() == 0; }));
}

TEST_CASE("ten thousand sockets: attaching finds the one that is sick among them") {
    RUN_APART([]() -> std::string {
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = std::min<rlim_t>(files.rlim_max, 11'000);
        ::setrlimit(RLIMIT_NOFILE, &files);
        const auto pairs = std::min<std::size_t>(5000, (files.rlim_cur - 100) / 2);
        const auto crowd = sockets::serve("127.0.0.1", 4096);
        std::vector<net::Descriptor> ends;
        for (std::size_t i = 0; i < pairs; ++i) {
            ends.push_back(sockets::connect_to(crowd.at));
            ends.push_back(sockets::accept_from(crowd));
            HOLDS(ends.back().is_open());
        }
        const auto sick = sockets::serve("127.0.0.1", 0);
        const auto one = sockets::begin_connect(sick.at), two = sockets::begin_connect(sick.at);
        const auto began = net::monotonic_ns(), cost = net::thread_cpu_ns();
        auto seen = watch();
        HOLDS(seen);
        seen->look_at_everything();
        const Picture picture = seen->picture();
        const auto took =
            net::monotonic_ns() - began; // printed, not judged: the machine may be busy
        std::printf(
            "attach to %zu sockets: %.1f ms, of these %.1f of the processor (the walk %.1f); the "
            "budget is 50 ms\n",
            picture.sockets, static_cast<double>(took) / 1e6,
            static_cast<double>(net::thread_cpu_ns() - cost) / 1e6,
            static_cast<double>(seen->table().took_ns) / 1e6);
        std::fflush(stdout); // a child that ends by _exit
        HOLDS(picture.sockets >= pairs * 2);
        HOLDS(!picture.verdicts.empty());
        HOLDS(picture.verdicts[0].condition == Condition::accept_queue_full);
        HOLDS(picture.verdicts[0].where == net::text(sick.at));
        // And under churn: connections come and go while it looks.
        std::atomic<bool> stop{false};
        std::thread churn([&] {
            while (!stop) {
                const auto client = sockets::connect_to(crowd.at);
                const auto server = sockets::accept_from(crowd);
            }
        });
        seen->look_at_everything();
        seen->look_at_everything();
        const bool still = seen->history().table_interval_ns() > 0;
        stop = true;
        churn.join();
        HOLDS(still);
        HOLDS(seen->complaint().empty());
        const auto full = verdict(*seen, Condition::accept_queue_full);
        HOLDS(full && full->where == net::text(sick.at));
        return "";
    });
}
