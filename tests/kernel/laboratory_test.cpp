// The laboratory: a handshake and a close of the real kernel, against what the kernel itself
// reports.
#include "need_laboratory.hpp"

#include "ordinary_user.hpp"

using namespace std::chrono_literals;

namespace {

// Connect, a byte each way, close from the client. Returns "" or what went wrong.
std::string whole_connection(Player& player) {
    if (player.call(scenario::Listen{server, 80, 8}) != 0)
        return "listen";
    if (player.call(scenario::Connect{client, 1, server, 80, {}}) != 0)
        return "connect";
    if (!player.wait(in_state("server~client#1", trace::State::established)))
        return "no connection at the server";
    if (player.call(scenario::Accept{server, 1, 80}) < 0)
        return "accept";
    if (player.call(scenario::Write{socket_of(client, 1), 1, ""}) != 1)
        return "write";
    if (player.call(scenario::Read{socket_of(server, 1), {}}) != 1)
        return "read";
    if (player.call(scenario::Close{socket_of(client, 1)}) != 0)
        return "close";
    if (!player.wait(in_state("server#1", trace::State::close_wait)))
        return "no CLOSE_WAIT";
    if (!player.wait(in_state("client#1", trace::State::fin_wait_2)))
        return "no FIN_WAIT_2";
    if (player.call(scenario::Close{socket_of(server, 1)}) != 0)
        return "close";
    if (!player.wait(in_state("client#1", trace::State::time_wait)))
        return "no TIME_WAIT";
    if (!player.wait(nothing_left("server#1")))
        return "something is left of the server's end";
    if (player.states("client#1") != "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT")
        return player.states("client#1");
    if (player.states("server#1") != "SYN_RECV ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED")
        return player.states("server#1");
    const auto trace = player.trace();
    for (const trace::Event& event : trace.events)
        if (event.kind == trace::EventKind::transition &&
            event.certainty != trace::Certainty::exact)
            return "not seen: " + trace::sentence(trace, event, "en");
    return "";
}

} // namespace

TEST_CASE("a connection in the laboratory passes through every state of a normal life, each of "
          "them seen") {
    Player player;
    NEED_LABORATORY(player);
    CHECK(whole_connection(player) == "");
}

TEST_CASE("an ordinary user owns a whole laboratory") {
    const auto outcome = as_ordinary_user([](const std::string& helper) -> std::string {
        net::LaboratoryOptions options;
        options.helper = helper;
        Player player(options);
        if (!player.runs())
            return refused_prefix + net::describe(player.failure());
        return whole_connection(player);
    });
    if (outcome.rfind(refused_prefix, 0) == 0)
        SKIP_TEST(outcome.c_str());
    CHECK(outcome == "");
}

TEST_CASE("the segments of a handshake are a SYN, a SYN+ACK and an ACK, and their numbers fit") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    REQUIRE(player.wait(in_state("server~client#1", trace::State::established)));
    const auto trace = player.trace();
    REQUIRE(trace.segments.size() == 3);
    const auto& syn = trace.segments[0].segment;
    const auto& syn_ack = trace.segments[1].segment;
    const auto& ack = trace.segments[2].segment;
    CHECK(trace::describe(syn.flags) == "SYN");
    CHECK(trace::describe(syn_ack.flags) == "SYN+ACK");
    CHECK(trace::describe(ack.flags) == "ACK");
    CHECK(syn.mss == 1460);
    CHECK(syn_ack.ack == syn.seq + 1);
    CHECK(ack.ack == syn_ack.seq + 1);
    CHECK(ack.seq == syn.seq + 1);
    const auto now = player.snapshot();
    const auto* end = view(now, "client#1");
    REQUIRE(end != nullptr);
    CHECK(end->numbers_known);
    CHECK(end->iss == syn.seq);
    CHECK(end->snd_una == syn.seq + 1);
    CHECK(end->snd_nxt == syn.seq + 1);
    CHECK(end->rcv_nxt == syn_ack.seq + 1);
    const auto* other = view(now, "server~client#1");
    REQUIRE(other != nullptr);
    CHECK(other->snd_una == syn_ack.seq + 1);
    CHECK(other->rcv_nxt == syn.seq + 1);
    CHECK(other->fd == -1); // nobody has accepted it
}

TEST_CASE("a segment arrives the wire's delay after it was sent, never earlier") {
    net::LaboratoryOptions options;
    options.delay = trace::milliseconds(50);
    Player player(options);
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    const auto trace = player.trace();
    int arrivals = 0;
    for (const trace::Event& event : trace.events) {
        if (event.kind != trace::EventKind::segment_arrived)
            continue;
        ++arrivals;
        CHECK(event.at - trace.segments[event.ref].sent >= trace::milliseconds(50));
        CHECK(trace.events[event.cause].kind == trace::EventKind::segment_sent);
        CHECK(trace.events[event.cause].ref == event.ref);
    }
    CHECK(arrivals >= 2);
}

TEST_CASE("a call on a port where nobody listens returns ECONNREFUSED, and the RST is seen") {
    Player player;
    NEED_LABORATORY(player);
    CHECK(player.call(scenario::Connect{client, 1, server, 81, {}}) == -111);
    const auto trace = player.trace();
    REQUIRE(trace.segments.size() == 2);
    CHECK(trace::describe(trace.segments[1].segment.flags) == "RST+ACK");
    CHECK(player.states("client#1") == "SYN_SENT CLOSED");
    CHECK(player.state("client#1") == "CLOSED"); // its descriptor is still open
    REQUIRE(player.call(scenario::Close{socket_of(client, 1)}) == 0);
    CHECK(player.wait(nothing_left("client#1")));
}

TEST_CASE("close() with unread data resets the connection: no TIME_WAIT at either end") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    REQUIRE(player.wait(in_state("server~client#1", trace::State::established)));
    REQUIRE(player.call(scenario::Accept{server, 1, 80}) > 0);
    REQUIRE(player.call(scenario::Write{socket_of(client, 1), 100, ""}) == 100);
    REQUIRE(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        const auto* socket = view(now, "server#1");
        return socket && socket->recv_queue.bytes == 100;
    }));
    REQUIRE(player.call(scenario::Close{socket_of(server, 1)}) == 0);
    CHECK(player.wait(in_state("client#1", trace::State::closed)));
    CHECK(player.states("server#1") == "SYN_RECV ESTABLISHED CLOSED");
    CHECK(player.states("client#1") == "SYN_SENT ESTABLISHED CLOSED");
    const auto trace = player.trace();
    CHECK(trace.segments.back().segment.flags.has(trace::flag::rst));
    for (const trace::Event& event : trace.events)
        if (event.kind == trace::EventKind::transition && event.to == trace::State::closed) {
            const auto expected =
                event.host == server ? trace::Trigger::abort : trace::Trigger::rst;
            CHECK(event.trigger() == expected);
        }
}

TEST_CASE("a laboratory with six hosts has six address spaces and counters") {
    net::LaboratoryOptions options;
    options.hosts = {"a", "b", "c", "d", "e", "f"};
    Player player(options);
    NEED_LABORATORY(player);
    for (trace::HostId host = 1; host < 6; ++host) {
        REQUIRE(player.call(scenario::Listen{host, 80, 1}) == 0);
        REQUIRE(player.call(scenario::Connect{0, host, host, 80, {}}) == 0);
    }
    const auto now = player.snapshot();
    REQUIRE(now.hosts.size() == 6);
    CHECK(now.hosts[0].sockets.size() == 5);
    CHECK(trace::format(now.hosts[5].address) == "10.0.0.6");
    for (std::size_t host = 1; host < 6; ++host)
        CHECK(now.hosts[host].listeners.size() == 1);
}

namespace {

// The rule that the last step of this socket followed.
trace::Rule last_rule(Player& player, const std::string& name) {
    trace::Rule rule = trace::Rule::none;
    const auto trace = player.trace();
    for (const trace::Event& event : trace.events)
        if (event.kind == trace::EventKind::transition &&
            trace::socket_name(trace, event.socket) == name)
            rule = event.rule;
    return rule;
}

bool connect_and_accept(Player& player) {
    return player.call(scenario::Listen{server, 80, 8}) == 0 &&
           player.call(scenario::Connect{client, 1, server, 80, {}}) == 0 &&
           player.wait(in_state("server~client#1", trace::State::established)) &&
           player.call(scenario::Accept{server, 1, 80}) > 0;
}

} // namespace

TEST_CASE("SO_LINGER 0 makes close() a reset, and that is the reason given") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(connect_and_accept(player));
    REQUIRE(player.call(scenario::SetOption{socket_of(client, 1), "SO_LINGER", 0}) == 0);
    REQUIRE(player.call(scenario::Close{socket_of(client, 1)}) == 0);
    REQUIRE(player.wait(in_state("server#1", trace::State::closed)));
    CHECK(player.wait(nothing_left("client#1")));
    CHECK(player.states("client#1") == "SYN_SENT ESTABLISHED CLOSED");
    CHECK(last_rule(player, "client#1") == trace::Rule::linger_zero);
}

TEST_CASE("closing a listener resets what waits in its accept queue") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    for (std::uint16_t number = 1; number <= 2; ++number)
        REQUIRE(player.call(scenario::Connect{client, number, server, 80, {}}) == 0);
    REQUIRE(player.wait(in_state("server~client#2", trace::State::established)));
    scenario::SocketName listener;
    listener.kind = scenario::SocketName::Kind::listener;
    listener.host = server;
    listener.port = 80;
    REQUIRE(player.call(scenario::Close{listener}) == 0);
    CHECK(player.wait(in_state("client#1", trace::State::closed)));
    CHECK(player.wait(in_state("client#2", trace::State::closed)));
    CHECK(player.states("server~client#1") == "SYN_RECV ESTABLISHED CLOSED");
    CHECK(last_rule(player, "server~client#1") == trace::Rule::listener_closed_resets_children);
    const auto now = player.snapshot();
    CHECK(now.hosts[server].listeners.empty());
    CHECK(now.hosts[server].sockets.empty());
}

TEST_CASE("data for an orphan in FIN_WAIT_2 is answered by a reset") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(connect_and_accept(player));
    REQUIRE(player.call(scenario::Close{socket_of(client, 1)}) == 0);
    REQUIRE(player.wait(in_state("client#1", trace::State::fin_wait_2)));
    CHECK(view(player.snapshot(), "client#1")->orphan);
    REQUIRE(player.call(scenario::Write{socket_of(server, 1), 10, ""}) == 10);
    CHECK(player.wait(in_state("server#1", trace::State::closed)));
    CHECK(player.wait(nothing_left("client#1")));
    CHECK(player.states("client#1") == "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 CLOSED");
    CHECK(last_rule(player, "client#1") == trace::Rule::data_to_closed_reader);
}

TEST_CASE("half close: the end that only sends goes on sending, and its bytes wait to be read") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(connect_and_accept(player));
    REQUIRE(player.call(scenario::ShutDown{socket_of(client, 1), trace::Shutdown::wr}) == 0);
    REQUIRE(player.wait(in_state("server#1", trace::State::close_wait)));
    REQUIRE(player.wait(in_state("client#1", trace::State::fin_wait_2)));
    REQUIRE(player.call(scenario::Write{socket_of(server, 1), 777, ""}) == 777);
    CHECK(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        return view(now, "client#1")->recv_queue.bytes == 777;
    }));
    CHECK(player.call(scenario::Read{socket_of(client, 1), {}}) == 777);
}
