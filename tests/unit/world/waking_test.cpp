// A process that sleeps in a call runs when everything that came at that instant has been taken in.
#include <variant>

#include "catch.hpp"
#include "scenario/runner.hpp"
#include "world/known.hpp"
#include "world/stage.hpp"
#include "world/world.hpp"

using trace::milliseconds;

namespace {

struct Pair {
    world::World world;
    trace::Trace log;

    explicit Pair(const std::string& lines) {
        const std::string text = "title waking\nhosts client server\n"
                                 "wire client server delay 10ms\n" +
                                 lines;
        auto parsed = scenario::parse(text, "waking", world::known());
        if (auto* error = std::get_if<scenario::ParseError>(&parsed))
            FAIL(scenario::format(*error));
        world = world::make_world(std::get<scenario::Scenario>(parsed), &log);
        submit(scenario::Listen{1, 80, 4});
        submit(scenario::Connect{0, 1, 1, 80, std::nullopt});
        advance(30);
        submit(scenario::Accept{1, 1, 80});
        advance(10);
    }
    void submit(const scenario::Action& a) { world.submit(a, &log); }
    void advance(int ms) { world.advance(world.now() + milliseconds(ms), &log); }
    static scenario::SocketName end(trace::HostId host) {
        scenario::SocketName n;
        n.host = host;
        n.number = 1;
        return n;
    }
    std::int64_t result(trace::HostId host) const {
        return world.contents().hosts[host].names.at(0).last_result;
    }
};

} // namespace

TEST_CASE("a sleeping reader finds all that came at the same instant", "[waking]") {
    Pair p("");
    p.submit(scenario::Read{Pair::end(1), 5000});
    p.submit(scenario::Write{Pair::end(0), 3000, ""}); // three segments, which leave together
    p.advance(15);
    CHECK(p.result(1) == 3000);
}

TEST_CASE("what comes later is found by the next read", "[waking]") {
    Pair p("");
    p.submit(scenario::Read{Pair::end(1), 5000});
    p.submit(scenario::Write{Pair::end(0), 1000, ""});
    p.advance(1);
    p.submit(scenario::SetOption{Pair::end(0), "TCP_NODELAY", 1});
    p.submit(scenario::Write{Pair::end(0), 700, ""});
    p.advance(14);
    CHECK(p.result(1) == 1000);
    p.submit(scenario::Read{Pair::end(1), 5000});
    CHECK(p.result(1) == 700);
}

TEST_CASE("a sleeping writer wakes after all ACKs of an instant", "[waking]") {
    Pair p("");
    p.submit(scenario::Write{Pair::end(0), 3'000'000, ""});
    for (int i = 0; i < 500; ++i)
        p.submit(scenario::Read{Pair::end(1), 500'000});
    const auto written = [&] { return p.world.contents().connections[0].snd.end; };
    int wakes = 0;
    while (wakes < 3) {
        const auto instant = p.world.next_due();
        REQUIRE(instant);
        const trace::Seq before = written();
        bool wrote = false;
        while (p.world.next_due() == instant) {
            const std::size_t seen = p.log.events.size();
            p.world.step(&p.log);
            for (std::size_t i = seen; i < p.log.events.size(); ++i) {
                const trace::Event& e = p.log.events[i];
                if (e.kind == trace::EventKind::segment_arrived && e.host == 0)
                    REQUIRE_FALSE(wrote); // an ACK that the program should have waited for
            }
            wrote = wrote || written() != before;
        }
        wakes += wrote ? 1 : 0;
    }
}

TEST_CASE("a woken thread may have to wait for its processor", "[waking]") {
    Pair p("");
    world::Scheduling busy;
    busy.latency = milliseconds(3);
    p.world.submit(world::Scheduled{Pair::end(1), busy}, &p.log);
    p.submit(scenario::Read{Pair::end(1), 5000});
    p.submit(scenario::SetOption{Pair::end(0), "TCP_NODELAY", 1});
    p.submit(scenario::Write{Pair::end(0), 100, ""});
    p.advance(2);
    p.submit(scenario::Write{Pair::end(0), 200, ""});
    p.advance(12);
    CHECK(p.result(1) == 300);
}

TEST_CASE("one ACK for several duplicates waits a twentieth of the round trip, no longer than 1 ms",
          "[ack]") {
    // Until the timer of the ACK that stands for the last of a burst fires, 100 us of slack
    // included.
    const auto waits = [](const std::string& lines) {
        const std::string text = "title compressed\nhosts client server\n" + lines +
                                 "0 server listen :80 backlog 4\n0 client connect :80\n"
                                 "300ms server accept :80\n"
                                 "+0 wire drop server>client DATA\n"
                                 "400ms server#1 write 14480\n";
        auto parsed = scenario::parse(text, "compressed", world::known());
        if (auto* error = std::get_if<scenario::ParseError>(&parsed))
            FAIL(scenario::format(*error));
        const auto script = std::get<scenario::Scenario>(parsed);
        world::WorldStage stage(script);
        scenario::play(script, stage);
        stage.advance(trace::Instant{} + milliseconds(600));
        trace::Instant arrived;
        for (const trace::Event& e : stage.trace().events) {
            if (e.kind == trace::EventKind::segment_arrived && e.host == 0 &&
                e.rule == trace::Rule::data_out_of_order)
                arrived = e.at;
            if (e.kind == trace::EventKind::timer_fired && e.host == 0)
                return e.at - arrived;
        }
        return trace::Duration{};
    };
    CHECK(waits("wire client server delay 4ms\n") == trace::microseconds(400 + 100));
    CHECK(waits("wire client server delay 50ms\n") == trace::microseconds(1000 + 100));
    // Nothing is known of the round trip yet.
    CHECK(waits("wire client server delay 4ms\nsysctl client tcp_timestamps 0\n") ==
          trace::microseconds(100));
}
