// The plain pair on 127.0.0.1: what is sampled, what is inferred, and that it says so.
#include "player.hpp"

#include "catch.hpp"

namespace {

net::LaboratoryOptions on_loopback() {
    net::LaboratoryOptions options;
    options.ground = net::GroundKind::loopback;
    return options;
}

} // namespace

TEST_CASE("a loopback pair goes from connect to TIME_WAIT, and what no sample can show is marked "
          "inferred") {
    Player player(on_loopback());
    REQUIRE(player.runs());
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    CHECK(player.listener().accept_queue.size() == 1);
    CHECK(player.listener().limit == 8);
    REQUIRE(player.call(scenario::Accept{server, 1, 80}) > 0);
    CHECK(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        return now.hosts[server].listeners[0].accept_queue.empty();
    }));
    REQUIRE(player.call(scenario::Write{socket_of(client, 1), 100, ""}) == 100);
    REQUIRE(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        const auto* socket = view(now, "server#1");
        return socket && socket->recv_queue.bytes == 100;
    }));
    REQUIRE(player.call(scenario::Read{socket_of(server, 1), 60}) == 60);
    REQUIRE(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        return view(now, "server#1")->recv_queue.bytes == 40;
    }));
    REQUIRE(player.call(scenario::Read{socket_of(server, 1), {}}) == 40);
    REQUIRE(player.call(scenario::Close{socket_of(client, 1)}) == 0);
    REQUIRE(player.wait(in_state("server#1", trace::State::close_wait)));
    REQUIRE(player.call(scenario::Close{socket_of(server, 1)}) == 0);
    REQUIRE(player.wait(in_state("client#1", trace::State::time_wait)));
    const auto trace = player.trace();
    CHECK(trace.segments.empty());
    for (const trace::Event& event : trace.events) {
        if (event.kind != trace::EventKind::transition)
            continue;
        CHECK(event.certainty != trace::Certainty::exact);
        if (event.to == trace::State::syn_sent || event.to == trace::State::syn_recv)
            CHECK(event.certainty == trace::Certainty::inferred);
    }
    const auto now = player.snapshot();
    REQUIRE(view(now, "client#1") != nullptr);
    CHECK_FALSE(view(now, "client#1")->numbers_known);
    REQUIRE(view(now, "client#1")->timers.size() == 1);
    CHECK(view(now, "client#1")->timers[0].kind == trace::Timer::time_wait);
    CHECK_FALSE(player.laboratory().abilities().sees_segments);
    CHECK(player.laboratory().scope().find("inferred") != std::string::npos);
}

TEST_CASE("a blocked call of a loopback pair does not keep the laboratory from ending") {
    Player player(on_loopback());
    REQUIRE(player.runs());
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    player.submit(scenario::Accept{server, 1, 80});
    CHECK(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        return now.hosts[server].listeners[0].blocked_in == trace::Call::accept;
    }));
    // Player's destructor must return.
}

TEST_CASE("a loopback pair never changes a setting of this machine") {
    Player player(on_loopback());
    REQUIRE(player.runs());
    CHECK(player.call(scenario::SetSysctl{server, "net.core.somaxconn", 1}) == -1);
}
