// The panels around the sequence, driven by a frame filled by hand: what they show, what they ask
// for, and that no text lies on another or is cut, at every size, scale, theme and in both
// languages.
#include "catch.hpp"
#include "panels/free_play.hpp"
#include "panels/home.hpp"
#include "panels/host_panel.hpp"
#include "panels/keys.hpp"
#include "panels/ladder_text.hpp"
#include "panels/lesson_pane.hpp"
#include "panels/script_pane.hpp"
#include "panels/tab_strip.hpp"
#include "panels/toolbar.hpp"
#include "panels/why_list.hpp"
#include "panels/window_layout.hpp"
#include "support/reading.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

namespace {

namespace cmd = view::command;
using gui::speak;

// My panels in their places; the views of others are left out.
struct Desk {
    gui::Sample sample;
    view::Commands commands;
    panels::LessonPaneState lesson;
    panels::HostPanelState host;
    panels::ToolbarState toolbar;
    panels::WhyState why;
    panels::ScriptState script;
    panels::TabState tab;
    panels::KeysHelpState help;
    panels::WindowLayout layout;

    void draw(ui::Screen& screen) {
        commands.clear();
        view::Frame& frame = sample.frame;
        panels::WindowNeeds needs;
        needs.size = {screen.area.w, screen.area.h};
        needs.scale = screen.scale;
        needs.hosts = sample.snapshot.hosts.size();
        const float width = screen.area.w - screen.dp(20);
        needs.lesson_height = frame.lesson ? panels::lesson_pane_height(screen, frame, width)
                                           : panels::free_play_bar_height(screen, frame, width);
        needs.why = frame.open(view::Panel::why);
        needs.script = frame.open(view::Panel::script);
        needs.ladder_text = frame.open(view::Panel::ladder_text);
        needs.notice_height = panels::notice_height(screen, frame, width);
        needs.tab = tab.front;
        layout = panels::lay_out_window(needs);
        panels::toolbar(screen, frame, commands, toolbar, layout.toolbar);
        panels::notice(screen, frame, layout.notice);
        if (frame.lesson)
            panels::lesson_pane(screen, frame, commands, lesson, layout.lesson);
        else
            panels::free_play_bar(screen, frame, commands, layout.lesson);
        panels::tab_strip(screen, frame, tab, layout);
        for (std::size_t i = 0; i < layout.hosts.size(); ++i)
            panels::host_panel(screen, frame, commands, host, i, layout.hosts[i]);
        panels::why_list(screen, frame, commands, why, layout.why);
        panels::script_pane(screen, frame, commands, script, layout.script);
        panels::ladder_text(screen, frame, commands, layout.ladder_text);
        panels::keys_help(screen, frame, commands, help);
        panels::keys(screen, frame, commands);
        kept.insert(kept.end(), commands.begin(), commands.end());
    }
    void show_on(gui::Stage& stage) {
        stage.show([this](ui::Screen& screen) { draw(screen); });
    }
    template <typename C>
    std::vector<C> asked() const {
        std::vector<C> found;
        for (const auto& c : kept)
            if (const auto* one = std::get_if<C>(&c))
                found.push_back(*one);
        return found;
    }
    void forget() { kept.clear(); }

    view::Commands kept;
};

void all_text_inside(const gui::Stage& stage, const ui::Rect& area) {
    for (const auto& text : stage.texts()) {
        if (!ui::overlap(text.rect, area) || text.floating)
            continue;
        INFO(text.text);
        CHECK_FALSE(text.clipped);
    }
}

void open(Desk& desk, view::Panel panel) {
    desk.sample.frame.panels[static_cast<std::size_t>(panel)] = true;
}

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

TEST_CASE("a setting opens to its whole name, default, range and sentence, and leads back to the "
          "default") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    open(desk, view::Panel::sysctls);
    auto& s = desk.sample.server().sysctls.at(0);
    s.en = "Upper bound of every backlog; read once, by listen().";
    desk.show_on(stage);
    CHECK_FALSE(stage.sees("4096 by default"));
    stage.click("sysctl.server.net.core.somaxconn");
    stage.frames(2);
    CHECK(stage.sees("net.core.somaxconn: 4096 by default"));
    CHECK(stage.sees("Upper bound of every backlog"));
    CHECK(stage.has("sysctl.server.net.core.somaxconn.value"));
    CHECK_FALSE(stage.has("sysctl.server.net.core.somaxconn.default")); // it has it
    stage.click("sysctl.server.net.core.somaxconn.close");
    stage.frames(2);
    CHECK_FALSE(stage.has("sysctl.server.net.core.somaxconn.value"));
    s.value = 128;
    stage.frames(2);
    stage.click("sysctl.server.net.core.somaxconn");
    stage.frames(2);
    stage.click("sysctl.server.net.core.somaxconn.default");
    REQUIRE(desk.asked<cmd::SetSysctl>().size() == 1);
    CHECK(desk.asked<cmd::SetSysctl>()[0].value == 4096);
}

TEST_CASE("a host's kernel is chosen from a list that says what each is, or typed") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.server().profile = "linux-6.18";
    desk.show_on(stage);
    CHECK_FALSE(stage.has("profile.server")); // nothing to choose from
    CHECK(stage.sees("linux-6.18"));
    desk.sample.frame.profiles = {{"linux-6.18", "The usual one.", ""},
                                  {"linux-2.0", "The oldest of them.", "Not: two queues."}};
    stage.frames(2);
    stage.click("profile.server");
    stage.frames(2);
    CHECK(stage.sees("The oldest of them."));
    stage.hover("profile.server.linux-2.0");
    CHECK(stage.sees("Not: two queues."));
    stage.click("profile.server.linux-2.0");
    REQUIRE(desk.asked<cmd::SetProfile>().size() == 1);
    CHECK(desk.asked<cmd::SetProfile>()[0].host == 1);
    CHECK(desk.asked<cmd::SetProfile>()[0].profile == "linux-2.0");
    stage.click("profile.client");
    stage.frames(2);
    CHECK_FALSE(stage.control("profile.client.take").enabled);
    stage.type("profile.client.other", "linux-5.10");
    stage.click("profile.client.take");
    REQUIRE(desk.asked<cmd::SetProfile>().size() == 2);
    CHECK(desk.asked<cmd::SetProfile>()[1].host == 0);
    CHECK(desk.asked<cmd::SetProfile>()[1].profile == "linux-5.10");
    desk.sample.frame.why_not_profile = "Answer the question first.";
    stage.frames(2);
    CHECK_FALSE(stage.control("profile.server").enabled);
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

TEST_CASE("both queues are drawn with their limits, and a full one says so") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    CHECK(stage.control("accept_queue.server:80").label == "2 · limit 1 (+1 fits)");
    CHECK(stage.control("syn_queue.server:80").label == "0 · limit 1 (+1 fits)");
    CHECK(stage.sees("limit = min(backlog 1, somaxconn 4096)"));
    CHECK(stage.has("accept_queue.full"));
    CHECK_FALSE(stage.has("syn_queue.full"));
    // the head, which accept() takes, is at the right
    CHECK(stage.control("entry.2").rect.x > stage.control("entry.4").rect.x - 1e4f);
    CHECK(stage.control("entry.2").rect.x > stage.control("entry.4").rect.x);
    CHECK_FALSE(stage.sees("2 of 1"));
}

TEST_CASE("a queue of 42 shows head, tail and how many lie between") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.fill_accept_queue(40, 41);
    desk.show_on(stage);
    CHECK(stage.control("accept_queue.folded").label == "× 40");
    CHECK(stage.has("entry.2"));
    CHECK(stage.has("entry.139"));
    CHECK_FALSE(stage.has("entry.4"));
}

TEST_CASE("a refused connection stands outside the queue with its reason and leads to its event") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.sample.refuse_third_client();
    desk.show_on(stage);
    const ui::Rect out = stage.control("refused.server:80").rect;
    CHECK(stage.sees(":40006"));
    CHECK(stage.sees("SYN refused: accept queue full"));
    for (const char* entry : {"entry.2", "entry.4"})
        CHECK_FALSE(ui::overlap(out, stage.control(entry).rect));
    stage.click("refused.server:80");
    REQUIRE(desk.asked<cmd::Select>().size() == 1);
    const auto event = desk.asked<cmd::Select>()[0].selection.event;
    CHECK(desk.sample.trace.events.at(event).kind == trace::EventKind::segment_refused);
    // Where one count serves both queues, too (Linux 2.0).
    desk.sample.trace.events.at(event).rule = trace::Rule::one_count_full;
    stage.frames(2);
    CHECK(stage.sees("SYN refused: backlog full"));
}

TEST_CASE("a call that is about to run, one that blocks and one that returned are told apart") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    desk.show_on(stage);
    CHECK(stage.sees("next call, about to run"));
    CHECK(stage.control("next_call.client#3").label == "connect(5, 10.0.0.2:80)");
    desk.sample.refuse_third_client();
    stage.frames(2);
    CHECK_FALSE(stage.has("next_call.client#3"));
    CHECK(stage.sees("blocked"));
    CHECK(stage.sees("950 ms left"));
    desk.sample.client().calls.back().returned = true;
    desk.sample.client().calls.back().result = -110;
    stage.frames(2);
    CHECK(stage.sees("ETIMEDOUT"));
    CHECK_FALSE(stage.sees("blocked"));
}

TEST_CASE(
    "in free play a card's legal calls are buttons; a refused one is grey and says its errno") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    auto& frame = desk.sample.frame;
    frame.mode = view::Mode::free_play;
    frame.lesson.reset();
    frame.upcoming.clear();
    frame.legal_calls = {{1,
                          {{.call = trace::Call::write, .why = ""},
                           {.call = trace::Call::shutdown, .how = trace::Shutdown::wr, .why = ""},
                           {trace::Call::connect, trace::Shutdown::rd, false, trace::Errno::eisconn,
                            "is connected"}}},
                         {0, {{.call = trace::Call::accept, .why = ""}}}};
    desk.show_on(stage);
    stage.click("call.client#1.write");
    REQUIRE(desk.asked<cmd::MakeCall>().size() == 1);
    CHECK(desk.asked<cmd::MakeCall>()[0].socket == 1);
    CHECK(desk.asked<cmd::MakeCall>()[0].argument == 100);
    stage.click("call.client#1.shutdown.WR");
    CHECK(desk.asked<cmd::MakeCall>().back().how == trace::Shutdown::wr);
    stage.click("call.server:80.accept");
    CHECK(desk.asked<cmd::MakeCall>().back().host == 1);
    stage.click("connect5.client");
    CHECK(desk.asked<cmd::MakeCall>().back().times == 5);
    CHECK_FALSE(stage.control("call.client#1.connect").enabled);
    CHECK(stage.control("call.client#1.connect").reason == "EISCONN: is connected");
    stage.click("add_host");
    CHECK(desk.asked<cmd::AddHost>().size() == 1);
    stage.click("loss.client-server");
    stage.click("loss.client-server.10");
    REQUIRE(desk.asked<cmd::SetWire>().size() == 2);
    CHECK(desk.asked<cmd::SetWire>()[0].loss == Approx(0.1));
}

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

TEST_CASE("ids do not change with the language, labels do") {
    std::vector<std::string> ids[2];
    std::string next[2];
    for (const auto language : {view::Language::en, view::Language::zh}) {
        speak(language);
        gui::Stage stage({1600, 1000});
        Desk desk;
        desk.sample.frame.language = language;
        desk.show_on(stage);
        const auto i = static_cast<std::size_t>(language);
        for (const auto& c : stage.screen.probe.controls)
            ids[i].push_back(c.id);
        next[i] = stage.control("next").label;
    }
    speak(view::Language::en);
    CHECK(ids[0] == ids[1]);
    CHECK(next[0] == "Next");
    CHECK(next[1] == "下一步");
}

TEST_CASE("no text lies on another, and the toolbar cuts none, at any size, scale and language") {
    struct View {
        float w, h, scale;
    };
    for (const View v : {View{1024, 640, 1}, View{1280, 720, 1}, View{1600, 1000, 1},
                         View{3840, 2160, 1}, View{3840, 2160, 3}, View{1600, 1000, 0.75f},
                         View{1024, 640, 2}, View{1024, 640, 3}, View{1600, 1000, 1.5f}})
        for (const auto language : {view::Language::en, view::Language::zh})
            for (int what = 0; what < 6; ++what) {
                speak(language);
                gui::Stage stage({v.w, v.h, v.scale});
                Desk desk;
                desk.sample.frame.language = language;
                if (what == 1)
                    desk.sample.answer(2);
                if (what == 2)
                    desk.sample.end();
                if (what == 3)
                    desk.sample.refuse_third_client();
                if (what == 4) {
                    desk.sample.lesson().off_script = true;
                    desk.sample.lesson().open_term =
                        view::TermView{"backlog", "The second argument of listen().", "",
                                       "sk_max_ack_backlog", "queue length"};
                    desk.sample.fill_accept_queue(6, 7);
                    open(desk, view::Panel::why);
                    open(desk, view::Panel::ladder_text);
                    open(desk, view::Panel::counters);
                    open(desk, view::Panel::sysctls);
                    open(desk, view::Panel::descriptors);
                }
                if (what == 5) {
                    desk.sample.frame.mode = view::Mode::free_play;
                    desk.sample.frame.lesson.reset();
                    desk.sample.frame.message = "The file my.twomsl was saved.";
                    open(desk, view::Panel::script);
                }
                desk.show_on(stage);
                for (std::size_t tab = 0; tab < std::max<std::size_t>(desk.layout.tabs.size(), 1);
                     ++tab) {
                    desk.tab.front = tab;
                    stage.frames(2);
                    INFO(v.w << "x" << v.h << " at " << v.scale
                             << (language == view::Language::zh ? ", zh" : ", en") << ", case "
                             << what << ", tab " << tab);
                    gui::nothing_collides(stage);
                    all_text_inside(stage, desk.layout.toolbar);
                    CHECK(stage.has("next"));
                    CHECK(view::untranslated().empty());
                }
            }
    speak(view::Language::en);
}

TEST_CASE("in motion the state's badge goes over and a queue entry travels; with reduced motion "
          "nothing moves") {
    speak(view::Language::en);
    gui::Stage stage({1600, 1000});
    Desk desk;
    auto& frame = desk.sample.frame;
    frame.motion.fresh = static_cast<trace::EventId>(desk.sample.trace.events.size() -
                                                     2); // SYN_RECV -> ESTABLISHED of the second
    frame.motion.moving = true;
    frame.motion.progress = 0.1;
    desk.show_on(stage);
    const auto begin = stage.control("entry.4").rect;
    CHECK(stage.sees("SYN_RECV"));
    frame.motion.progress = 0.9;
    stage.frames(1);
    const auto end = stage.control("entry.4").rect;
    CHECK(begin.y < end.y); // from the SYN queue down into the accept queue
    CHECK_FALSE(stage.sees("SYN_RECV →"));
    frame.reduced_motion = true;
    frame.motion.progress = 0.1;
    stage.frames(1);
    CHECK(stage.control("entry.4").rect.y > end.y - 1);
}
