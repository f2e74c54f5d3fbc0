// Every transition of real sockets, told by the kernel's trace, and their segments: what
// connections go through in health and in sickness. The labels are those of the acceptance checks
// (A1 ...).
#include "watched.hpp"

#include "net/actor.hpp"

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

namespace {

using namespace net::attach;
using What = Change::What;
constexpr Side clients = Side::left, servers = Side::right;

#define PERMITTED(watched)                                                                         \
    if (const std::string why = (watched).wait_for_permits(); !why.empty())                        \
    return why

const std::string opened = "CLOSED>SYN_SENT>ESTABLISHED";
const std::string accepted_one = "LISTEN~>SYN_RECV>ESTABLISHED"; // the request came before

// Of segments that come to this socket (offset 0: the TCP header), drops those whose flags match.
bool drop(const net::Descriptor& socket, std::uint8_t mask, std::uint8_t value) {
    sock_filter code[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
                          BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask),
                          BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0),
                          BPF_STMT(BPF_RET | BPF_K, 0xffffffff), BPF_STMT(BPF_RET | BPF_K, 0)};
    const sock_fprog program{5, code};
    return ::setsockopt(socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) ==
           0;
}
bool drop_nothing(const net::Descriptor& socket) {
    const int none = 0;
    return ::setsockopt(socket.number(), SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none) == 0;
}
constexpr std::uint8_t fin = 1, syn = 2, ack = 16;

bool moved(const Change& change, trace::State to) {
    return change.what == What::state && change.to == to;
}

const Followed* socket(const Watched& watched, Side side, trace::State state) {
    for (const Followed& one : watched.focus.sockets())
        if (!one.gone && one.side == side && one.state == state &&
            one.kind != trace::RecordKind::listener)
            return &one;
    return nullptr;
}

void reset_on_close(const net::Descriptor& socket) {
    const linger now{1, 0};
    ::setsockopt(socket.number(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

} // namespace

TEST_CASE("A1: a whole connection is told transition by transition, with its nine segments") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        ::shutdown(client.number(), SHUT_WR);
        HOLDS(watched.saw([](const Change& c) { return moved(c, trace::State::fin_wait_2); }));
        accepted.reset();
        HOLDS(watched.tells_way(clients, opened + ">FIN_WAIT_1>FIN_WAIT_2>TIME_WAIT"));
        HOLDS(watched.tells_way(servers, accepted_one + ">CLOSE_WAIT>LAST_ACK>CLOSED"));
        HOLDS(watched.segments() == "SYN SYN+ACK ACK FIN+ACK ACK FIN+ACK ACK");
        // The story that is drawn: a segment comes before the transition that it causes.
        const trace::Trace& trace = watched.focus.recorder().trace();
        bool found = false;
        for (const trace::Event& event : trace.events) {
            if (event.kind != trace::EventKind::transition || event.to != trace::State::close_wait)
                continue;
            found = true;
            HOLDS(event.certainty == trace::Certainty::exact);
            HOLDS(event.cause != trace::none);
            const trace::Event& cause = trace.events[event.cause];
            HOLDS(cause.kind == trace::EventKind::segment_arrived);
            HOLDS(trace.segments[cause.ref].segment.flags.has(trace::flag::fin));
        }
        HOLDS(found);
        // Numbers are known from the SYN on.
        const auto view = watched.focus.snapshot(net::monotonic_ns());
        HOLDS(view.hosts[0].sockets.size() == 1 && view.hosts[0].sockets[0].numbers_known);
        HOLDS(view.hosts[0].sockets[0].iss == trace.segments[0].segment.seq);
        HOLDS(view.hosts[0].sockets[0].irs == trace.segments[1].segment.seq);
        HOLDS(watched.count([](const Change& c) {
            return c.what == What::unseen || c.what == What::lost_events;
        }) == 0);
        return "";
    });
}

TEST_CASE("A2: where the server closes first, the TIME_WAIT is the server's, told at its instant") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        accepted.reset();
        HOLDS(watched.saw([](const Change& c) { return moved(c, trace::State::fin_wait_2); }));
        client.reset();
        // A closed socket in FIN_WAIT_2 is a small record already: its TIME_WAIT is only looked at.
        HOLDS(watched.tells_way(servers, accepted_one + ">FIN_WAIT_1>FIN_WAIT_2~>TIME_WAIT"));
        HOLDS(watched.tells_way(clients, opened + ">CLOSE_WAIT>LAST_ACK>CLOSED"));
        return "";
    });
}

TEST_CASE("A3: a full accept queue lets two SYNs go unanswered, each sent again after a second") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 2);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        std::vector<net::Descriptor> connecting;
        for (int i = 0; i < 5; ++i)
            connecting.push_back(sockets::begin_connect(server.at));
        HOLDS(watched.saw([](const Change& c) {
            return c.what == What::accept_queue && c.value == 3 && c.limit == 2;
        }));
        for (int i = 0; i < 3; ++i)
            HOLDS(watched.tells_way(clients, opened, static_cast<std::size_t>(i)));
        HOLDS(watched.way(clients, 3) == "CLOSED>SYN_SENT");
        HOLDS(watched.way(clients, 4) == "CLOSED>SYN_SENT");
        const auto repeated = [](const Change& c) {
            return c.what == What::segment && c.transmission == 2 &&
                   c.segment->flags == trace::flag::syn;
        };
        HOLDS(watched.until([&] { return watched.count(repeated) == 2; }));
        const auto resent = [](const Change& c) { return c.what == What::resent; };
        HOLDS(watched.until([&] { return watched.count(resent) >= 2; }));
        std::vector<net::Descriptor> accepted;
        for (int i = 0; i < 3; ++i)
            accepted.push_back(sockets::accept_from(server));
        HOLDS(watched.tells_way(clients, opened, 3)); // the next repetition found room
        HOLDS(watched.tells_way(clients, opened, 4));
        return "";
    });
}

TEST_CASE("A5: closing a listener resets what nobody has accepted, and the kernel says why") {
    RUN_AS_ROOT([]() -> std::string {
        auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        const auto one = sockets::connect_to(server.at), two = sockets::connect_to(server.at);
        HOLDS(watched.tells_way(servers, accepted_one, 1));
        server.listener.reset();
        for (const std::size_t n : {0u, 1u}) {
            HOLDS(watched.tells_way(servers, accepted_one + ">CLOSED", n));
            HOLDS(watched.tells_way(clients, opened + ">CLOSED", n));
        }
        HOLDS(watched.count([](const Change& c) {
            return moved(c, trace::State::closed) && c.from == trace::State::listen &&
                   c.certainty == trace::Certainty::exact;
        }) == 1);
        const auto reset = [](const Change& c) { return c.what == What::reset; };
        HOLDS(watched.until([&] { return watched.count(reset) == 2; }));
        for (const Change& change : watched.all)
            HOLDS(change.what != What::reset || change.text.empty() || change.text == "TCP_STATE");
        for (const trace::Event& event : watched.focus.recorder().trace().events)
            HOLDS(event.kind != trace::EventKind::transition || event.to != trace::State::closed ||
                  event.host != 1 || event.from == trace::State::listen ||
                  event.rule == trace::Rule::listener_closed_resets_children);
        return "";
    });
}

TEST_CASE("A6: at a port where nobody listens a SYN is reset by no socket at all") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        net::Endpoint port; // at any address: only 127.0.0.1 has a listener
        port.port = server.at.port;
        Watched watched(ListenerTarget{port});
        PERMITTED(watched);
        const auto refused = sockets::connect_to(net::ipv4({127, 0, 0, 2}, server.at.port));
        HOLDS(!refused.is_open());
        HOLDS(watched.tells_way(clients, "CLOSED>SYN_SENT>CLOSED"));
        HOLDS(watched.segments() == "SYN RST+ACK");
        const auto why = [](const Change& c) {
            return c.what == What::reset && (c.text.empty() || c.text == "NO_SOCKET");
        };
        HOLDS(watched.until([&] { return watched.count(why) == 1; }));
        return "";
    });
}

TEST_CASE("A9: a client that drops the SYN+ACK stays in SYN_SENT, the server's request is met") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        net::Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        HOLDS(drop(client, syn | ack, syn | ack));
        HOLDS(sockets::begin_connect(client, server.at));
        // No event tells of a request: its SYN+ACK and the look at it do.
        HOLDS(watched.until([&] {
            const Followed* request = socket(watched, servers, trace::State::syn_recv);
            const Followed* waiting = socket(watched, clients, trace::State::syn_sent);
            return request && waiting && request->row.timer == net::KernelTimer::retransmit &&
                   waiting->row.send_queue == 1;
        }));
        HOLDS(watched.way(clients) == "CLOSED>SYN_SENT");
        const auto began = net::monotonic_ns();
        HOLDS(drop_nothing(client));
        HOLDS(watched.tells_way(clients, opened));
        HOLDS(watched.tells_way(servers, accepted_one));
        HOLDS(net::monotonic_ns() - began < 1'300'000'000);
        HOLDS(watched.count([](const Change& c) {
            return c.what == What::segment &&
                   c.segment->flags == (trace::flag::syn | trace::flag::ack);
        }) >= 2);
        return "";
    });
}

TEST_CASE(
    "a half-open request that a RST ends is told so: no event tells of it, the segment does") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        net::Descriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        HOLDS(drop(client, syn | ack, syn | ack));
        HOLDS(sockets::begin_connect(client, server.at));
        HOLDS(watched.until([&] { return socket(watched, servers, trace::State::syn_recv); }));
        client.reset(); // nobody is there when the SYN+ACK comes again
        HOLDS(watched.saw([](const Change& c) {
            return moved(c, trace::State::closed) && c.from == trace::State::syn_recv;
        }));
        HOLDS(watched.count([](const Change& c) {
            return c.from == trace::State::syn_recv && moved(c, trace::State::closed) &&
                   c.certainty == trace::Certainty::sampled && c.text.empty();
        }) == 1);
        const trace::Trace& trace = watched.focus.recorder().trace();
        return std::any_of(trace.events.begin(), trace.events.end(),
                           [&](const trace::Event& event) {
                               return event.kind == trace::EventKind::transition &&
                                      event.from == trace::State::syn_recv &&
                                      event.trigger() == trace::Trigger::rst &&
                                      event.cause != trace::none;
                           })
                   ? ""
                   : "the RST is not its cause";
    });
}

TEST_CASE(
    "A10: a request whose third ACK is lost gives up, and its client is left without a peer") {
    RUN_AS_ROOT([]() -> std::string {
        { std::ofstream("/proc/sys/net/ipv4/tcp_synack_retries") << 1; }
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        HOLDS(drop(server.listener, syn, 0));
        const auto client = sockets::connect_to(server.at); // as far as it knows
        HOLDS(client.is_open());
        HOLDS(watched.until([&] { return socket(watched, servers, trace::State::syn_recv); }));
        HOLDS(watched.saw(
            [](const Change& c) { return c.what == What::resent && c.text == "SYN+ACK"; }));
        HOLDS(watched.until([&] { return !socket(watched, servers, trace::State::syn_recv); }));
        HOLDS(watched.until([&] {
            const Followed* left = socket(watched, clients, trace::State::established);
            return left && left->far == Far::not_seen;
        }));
        HOLDS(drop_nothing(server.listener));
        HOLDS(::send(client.number(), "x", 1, MSG_NOSIGNAL) == 1);
        HOLDS(watched.tells_way(clients, opened + ">CLOSED"));
        HOLDS(watched.saw([](const Change& c) { return c.what == What::reset; }));
        return "";
    });
}

TEST_CASE("A14 and A15: unread data and SO_LINGER 0 end with a RST, each for its own reason") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        const std::string bytes(100, 'x');
        HOLDS(::send(client.number(), bytes.data(), bytes.size(), 0) == 100);
        HOLDS(watched.saw(
            [](const Change& c) { return c.what == What::recv_queue && c.value == 100; }));
        accepted.reset();
        HOLDS(watched.tells_way(servers, accepted_one + ">CLOSED"));
        HOLDS(watched.tells_way(clients, opened + ">CLOSED"));
        auto second = sockets::connect_to(server.at);
        auto peer = sockets::accept_from(server);
        reset_on_close(second);
        second.reset();
        HOLDS(watched.tells_way(clients, opened + ">CLOSED", 1));
        HOLDS(watched.tells_way(servers, accepted_one + ">CLOSED", 1));
        std::vector<trace::Rule> why;
        for (const trace::Event& event : watched.focus.recorder().trace().events)
            if (event.kind == trace::EventKind::transition && event.to == trace::State::closed &&
                event.trigger() == trace::Trigger::abort)
                why.push_back(event.rule);
        HOLDS((why == std::vector{trace::Rule::close_with_unread_data, trace::Rule::linger_zero}));
        return "";
    });
}

TEST_CASE("A16: a server that hears nothing repeats its FIN in LAST_ACK, the client's TIME_WAIT "
          "starts again") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        ::shutdown(client.number(), SHUT_WR);
        HOLDS(watched.saw([](const Change& c) { return moved(c, trace::State::fin_wait_2); }));
        HOLDS(drop(accepted, 0, 0)); // everything
        accepted.reset();
        HOLDS(watched.until([&] {
            const Followed* last = socket(watched, servers, trace::State::last_ack);
            return last && last->row.inode == 0 && last->row.send_queue == 1 &&
                   last->row.recv_queue == 1 && last->row.retransmissions >= 1 && last->orphan;
        }));
        const auto repeated_fin = [](const Change& c) {
            return c.what == What::segment && c.transmission > 1 &&
                   c.segment->flags.has(trace::flag::fin);
        };
        HOLDS(watched.until([&] { return watched.count(repeated_fin) >= 2; }));
        // Each repetition starts the countdown again: it is further from its end than its age says.
        const Followed* waits = socket(watched, clients, trace::State::time_wait);
        HOLDS(waits);
        HOLDS(watched.until([&] {
            waits = socket(watched, clients, trace::State::time_wait);
            const auto age = watched.focus.snapshot(net::monotonic_ns()).now - waits->since;
            return waits->row.timer == net::KernelTimer::time_wait &&
                   age > trace::milliseconds(500) && waits->row.expires_ms > 59'700;
        }));
        return "";
    });
}

TEST_CASE("A17: a FIN that never arrives keeps one end in FIN_WAIT_1 and the other ESTABLISHED") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        HOLDS(drop(accepted, fin, fin));
        ::shutdown(client.number(), SHUT_WR);
        HOLDS(watched.until([&] {
            const Followed* first = socket(watched, clients, trace::State::fin_wait_1);
            return first && first->row.send_queue == 1 && first->row.retransmissions >= 1 &&
                   socket(watched, servers, trace::State::established);
        }));
        HOLDS(drop_nothing(accepted));
        HOLDS(watched.tells_way(clients, opened + ">FIN_WAIT_1>FIN_WAIT_2"));
        HOLDS(watched.tells_way(servers, accepted_one + ">CLOSE_WAIT"));
        return "";
    });
}

TEST_CASE(
    "A18: both FINs are lost, then one arrives: CLOSING is there to be seen, TIME_WAIT follows "
    "on both") {
    RUN_AS_ROOT([]() -> std::string {
        const auto server = sockets::serve("127.0.0.1", 8);
        Watched watched(ListenerTarget{server.at});
        PERMITTED(watched);
        auto client = sockets::connect_to(server.at);
        auto accepted = sockets::accept_from(server);
        HOLDS(drop(client, fin, fin) && drop(accepted, fin, fin));
        ::shutdown(client.number(), SHUT_WR);
        ::shutdown(accepted.number(), SHUT_WR);
        HOLDS(watched.until([&] {
            return socket(watched, clients, trace::State::fin_wait_1) &&
                   socket(watched, servers, trace::State::fin_wait_1);
        }));
        HOLDS(drop_nothing(client)); // the server's FIN arrives now, the client's still does not
        HOLDS(watched.until([&] {
            const Followed* closing = socket(watched, clients, trace::State::closing);
            return closing && closing->row.recv_queue == 1 && closing->row.send_queue == 1;
        }));
        HOLDS(drop_nothing(accepted));
        HOLDS(watched.until([&] {
            return socket(watched, clients, trace::State::time_wait) &&
                   socket(watched, servers, trace::State::time_wait);
        }));
        HOLDS(watched.way(clients) == opened + ">FIN_WAIT_1>CLOSING>TIME_WAIT");
        HOLDS(watched.way(servers) == accepted_one + ">FIN_WAIT_1>FIN_WAIT_2>TIME_WAIT" ||
              watched.way(servers) == accepted_one + ">FIN_WAIT_1>CLOSING>TIME_WAIT");
        return "";
    });
}

TEST_CASE("A24: a socket that connects to itself goes through a simultaneous open and close") {
    RUN_AS_ROOT([]() -> std::string {
        const net::Endpoint here = sockets::on_loopback(4243);
        const auto server = sockets::serve("127.0.0.3", 1);
        Watched watched(ConnectionTarget{{here, here}, 0});
        // There must be something to attach to: an earlier life of it.
        auto self = sockets::connect_to_itself(4243);
        HOLDS(self.is_open());
        PERMITTED(watched);
        HOLDS(::send(self.number(), "abc", 3, 0) == 3);
        HOLDS(watched.saw(
            [](const Change& c) { return c.what == What::recv_queue && c.value == 3; }));
        ::shutdown(self.number(), SHUT_WR);
        HOLDS(watched.until([&] { return socket(watched, clients, trace::State::time_wait); }));
        HOLDS(watched.way(clients) == "ESTABLISHED>FIN_WAIT_1>CLOSING>TIME_WAIT");
        HOLDS(watched.focus.sockets().size() == 1);
        return "";
    });
}
