// What holds for every play: it can be repeated and copied, and everything has a cause. (That the
// invariants hold is what the program `storm` looks for.)

#include "catch.hpp"
#include "storm/player.hpp"

using storm::Player;
using storm::random_play;

TEST_CASE("the same inputs give the same world and the same trace, bit for bit", "[storm]") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Player one(random_play(seed)), two(random_play(seed));
        trace::Trace first, second;
        for (int i = 0; i < 1500; ++i) {
            one.go_on(&first);
            two.go_on(&second);
        }
        INFO("seed " << seed);
        CHECK(one.world() == two.world());
        CHECK(first == second);
        CHECK(first.events.size() == one.world().recorded().events);
        CHECK(first.segments.size() == one.world().recorded().segments);
        CHECK(first.calls.size() == one.world().recorded().calls);
        CHECK(first.sockets.size() == one.world().recorded().sockets);
    }
}

TEST_CASE("a copy goes on like the original, with a log or without", "[storm]") {
    for (std::uint64_t seed = 20; seed <= 30; ++seed) {
        Player original(random_play(seed));
        trace::Trace log;
        for (int i = 0; i < 40; ++i)
            original.go_on(&log);
        Player copy = original;
        for (int i = 0; i < 40; ++i) {
            original.go_on(&log);
            copy.go_on(nullptr);
        }
        INFO("seed " << seed);
        CHECK(copy.world() == original.world());
        const world::World before = copy.world();
        while (copy.world() == before && copy.go_on(nullptr)) {
        }
        CHECK_FALSE(copy.world() == original.world()); // two worlds, and not one
    }
}

TEST_CASE("every event has a cause before it, a rule and a place in time", "[storm]") {
    const auto seed = GENERATE(range(90, 110));
    Player storm(random_play(static_cast<std::uint64_t>(seed)));
    trace::Trace log;
    while (storm.go_on(&log)) {
    }
    REQUIRE(log.events.size() > 100);
    trace::Instant last;
    std::uint32_t beat = 0;
    for (std::size_t i = 0; i < log.events.size(); ++i) {
        const trace::Event& e = log.events[i];
        INFO("seed " << seed << " event " << i << " kind " << static_cast<int>(e.kind));
        REQUIRE(e.at >= last);
        REQUIRE(e.beat >= beat);
        REQUIRE((e.cause == trace::none || e.cause < i));
        if (e.kind == trace::EventKind::segment_sent || e.kind == trace::EventKind::transition ||
            e.kind == trace::EventKind::segment_refused || e.kind == trace::EventKind::counter)
            REQUIRE(e.rule != trace::Rule::none);
        // Within one beat everything follows from something in it, but what began it.
        if (e.beat == beat && i > 0 && log.events[i - 1].beat == beat && e.host != trace::no_host &&
            log.events[i - 1].host != trace::no_host)
            REQUIRE(e.host == log.events[i - 1].host);
        last = e.at;
        beat = e.beat;
    }
}

TEST_CASE("the storm reaches every state and every kind of event", "[storm]") {
    std::array<bool, trace::state_count> states{};
    std::array<bool, static_cast<std::size_t>(trace::EventKind::inferred)> kinds{};
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Player storm(random_play(seed));
        trace::Trace log;
        for (int i = 0; i < 1500; ++i)
            storm.go_on(&log);
        for (const trace::Event& e : log.events) {
            kinds[static_cast<std::size_t>(e.kind)] = true;
            if (e.kind == trace::EventKind::transition)
                states[static_cast<std::size_t>(e.to)] = true;
        }
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
        INFO(trace::name(static_cast<trace::State>(i)));
        CHECK(states[i]);
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        INFO("event kind " << i);
        CHECK(kinds[i]);
    }
}
