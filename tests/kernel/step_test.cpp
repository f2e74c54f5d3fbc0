// Step mode: hold every segment, release one at a time, look at both ends. Shows every state that a
// protocol has.
#include "need_laboratory.hpp"

#include <algorithm>

namespace {

net::LaboratoryOptions stepping() {
    net::LaboratoryOptions options;
    options.hold_everything = true;
    options.delay = {};
    return options;
}

// The oldest held segment of this kind from this host; none while there is none.
trace::SegmentId held_one(const trace::Trace& trace, const trace::Snapshot& now, trace::HostId from,
                          trace::SegmentKind kind) {
    for (const trace::InFlight& one : now.in_flight)
        if (one.held && one.from == from &&
            trace::is_kind(trace.segments[one.segment].segment, kind))
            return one.segment;
    return trace::none;
}

void wait_for(Player& player, trace::HostId from, trace::SegmentKind kind) {
    INFO(trace::name(kind));
    REQUIRE(player.wait([&](const trace::Trace& trace, const trace::Snapshot& now) {
        return held_one(trace, now, from, kind) != trace::none;
    }));
}

// Waits until such a segment is held, lets it go and waits until it has arrived. On a slow machine
// repetitions may be held beside it: they stay.
void let_go(Player& player, trace::HostId from, trace::SegmentKind kind) {
    wait_for(player, from, kind);
    const auto id = held_one(player.trace(), player.snapshot(), from, kind);
    player.submit(scenario::Verdict{scenario::Verdict::What::release, id, {}});
    REQUIRE(player.wait([&](const trace::Trace& trace, const trace::Snapshot&) {
        return std::any_of(
            trace.events.begin(), trace.events.end(), [&](const trace::Event& event) {
                return event.kind == trace::EventKind::segment_arrived && event.ref == id;
            });
    }));
}

// Lets the oldest held segment go and waits until it has arrived.
void step(Player& player) {
    const auto arrivals = [](const trace::Trace& trace) {
        std::size_t count = 0;
        for (const trace::Event& event : trace.events)
            if (event.kind == trace::EventKind::segment_arrived ||
                event.kind == trace::EventKind::segment_refused)
                ++count;
        return count;
    };
    const auto before = arrivals(player.trace());
    player.laboratory().step();
    REQUIRE(player.wait([&](const trace::Trace& trace, const trace::Snapshot&) {
        return arrivals(trace) > before;
    }));
}

bool waits_in(Player& player, const std::string& name, trace::State state) {
    return player.wait(in_state(name, state));
}

} // namespace

TEST_CASE(
    "stepped segment by segment, an active and a passive close show all of their states at rest") {
    using trace::State;
    Player player(stepping());
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    using trace::SegmentKind;
    player.submit(scenario::Connect{client, 1, server, 80, {}});
    wait_for(player, client, SegmentKind::syn);
    CHECK(waits_in(player, "client#1", State::syn_sent));
    let_go(player, client, SegmentKind::syn);
    CHECK(waits_in(player, "server~client#1", State::syn_recv));
    let_go(player, server, SegmentKind::syn_ack);
    CHECK(waits_in(player, "client#1", State::established));
    CHECK(player.state("server~client#1") == "SYN_RECV"); // the third segment is still held
    let_go(player, client, SegmentKind::ack);
    CHECK(waits_in(player, "server~client#1", State::established));
    REQUIRE(player.call(scenario::Accept{server, 1, 80}) > 0);

    REQUIRE(player.call(scenario::Close{socket_of(client, 1)}) == 0);
    CHECK(waits_in(player, "client#1", State::fin_wait_1));
    wait_for(player, client, SegmentKind::fin);
    CHECK(player.state("server#1") == "ESTABLISHED");
    let_go(player, client, SegmentKind::fin);
    CHECK(waits_in(player, "server#1", State::close_wait));
    CHECK(player.state("client#1") == "FIN_WAIT_1");
    let_go(player, server, SegmentKind::ack);
    CHECK(waits_in(player, "client#1", State::fin_wait_2));
    REQUIRE(player.call(scenario::Close{socket_of(server, 1)}) == 0);
    CHECK(waits_in(player, "server#1", State::last_ack));
    let_go(player, server, SegmentKind::fin);
    CHECK(waits_in(player, "client#1", State::time_wait));
    CHECK(player.state("server#1") == "LAST_ACK");
    let_go(player, client, SegmentKind::ack); // the last one
    CHECK(player.wait(nothing_left("server#1")));
    CHECK(player.state("client#1") == "TIME_WAIT");
}

TEST_CASE("both ends opening at once and closing at once pass through SYN_RECV and CLOSING, and "
          "both end in TIME_WAIT") {
    using trace::State;
    Player player(stepping());
    NEED_LABORATORY(player);
    player.submit(scenario::Connect{client, 1, server, 5001, 5000});
    wait_for(player, client, trace::SegmentKind::syn);
    player.submit(scenario::Connect{server, 1, client, 5000, 5001});
    wait_for(player, server, trace::SegmentKind::syn); // two SYNs that will cross
    CHECK(player.state("client#1") == "SYN_SENT");
    CHECK(player.state("server#1") == "SYN_SENT");
    for (int steps = 0; steps < 8 && (player.state("client#1") != "ESTABLISHED" ||
                                      player.state("server#1") != "ESTABLISHED");
         ++steps) {
        REQUIRE(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
            return !now.in_flight.empty();
        }));
        step(player);
    }
    REQUIRE(waits_in(player, "client#1", State::established));
    REQUIRE(waits_in(player, "server#1", State::established));
    // Acknowledgements of the opening that are still on the wire.
    player.laboratory().hold_everything(false);
    REQUIRE(player.wait(held(0)));
    player.laboratory().hold_everything(true);

    const auto fins = [](const trace::Trace&, const trace::Snapshot& now) {
        return now.in_flight.size() >= 2;
    };
    REQUIRE(player.call(scenario::Close{socket_of(client, 1)}) == 0);
    REQUIRE(player.call(scenario::Close{socket_of(server, 1)}) == 0);
    REQUIRE(player.wait(fins));
    for (int steps = 0; steps < 12 && (player.state("client#1") != "TIME_WAIT" ||
                                       player.state("server#1") != "TIME_WAIT");
         ++steps) {
        REQUIRE(player.wait([](const trace::Trace&, const trace::Snapshot& now) {
            return !now.in_flight.empty();
        }));
        step(player);
    }
    CHECK(waits_in(player, "client#1", State::time_wait));
    CHECK(waits_in(player, "server#1", State::time_wait));
    CHECK(player.states("client#1") ==
          "SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT");
    CHECK(player.states("server#1") ==
          "SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT");
}

TEST_CASE("repetitions of a segment that is held join it: one is on the wire, and says how often "
          "it was repeated") {
    Player player(stepping());
    NEED_LABORATORY(player);
    REQUIRE(player.call(scenario::Listen{server, 80, 8}) == 0);
    player.submit(scenario::Connect{client, 1, server, 80, {}});
    // The first repetition of a SYN comes after 1 s.
    REQUIRE(player.wait([](const trace::Trace& trace, const trace::Snapshot&) {
        return trace.segments.size() >= 2;
    }));
    const auto trace = player.trace();
    CHECK(trace.segments[1].transmission == 2);
    CHECK(trace.segments[1].original == 0);
    CHECK(player.wait(held(1)));
    CHECK(player.snapshot().in_flight.size() == 1);
    bool fired = false;
    for (const trace::Event& event : trace.events)
        fired = fired || (event.kind == trace::EventKind::timer_fired &&
                          event.timer() == trace::Timer::retransmit);
    CHECK(fired);
    step(player);
    CHECK(player.wait(in_state("server~client#1", trace::State::syn_recv)));
}
