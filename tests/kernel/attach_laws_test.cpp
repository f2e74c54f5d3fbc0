// What the mirror of Attach must show whatever the numbers are: bytes that were written and not
// read are in the two queues; a TIME_WAIT lives as long as the kernel lets it, and not at all where
// there is no room. The labels are those of the acceptance checks (A19, A23).
#include "watched.hpp"

#include "net/attach/watch.hpp"
#include "net/netstat_text.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>

namespace {

using namespace net::attach;
using net::KernelState;
using net::KernelTimer;
using What = Change::What;

const More::Options sampled{false, "", 0};

const Followed* one(const Watched& watched, Side side, trace::RecordKind kind) {
    for (const Followed& socket : watched.focus.sockets())
        if (!socket.gone && socket.side == side && socket.kind == kind)
            return &socket;
    return nullptr;
}

void set_buffer(const net::Descriptor& socket, int which, int bytes) {
    ::setsockopt(socket.number(), SOL_SOCKET, which, &bytes, sizeof bytes);
}

bool set_time_waits(int most) {
    std::ofstream file("/proc/sys/net/ipv4/tcp_max_tw_buckets");
    file << most << std::flush;
    return file.good();
}

// One connection that the client closes first, until it is in TIME_WAIT or, without one, gone.
std::string close_one(Watched& watched, const sockets::Server& server) {
    auto client = sockets::connect_to(server.at);
    auto accepted = sockets::accept_from(server);
    HOLDS(client.is_open() && accepted.is_open());
    const auto name = [&](Side side) -> std::string {
        for (const Followed& socket : watched.focus.sockets())
            if (!socket.gone && socket.side == side && socket.state != trace::State::time_wait &&
                socket.kind == trace::RecordKind::connection)
                return socket.name;
        return "";
    };
    HOLDS(watched.until([&] { return !name(Side::left).empty() && !name(Side::right).empty(); }));
    const std::string who = name(Side::left);
    ::shutdown(client.number(), SHUT_WR);
    HOLDS(watched.saw([&](const Change& c) {
        return c.socket == who && c.what == What::state && c.to == trace::State::fin_wait_2;
    }));
    accepted.reset();
    HOLDS(watched.saw([&](const Change& c) {
        return c.socket == who && c.what == What::state &&
               (c.to == trace::State::time_wait || c.to == trace::State::closed);
    }));
    return "";
}

std::size_t time_wait_rows() {
    auto reader = Reader::open();
    const auto table = reader->everything();
    return static_cast<std::size_t>(
        std::count_if(table->rows.begin(), table->rows.end(), [](const net::SocketRow& row) {
            return row.state == KernelState::time_wait;
        }));
}

} // namespace

TEST_CASE(
    "A19: what a reader leaves unread is in the two queues to the byte, the probe is repeated "
    "ever later, and what is read at last is all that was written") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 4);
        set_buffer(server.listener, SO_RCVBUF, 8192); // before accept(): its window is offered
        Watched watched(ListenerTarget{server.at}, sampled);
        net::Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        set_buffer(client, SO_SNDBUF, 16384);
        HOLDS(sockets::begin_connect(client, server.at));
        const auto accepted = sockets::accept_from(server);
        HOLDS(accepted.is_open());
        const std::string bytes(4096, 'x');
        std::uint64_t written = 0;
        // Until nothing more fits; what is acknowledged meanwhile makes room for more.
        const auto write_more = [&] {
            for (ssize_t got;
                 (got = ::send(client.number(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;)
                written += static_cast<std::uint64_t>(got);
        };
        const auto writer = [&] { return one(watched, Side::left, trace::RecordKind::connection); };
        const auto reader = [&] {
            return one(watched, Side::right, trace::RecordKind::connection);
        };
        HOLDS(watched.until([&] {
            write_more();
            return writer() && reader() && writer()->row.info &&
                   writer()->row.timer == KernelTimer::zero_window_probe &&
                   writer()->row.send_queue + reader()->row.recv_queue == written;
        }));
        const net::SocketRow stuck = writer()->row;
        HOLDS(stuck.info->send_window == 0u);
        HOLDS(stuck.info->not_sent == stuck.send_queue); // nothing is under way
        HOLDS(reader()->row.recv_queue > 0 && stuck.send_queue > 0);
        std::printf("A19: wrote %llu = unread %u + unsent %u\n",
                    static_cast<unsigned long long>(written), reader()->row.recv_queue,
                    stuck.send_queue);
        // It is said, too.
        HOLDS(watched.saw(
            [](const Change& c) { return c.what == What::timer && c.text == "persist"; }));
        // Each later than the one before, as an exponential backoff has it. (Repetitions are
        // counted only as long as none is answered: tcp_ack() sets icsk_probes_out to zero.)
        std::vector<std::uint32_t> armed;
        std::uint32_t left = 0;
        HOLDS(watched.until(
            [&] {
                const std::uint32_t now = writer()->row.expires_ms;
                if (now > left + 40)
                    armed.push_back(now);
                left = now;
                return armed.size() > 3 && armed.back() > 3 * armed.front();
            },
            20'000'000'000));
        for (const std::uint32_t ms : armed)
            std::printf("A19: %u ms to the next probe\n", ms);
        HOLDS(std::is_sorted(armed.begin() + 1, armed.end()));
        // Nobody has moved a byte by looking.
        HOLDS(writer()->row.send_queue == stuck.send_queue);
        HOLDS(stuck.send_queue + reader()->row.recv_queue == written);
        // Read at last.
        std::uint64_t drained = 0;
        char taken[8192];
        HOLDS(watched.until([&] {
            for (ssize_t got;
                 (got = ::recv(accepted.number(), taken, sizeof taken, MSG_DONTWAIT)) > 0;)
                drained += static_cast<std::uint64_t>(got);
            return drained >= written && writer()->row.send_queue == 0 &&
                   reader()->row.recv_queue == 0 && writer()->row.timer == KernelTimer::off;
        }));
        HOLDS(drained == written);
        HOLDS(writer()->row.info->send_window.value_or(0) > 0);
        std::fflush(stdout); // a child that ends by _exit
        return "";
    });
}

TEST_CASE("A23: a TIME_WAIT is followed through its whole life of 60 s to its vanishing (takes a "
          "minute)") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 4);
        Watched watched(ListenerTarget{server.at}, sampled);
        const std::string failed = close_one(watched, server);
        if (!failed.empty())
            return failed + watched.told();
        const auto waits = [&] { return one(watched, Side::left, trace::RecordKind::time_wait); };
        HOLDS(waits() && waits()->state == trace::State::time_wait);
        const std::string who = waits()->name;
        const trace::Instant began = waits()->since;
        // The countdown that is shown runs with the clock; it never begins anew by itself.
        bool runs_with_the_clock = true;
        HOLDS(watched.until(
            [&] {
                if (!waits())
                    return true;
                const auto left = waits()->timer_due - waits()->last_look;
                const auto age = waits()->last_look - began;
                if (left.ns <= 0)
                    return false; // due: how late the kernel's timer is, is judged by the life
                // by the tick of the kernel, and by how late a busy machine looks
                const std::int64_t ms = (left + age).ns / 1'000'000;
                runs_with_the_clock = runs_with_the_clock && ms > 59'000 && ms < 61'000;
                return false;
            },
            80'000'000'000));
        HOLDS(runs_with_the_clock);
        trace::Instant ended;
        HOLDS(watched.count([&](const Change& c) {
            if (c.socket != who || c.what != What::state || c.to != trace::State::closed)
                return false;
            ended = c.at;
            return c.from == trace::State::time_wait;
        }) == 1);
        const double lived = static_cast<double>((ended - began).ns) / 1e9;
        std::printf("A23: TIME_WAIT lived %.2f s\n", lived);
        std::fflush(stdout);
        // TCP_TIMEWAIT_LEN, by a timer that fires never before its time, but up to an eighth after
        // it: its slot in the kernel's timer wheel (kernel/time/timer.c).
        HOLDS(lived > 59.95 && lived < 60 * 1.125);
        HOLDS(time_wait_rows() == 0);
        return "";
    });
}

TEST_CASE("A23: where tcp_max_tw_buckets has no room a close leaves no TIME_WAIT, each is counted, "
          "and both the story and the verdict say why") {
    for (const bool with_trace : {false, true}) {
        if (with_trace && ::geteuid() != 0)
            continue;
        const std::string said = in_own_network([&]() -> std::string {
            const int room = with_trace ? 1 : 0;
            if (!set_time_waits(room))
                return no_namespace + "tcp_max_tw_buckets may not be set";
            const auto server = sockets::serve("127.0.0.1", 4);
            Watch::Options how;
            auto seen = Watch::open(how);
            HOLDS(seen.ok());
            seen->tick(); // counters as they were
            Watched watched(ListenerTarget{server.at}, {with_trace, "", 0});
            if (with_trace)
                if (const std::string why = watched.wait_for_permits(); !why.empty())
                    return why;
            const auto before = net::read_counter("TCPTimeWaitOverflow");
            std::string failed = close_one(watched, server);
            if (!failed.empty())
                return failed + watched.told();
            const auto first = static_cast<std::uint64_t>(1 - room);
            HOLDS(net::read_counter("TCPTimeWaitOverflow") - before == first);
            HOLDS(time_wait_rows() == static_cast<std::size_t>(room));
            for (std::uint64_t more = 1; more <= 3; ++more) {
                failed = close_one(watched, server);
                if (!failed.empty())
                    return failed + watched.told();
                HOLDS(net::read_counter("TCPTimeWaitOverflow") - before == first + more);
                HOLDS(time_wait_rows() == static_cast<std::size_t>(room)); // none of its own
            }
            const auto without = [](const Change& c) {
                return c.what == What::state && c.from == trace::State::fin_wait_2 &&
                       c.to == trace::State::closed &&
                       c.text.find("tcp_max_tw_buckets") != std::string::npos;
            };
            HOLDS(watched.count(without) == first + 3);
            HOLDS(watched.count([&](const Change& c) {
                return without(c) && (c.certainty == trace::Certainty::exact) == with_trace;
            }) == first + 3);
            std::size_t explained = 0;
            for (const trace::Event& event : watched.focus.recorder().trace().events)
                explained += event.kind == trace::EventKind::transition &&
                             event.rule == trace::Rule::time_wait_overflow;
            HOLDS(explained == first + 3);
            // Its counters are read once a second.
            HOLDS(watched.until([&] {
                seen->tick();
                for (const Verdict& verdict : seen->picture().verdicts)
                    if (verdict.condition == Condition::time_wait_overflow &&
                        verdict.count == first + 3)
                        return true;
                return false;
            }));
            return "";
        });
        if (said.rfind(no_trace, 0) == 0 || said.rfind(no_namespace, 0) == 0)
            SKIP_TEST(said.c_str());
        CHECK(said == "");
    }
}

TEST_CASE("a connection that a RST ended between two looks is not told as an orderly close") {
    RUN_APART([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 4);
        Watched watched(ListenerTarget{server.at}, sampled);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        const auto both = [&] {
            return one(watched, Side::left, trace::RecordKind::connection) &&
                   one(watched, Side::right, trace::RecordKind::connection);
        };
        HOLDS(watched.until(both));
        const linger now{1, 0};
        ::setsockopt(client.number(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
        client.reset();
        HOLDS(watched.until([&] { return !both(); }));
        if (!watched.saw([](const Change& c) { return c.what == What::gone; }))
            return watched.told();
        const auto ended = [](const Change& c) {
            return c.what == What::state && c.to == trace::State::closed;
        };
        HOLDS(watched.until([&] { return watched.count(ended) == 2; }));
        for (const Change& change : watched.all) {
            HOLDS(change.what != What::state || change.to != trace::State::last_ack);
            HOLDS(!ended(change) || (change.from == trace::State::established &&
                                     change.certainty == trace::Certainty::inferred &&
                                     change.text.find("RST") != std::string::npos));
        }
        // An orderly one, as fast: the TIME_WAIT that it leaves says so.
        auto second = sockets::connect_to(server.at);
        auto peer = sockets::accept_from(server);
        HOLDS(watched.until(both));
        second.reset();
        peer.reset();
        HOLDS(watched.until([&] { return watched.count(ended) == 3; }));
        HOLDS(watched.saw([](const Change& c) {
            return c.what == What::state && c.from == trace::State::close_wait &&
                   c.to == trace::State::last_ack;
        }));
        return "";
    });
}
