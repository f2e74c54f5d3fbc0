// The workloads do what they say, and say the same however they are watched.
#include "bench/workload.hpp"

#include <array>

#include "catch.hpp"

using namespace bench;

namespace {

Result run_small(Work work, std::uint32_t count, Record record = Record::nothing) {
    Options o;
    o.work = work;
    o.count = count;
    o.record = record;
    return run(o);
}

} // namespace

TEST_CASE("every connection of a workload is opened, accepted, served and closed") {
    for (Work work : {Work::lifecycle, Work::concurrent, Work::lossy}) {
        const Result r = run_small(work, 1000);
        INFO("workload " << static_cast<int>(work));
        CHECK(r.connected == 1000);
        CHECK(r.accepted == 1000);
        CHECK(r.done == 1000);
        CHECK(r.segments >= (work == Work::concurrent ? 6000u : 9000u));
        CHECK(r.simulated > 61);
    }
    CHECK(run_small(Work::lossy, 1000).lost > 50);
    CHECK(run_small(Work::lifecycle, 1000).lost == 0);
}

TEST_CASE("the bulk workload delivers every byte at the rate of its line") {
    const Result r = run_small(Work::bulk, 2);
    CHECK(r.done == 2'000'000);
    CHECK(r.last_done > 2'000'000 * 8 / 100e6);
}

TEST_CASE("a run leaves the same trace hash whether and however its segments are recorded") {
    for (int w = 1; w <= 5; ++w) {
        const auto work = static_cast<Work>(w);
        const std::uint32_t count = work == Work::bulk ? 1 : 500;
        const Result nothing = run_small(work, count), again = run_small(work, count);
        INFO("workload " << w);
        CHECK(nothing.trace_hash == again.trace_hash);
        CHECK(nothing.trace_hash == run_small(work, count, Record::binary).trace_hash);
        CHECK(nothing.trace_hash == run_small(work, count, Record::text).trace_hash);
        CHECK(nothing.trace_hash != run_small(work, count + 1).trace_hash);
        CHECK(nothing.events == again.events);
    }
}

TEST_CASE("the yardstick takes time, and is only laid on when it is asked for") {
    Options o;
    CHECK(run(o).yardstick == 0);
    o.yardstick = true;
    CHECK(run(o).yardstick > 0);
}

TEST_CASE("client ports run out at fifty thousand, so a second address follows") {
    // More than one address needs many connections: idle ones are the cheapest.
    const Result r = run_small(Work::concurrent, 50'100);
    CHECK(r.connected == 50'100);
    CHECK(r.done == 50'100);
}

TEST_CASE("what the bench does not understand it refuses with what it expected") {
    for (const auto& [work, count] : {std::array{"0", "10"}, {"6", "10"}, {"1", "0"}, {"1", "x"}})
        CHECK_FALSE(parse(work, count).mistake.empty());
    for (const char* option : {"tw=0", "loss=1", "loss=", "trace=all", "speed=1", "hold"}) {
        Asked asked = parse("1", "10");
        REQUIRE(asked.mistake.empty());
        parse(option, asked);
        CHECK_FALSE(asked.mistake.empty());
    }
    Asked asked = parse("3", "10");
    parse("tw=1", asked);
    parse("trace=bin", asked);
    CHECK(asked.mistake.empty());
    CHECK(asked.options.time_wait == 1);
    CHECK(asked.options.record == Record::binary);
}
