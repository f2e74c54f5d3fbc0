// A target of Attach on real sockets: both ends are paired and followed, their past is inferred,
// and nothing is sent for it.
#include "sockets.hpp"
#include "ticking.hpp"

#include "net/actor.hpp"
#include "net/attach/attachment.hpp"
#include "net/attach/follow.hpp"
#include "net/attach/lines.hpp"
#include "net/attach/watch.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

using namespace net::attach;
using net::KernelState;

void no_blocking(int descriptor) {
    timeval patience{0, 200'000};
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

} // namespace

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

TEST_CASE("the ends of a target are told as ss prints them, IPv6 and mapped addresses too") {
    RUN_APART([]() -> std::string {
        const auto both = sockets::serve("::", 4), four = sockets::serve("127.0.0.1", 4);
        const auto over_six = sockets::connect_to(
                       *net::parse_endpoint("[::1]:" + std::to_string(both.at.port))),
                   over_four = sockets::connect_to(sockets::on_loopback(both.at.port));
        HOLDS(over_six.is_open() && over_four.is_open());
        const auto ends_of = [&](const net::Endpoint& at) {
            std::vector<std::string> ends;
            auto reader = Reader::open();
            Owners owners({});
            Focus focus(ListenerTarget{at}, "client", "server", net::monotonic_ns());
            Follow follow(*reader, owners, focus);
            until(
                follow, [&] { return follow.pair_looks() > 0; }, 1'000'000'000);
            Closeup closeup;
            focus.describe({}, closeup);
            for (const auto& [cookie, end] : closeup.ends)
                ends.push_back(end.ss_local + " " + end.ss_remote);
            std::sort(ends.begin(), ends.end());
            return ends;
        };
        sockaddr_in6 own{};
        socklen_t size = sizeof own;
        HOLDS(::getsockname(over_six.number(), reinterpret_cast<sockaddr*>(&own), &size) == 0);
        const auto port = std::to_string(both.at.port), six = std::to_string(ntohs(own.sin6_port)),
                   mapped = std::to_string(net::pair_of(over_four.number()).local.port);
        std::vector<std::string> wanted = {"*:" + port + " *:*", "[::1]:" + port + " [::1]:" + six,
                                           "[::1]:" + six + " [::1]:" + port,
                                           "[::ffff:127.0.0.1]:" + port +
                                               " [::ffff:127.0.0.1]:" + mapped,
                                           "127.0.0.1:" + mapped + " 127.0.0.1:" + port};
        std::sort(wanted.begin(), wanted.end());
        HOLDS(ends_of(both.at) == wanted);
        HOLDS(ends_of(four.at) ==
              std::vector<std::string>{"127.0.0.1:" + std::to_string(four.at.port) + " 0.0.0.0:*"});
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
        auto opened = Watch::open({});
        HOLDS(opened.ok());
        Watch& seen = *opened;
        Focus focus(ListenerTarget{server.at}, "client", "server", net::monotonic_ns());
        Follow follow(seen.reader(), seen.owners(), focus);
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
        until(seen, [&] {
            follow.tick();
            return net::monotonic_ns() > end;
        });
        HOLDS(follow.pair_looks() > 20);
        HOLDS(loopback_packets() == packets);
        HOLDS(segments() == before);
        return "";
    });
}
