// Faults on the laboratory's wire, and what the kernel makes of them.
#include "need_laboratory.hpp"

using namespace std::chrono_literals;

TEST_CASE("a dropped SYN is sent again after a second, and the connection comes about") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    player.submit(scenario::WireRule{
        scenario::WireRule::What::drop, client, server, trace::SegmentKind::syn, 1, {}});
    REQUIRE(player.call(scenario::Connect{client, 1, server, 80, {}}) == 0);
    const auto trace = player.trace();
    std::vector<trace::SegmentRecord> syns;
    bool lost = false;
    for (const auto& record : trace.segments)
        if (trace::is_kind(record.segment, trace::SegmentKind::syn))
            syns.push_back(record);
    for (const auto& event : trace.events)
        lost = lost || (event.kind == trace::EventKind::segment_lost && event.ref == 0);
    REQUIRE(syns.size() == 2);
    CHECK(lost);
    CHECK(syns[1].transmission == 2);
    CHECK(syns[1].sent - syns[0].sent > trace::milliseconds(950));
    CHECK(syns[1].sent - syns[0].sent < trace::milliseconds(1300));
}

TEST_CASE("a segment in flight can be dropped, delayed, duplicated and held by hand") {
    net::LaboratoryOptions options;
    options.delay = trace::milliseconds(300); // time to act while it flies
    Player player(options);
    NEED_LABORATORY(player);
    using What = scenario::Verdict::What;
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    player.submit(scenario::Connect{client, 1, server, 80, {}});
    const auto in_flight = [](const trace::Trace&, const trace::Snapshot& now) {
        return !now.in_flight.empty();
    };
    REQUIRE(player.wait(in_flight));
    const auto syn = player.snapshot().in_flight.front();
    CHECK(syn.due - syn.sent >= trace::milliseconds(300));
    player.submit(scenario::Verdict{What::hold, syn.segment, {}});
    REQUIRE(player.wait(held(1)));
    CHECK(player.snapshot().in_flight.front().due == trace::never);
    player.submit(scenario::Verdict{What::duplicate, syn.segment, trace::milliseconds(400)});
    REQUIRE(player.wait(
        [](const trace::Trace&, const trace::Snapshot& now) { return now.in_flight.size() == 2; }));
    CHECK(player.trace().segments.back().copy);
    player.submit(scenario::Verdict{What::drop, syn.segment, {}});
    // The original is lost; its copy makes the connection.
    REQUIRE(player.wait(in_state("server~client#1", trace::State::syn_recv)));
    const auto trace = player.trace();
    bool lost = false, copy_arrived = false;
    for (const auto& event : trace.events) {
        lost = lost || (event.kind == trace::EventKind::segment_lost && event.ref == syn.segment);
        copy_arrived = copy_arrived || (event.kind == trace::EventKind::segment_arrived &&
                                        trace.segments[event.ref].copy);
    }
    CHECK(lost);
    CHECK(copy_arrived);
}

TEST_CASE("a full accept queue refuses SYNs: one more than the limit fits, and the refusal is seen "
          "at the server") {
    Player player;
    NEED_LABORATORY(player);
    // listen(2): five connect, nobody accepts.
    REQUIRE(player.call(scenario::Listen{server, 80, 2}) == 0);
    for (std::uint16_t number = 1; number <= 5; ++number) {
        player.submit(scenario::Connect{client, number, server, 80, {}});
        const auto peer = "server~client#" + std::to_string(number);
        if (number <= 3)
            REQUIRE(player.wait(in_state(peer, trace::State::established)));
    }
    REQUIRE(player.wait([](const trace::Trace& trace, const trace::Snapshot&) {
        int refused = 0;
        for (const auto& event : trace.events)
            refused += event.kind == trace::EventKind::segment_refused ? 1 : 0;
        return refused >= 2;
    }));
    auto listener = player.listener();
    CHECK(listener.accept_queue.size() == 3);
    CHECK(listener.limit == 2);
    CHECK(listener.accept_fits == 3);
    CHECK(listener.drops == 2);
    CHECK(player.state("client#4") == "SYN_SENT");
    CHECK(player.state("client#5") == "SYN_SENT");
    for (const auto& event : player.trace().events)
        if (event.kind == trace::EventKind::segment_refused)
            CHECK(event.rule == trace::Rule::accept_queue_full_drops_syn);
    CHECK(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        for (const auto& counter : now.hosts[server].counters)
            if (counter.counter == trace::Counter::ListenOverflows)
                return counter.value == 2;
        return false;
    }));
    for (std::uint16_t number = 1; number <= 3; ++number)
        REQUIRE(player.call(scenario::Accept{server, number, 80}) > 0);
    // The repeated SYNs of the other two find room.
    CHECK(player.wait(in_state("client#4", trace::State::established)));
    CHECK(player.wait(in_state("client#5", trace::State::established)));
    CHECK(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        return now.hosts[server].listeners[0].accept_queue.size() == 2;
    }));
}

TEST_CASE("listen(0) has room for one") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 0}) == 0);
    for (std::uint16_t number = 1; number <= 3; ++number) {
        player.submit(scenario::Connect{client, number, server, 80, {}});
        if (number == 1)
            REQUIRE(player.wait(in_state("server~client#1", trace::State::established)));
    }
    REQUIRE(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
        return now.hosts[server].listeners[0].drops >= 2;
    }));
    const auto listener = player.listener();
    CHECK(listener.limit == 0);
    CHECK(listener.accept_queue.size() == 1);
    CHECK(player.state("client#2") == "SYN_SENT");
    CHECK(player.state("client#3") == "SYN_SENT");
}

TEST_CASE("somaxconn of one host bounds its listeners and nobody else's") {
    Player player;
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::SetSysctl{server, "net.core.somaxconn", 1}) == 0);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    REQUIRE(player.call(scenario::Listen{client, 80, 8}) == 0);
    const auto now = player.snapshot();
    CHECK(now.hosts[server].listeners[0].limit == 1);
    CHECK(now.hosts[server].listeners[0].somaxconn == 1);
    CHECK(now.hosts[client].listeners[0].limit == 8);
}
