// The pace: one press, one goal; a press during a motion finishes it and skips nothing.
#include "catch.hpp"

#include <vector>

#include "view/player.hpp"

using namespace view;
using trace::Instant;
using trace::milliseconds;

namespace {

// A source of beats at fixed times; some carry a transition, some are stops of a story.
struct Script : Source {
    struct Beat {
        std::int64_t ms;
        bool transition;
        bool stop;
    };
    std::vector<Beat> beats;
    trace::Trace log;
    trace::Snapshot snap;
    std::size_t done = 0;
    int backs = 0;

    explicit Script(std::vector<Beat> b) : beats(std::move(b)) {
        for (const Beat& beat : beats) {
            trace::Event e;
            e.at = Instant{milliseconds(beat.ms).ns};
            e.kind = beat.transition ? trace::EventKind::transition : trace::EventKind::counter;
            log.events.push_back(e);
        }
    }
    Can can() const override { return {}; }
    bool step() override {
        if (done == beats.size())
            return false;
        snap.now = log.events[done].at;
        ++done;
        return true;
    }
    bool step_back() override { return false; }
    std::optional<Instant> next_due() const override {
        if (done == beats.size())
            return std::nullopt;
        return log.events[done].at;
    }
    Instant now() const override { return snap.now; }
    const trace::Trace& trace() const override { return log; }
    std::uint32_t visible_events() const override { return static_cast<std::uint32_t>(done); }
    bool at_stop() const override { return done > 0 && beats[done - 1].stop; }
    std::string perform(const Command&) override {
        ++backs;
        if (done > 0)
            --done;
        return "";
    }
    void fill(Frame& f) const override {
        f.snapshot = &snap;
        f.trace = &log;
        f.visible_events = visible_events();
    }
};

void run_out(Player& p) {
    for (int i = 0; i < 10'000 && p.moving(); ++i)
        p.advance(0.01);
}

} // namespace

TEST_CASE("Next runs to the next stop of the story and rests there", "[player]") {
    Script s({{10, true, false},
              {20, true, false},
              {30, false, true},
              {40, true, false},
              {50, false, true}});
    Player p(s);
    p.next();
    CHECK(s.done == 0);
    run_out(p);
    CHECK(s.done == 3);
    CHECK_FALSE(p.moving());
    p.next();
    run_out(p);
    CHECK(s.done == 5);
    p.next();
    CHECK(p.nothing_due());
    CHECK_FALSE(p.moving());
}

TEST_CASE("a press during a motion finishes it at once and begins nothing new", "[player]") {
    Script s({{10, true, false}, {20, true, true}, {30, true, false}, {40, true, true}});
    Player p(s);
    p.next();
    p.advance(0.1);
    CHECK(p.moving());
    p.next();
    CHECK_FALSE(p.moving());
    CHECK(s.done == 2);
    p.next();
    p.next();
    CHECK(s.done == 4);
}

TEST_CASE("a flight shows time running towards the beat, and the beat is not shown early",
          "[player]") {
    Script s({{10, true, true}});
    s.snap.in_flight.push_back({0, 0, 1, Instant{0}, Instant{milliseconds(10).ns}, false, false});
    Player p(s);
    p.next();
    p.advance(0.45); // half of 0.9 s
    CHECK(s.done == 0);
    const double shown = trace::in_seconds(p.motion().shown - Instant{});
    CHECK(shown > 0.0049);
    CHECK(shown < 0.0051);
    p.advance(0.46);
    CHECK(s.done == 1);
    CHECK(p.motion().fresh == 0u);
    CHECK(p.motion().progress < 0.1);
    CHECK(p.moving());
    p.advance(0.41);
    CHECK_FALSE(p.moving());
    CHECK(p.motion().progress == 1.0);
}

TEST_CASE("a segment that will be lost flies as fast as any other", "[player]") {
    Script s({{5, true, true}});
    s.snap.wires.push_back({0, 1, milliseconds(10), 0});
    s.snap.in_flight.push_back({0, 0, 1, Instant{0}, Instant{milliseconds(5).ns}, false, true});
    Player p(s);
    p.next();
    p.advance(0.44); // half of 0.9 s is half of the way: there it is lost
    CHECK(s.done == 0);
    p.advance(0.02);
    CHECK(s.done == 1);
}

TEST_CASE("a step by transition passes what is not a transition", "[player]") {
    Script s({{10, false, false}, {20, false, false}, {30, true, false}, {40, true, false}});
    Player p(s);
    p.step(StepBy::transition);
    run_out(p);
    CHECK(s.done == 3);
    p.step(StepBy::beat);
    run_out(p);
    CHECK(s.done == 4);
}

TEST_CASE("Back plays a short motion and undoes once; a second press finishes it", "[player]") {
    Script s({{10, true, false}, {20, true, true}});
    Player p(s);
    p.next();
    p.finish();
    REQUIRE(s.done == 2);
    p.back(command::Back{});
    CHECK(p.moving());
    CHECK(s.backs == 0);
    run_out(p);
    CHECK(s.backs == 1);
    p.back(command::Back{});
    p.back(command::Back{});
    run_out(p);
    CHECK(s.backs == 3);
}

TEST_CASE("Play goes on past beats, can be stopped, and reduced motion jumps", "[player]") {
    Script s({{10, true, false}, {20, true, false}, {30, true, false}});
    Player p(s);
    p.play(true);
    p.advance(0.01);
    CHECK(p.playing());
    run_out(p);
    CHECK(s.done == 3);
    CHECK_FALSE(p.playing());

    Script t({{10, true, false}, {20, true, true}});
    Player q(t);
    q.set_reduced_motion(true);
    q.next();
    CHECK_FALSE(q.moving());
    CHECK(t.done == 2);
}

TEST_CASE("the Auto pace flies a segment in 0.9 s whatever its delay and folds idle time",
          "[player]") {
    CHECK(flight_seconds(Pace::automatic, milliseconds(10), milliseconds(10)) == Approx(0.9));
    CHECK(flight_seconds(Pace::automatic, milliseconds(500), milliseconds(500)) == Approx(0.9));
    CHECK(flight_seconds(Pace::automatic, trace::seconds(60), {}) == Approx(0.5));
    CHECK(flight_seconds(Pace::r1_20, milliseconds(10), milliseconds(10)) == Approx(0.2));
    CHECK(flight_seconds(Pace::r10_1, trace::seconds(60), {}) == Approx(6.0));
    CHECK(flight_seconds(Pace::automatic, {}, milliseconds(10)) == 0);
}
