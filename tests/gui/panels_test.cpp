// Hosts, queues and calls around the sequence; that no text lies on another or is cut, at every
// size, scale, theme and in both languages.
#include "panels/home.hpp"
#include "support/desk.hpp"
#include "view/words.hpp"

#include <fmt/format.h>

namespace {

namespace cmd = view::command;
using gui::speak, gui::Desk;

} // namespace

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
