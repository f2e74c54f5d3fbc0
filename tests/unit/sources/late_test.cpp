// A busy machine's play and the simulator's, as late as that was.
#include "catch.hpp"

#include "sources/late.hpp"
#include "world/known.hpp"

namespace {

// A machine that hands every frame over so much later than it should.
sources::KernelPlay late_play(const scenario::Scenario& script, trace::Duration late) {
    scenario::Scenario busy = script;
    sources::KernelPlay kernel;
    kernel.pace.frames.resize(script.hosts.size() * script.hosts.size());
    for (scenario::WireLine& wire : busy.wires) {
        wire.late.assign(100, late);
        kernel.pace.frames[wire.from * script.hosts.size() + wire.to] = wire.late;
    }
    static_cast<sources::Play&>(kernel) = sources::play_simulated(busy);
    kernel.lateness = late;
    return kernel;
}

scenario::Scenario parsed(const char* text) {
    return std::get<scenario::Scenario>(scenario::parse(text, "t", world::known()));
}

constexpr auto two_writes = "title T\nhosts client server\n0 server listen :80 backlog 4\n"
                            "0 client connect :80\n50ms server accept :80\n"
                            "100ms client#1 write 100\n110ms client#1 write 100\n"
                            "112ms server#1 read -> 100\n1s client#1 close\n";

} // namespace

TEST_CASE("Frames that a busy machine hands over 30 ms late are no difference of TCP") {
    const auto script = parsed(two_writes);
    auto kernel = late_play(script, trace::milliseconds(30));
    const auto found = sources::match(script, kernel);
    INFO((found.difference ? sources::sentence(*found.difference, "en") : ""));
    CHECK(found.agrees());
    // Without what was measured they are one.
    kernel.pace = {};
    CHECK_FALSE(sources::match(script, kernel).agrees());
}

TEST_CASE("What TCP does otherwise stays a difference, however late the machine was") {
    const auto script = parsed(two_writes);
    auto kernel = late_play(script, trace::milliseconds(30));
    for (trace::SegmentRecord& record : kernel.trace.segments)
        if (record.segment.length > 0)
            record.segment.flags = trace::flag::ack | trace::flag::fin;
    CHECK_FALSE(sources::match(script, kernel).agrees());
}

TEST_CASE("The difference that is told is TCP's, not the lateness of the machine before it") {
    const auto script = parsed(two_writes);
    auto kernel = late_play(script, trace::milliseconds(30));
    for (trace::SegmentRecord& record : kernel.trace.segments)
        if (record.segment.length > 0)
            record.segment.length = 99;
    const auto found = sources::match(script, kernel);
    REQUIRE(found.difference);
    INFO(sources::sentence(*found.difference, "en"));
    CHECK(found.difference->field == "length");
}

TEST_CASE("A line that ran late is expected of the simulator as late") {
    const auto script = parsed(two_writes);
    sources::KernelPlay kernel;
    static_cast<sources::Play&>(kernel) = sources::play_simulated(script);
    kernel.report.lines[3].at = trace::Instant{} + trace::milliseconds(140);
    const auto late = sources::as_late(script, kernel);
    REQUIRE(late.lines.size() == script.lines.size());
    // The first write came after the second and the read: but a thread's calls keep their order.
    CHECK(late.lines == std::vector<std::uint32_t>{0, 1, 2, 5, 3, 4, 6});
    CHECK(late.script.lines[4].at == trace::Instant{} + trace::milliseconds(140));
    CHECK(late.script.lines[5].at == trace::Instant{} + trace::milliseconds(140));
}
