// Time travel: every step of every scenario file can be gone back to and played again, bit for bit.
#include "catch.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "world/known.hpp"
#include "world/timeline.hpp"

namespace {

using world::Timeline;
using world::TimelineLimits;

scenario::Scenario parse(const std::string& text) {
    auto result = scenario::parse(text, "t", world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&result))
        FAIL(scenario::format(*error));
    return std::get<scenario::Scenario>(std::move(result));
}

std::vector<scenario::Scenario> all_scenarios() {
    std::vector<std::filesystem::path> paths;
    for (const auto* folder : {"/assets/scenarios", "/tests/scenarios"}) {
        const std::string root = std::string(TWOMSL_SOURCE_DIR) + folder;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
            if (entry.path().extension() == ".twomsl")
                paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end());
    std::vector<scenario::Scenario> scripts;
    for (const auto& path : paths) {
        std::ifstream in(path, std::ios::binary);
        scripts.push_back(
            parse({std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()}));
        scripts.back().file = path.filename().string();
    }
    return scripts;
}

// Plays to the end of the script; the world after every step.
std::vector<world::World> play(Timeline& timeline) {
    std::vector<world::World> worlds = {timeline.world()};
    while (!timeline.at_end() && timeline.step())
        worlds.push_back(timeline.world());
    return worlds;
}

const scenario::Scenario& handshake() {
    static const auto script = parse("title T\nhosts client server\n0 server listen :80 backlog 1\n"
                                     "0 client connect :80\n50ms note Connected.\n"
                                     "60ms client connect :80\n2s note End.\n");
    return script;
}

trace::State state(const Timeline& timeline, std::uint16_t number) {
    const auto cookie = timeline.world().find(
        {scenario::SocketName::Kind::connection, 0, number, trace::no_host, 0});
    const auto snapshot = timeline.snapshot();
    const auto* socket = cookie ? find_socket(snapshot, *cookie) : nullptr;
    return socket ? socket->state : trace::State::closed;
}

scenario::Verdict drop_first_in_flight(const Timeline& timeline) {
    const auto snapshot = timeline.snapshot();
    REQUIRE(!snapshot.in_flight.empty());
    return {scenario::Verdict::What::drop, snapshot.in_flight[0].segment, {}};
}

} // namespace

TEST_CASE(
    "back and forward again through every step of every scenario: the same worlds, the same log") {
    const auto scripts = all_scenarios();
    REQUIRE(scripts.size() >= 30);
    for (const auto& script : scripts) {
        INFO(script.file);
        Timeline timeline(script, {}, {7, std::size_t{64} << 20});
        const auto worlds = play(timeline);
        const auto log = timeline.trace();
        REQUIRE(timeline.at_end());
        for (auto n = static_cast<std::uint32_t>(worlds.size()); n-- > 0;) {
            REQUIRE(timeline.position() == n);
            REQUIRE(timeline.world() == worlds[n]);
            REQUIRE(timeline.visible_events() == worlds[n].recorded().events);
            REQUIRE(timeline.step_back() == (n > 0));
        }
        for (std::size_t n = 0; n < worlds.size(); ++n) { // leaps, each step once, in a mixed order
            const auto to = static_cast<std::uint32_t>(n * 7919 % worlds.size());
            timeline.seek_position(to);
            REQUIRE(timeline.world() == worlds[to]);
        }
        timeline.seek_position(timeline.known_end());
        REQUIRE(timeline.world() == worlds.back());
        REQUIRE(timeline.trace() == log);
        Timeline again(script);
        play(again);
        REQUIRE(again.trace() == log);
        REQUIRE(again.world() == worlds.back());
    }
}

TEST_CASE("with little memory keyframes are thinned, and every step is still found") {
    Timeline timeline(handshake(), {}, {1, std::size_t{200} << 10});
    const auto worlds = play(timeline);
    REQUIRE(timeline.at_end());
    for (std::uint32_t n = 0; n < worlds.size(); ++n) {
        timeline.seek_position(n);
        CHECK(timeline.world() == worlds[n]);
    }
}

TEST_CASE("past its memory a story stops with a sentence, and can be gone back in") {
    Timeline timeline(handshake(), {}, {8, 20'000});
    while (timeline.step()) {
    }
    REQUIRE(timeline.position() > 0);
    CHECK(!timeline.at_end());
    CHECK(!timeline.stopped().empty());
    CHECK(timeline.step_back());
    CHECK(timeline.stopped().empty());
}

TEST_CASE("an act in the past keeps the abandoned future, and the script goes on") {
    Timeline timeline(handshake());
    const auto worlds = play(timeline);
    const auto log = timeline.trace();
    timeline.seek(trace::Instant{} + trace::milliseconds(5));
    const auto fork = timeline.position();
    timeline.act(drop_first_in_flight(timeline)); // the SYN of client#1
    CHECK(timeline.off_script());
    REQUIRE(timeline.branch_count() == 2);
    CHECK(timeline.branch(1).forked == trace::Instant{}); // time stands at what was done last
    CHECK_THAT(timeline.branch(1).label, ContainsSubstring("wire drop client>server"));
    timeline.seek(trace::Instant{} + trace::milliseconds(500));
    CHECK(state(timeline, 1) == trace::State::syn_sent); // its repetition comes at 1 s
    CHECK(state(timeline, 2) == trace::State::established);
    const auto other = play(timeline).back();
    CHECK(state(timeline, 1) == trace::State::established);
    const auto other_log = timeline.trace();

    timeline.switch_to(0);
    CHECK(!timeline.off_script());
    CHECK(timeline.position() == fork);
    CHECK(timeline.trace() == log);
    timeline.seek_position(timeline.known_end());
    CHECK(timeline.world() == worlds.back());
    timeline.switch_to(1);
    CHECK(timeline.trace() == other_log);
    timeline.seek_position(timeline.known_end());
    CHECK(timeline.world() == other);
}

TEST_CASE("seeking an instant lands after all that is due by then, forward and backward alike") {
    Timeline timeline(handshake());
    timeline.seek(trace::Instant{} + trace::milliseconds(30));
    const auto there = timeline.world();
    const auto position = timeline.position();
    CHECK(state(timeline, 1) == trace::State::established);
    play(timeline);
    timeline.seek(trace::Instant{} + trace::milliseconds(30));
    CHECK(timeline.position() == position);
    CHECK(timeline.world() == there);
    timeline.seek(trace::Instant{});
    CHECK(state(timeline, 1) == trace::State::syn_sent);
}

TEST_CASE("the story stops at its notes and at its end, and each can be gone back to") {
    Timeline timeline(handshake());
    std::vector<std::uint32_t> stops;
    while (timeline.step()) {
        if (timeline.at_stop())
            stops.push_back(timeline.position());
        if (timeline.at_end())
            break;
    }
    REQUIRE(stops.size() == 3); // two notes and the end
    CHECK(timeline.previous_stop() == stops[1]);
    timeline.seek_position(stops[1]);
    CHECK(timeline.previous_stop() == stops[0]);
    timeline.seek_position(stops[0]);
    CHECK(timeline.previous_stop() == 0);
}
