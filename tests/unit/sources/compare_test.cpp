// A lesson on the real kernel beside the simulator, as a user sees it.
#include "catch.hpp"
#include "support/skip.hpp"

#include <chrono>
#include <thread>

#include "sources/session.hpp"

using namespace sources;
namespace cmd = view::command;
using namespace std::chrono_literals;

namespace {

void press(Session& s, view::Command command) {
    s.perform(view::Commands{std::move(command)});
}

// Until the kernel has played the script to its end.
void watch(Session& s) {
    for (int n = 0; n < 3000 && s.frame().compare && s.frame().compare->playing; ++n) {
        s.advance(0.01);
        std::this_thread::sleep_for(10ms);
    }
}

} // namespace

TEST_CASE("a lesson is compared with the kernel, scrubbed, and taken up again where it was left") {
    Session s(std::string(TWOMSL_SOURCE_DIR) + "/assets", {});
    REQUIRE(s.open_file(std::string(TWOMSL_SOURCE_DIR) + "/tests/scenarios/nobody-listens.twomsl"));
    const auto events = s.frame().visible_events;
    press(s, cmd::OpenCompare{});
    REQUIRE(s.frame().mode == view::Mode::compare);
    CHECK(s.frame().compare->playing);
    CHECK_FALSE(s.frame().can.scrub);
    watch(s);
    const std::string verdict = s.frame().compare->verdict;
    if (s.frame().trace->events.empty())
        SKIP_TEST(verdict.c_str());
    CHECK(verdict == "The simulator and the kernel tell the same story.");
    CHECK_FALSE(s.frame().compare->differs);
    REQUIRE(s.frame().beside);
    CHECK(s.frame().snapshot->hosts.size() == 2);
    CHECK(s.frame().beside->snapshot->hosts.size() == 2);
    CHECK(s.frame().trace->segments.size() == s.frame().beside->trace->segments.size());

    press(s, cmd::Seek{trace::Instant{}});
    CHECK(s.frame().visible_events < s.frame().trace->events.size());
    press(s, cmd::Seek{trace::Instant{} + trace::seconds(1)});
    CHECK(s.frame().visible_events == s.frame().trace->events.size());

    view::Selection one;
    one.segment = 0;
    press(s, cmd::SelectBeside{one});
    CHECK(s.frame().beside->selection.segment == 0);
    CHECK(s.frame().selection.segment == trace::none);

    press(s, cmd::Show{view::Panel::counters, true}); // folds open and close in both
    CHECK(s.frame().beside->open(view::Panel::counters));
    CHECK(s.frame().open(view::Panel::counters));

    press(s, cmd::ReturnToScript{});
    CHECK(s.frame().mode == view::Mode::lesson);
    CHECK(s.frame().visible_events == events);
}

TEST_CASE("closing a comparison stops the play on the kernel at once") {
    const auto begin = std::chrono::steady_clock::now();
    {
        Session s(std::string(TWOMSL_SOURCE_DIR) + "/assets", {});
        REQUIRE(s.open_file(std::string(TWOMSL_SOURCE_DIR) +
                            "/tests/scenarios/repetition-schedule.twomsl"));
        press(s, cmd::OpenCompare{});
        s.advance(0.01);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 5s);
}

TEST_CASE("at home there is nothing to compare, and that is said") {
    Session s(std::string(TWOMSL_SOURCE_DIR) + "/assets", {});
    press(s, cmd::OpenCompare{});
    CHECK(s.frame().mode == view::Mode::home);
    CHECK(s.frame().message == "Open a lesson or free play first.");
}
