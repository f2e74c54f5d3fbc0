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
    CHECK(trace::format(now.hosts[5].address) == "10.9.0.6");
    for (std::size_t host = 1; host < 6; ++host)
        CHECK(now.hosts[host].listeners.size() == 1);
}
