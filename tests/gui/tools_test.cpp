// The tools view: four tabs, a host, a page as a terminal shows it.
#include "catch.hpp"
#include "panels/tools_panel.hpp"
#include "support/reading.hpp"
#include "ui/screen.hpp"

namespace {

namespace cmd = view::command;
using gui::speak;

using Scene = gui::OnePanel<panels::ToolsState>;

} // namespace

TEST_CASE("each tab shows what its tool prints, of the host that is chosen, and Copy takes it") {
    speak(view::Language::en);
    Scene scene;
    gui::Stage stage({.width = 900, .height = 300});
    scene.show_on(stage, panels::tools_panel);
    CHECK(stage.sees("server$ ss -tan"));
    INFO(stage.page());
    CHECK(stage.sees("LISTEN"));
    CHECK(stage.sees("10.0.0.1:40002"));
    stage.click("tools.copy");
    REQUIRE(scene.commands.size() == 1);
    const auto* copied = std::get_if<cmd::Copy>(&scene.commands[0]);
    REQUIRE(copied != nullptr);
    CHECK(copied->text == [&] {
        std::string all;
        for (const auto& line : view::ss_text(scene.sample.server()).lines)
            all += line + "\n";
        return all;
    }());
    stage.click("tools.netstat");
    stage.frames(2);
    CHECK(stage.sees("1 times the listen queue of a socket overflowed"));
    stage.click("tools.host");
    stage.click("tools.host.client");
    stage.frames(2);
    CHECK(stage.sees("client$ netstat -st"));
    stage.click("tools.strace");
    stage.frames(2);
    CHECK(stage.sees("client$ strace"));
    stage.click("tools.tcpdump");
    stage.frames(2);
    CHECK(stage.sees("client$ tcpdump -nS -ttttt tcp"));
}

TEST_CASE("what a source cannot know is said instead of zeros") {
    speak(view::Language::en);
    Scene scene;
    scene.sample.frame.mode = view::Mode::attach;
    scene.sample.frame.can.segments = false;
    scene.state.tool = view::Tool::netstat;
    gui::Stage stage({.width = 900, .height = 300});
    scene.show_on(stage, panels::tools_panel);
    CHECK(stage.sees("The kernel counts for all connections"));
    CHECK_FALSE(stage.sees("segments received"));
    CHECK_FALSE(stage.control("tools.copy").enabled);
    stage.click("tools.tcpdump");
    stage.frames(2);
    CHECK(stage.sees("No segments are seen here."));
}

TEST_CASE("a line that is too long goes on in the next row, as in a terminal") {
    CHECK(panels::terminal_rows("0123456789", 4) == std::vector<std::string>{"0123", "4567", "89"});
    CHECK(panels::terminal_rows("12…4", 3) == std::vector<std::string>{"12…", "4"});
    CHECK(panels::terminal_rows("", 3) == std::vector<std::string>{""});
    CHECK(panels::terminal_rows("abcd", 4) == std::vector<std::string>{"abcd"});
}

TEST_CASE("the tools are readable at every size, in every theme and both languages") {
    for (const auto language : {view::Language::en, view::Language::zh})
        for (const auto theme : ui::all_themes)
            for (const float scale : {0.75f, 1.0f, 2.0f})
                for (const float width : {260.0f, 480.0f, 1100.0f})
                    for (const auto tool : {view::Tool::ss, view::Tool::netstat,
                                            view::Tool::tcpdump, view::Tool::strace}) {
                        speak(language);
                        Scene scene;
                        scene.state.tool = tool;
                        gui::Stage stage({.width = width * scale,
                                          .height = 600 * scale,
                                          .scale = scale,
                                          .theme = theme});
                        scene.show_on(stage, panels::tools_panel);
                        INFO("width " << width << " scale " << scale << " tool "
                                      << static_cast<int>(tool));
                        gui::nothing_collides(stage);
                        for (const auto& text : stage.texts()) {
                            INFO(text.text);
                            CHECK_FALSE(text.cut_sideways);
                        }
                    }
    speak(view::Language::en);
}
