// Why?: its lines, its filter, and the chain of causes.
#include "support/desk.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

namespace {

namespace cmd = view::command;
using gui::speak, gui::Desk;

} // namespace

TEST_CASE("Why? has a line for each beat, newest first; a click selects, the filter leaves what "
          "matches") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.refuse_third_client();
    open(desk, view::Panel::why);
    desk.show_on(stage);
    const auto& lines = desk.why.lines.all();
    REQUIRE(lines.size() > 3);
    CHECK(lines.back().refused);
    const std::string newest = fmt::format("why.{}", lines.back().main),
                      oldest = fmt::format("why.{}", lines.front().main);
    CHECK(stage.control(newest).rect.y <
          stage.control(fmt::format("why.{}", lines[lines.size() - 2].main)).rect.y);
    stage.click(newest);
    REQUIRE(desk.asked<cmd::Select>().size() == 1);
    CHECK(desk.asked<cmd::Select>()[0].selection.event == lines.back().main);
    stage.type("why.filter", "refused");
    CHECK(stage.has(newest));
    CHECK_FALSE(stage.has(oldest));
}

TEST_CASE("ten thousand beats in Why? cost as many rows as can be seen") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    auto& events = desk.sample.trace.events;
    const trace::Event model = events.front();
    for (std::uint32_t i = 0; i < 10000; ++i) {
        events.push_back(model);
        events.back().beat = 1000 + i;
        events.back().at = desk.sample.snapshot.now + trace::milliseconds(i);
    }
    desk.sample.frame.visible_events = static_cast<std::uint32_t>(events.size());
    open(desk, view::Panel::why);
    desk.show_on(stage);
    std::size_t rows = 0;
    for (const auto& c : stage.screen.probe.controls)
        rows += c.id.rfind("why.", 0) == 0 && c.id != "why.filter";
    CHECK(rows > 5);
    CHECK(rows < 60);
}

TEST_CASE("what is hidden until the question is answered is not in Why? either") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.frame.hidden_after = trace::Instant{} + trace::milliseconds(100);
    open(desk, view::Panel::why);
    open(desk, view::Panel::ladder_text);
    desk.show_on(stage);
    const auto& lines = desk.why.lines.all();
    REQUIRE(lines.back().at > desk.sample.frame.hidden_after);
    CHECK(stage.has(fmt::format("why.{}", lines.front().main)));
    CHECK_FALSE(stage.has(fmt::format("why.{}", lines.back().main)));
    for (const auto& line : panels::ladder_lines(desk.sample.frame))
        CHECK(line.at <= desk.sample.frame.hidden_after);
}

TEST_CASE("the cause chain leads from an event back to its first cause") {
    gui::Sample sample;
    trace::EventId queued = 0;
    for (trace::EventId i = 0; i < sample.trace.events.size(); ++i)
        if (sample.trace.events[i].kind == trace::EventKind::queue_changed)
            queued = i;
    const auto chain = panels::causes(sample.trace, queued);
    REQUIRE(chain.size() == 4);
    CHECK(chain.front() == queued);
    CHECK(sample.trace.events[chain.back()].to == trace::State::syn_sent);
}
