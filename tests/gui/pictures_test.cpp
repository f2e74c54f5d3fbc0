// The picture panels under mouse and keyboard: sequence view, state machine, timeline, header
// bytes.
#include "catch.hpp"
#include "support/reading.hpp"
#include "telling.hpp"

#include "panels/inspect.hpp"
#include "panels/machine.hpp"
#include "panels/sequence.hpp"
#include "panels/timeline.hpp"
#include "ui/compat.hpp"

#include <algorithm>

using trace::State;
using view::command::OnSegment;

namespace {

// A frame over a hand-written story, and the commands that the panels answered with.
struct Scene {
    gui::Telling told;
    view::Frame frame;
    view::Commands commands;
    panels::SequenceState sequence;
    panels::MachineState machine;
    panels::TimelineState timeline;
    panels::InspectState inspect;

    explicit Scene(gui::Telling story) : told(std::move(story)) {
        frame.snapshot = &told.snapshot;
        frame.trace = &told.trace;
        frame.visible_events = told.visible();
        frame.motion.shown = told.now;
        frame.timeline.end = told.now;
        for (trace::EventId id = 0; id < told.visible(); ++id) {
            const trace::Event& event = told.trace.events[id];
            if (event.kind == trace::EventKind::transition) {
                frame.timeline.marks.push_back(
                    {event.at, id, view::TimelineMark::Kind::transition});
            }
        }
    }

    template <class Command>
    const Command* last() const {
        for (auto command = commands.rbegin(); command != commands.rend(); ++command) {
            if (const Command* found = std::get_if<Command>(&*command)) {
                return found;
            }
        }
        return nullptr;
    }
};

// A handshake, a second client's SYN on the wire at half its way.
gui::Telling flying() {
    using namespace trace;
    gui::Telling t;
    t.at(0);
    const Cookie listener = t.socket(1, 80);
    t.state(listener, State::listen);
    t.handshake(listener, 40002, 1000, 5000, 1);
    t.at(100);
    const Cookie second = t.socket(0, 40004, 1, 80);
    t.state(second, State::syn_sent);
    t.fly(t.send(second, 1, flag::syn, 2000), milliseconds(10));
    t.at(105);
    return t;
}
constexpr trace::SegmentId flying_syn = 3;

gui::Telling long_story() {
    gui::Telling t;
    t.at(0);
    const trace::Cookie listener = t.socket(1, 80);
    t.state(listener, State::listen);
    for (int i = 0; i < 20; ++i) {
        t.at(i * 200).handshake(listener, static_cast<std::uint16_t>(40000 + i), 1000, 5000, i + 1);
    }
    return t;
}

std::function<void(ui::Screen&)> sequence_of(Scene& scene) {
    return [&scene](ui::Screen& screen) {
        panels::sequence(screen, scene.frame, scene.commands, scene.sequence, screen.area);
    };
}

} // namespace

TEST_CASE("a segment in flight is picked with the mouse and dropped from its menu") {
    Scene scene(flying());
    gui::Stage stage({.width = 830, .height = 700});
    stage.show(sequence_of(scene));
    CHECK(stage.control("segment.3").label == "SYN  seq 2000");
    stage.click("segment.3");
    REQUIRE(scene.last<view::command::Select>() != nullptr);
    CHECK(scene.last<view::command::Select>()->selection.segment == flying_syn);
    CHECK(scene.last<view::command::Verdict>() == nullptr);
    CHECK(stage.sees("Duplicate"));
    stage.click("segment.drop");
    REQUIRE(scene.last<view::command::Verdict>() != nullptr);
    CHECK(scene.last<view::command::Verdict>()->segment == flying_syn);
    CHECK(scene.last<view::command::Verdict>()->what == OnSegment::drop);
    CHECK_FALSE(stage.has("segment.drop"));
}

TEST_CASE("a segment in flight is reached with Tab and acted upon by the keys of its menu") {
    Scene scene(flying());
    gui::Stage stage({.width = 830, .height = 700});
    stage.show(sequence_of(scene));
    for (int i = 0; i < 10 && stage.screen.focused != "segment.3"; ++i) {
        stage.press(ui::Key::tab);
    }
    REQUIRE(stage.screen.focused == "segment.3");
    const auto verdict = [&](ui::Key key) {
        scene.commands.clear();
        stage.press(key);
        const auto* found = scene.last<view::command::Verdict>();
        REQUIRE(found != nullptr);
        CHECK(found->segment == flying_syn);
        return found->what;
    };
    CHECK(verdict(ui::Key::d) == OnSegment::drop);
    CHECK(verdict(ui::Key::u) == OnSegment::duplicate);
    CHECK(verdict(ui::Key::h) == OnSegment::hold);
    scene.told.snapshot.in_flight[0].held = true;
    CHECK(verdict(ui::Key::h) == OnSegment::release);
    stage.press(ui::Key::i);
    REQUIRE(scene.last<view::command::Inspect>() != nullptr);
    CHECK(scene.last<view::command::Inspect>()->segment == flying_syn);

    stage.press(ui::Key::l);
    stage.click("segment.delay.300ms");
    REQUIRE(scene.last<view::command::Verdict>() != nullptr);
    CHECK(scene.last<view::command::Verdict>()->what == OnSegment::delay);
    CHECK(scene.last<view::command::Verdict>()->time == trace::milliseconds(300));
}

TEST_CASE("a source that cannot change fates says so on every entry") {
    Scene scene(flying());
    scene.frame.can.verdicts = false;
    scene.frame.can.why_not_verdicts = "this pair's segments are the kernel's";
    gui::Stage stage({.width = 830, .height = 700});
    stage.show(sequence_of(scene));
    stage.click("segment.3");
    for (const char* id : {"segment.drop", "segment.delay", "segment.duplicate", "segment.hold"}) {
        CHECK_FALSE(stage.control(id).enabled);
        CHECK(stage.control(id).reason == scene.frame.can.why_not_verdicts);
    }
    CHECK(stage.control("segment.inspect").enabled);
    stage.click("segment.drop");
    CHECK(scene.last<view::command::Verdict>() == nullptr);
}

TEST_CASE("a delivered segment is selected by a click on its line and says what became of it") {
    Scene scene(flying());
    gui::Stage stage({.width = 830, .height = 700});
    stage.show(sequence_of(scene));
    stage.hover("segment.1");
    CHECK(stage.sees("seq 5000 ack 1001 arrives"));
    stage.click("segment.1");
    REQUIRE(scene.last<view::command::Select>() != nullptr);
    CHECK(scene.last<view::command::Select>()->selection.segment == 1);
    stage.press(ui::Key::down);
    CHECK(scene.last<view::command::Select>()->selection.segment != 1);
}

TEST_CASE(
    "a badge selects its event, a lane its socket, and empty ground takes the selection away") {
    Scene scene(flying());
    gui::Stage stage({.width = 830, .height = 700});
    stage.show(sequence_of(scene));
    std::string badge;
    for (const ui::Control& control : stage.screen.probe.controls) {
        if (control.id.starts_with("badge.") && control.label == "SYN_RECV") {
            badge = control.id;
        }
    }
    REQUIRE_FALSE(badge.empty());
    stage.click(badge);
    REQUIRE(scene.last<view::command::Select>() != nullptr);
    CHECK("badge." + std::to_string(scene.last<view::command::Select>()->selection.event) == badge);
    stage.click("lane.server:80");
    CHECK(scene.last<view::command::Select>()->selection.socket == 0);
    CHECK(scene.last<view::command::Select>()->selection.event == trace::none);
}

TEST_CASE("what a lesson points at, and what is picked in another view, is marked on its arrow") {
    Scene scene(flying());
    gui::Stage stage({.width = 830, .height = 700});
    const auto strokes = [&] {
        stage.show(sequence_of(scene));
        return ImGui::GetDrawData()->TotalVtxCount;
    };
    const auto plain = strokes();
    scene.frame.lesson.emplace();
    CHECK(strokes() == plain);
    scene.frame.lesson->highlight.what = view::Highlight::What::segment;
    scene.frame.lesson->highlight.segment = 1;
    CHECK(strokes() > plain);
    scene.frame.lesson.reset();
    scene.frame.selection.event = 4; // the SYN's departure
    REQUIRE(scene.told.trace.events[4].kind == trace::EventKind::segment_sent);
    CHECK(strokes() > plain);
}

TEST_CASE("the view follows now until the user scrolls, and a button leads back") {
    Scene scene(long_story());
    gui::Stage stage({.width = 830, .height = 500});
    stage.show(sequence_of(scene));
    CHECK(stage.has("sequence.now"));
    CHECK_FALSE(stage.control("sequence.now").rect.empty());
    CHECK_FALSE(stage.has("sequence.follow"));
    stage.wheel("sequence.view", 5);
    CHECK(stage.has("sequence.follow"));
    stage.wheel("sequence.view", 100);
    CHECK(stage.sees("0.000 s"));
    CHECK(stage.control("sequence.now").rect.empty());
    stage.press(ui::Key::page_down);
    stage.click("sequence.follow");
    CHECK_FALSE(stage.control("sequence.now").rect.empty());
    CHECK_FALSE(stage.has("sequence.follow"));
}

TEST_CASE("numbers change their notation at once") {
    Scene scene(flying());
    gui::Stage stage({.width = 830, .height = 700});
    stage.show(sequence_of(scene));
    CHECK(stage.sees("ack 1001"));
    stage.click("sequence.numbers");
    stage.click("sequence.numbers.formula");
    CHECK(stage.sees("client_isn + 1"));
    CHECK_FALSE(stage.sees("ack 1001"));
}

TEST_CASE("no drawn texts of the sequence view lie over each other, whatever the window") {
    const auto size =
        GENERATE(ui::Vec{420, 380}, ui::Vec{560, 420}, ui::Vec{830, 750}, ui::Vec{1900, 1300});
    const float scale = size.x > 1500 ? 2.0f : 1.0f;
    const int story = GENERATE(0, 1);
    Scene scene(story == 0 ? flying() : long_story());
    gui::Stage stage({.width = size.x, .height = size.y, .scale = scale});
    stage.show(sequence_of(scene));
    gui::nothing_collides(stage);
    CHECK(stage.sees("SYN"));
}

TEST_CASE("a click on an edge lists who took it, and choosing one selects its event") {
    Scene scene(flying());
    gui::Stage stage({.width = 700, .height = 400});
    stage.show([&](ui::Screen& screen) {
        panels::machine(screen, scene.frame, scene.commands, scene.machine, screen.area);
    });
    CHECK(stage.sees("connect() / SYN"));
    stage.hover("edge.CLOSED.SYN_SENT");
    CHECK(stage.sees("RFC 9293"));
    stage.click("edge.CLOSED.SYN_SENT");
    std::string item;
    for (const ui::Control& control : stage.screen.probe.controls) {
        if (control.id.starts_with("machine.event.")) {
            item = control.id;
        }
    }
    REQUIRE_FALSE(item.empty());
    stage.click(item);
    REQUIRE(scene.last<view::command::Select>() != nullptr);
    const trace::EventId event = scene.last<view::command::Select>()->selection.event;
    REQUIRE(event < scene.told.visible());
    CHECK(scene.told.trace.events[event].to == State::syn_sent);
    gui::nothing_collides(stage);
}

TEST_CASE("an edge that nobody took says so") {
    Scene scene(flying());
    gui::Stage stage({.width = 700, .height = 400});
    stage.show([&](ui::Screen& screen) {
        panels::machine(screen, scene.frame, scene.commands, scene.machine, screen.area);
    });
    stage.click("edge.TIME_WAIT.CLOSED");
    CHECK(stage.sees("no socket has taken this edge yet"));
}

TEST_CASE("dragging along the timeline seeks, and a source without a past says why it cannot") {
    Scene scene(flying());
    gui::Stage stage({.width = 800, .height = 140});
    stage.show([&](ui::Screen& screen) {
        panels::timeline(screen, scene.frame, scene.commands, scene.timeline, screen.area);
    });
    stage.drag("timeline.bar", {-200, 0});
    REQUIRE(scene.last<view::command::Seek>() != nullptr);
    CHECK(scene.last<view::command::Seek>()->to < scene.told.now);
    CHECK(scene.last<view::command::Seek>()->to > trace::Instant{});

    stage.press(ui::Key::home);
    CHECK(scene.last<view::command::Seek>()->to == trace::Instant{});

    scene.commands.clear();
    scene.frame.can.scrub = false;
    scene.frame.can.why_not_back = "a kernel has no way back";
    stage.frames(2);
    CHECK_FALSE(stage.control("timeline.bar").enabled);
    CHECK(stage.control("timeline.bar").reason == "a kernel has no way back");
    stage.drag("timeline.bar", {-200, 0});
    CHECK(scene.commands.empty());
}

TEST_CASE("a branch is switched to by a click, the current one is not") {
    Scene scene(flying());
    scene.frame.timeline.branches = {{"the script", trace::Instant{}, true},
                                     {"without the SYN", scene.told.now, false}};
    gui::Stage stage({.width = 800, .height = 160});
    stage.show([&](ui::Screen& screen) {
        panels::timeline(screen, scene.frame, scene.commands, scene.timeline, screen.area);
    });
    stage.click("branch.0");
    CHECK(scene.last<view::command::SwitchBranch>() == nullptr);
    stage.click("branch.1");
    REQUIRE(scene.last<view::command::SwitchBranch>() != nullptr);
    CHECK(scene.last<view::command::SwitchBranch>()->branch == 1);
}

TEST_CASE("the header inspector names every field and lights its bytes; Escape closes it") {
    Scene scene(flying());
    scene.frame.inspected = 1;
    gui::Stage stage({.width = 720, .height = 560});
    stage.show([&](ui::Screen& screen) {
        panels::inspect(screen, scene.frame, scene.commands, scene.inspect, screen.area);
    });
    CHECK(stage.sees("sequence number"));
    CHECK(stage.sees("10.0.0.2:80 → 10.0.0.1:40002"));
    CHECK(stage.control("byte.0").label == "45");
    CHECK(stage.control("byte.33").label == "12"); // SYN and ACK
    stage.hover("byte.33");
    REQUIRE(scene.inspect.field >= 0);
    const int by_byte = scene.inspect.field;
    stage.hover("field." + std::to_string(by_byte));
    CHECK(scene.inspect.field == by_byte);
    CHECK(stage.control("field." + std::to_string(by_byte)).label == "control bits ACK SYN");
    stage.press(ui::Key::escape);
    REQUIRE(scene.last<view::command::Inspect>() != nullptr);
    CHECK(scene.last<view::command::Inspect>()->segment == trace::none);
}
