// Attach on real sockets: what is wrong is said, both ends are paired, and nothing is sent for it.
#include "own_network.hpp"
#include "sockets.hpp"
#include "support/skip.hpp"

#include "net/actor.hpp"
#include "net/attach/attachment.hpp"
#include "net/attach/follow.hpp"
#include "net/attach/lines.hpp"
#include "net/attach/watch.hpp"
#include "net/clock.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <thread>

namespace {

using namespace net::attach;
using net::KernelState;

// Inside a child process: the first thing that does not hold is what the child says.
#define HOLDS(condition)                                                                           \
    if (!(condition))                                                                              \
    return std::string(__FILE__ ":") + std::to_string(__LINE__) + ": not so: " #condition
#define RUN_APART(...)                                                                             \
    const std::string said = in_own_network(__VA_ARGS__);                                          \
    if (said.rfind(no_namespace, 0) == 0)                                                          \
        SKIP_TEST(said.c_str());                                                                   \
    CHECK(said == "")

constexpr std::int64_t patience_ns = 8'000'000'000;

// Ticks until the condition holds; the kernel is looked at again and again, nothing sleeps blindly.
template <typename Watcher, typename Condition>
bool until(Watcher& watcher, const Condition& holds, std::int64_t patience = patience_ns) {
    const auto end = net::monotonic_ns() + patience;
    while (net::monotonic_ns() < end) {
        watcher.tick();
        if (holds())
            return true;
        std::this_thread::sleep_for(std::chrono::nanoseconds(
            std::clamp<std::int64_t>(watcher.next_due_ns() - net::monotonic_ns(), 0, 20'000'000)));
    }
    return false;
}

std::unique_ptr<Watch> watch(Reader::Way way = Reader::Way::best) {
    Watch::Options options;
    options.way = way;
    auto opened = Watch::open(options);
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

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

void no_blocking(int descriptor) {
    timeval patience{0, 200'000};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
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

TEST_CASE(
    "both ends are paired over IPv4, IPv6, mapped addresses, other loopback addresses, and with "
    "itself") {
    RUN_APART([]() -> std::string {
        const auto v4 = sockets::serve("127.0.0.1", 4), v6 = sockets::serve("::1", 4),
                   dual = sockets::serve("::", 4), other = sockets::serve("127.9.9.9", 4);
        HOLDS(v4.listener.is_open() && v6.listener.is_open() && dual.listener.is_open());
        const auto one = sockets::connect_to(v4.at), two = sockets::connect_to(v6.at),
                   three = sockets::connect_to(sockets::on_loopback(dual.at.port)),
                   four = sockets::connect_to(other.at);
        const auto self = sockets::connect_to_itself(4242);
        HOLDS(one.is_open() && two.is_open() && three.is_open() && four.is_open() &&
              self.is_open());
        for (const auto way : {Reader::Way::best, Reader::Way::proc}) {
            auto reader = Reader::open(way);
            HOLDS(reader.ok());
            const auto table = reader->everything();
            HOLDS(table.ok());
            int here = 0, itself = 0, children = 0;
            for (Index i = 0; i < table->rows.size(); ++i) {
                if (table->rows[i].state == KernelState::listen)
                    continue;
                here += table->far[i] == Far::here;
                itself += table->far[i] == Far::itself;
                children += table->listener[i] != nobody;
            }
            HOLDS(here == 8);
            HOLDS(itself == 1);
            HOLDS(children == 4);
            HOLDS(table->listeners.size() == 4);
        }
        return "";
    });
}

TEST_CASE("a listener is followed through a whole connection: accept, FIN, TIME_WAIT with its "
          "countdown") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        auto reader = Reader::open();
        HOLDS(reader.ok());
        Owners owners({});
        Focus focus(ListenerTarget{server.at}, "client", "server", net::monotonic_ns());
        Follow follow(*reader, owners, focus);
        std::vector<Change> all;
        const auto saw = [&](const auto& condition) {
            return until(follow, [&] {
                for (Change& change : focus.take_changes())
                    all.push_back(std::move(change));
                return std::any_of(all.begin(), all.end(), condition);
            });
        };
        const auto moved = [](trace::State to) {
            return [to](const Change& c) { return c.what == Change::What::state && c.to == to; };
        };
        HOLDS(saw(
            [](const Change& c) { return c.what == Change::What::accept_queue && c.value == 0; }));
        auto client = sockets::connect_to(server.at);
        HOLDS(saw([](const Change& c) {
            return c.what == Change::What::accept_queue && c.value == 1 && c.limit == 8;
        }));
        HOLDS(saw(
            [](const Change& c) { return c.what == Change::What::appeared && has(c.text, "→"); }));
        auto accepted = sockets::accept_from(server);
        HOLDS(saw([](const Change& c) { return c.what == Change::What::accepted; }));
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        HOLDS(saw(
            [](const Change& c) { return c.what == Change::What::recv_queue && c.value == 3; }));
        ::shutdown(client.number(), SHUT_WR);
        HOLDS(saw(moved(trace::State::fin_wait_2)));
        HOLDS(saw(moved(trace::State::close_wait)));
        // The unread FIN counts one: 3 bytes and it.
        HOLDS(saw([](const Change& c) {
            return c.what == Change::What::recv_queue && c.value == 4 && c.fin &&
                   has(text_line(c), "3 B + FIN");
        }));
        accepted.reset();
        client.reset();
        HOLDS(saw([](const Change& c) { return c.what == Change::What::gone; }));
        // Three bytes were never read: the close was a reset, and leaves no TIME_WAIT. Once more,
        // read.
        auto again = sockets::connect_to(server.at);
        auto taken = sockets::accept_from(server);
        HOLDS(saw([&](const Change& c) {
            return c.what == Change::What::appeared && c.socket.rfind("client", 0) == 0 &&
                   c.at.ns > 0;
        }));
        ::shutdown(again.number(), SHUT_WR);
        char byte = 0;
        HOLDS(::recv(taken.number(), &byte, 1, 0) == 0);
        taken.reset();
        HOLDS(saw([](const Change& c) {
            return c.what == Change::What::timer && c.text == "time_wait" && c.value > 55'000 &&
                   c.value <= 60'100;
        }));
        const auto view = focus.snapshot(net::monotonic_ns());
        const auto& sockets_left = view.hosts[0].sockets;
        HOLDS(std::any_of(sockets_left.begin(), sockets_left.end(), [](const trace::SocketView& s) {
            return s.kind == trace::RecordKind::time_wait && !s.timers.empty() &&
                   s.timers[0].kind == trace::Timer::time_wait;
        }));
        return "";
    });
}

TEST_CASE("what came and went between two looks is announced by the kernel, and told") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 64);
        auto reader = Reader::open();
        HOLDS(reader.ok());
        Owners owners({});
        Focus focus(ListenerTarget{server.at}, "client", "server", net::monotonic_ns());
        Follow follow(*reader, owners, focus);
        follow.tick(); // the first look, then nobody looks for a while
        for (int i = 0; i < 40; ++i) {
            auto client = sockets::connect_to(server.at);
            const auto accepted = sockets::accept_from(server);
            const linger reset{1, 0};
            ::setsockopt(client.number(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        std::int64_t unseen = 0;
        HOLDS(until(follow, [&] {
            for (const Change& change : focus.take_changes())
                if (change.what == Change::What::unseen)
                    unseen += change.value;
            return unseen >= 40;
        }));
        HOLDS(unseen == 40);
        return "";
    });
}

TEST_CASE(
    "late attach: the past must have passed and is inferred, the active opener is found out") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        const auto client = sockets::connect_to(server.at);
        const auto accepted = sockets::accept_from(server);
        HOLDS(::send(client.number(), "abc", 3, 0) == 3);
        char bytes[8];
        no_blocking(accepted.number());
        HOLDS(::recv(accepted.number(), bytes, sizeof bytes, 0) == 3);
        auto reader = Reader::open();
        HOLDS(reader.ok());
        Owners owners({});
        const net::Pair pair = net::pair_of(client.number());
        Focus focus(ConnectionTarget{pair, 0}, "A", "B", net::monotonic_ns());
        Follow follow(*reader, owners, focus);
        HOLDS(until(follow, [&] { return follow.pair_looks() > 3; }));
        HOLDS(follow.moved_meanwhile() == 0); // quiet: each look was one moment
        int past = 0;
        for (const Change& change : focus.take_changes()) {
            HOLDS(change.what != Change::What::state); // nothing of it was seen
            if (change.what != Change::What::past)
                continue;
            ++past;
            HOLDS(change.certainty == trace::Certainty::inferred);
            HOLDS(change.text == (change.socket.rfind("A:", 0) == 0
                                      ? "CLOSED → SYN_SENT → ESTABLISHED"
                                      : "LISTEN → SYN_RECV → ESTABLISHED"));
        }
        HOLDS(past == 2);
        // Who opened is known where nobody listens any more, too.
        ::shutdown(server.listener.number(), SHUT_RD);
        Focus later(ConnectionTarget{net::reversed(pair), 0}, "A", "B", net::monotonic_ns());
        Follow following(*reader, owners, later);
        HOLDS(until(following, [&] { return following.pair_looks() > 0; }));
        past = 0;
        for (const Change& change : later.take_changes())
            if (change.what == Change::What::past) {
                ++past;
                HOLDS((change.text == "LISTEN → SYN_RECV → ESTABLISHED") ==
                      (change.socket.rfind("A:", 0) == 0));
            }
        HOLDS(past == 2);
        HOLDS(focus.sockets().size() == 2);
        for (const trace::Event& event : focus.recorder().trace().events)
            HOLDS(event.kind != trace::EventKind::transition ||
                  event.certainty == trace::Certainty::inferred);
        const bool client_first = focus.sockets()[0].row.pair == pair;
        HOLDS(opener(focus.sockets()[0].row, focus.sockets()[1].row) ==
              (client_first ? Opener::first : Opener::second));
        return "";
    });
}

TEST_CASE(
    "attaching to idle sockets sends nothing: loopback's packets and the ends' segments stay") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        const auto client = sockets::connect_to(server.at);
        const auto accepted = sockets::accept_from(server);
        const auto unaccepted = sockets::connect_to(server.at);
        auto seen = watch();
        HOLDS(seen);
        Focus focus(ListenerTarget{server.at}, "client", "server", net::monotonic_ns());
        Follow follow(seen->reader(), seen->owners(), focus);
        HOLDS(until(follow, [&] { return follow.pair_looks() > 0; }));
        auto reader = Reader::open();
        HOLDS(reader.ok());
        const auto segments = [&] {
            std::uint64_t all = 0;
            const auto table = reader->everything();
            if (table.ok())
                for (const net::SocketRow& row : table->rows)
                    if (row.info)
                        all +=
                            row.info->segments_in.value_or(0) + row.info->segments_out.value_or(0);
            return all;
        };
        const auto packets = loopback_packets();
        const auto before = segments();
        HOLDS(packets > 0 && before > 0);
        const auto end = net::monotonic_ns() + 1'500'000'000;
        until(*seen, [&] {
            follow.tick();
            return net::monotonic_ns() > end;
        });
        HOLDS(follow.pair_looks() > 20);
        HOLDS(loopback_packets() == packets);
        HOLDS(segments() == before);
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
