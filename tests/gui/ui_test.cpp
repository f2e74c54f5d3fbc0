// The controls themselves: mouse, keyboard, tooltips, menus, text in two languages.
#include "catch.hpp"
#include "support/stage.hpp"
#include "ui/compat.hpp"
#include "ui/menu.hpp"
#include "ui/widgets.hpp"

#include <array>

namespace {

const ui::Rect left{100, 100, 120, 32}, middle{240, 100, 120, 32}, right{380, 100, 120, 32};

} // namespace

TEST_CASE("a click on a button is seen once, a click beside it not at all") {
    gui::Stage stage;
    int clicks = 0;
    stage.show([&](ui::Screen& screen) {
        clicks += ui::button(screen, left, {.id = "next", .label = "Next"}) ? 1 : 0;
        ui::mark(screen, "beside", "", right);
    });
    CHECK(stage.sees("Next"));
    stage.click("next");
    CHECK(clicks == 1);
    stage.click("beside");
    CHECK(clicks == 1);
}

TEST_CASE("a refused button does nothing and says why under mouse and keyboard") {
    gui::Stage stage;
    int clicks = 0;
    stage.show([&](ui::Screen& screen) {
        clicks += ui::button(screen, left,
                             {.id = "read", .label = "read", .refused = "ENOTCONN: no connection"})
                      ? 1
                      : 0;
        ui::mark(screen, "away", "", right);
    });
    CHECK_FALSE(stage.control("read").enabled);
    CHECK_FALSE(stage.sees("ENOTCONN"));
    stage.click("read");
    CHECK(stage.sees("ENOTCONN: no connection"));
    stage.hover("away");
    CHECK_FALSE(stage.sees("ENOTCONN"));
    stage.press(ui::Key::tab);
    stage.press(ui::Key::enter);
    CHECK(stage.sees("ENOTCONN: no connection"));
    CHECK(clicks == 0);
}

TEST_CASE("Tab and Shift+Tab walk through the controls in drawing order and Enter acts") {
    gui::Stage stage;
    std::string pressed;
    stage.show([&](ui::Screen& screen) {
        for (const auto& [rect, id] : {std::pair{left, "a"}, {middle, "b"}, {right, "c"}}) {
            if (ui::button(screen, rect, {.id = id, .label = id})) {
                pressed += id;
            }
        }
    });
    stage.press(ui::Key::tab);
    CHECK(stage.screen.focused == "a");
    CHECK(stage.screen.focus_visible);
    stage.press(ui::Key::tab);
    stage.press(ui::Key::enter);
    CHECK(pressed == "b");
    stage.press(ui::Key::tab);
    stage.press(ui::Key::tab);
    CHECK(stage.screen.focused == "a");
    stage.press(ui::Key::tab, ui::with_shift);
    stage.press(ui::Key::enter);
    CHECK(pressed == "bc");
}

TEST_CASE("a menu's items can be hit from the first frame that shows them") {
    gui::Stage stage;
    const std::array<ui::Choice, 2> choices = {ui::Choice{"beat", "beat"}, {"timer", "timer"}};
    std::size_t current = 0;
    stage.show([&](ui::Screen& screen) {
        if (const auto chosen = ui::combo(screen, left, "step_by", choices, current)) {
            current = *chosen;
        }
    });
    ImGuiIO& io = ImGui::GetIO();
    const auto click = [&](std::string_view id) {
        const ui::Vec at = stage.control(id).rect.centre();
        ui::compat::mouse_position(io, at.x, at.y);
        ui::compat::mouse_button(io, 0, true);
        stage.frames(1);
        ui::compat::mouse_button(io, 0, false);
        stage.frames(1);
    };
    click("step_by");
    for (int frame = 0; frame < 3 && !stage.has("step_by.timer"); ++frame) {
        stage.frames(1);
    }
    click("step_by.timer");
    CHECK(current == 1);
}

TEST_CASE("a combo opens, offers its choices, and gives the one that was clicked") {
    gui::Stage stage;
    const std::array<ui::Choice, 3> choices = {
        ui::Choice{"beat", "beat"}, {"segment", "segment"}, {"timer", "timer"}};
    std::size_t current = 0;
    stage.show([&](ui::Screen& screen) {
        if (const auto chosen = ui::combo(screen, left, "step_by", choices, current)) {
            current = *chosen;
        }
        ui::mark(screen, "elsewhere", "", {700, 600, 20, 20});
    });
    CHECK_FALSE(stage.has("step_by.timer"));
    stage.click("step_by");
    stage.click("step_by.timer");
    CHECK(current == 2);
    CHECK_FALSE(stage.has("step_by.timer"));

    SECTION("a click elsewhere closes it") {
        stage.click("step_by");
        CHECK(stage.has("step_by.beat"));
        stage.click("elsewhere");
        CHECK_FALSE(stage.has("step_by.beat"));
        CHECK(current == 2);
    }
    SECTION("the keyboard opens it, walks in it and chooses") {
        stage.press(ui::Key::tab);
        stage.press(ui::Key::enter);
        CHECK(stage.screen.focused == "step_by.beat");
        stage.press(ui::Key::down);
        CHECK(stage.screen.focused == "step_by.segment");
        stage.press(ui::Key::enter);
        CHECK(current == 1);
        CHECK(stage.screen.focused == "step_by");
    }
    SECTION("Escape closes it and gives the focus back") {
        stage.press(ui::Key::tab);
        stage.press(ui::Key::enter);
        stage.press(ui::Key::escape);
        CHECK_FALSE(stage.has("step_by.beat"));
        CHECK(stage.screen.focused == "step_by");
        CHECK(current == 2);
    }
}

TEST_CASE("what is typed into a field arrives there and in no shortcut") {
    gui::Stage stage;
    std::string content;
    int shortcuts = 0;
    stage.show([&](ui::Screen& screen) {
        ui::text_field(screen, left, "filter", "type a port", content);
        ui::button(screen, right, {.id = "after", .label = "after"});
        shortcuts += ui::take_key(screen, ui::Key::space) ? 1 : 0;
    });
    CHECK(stage.sees("type a port"));
    stage.type("filter", "8080");
    CHECK(content == "8080");
    stage.press(ui::Key::space);
    CHECK(shortcuts == 0);
    stage.press(ui::Key::tab);
    CHECK(stage.screen.focused == "after");
    stage.press(ui::Key::space);
    CHECK(shortcuts == 1);
    stage.press(ui::Key::tab, ui::with_shift);
    stage.type_character(U'9');
    CHECK(content.find('9') != content.npos);
}

TEST_CASE("Chinese text is drawn at the first frame that shows it") {
    gui::Stage stage;
    if (!stage.screen.fonts.has_chinese()) {
        FAIL("no Chinese font: third_party/install-deps.sh installs fonts-noto-cjk");
    }
    std::string label = "Next";
    stage.show([&](ui::Screen& screen) {
        ui::text(screen, {100, 300}, label, ui::narration, screen.theme.text);
    });
    label = "下一步：accept 队列已满。";
    stage.frames(1);
    INFO(stage.page());
    CHECK(stage.sees(label));
}

TEST_CASE("announced Chinese is built with the first that is drawn, and never again") {
    gui::Stage stage;
    if (!stage.screen.fonts.has_chinese())
        return;
    std::string shown = "EN 中文";
    stage.screen.fonts.announce("监听套接字丢弃新到的报文段，队列已满");
    stage.show([&](ui::Screen& screen) { ui::text(screen, {20, 20}, shown, ui::body, {}); });
    const auto needs_a_build = [&](std::string_view text) {
        stage.screen.fonts.need(text, ui::Face::text, ui::Size::body);
        return stage.screen.fonts.stale();
    };
    CHECK(needs_a_build("丢弃")); // a face with two characters of a button is not a Chinese one
    shown = "一个套接字有两个队列与";
    stage.frames(2);
    CHECK_FALSE(needs_a_build("监听报文段已满"));
    CHECK(needs_a_build("别")); // not announced
}

TEST_CASE("a scrolling region shows what the keyboard moves to") {
    gui::Stage stage;
    stage.show([&](ui::Screen& screen) {
        const ui::Rect content = ui::begin_scroll(screen, {100, 100, 300, 100}, "list", 1000);
        for (int i = 0; i < 20; ++i) {
            const std::string id = "row." + std::to_string(i);
            ui::button(screen, {content.x, content.y + 50 * static_cast<float>(i), 200, 40},
                       {.id = id, .label = id});
        }
        ui::end_scroll(screen);
    });
    CHECK(stage.control("row.15").rect.empty());
    for (int i = 0; i <= 15; ++i) {
        stage.press(ui::Key::tab);
    }
    CHECK(stage.screen.focused == "row.15");
    CHECK(stage.control("row.15").rect.h == 40);
    stage.wheel("row.15", 100);
    CHECK_FALSE(stage.control("row.0").rect.empty());
}

TEST_CASE("a letter stands as high as its size says, at every scale") {
    for (const float scale : {0.75f, 1.0f, 1.5f, 3.0f}) {
        gui::Stage stage({.width = 3840, .height = 2160, .scale = scale});
        stage.show([&](ui::Screen& screen) {
            ui::text(screen, {200, 200}, "H", ui::narration, screen.theme.text);
            ui::text(screen, {200, 400}, "H", ui::code, screen.theme.text);
        });
        REQUIRE(stage.texts().size() == 2);
        // Capitals of both faces are 0.73 em high.
        CHECK(std::abs(stage.texts()[0].rect.h - 0.73f * 20 * scale) <= 1.5f);
        CHECK(std::abs(stage.texts()[1].rect.h - 0.73f * 15 * scale) <= 1.5f);
        // And stand centred on the line they were asked to stand on.
        CHECK(std::abs(stage.texts()[0].rect.centre().y - 200) <= 1.5f);
    }
}
