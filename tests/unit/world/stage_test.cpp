// The simulated world as a stage: it plays to the end, or says why not.
#include "catch.hpp"

#include <algorithm>

#include "scenario/runner.hpp"
#include "world/known.hpp"
#include "world/stage.hpp"

namespace {

scenario::Scenario script(const std::string& lines) {
    auto result = scenario::parse("title T\nhosts client server\n" + lines, "t", world::known());
    if (const auto* error = std::get_if<scenario::ParseError>(&result))
        FAIL(scenario::format(*error));
    return std::get<scenario::Scenario>(std::move(result));
}

} // namespace

TEST_CASE("A play whose log outgrows its memory stops with a sentence, and has not held") {
    const auto s = script("0 client connect :80\n100s expect client#1 SYN_SENT\n");
    world::WorldStage small(s, 500);
    const auto report = scenario::play(s, small);
    CHECK_THAT(report.stopped, ContainsSubstring("its log has used up"));
    CHECK(!report.held());
}

TEST_CASE("Every what-if of every line kind plays to the end of its scenario") {
    const auto s = script("0 server listen :80 backlog 1\n0 client connect :80 -> 0\n1s note N\n"
                          "whatif the SYN is lost\nchange 0 wire drop client>server SYN\n"
                          "whatif nobody listens\nchange 0 server listen :81 backlog 1\n"
                          "whatif a slow wire\nchange wire client server delay 300ms\n");
    const auto state = [&](std::size_t index) {
        const auto changed = std::get<scenario::Scenario>(what_if(s, index, world::known()));
        world::WorldStage stage(changed);
        const auto report = scenario::play(changed, stage);
        CHECK(stage.world().now() == s.end);
        const auto cookie =
            stage.find({scenario::SocketName::Kind::connection, 0, 1, trace::no_host, 0});
        const auto snapshot = stage.snapshot();
        const auto* socket = cookie ? find_socket(snapshot, *cookie) : nullptr;
        return socket ? socket->state : trace::State::closed;
    };
    CHECK(state(0) == trace::State::syn_sent); // the repetition at 1 s has just left
    CHECK(state(1) == trace::State::closed);
    CHECK(state(2) == trace::State::established);
}

TEST_CASE("A call made while accept() still sleeps waits for it, and then names its descriptor") {
    const auto s = script("0 server listen :80 backlog 1\n0 server accept :80\n"
                          "1ms server#1 read -> 5\n2ms client connect :80\n"
                          "100ms client#1 write 5\n1s expect server#1 returned 5\n");
    world::WorldStage stage(s);
    CHECK(scenario::play(s, stage).held());
    const auto& calls = stage.trace().calls;
    const auto read = std::find_if(calls.begin(), calls.end(), [](const trace::CallRecord& call) {
        return call.call == trace::Call::read;
    });
    REQUIRE(read != calls.end());
    CHECK(read->text == "4");
}
