// A teacher with a clicker, in front of a class.
#include "catch.hpp"
#include "support/learner.hpp"
#include "support/reading.hpp"
#include "ui/text.hpp"

#include <algorithm>

namespace {

namespace cmd = view::command;
using view::Presenting;

// A window of this size, presenting a lesson; the text is as large as the session asks for.
struct Room {
    gui::Learner teacher;

    Room(float width, float height, view::Language language, Presenting how)
        : teacher({.width = width, .height = height, .scale = height / 468}, language, false) {
        teacher.session.window_size(static_cast<int>(width), static_cast<int>(height));
        teacher.open_lesson(24); // the accept queue overflows
        teacher.session.perform({cmd::Present{how}});
        teacher.stage.frames(2);
    }
    void press(ui::Key key) {
        teacher.stage.press(key);
        for (int i = 0; i < 200 && teacher.session.advance(0.5); ++i) {
        }
        teacher.stage.frames(3);
    }
};

} // namespace

TEST_CASE("presenting makes the text large and the ground light, and leaves nothing else changed") {
    Room room(1280, 720, view::Language::en, Presenting::off);
    auto& session = room.teacher.session;
    session.perform({cmd::SetTheme{view::Theme::dark}});
    CHECK(session.scale() == 1);
    session.perform({cmd::Present{Presenting::ladder}});
    CHECK(session.scale() * 13 >= 720.0 / 36 - 0.01);
    CHECK(session.frame().theme == view::Theme::light);
    session.perform({cmd::SetTheme{view::Theme::high_contrast}}); // is needed by who has chosen it
    CHECK(session.frame().theme == view::Theme::high_contrast);
    session.perform({cmd::Present{Presenting::off}});
    CHECK(session.scale() == 1);
    CHECK(session.settings().theme == view::Theme::high_contrast);
    session.perform({cmd::OpenHome{}, cmd::Present{Presenting::ladder}});
    CHECK(session.frame().presenting == Presenting::off);
    CHECK_FALSE(session.frame().message.empty());
}

TEST_CASE("the clicker goes on and back; the first press asks, the second reveals") {
    Room room(1280, 720, view::Language::en, Presenting::ladder);
    auto& teacher = room.teacher;
    REQUIRE(teacher.stage.has("present"));
    CHECK_FALSE(teacher.stage.has("settings")); // no toolbar, no menus
    const int first = teacher.frame().lesson->current;
    room.press(ui::Key::page_down);
    CHECK(teacher.frame().lesson->current == first + 1);
    room.press(ui::Key::page_up);
    CHECK(teacher.frame().lesson->current == first);
    for (int i = 0; i < 10 && !teacher.frame().lesson->question; ++i)
        room.press(ui::Key::page_down);
    REQUIRE(teacher.frame().lesson->question);
    CHECK_FALSE(teacher.frame().lesson->question->answered);
    CHECK(teacher.stage.has("option.1"));
    CHECK_FALSE(teacher.stage.has("verdict"));
    room.press(ui::Key::page_down);
    CHECK(teacher.frame().lesson->question->revealed);
    CHECK(teacher.stage.has("verdict"));
    // The playlist: behind the end of a lesson the next begins.
    for (int i = 0; i < 30 && !teacher.frame().lesson->end; ++i)
        room.press(ui::Key::page_down);
    REQUIRE(teacher.frame().lesson->end);
    CHECK(teacher.frame().lesson->place == 24); // its last picture stays
    room.press(ui::Key::page_down);
    CHECK(teacher.frame().lesson->place == 25);
    CHECK(teacher.frame().presenting == Presenting::ladder);
}

TEST_CASE("F6, F7 and F8 choose the picture, B makes it black, Escape leaves") {
    Room room(1280, 720, view::Language::en, Presenting::ladder);
    auto& teacher = room.teacher;
    CHECK_FALSE(teacher.stage.has("present.queues"));
    room.press(ui::Key::f7);
    CHECK(teacher.frame().presenting == Presenting::queues);
    CHECK(teacher.stage.has("present.queues"));
    room.press(ui::Key::f8);
    CHECK(teacher.stage.has("machine"));
    room.press(ui::Key::f6);
    CHECK_FALSE(teacher.stage.has("machine"));
    room.press(ui::Key::b);
    CHECK(teacher.stage.has("present.black"));
    CHECK(teacher.stage.texts().empty());
    const int step = teacher.frame().lesson->current;
    room.press(ui::Key::page_down); // only brings the picture back
    CHECK_FALSE(teacher.stage.has("present.black"));
    CHECK(teacher.frame().lesson->current == step);
    room.press(ui::Key::escape);
    CHECK(teacher.frame().presenting == Presenting::off);
    CHECK(teacher.stage.has("settings"));
    room.press(ui::Key::f5);
    CHECK(teacher.frame().presenting == Presenting::ladder);
    teacher.stage.click("present.leave");
    CHECK(teacher.frame().presenting == Presenting::off);
}

TEST_CASE("no text is smaller than 1/36 of the height, the narration has two lines at most") {
    for (const auto language : {view::Language::en, view::Language::zh})
        for (const auto& [width, height] :
             {std::pair{1280.0f, 720.0f}, std::pair{1024.0f, 768.0f}, std::pair{1920.0f, 1080.0f}})
            for (const auto how : {Presenting::ladder, Presenting::queues, Presenting::machine}) {
                Room room(width, height, language, how);
                auto& teacher = room.teacher;
                for (int i = 0; i < 40 && !teacher.frame().lesson->end; ++i) {
                    INFO("size " << width << "x" << height << " picture " << static_cast<int>(how)
                                 << " step " << teacher.frame().lesson->current);
                    gui::nothing_collides(teacher.stage);
                    if (teacher.stage.has("narration")) {
                        const auto& said = teacher.stage.control("narration").rect;
                        CHECK(said.h <=
                              2.2f * ui::line_height(teacher.stage.screen, ui::narration));
                        CHECK(said.bottom() <= height);
                    }
                    room.press(ui::Key::page_down);
                }
                CHECK(teacher.frame().lesson->end);
                CHECK(13 * teacher.stage.screen.scale >= height / 36 - 0.01f);
            }
}
