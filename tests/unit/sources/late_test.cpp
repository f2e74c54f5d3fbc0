// A busy machine's play and the simulator's, as late as that was.
#include <algorithm>

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
        wire.late.assign(100, {late});
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

namespace {

constexpr auto two_at_once = "title T\nhosts client server\nwire client server delay 10ms\n"
                             "0 server listen :80 backlog 4\n"
                             "0 client connect :80\n50ms server accept :80\n"
                             "60ms client#1 setsockopt TCP_NODELAY 1\n"
                             "90ms server#1 read 5000\n"
                             "100ms client#1 write 100\n100.5ms client#1 write 100\n1s note end\n";

} // namespace

TEST_CASE("What is handed over one after another stays in its order, though one left later") {
    auto script = parsed(two_at_once);
    const auto at = [](std::int64_t us) { return trace::Instant{} + trace::microseconds(us); };
    auto& late = script.wires[0].late; // SYN, ACK, and the two
    late = {{}, {}, {trace::milliseconds(1), at(111'200)}, {{}, at(111'300)}};
    const auto refused = [&] {
        const sources::Play play = sources::play_simulated(script);
        return std::count_if(play.trace.events.begin(), play.trace.events.end(),
                             [](const trace::Event& e) {
                                 return e.rule == trace::Rule::data_out_of_order &&
                                        e.kind == trace::EventKind::segment_arrived;
                             });
    };
    CHECK(refused() == 0);
    for (scenario::Handover& h : late)
        h.at = trace::never;
    CHECK(refused() == 1);
}

TEST_CASE("A reader finds what the kernel's found, if that was there in time") {
    const auto script = parsed(two_at_once);
    sources::KernelPlay kernel;
    static_cast<sources::Play&>(kernel) = sources::play_simulated(script);
    const auto found = [&] {
        const sources::Play play = sources::play_simulated(sources::as_late(script, kernel).script);
        for (const trace::Event& e : play.trace.events)
            if (e.kind == trace::EventKind::call_returned &&
                play.trace.calls[e.ref].call == trace::Call::read)
                return e.value;
        return std::int64_t{-1};
    };
    CHECK(found() == 100);
    const trace::CallId read = kernel.report.lines[4].call;
    kernel.pace.calls[read].returned = trace::Instant{} + trace::microseconds(110'900);
    kernel.pace.calls[read].value = 200;
    CHECK(found() == 200);
    kernel.pace.calls[read].value = 300; // which never come
    kernel.pace.calls[read].returned = trace::Instant{} + trace::milliseconds(130);
    CHECK(found() == 100);
}

TEST_CASE("A lingering close() whose thread gets a processor late returns then") {
    const auto script = parsed("title T\nhosts client server\n0 server listen :80 backlog 4\n"
                               "0 client connect :80\n50ms server accept :80\n"
                               "60ms client#1 setsockopt SO_LINGER 1\n"
                               "90ms wire drop client>server * all\n"
                               "100ms client#1 write 100\n200ms client#1 close\n2s note end\n");
    sources::KernelPlay kernel;
    static_cast<sources::Play&>(kernel) = sources::play_simulated(script);
    kernel.pace.calls[kernel.report.lines[6].call].waited = trace::milliseconds(3);
    const sources::Play late = sources::play_simulated(sources::as_late(script, kernel).script);
    for (const trace::Event& e : late.trace.events)
        if (e.kind == trace::EventKind::call_returned &&
            late.trace.calls[e.ref].call == trace::Call::close)
            CHECK(e.at == trace::Instant{} + trace::milliseconds(1203));
}
