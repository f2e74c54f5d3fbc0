// Toolbar, menus, what / finds, keys, and the doors of home.
#include "panels/home.hpp"
#include "support/desk.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

namespace {

namespace cmd = view::command;
using gui::speak, gui::Desk;

} // namespace

TEST_CASE("the keys that always mean the same: forward, back, home, keys, scale") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    stage.press(ui::Key::right);
    stage.press(ui::Key::space);
    CHECK(desk.asked<cmd::Next>().size() == 2);
    stage.press(ui::Key::left);
    CHECK(desk.asked<cmd::Back>().size() == 1);
    stage.press(ui::Key::home, ui::with_alt);
    CHECK(desk.asked<cmd::OpenHome>().size() == 1);
    stage.press(ui::Key::f1);
    CHECK(desk.asked<cmd::ShowKeys>().at(0).on);
    stage.press(ui::Key::plus, ui::with_ctrl);
    CHECK(desk.asked<cmd::SetScale>().at(0).factor == Approx(1.25));
    stage.press(ui::Key::w);
    CHECK(desk.asked<cmd::Show>().at(0).panel == view::Panel::why);
}

TEST_CASE("F1 shows the keys; Escape closes the page") {
    speak(view::Language::en);
    gui::Stage stage({1280, 800});
    Desk desk;
    desk.sample.frame.shows_keys = true;
    desk.show_on(stage);
    CHECK(stage.sees("Next: to the next step"));
    stage.press(ui::Key::escape);
    REQUIRE_FALSE(desk.asked<cmd::ShowKeys>().empty());
    CHECK_FALSE(desk.asked<cmd::ShowKeys>().back().on);
}

TEST_CASE("the list of lessons is searched by words and opens the one that is chosen") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    stage.click("lessons");
    CHECK(stage.has("lesson.1"));
    stage.type("lessons.search", "queue overfl");
    CHECK_FALSE(stage.has("lesson.1"));
    stage.click("lesson.12");
    REQUIRE(desk.asked<cmd::OpenLesson>().size() == 1);
    CHECK(desk.asked<cmd::OpenLesson>()[0].place == 11);
}

TEST_CASE("the search finds commands beside the lessons") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    stage.click("lessons");
    stage.type("lessons.search", "over time");
    stage.click("found.view.queues");
    REQUIRE(desk.asked<cmd::Show>().size() == 1);
    CHECK(desk.asked<cmd::Show>()[0].panel == view::Panel::queues);
    CHECK(desk.asked<cmd::Show>()[0].on);
    stage.click("lessons");
    stage.type("lessons.search", "present");
    stage.click("found.present");
    CHECK(desk.asked<cmd::Present>().size() == 1);
    stage.click("lessons");
    stage.type("lessons.search", "nothing of the kind");
    CHECK(stage.sees("No lesson and no command matches."));
}

TEST_CASE("the search finds what can be set, too, and not what is set so already") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    stage.type_character(U'/');
    stage.frames(2);
    for (const char32_t typed : {U'h', U'i', U'g', U'h'})
        stage.type_character(typed);
    CHECK(stage.control("lessons.search").active);
    stage.press(ui::Key::down);
    stage.frames(2);
    CHECK_FALSE(stage.control("lessons.search").active);
    stage.click("found.theme.high_contrast");
    REQUIRE(desk.asked<cmd::SetTheme>().size() == 1);
    CHECK(desk.asked<cmd::SetTheme>()[0].theme == view::Theme::high_contrast);
    stage.type_character(U'/');
    stage.frames(2); // the field has the keyboard
    for (const char32_t typed : {U'1', U'0', U'0', U' ', U'%'})
        stage.type_character(typed);
    CHECK(stage.control("lessons.search").label == "100 %");
    CHECK_FALSE(stage.has("found.scale.reset"));
}

TEST_CASE("lessons are reached from the narrowest toolbar, by the key and from the menu") {
    speak(view::Language::en);
    gui::Stage stage({.width = 400, .height = 700});
    Desk desk;
    desk.show_on(stage);
    REQUIRE_FALSE(stage.has("lessons"));
    stage.type_character(U'/');
    stage.frames(2);
    REQUIRE(stage.has("lessons.search"));
    stage.type("lessons.search", "queue overfl");
    stage.press(ui::Key::escape);
    stage.click("more");
    stage.click("more.lessons");
    stage.frames(2);
    const std::size_t last = desk.sample.frame.catalogue.size();
    REQUIRE(stage.has(fmt::format("lesson.{}", last))); // what was typed before is gone
    stage.click("lesson.1");
    REQUIRE(desk.asked<cmd::OpenLesson>().size() == 1);
    CHECK(desk.asked<cmd::OpenLesson>()[0].place == 0);
}

TEST_CASE("a view that has no place in this window is not offered, by menu, name or key") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.frame.mode = view::Mode::compare;
    desk.show_on(stage);
    stage.click("views");
    CHECK(stage.has("view.counters"));
    CHECK(stage.has("view.timeline"));
    for (const char* absent : {"view.machine", "view.why", "view.queues", "view.tools"})
        CHECK_FALSE(stage.has(absent));
    stage.press(ui::Key::escape);
    for (const ui::Key key : {ui::Key::m, ui::Key::w, ui::Key::q, ui::Key::x})
        stage.press(key);
    CHECK(desk.asked<cmd::Show>().empty());
    desk.sample.frame.mode = view::Mode::attach; // the list of servers
    desk.sample.frame.attach.emplace();
    stage.frames(2);
    CHECK_FALSE(stage.has("views"));
}

TEST_CASE("home has its four doors: lessons, free play, real kernel, my server") {
    speak(view::Language::en);
    gui::Stage stage({1280, 800});
    gui::Sample sample;
    sample.frame.mode = view::Mode::home;
    view::Commands kept;
    stage.show([&](ui::Screen& screen) {
        view::Commands commands;
        panels::home(screen, sample.frame, commands, screen.area);
        kept.insert(kept.end(), commands.begin(), commands.end());
    });
    CHECK(stage.sees("My server"));
    CHECK(stage.sees("done ✓"));
    stage.click("home.lessons");
    stage.click("home.free_play");
    stage.click("home.lab");
    stage.click("lesson.3");
    REQUIRE(kept.size() == 4);
    CHECK(std::get<cmd::OpenLesson>(kept[0]).place == 11);
    CHECK_FALSE(std::get<cmd::OpenFreePlay>(kept[1]).from_here);
    CHECK(std::holds_alternative<cmd::OpenLab>(kept[2]));
    CHECK(std::get<cmd::OpenLesson>(kept[3]).place == 2);
    gui::nothing_collides(stage);
}

TEST_CASE("home names the parts of the catalogue, in its order") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    gui::Sample sample;
    sample.frame.mode = view::Mode::home;
    sample.frame.catalogue.at(0).part = "A connection begins";
    sample.frame.catalogue.at(3).part = "The accept queue";
    stage.show([&](ui::Screen& screen) {
        view::Commands commands;
        panels::home(screen, sample.frame, commands, screen.area);
    });
    CHECK(stage.sees("A connection begins"));
    CHECK(stage.sees("The accept queue"));
    CHECK_FALSE(stage.sees("Lessons, in their order"));
    CHECK(stage.control("lesson.3").rect.bottom() < stage.control("lesson.4").rect.y);
    CHECK(stage.control("lesson.4").rect.x == stage.control("lesson.1").rect.x);
    gui::nothing_collides(stage);
}
