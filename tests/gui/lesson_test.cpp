// The lesson pane: questions and answers, terms, the end.
#include "support/desk.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

namespace {

namespace cmd = view::command;
using gui::speak, gui::Desk;

} // namespace

TEST_CASE("an option that is clicked is the answer, and so is its key") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    CHECK(stage.id_of("I don't know") == "option.4");
    stage.click("option.2");
    REQUIRE(desk.asked<cmd::Answer>().size() == 1);
    CHECK(desk.asked<cmd::Answer>()[0].option == 1);
    stage.type_character(U'1');
    CHECK(desk.asked<cmd::Answer>().back().option == 0);
    stage.type_character(U'4');
    CHECK(desk.asked<cmd::Answer>().back().option == -1);
    stage.type_character(U'5');
    CHECK(desk.asked<cmd::Answer>().size() == 3);
}

TEST_CASE("after a wrong answer its own sentence stays beside the right one, and no option can be "
          "pressed") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.answer(1);
    desk.show_on(stage);
    CHECK(stage.control("verdict").label == "Not ESTABLISHED, but SYN_SENT.");
    CHECK(stage.sees("That needs a SYN+ACK. The server sends none."));
    CHECK(stage.sees("The SYN is dropped silently: nothing comes back."));
    CHECK_FALSE(stage.sees("That needs a RST."));
    CHECK_FALSE(stage.has("option.1"));
    stage.type_character(U'1');
    CHECK(desk.asked<cmd::Answer>().empty());
}

TEST_CASE("a right answer is called right in words") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.answer(0);
    desk.show_on(stage);
    CHECK(stage.control("verdict").label == "Right: SYN_SENT.");
}

TEST_CASE("the end card has the focus on the next lesson and offers everything else beside it") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.end();
    desk.show_on(stage);
    CHECK(stage.screen.focused == "next_lesson");
    stage.press(ui::Key::enter);
    CHECK(desk.asked<cmd::Next>().size() == 1);
    stage.click("what_if.2");
    CHECK(desk.asked<cmd::WhatIf>().at(0).index == 1);
    stage.click("run_on_kernel");
    CHECK(desk.asked<cmd::OpenCompare>().size() == 1);
    stage.click("play_freely");
    CHECK(desk.asked<cmd::OpenFreePlay>().at(0).from_here);
    stage.click("copy.2");
    CHECK(desk.asked<cmd::Copy>().at(0).text == "ss -tln");
    CHECK(stage.sees("21 of 21 expectations"));
    CHECK(stage.sees("2 of 3 questions answered right"));
}

TEST_CASE("the end of a lesson leaves the picture more than half of the window") {
    const auto language = GENERATE(view::Language::en, view::Language::zh);
    speak(language);
    gui::Stage stage({1366, 768});
    Desk desk;
    desk.sample.end();
    desk.show_on(stage);
    CHECK(desk.layout.lesson.h < 260);
    CHECK(desk.layout.tabs.empty());
    CHECK(stage.has("copy.2"));
    speak(view::Language::en);
}

TEST_CASE("a term of the narration opens its card") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    stage.click("term.accept queue");
    REQUIRE(desk.asked<cmd::OpenTerm>().size() == 1);
    CHECK(desk.asked<cmd::OpenTerm>()[0].word == "accept queue");
}

TEST_CASE("who leaves the script is told so and finds the way back") {
    speak(view::Language::en);
    gui::Stage stage({1280, 800});
    Desk desk;
    desk.show_on(stage);
    CHECK_FALSE(stage.has("return_to_script"));
    desk.sample.lesson().off_script = true;
    stage.frames(2);
    CHECK(stage.sees("You are off the script."));
    stage.click("return_to_script");
    CHECK(desk.asked<cmd::ReturnToScript>().size() == 1);
}
