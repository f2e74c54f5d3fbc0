// Queues over time under mouse and keyboard, at every size.
#include "catch.hpp"
#include "panels/queues.hpp"
#include "support/reading.hpp"
#include "ui/screen.hpp"

namespace {

namespace cmd = view::command;
using gui::speak;

using Scene = gui::OnePanel<panels::QueuesState>;

} // namespace

TEST_CASE("both queues, their limits and what was refused stand above each other") {
    speak(view::Language::en);
    Scene scene;
    gui::Stage stage({.width = 700, .height = 240});
    scene.show_on(stage, panels::queues);
    CHECK(stage.control("queues.syn").label == "0 · limit 1 (+1 fits)");
    CHECK(stage.control("queues.accept").label == "2 · limit 1 (+1 fits)");
    CHECK(stage.control("queues.syn").rect.bottom() < stage.control("queues.accept").rect.y);
    CHECK(stage.sees("FULL"));
    CHECK(stage.sees("refused: 1"));
    CHECK(stage.sees("now 250 ms"));
    // Now stands within the axis: the story goes on to 3 s.
    CHECK(stage.control("queues.now").rect.x < stage.control("queues.accept").rect.right() - 40);
    scene.sample.server().listeners.clear();
    stage.frames(2);
    CHECK(stage.sees("No program listens"));
}

TEST_CASE("a click on the curve seeks, the keys walk from change to change") {
    speak(view::Language::en);
    Scene scene;
    gui::Stage stage({.width = 700, .height = 240});
    scene.show_on(stage, panels::queues);
    stage.click("queues.plot");
    REQUIRE((scene.last<cmd::Seek>() != nullptr || scene.last<cmd::SeekEvent>() != nullptr));
    scene.commands.clear();
    stage.press(ui::Key::home);
    REQUIRE(scene.last<cmd::Seek>() != nullptr);
    CHECK(scene.last<cmd::Seek>()->to == trace::Instant{});
    stage.press(ui::Key::up);
    REQUIRE(scene.last<cmd::SeekEvent>() != nullptr);
    const auto& event = scene.sample.trace.events[scene.last<cmd::SeekEvent>()->event];
    CHECK(event.kind == trace::EventKind::segment_refused); // the last thing before now
    // While a question stands, nothing beyond it.
    scene.sample.frame.hidden_after = scene.sample.snapshot.now;
    stage.frames(1);
    stage.press(ui::Key::end);
    CHECK(scene.last<cmd::Seek>()->to == scene.sample.snapshot.now);
    // What has no way back says so.
    scene.commands.clear();
    scene.sample.frame.can.scrub = false;
    scene.sample.frame.can.why_not_back = "a kernel has no way back";
    stage.frames(2);
    stage.drag("queues.plot", {-100, 0});
    CHECK(scene.commands.empty());
    CHECK(stage.control("queues.plot").reason == "a kernel has no way back");
}

TEST_CASE("of several listeners one is chosen, and picking a socket elsewhere chooses too") {
    speak(view::Language::en);
    Scene scene;
    auto second = scene.sample.listener();
    second.cookie = 9;
    second.name = "server:81";
    second.accept_queue.clear();
    scene.sample.server().listeners.push_back(second);
    gui::Stage stage({.width = 700, .height = 240});
    scene.show_on(stage, panels::queues);
    CHECK(stage.control("queues.accept").label == "2 · limit 1 (+1 fits)");
    stage.click("queues.listener");
    stage.click("queues.listener.server:81");
    stage.frames(2);
    CHECK(stage.control("queues.accept").label == "0 · limit 1 (+1 fits)");
    scene.sample.frame.selection.socket = 0;
    stage.frames(2);
    CHECK(stage.control("queues.accept").label == "2 · limit 1 (+1 fits)");
}

TEST_CASE("queues over time are readable at every size, in every theme and both languages") {
    for (const auto language : {view::Language::en, view::Language::zh})
        for (const auto theme : ui::all_themes)
            for (const float scale : {0.75f, 1.0f, 1.5f, 2.0f})
                for (const float width : {260.0f, 500.0f, 1100.0f})
                    for (const float height : {150.0f, 220.0f, 420.0f}) {
                        speak(language);
                        Scene scene;
                        gui::Stage stage({.width = width * scale,
                                          .height = height * scale,
                                          .scale = scale,
                                          .theme = theme});
                        scene.show_on(stage, panels::queues);
                        INFO("width " << width << " height " << height << " scale " << scale);
                        gui::nothing_collides(stage);
                        for (const auto& text : stage.texts()) {
                            INFO(text.text);
                            CHECK_FALSE(text.clipped);
                        }
                    }
    speak(view::Language::en);
}
