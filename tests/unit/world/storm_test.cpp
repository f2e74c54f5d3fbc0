// The storm: random calls on lossy, duplicating, reordering wires; the invariants hold at every
// step.
#include <string>

#include <fmt/format.h>

#include "catch.hpp"
#include "storm.hpp"
#include "world/invariants.hpp"

using namespace storm;

TEST_CASE("two million random steps break no invariant", "[storm]") {
    std::uint64_t steps = 0, seed = 1;
    while (steps < 2'000'000) {
        Storm storm(seed);
        while (storm.steps() < 2'000 && storm.go_on(nullptr)) {
            if (storm.steps() % 32 != 0)
                continue;
            const auto broken = check_everything(storm.world());
            if (broken)
                FAIL(fmt::format("seed {} step {}: {}", seed, storm.steps(), *broken));
        }
        steps += storm.steps();
        ++seed;
    }
    SUCCEED(fmt::format("{} steps, seeds 1 to {}", steps, seed - 1));
}

TEST_CASE("the same inputs give the same world and the same trace, bit for bit", "[storm]") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        Storm one(seed), two(seed);
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
        Storm original(seed);
        trace::Trace log;
        for (int i = 0; i < 400; ++i)
            original.go_on(&log);
        Storm copy = original;
        for (int i = 0; i < 400; ++i) {
            original.go_on(&log);
            copy.go_on(nullptr);
        }
        INFO("seed " << seed);
        CHECK(copy.world() == original.world());
        copy.go_on(nullptr);
        CHECK_FALSE(copy.world() == original.world());
    }
}

TEST_CASE("every event has a cause before it, a rule and a place in time", "[storm]") {
    Storm storm(99);
    trace::Trace log;
    for (int i = 0; i < 4000; ++i)
        storm.go_on(&log);
    REQUIRE(log.events.size() > 4000);
    trace::Instant last;
    std::uint32_t beat = 0;
    for (std::size_t i = 0; i < log.events.size(); ++i) {
        const trace::Event& e = log.events[i];
        INFO("event " << i << " kind " << static_cast<int>(e.kind));
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
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        Storm storm(seed);
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
