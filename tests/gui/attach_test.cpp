// My server: verdicts, list and detail from a frame filled by hand, in both languages, every theme
// and from the smallest window to 4K.
#include "catch.hpp"
#include "panels/desk.hpp"
#include "support/reading.hpp"

#include <fmt/format.h>

namespace {

namespace cmd = view::command;
using gui::speak;
using trace::State;

struct Attached {
    trace::Trace trace;
    trace::Snapshot snapshot;
    view::Frame frame;
    view::Commands kept;
    panels::DeskState state;

    Attached() {
        frame.mode = view::Mode::attach;
        frame.snapshot = &snapshot;
        frame.trace = &trace;
        frame.can.step = frame.can.back = frame.can.play = frame.can.scrub = frame.can.act = false;
        frame.can.verdicts = frame.can.wire = frame.can.segments = false;
        view::AttachView view;
        view.ready = true;
        view.scope = "Seen: this network namespace, 1204 sockets; nothing is sent.";
        view.attached = "attached 12 min ago";
        view::VerdictView full;
        full.id = "accept_queue_full.8080";
        full.condition = "accept_queue_full";
        full.severity = view::Severity::bad;
        full.where = ":8080";
        full.who = "node (4711)";
        full.headline = "accept queue 512 · limit 511 (+1 fits), full for 14 s; the program is not "
                        "calling accept()";
        full.evidence = {"this listener's own drops: +1830 since we look, the last 0 s ago"};
        full.source = "sock_diag, looked at every 50 ms";
        full.remedy = "Make the program call accept() in time.";
        full.lesson = 11;
        full.ss = "ss -lnt 'sport = :8080'";
        full.port = 8080;
        auto leak = full;
        leak.id = "close_wait_leak.982";
        leak.severity = view::Severity::warning;
        leak.where = "";
        leak.who = "python3 (982)";
        leak.headline = "holds 37 sockets in CLOSE_WAIT, the oldest for at least 12 min: the peers "
                        "closed, this program has not";
        leak.certainty = trace::Certainty::inferred;
        leak.port = 0;
        leak.pid = 982;
        view.verdicts = {full, leak};
        view.rest = "everything else: nothing wrong seen";
        view.totals = "14 listeners, 1166 connections to them, 24 outgoing";
        view.counters = "ListenOverflows 1830 (+1830) · ListenDrops 1830 (+1830)";
        for (std::uint16_t i = 0; i < 14; ++i) {
            view::ListenerRow row;
            row.cookie = 100u + i;
            row.port = i == 0 ? 8080 : static_cast<std::uint16_t>(9000 + i);
            row.where = fmt::format("127.0.0.1:{}", row.port);
            row.who = i == 0 ? "node (4711)" : "python3 (982)";
            row.pid = i == 0 ? 4711 : 982;
            row.states[static_cast<std::size_t>(State::established)] = 600;
            row.states[static_cast<std::size_t>(State::close_wait)] = i;
            row.limit = 511;
            row.length = i == 0 ? 512 : 0;
            row.full = i == 0;
            row.new_drops = i == 0 ? 1830 : 0;
            for (std::size_t k = 20; k < view::trend_points; ++k) {
                row.looked[k] = true;
                row.trend[k] = i == 0 && k > 45 ? 512 : 3;
            }
            view.listeners.push_back(row);
        }
        view.selected = 100;
        view::ListenerDetail detail;
        detail.cookie = 100;
        detail.where = ":8080";
        detail.who = "node (4711)";
        detail.length = 512;
        detail.limit = 511;
        detail.requests = 6;
        detail.now = trace::Instant{} + trace::seconds(60);
        for (std::uint16_t i = 0; i < 512; ++i)
            detail.waiting.push_back({trace::none,
                                      {{0x7f000001}, static_cast<std::uint16_t>(52000 + i)},
                                      {},
                                      State::established,
                                      0,
                                      false});
        view::PeerRow peer;
        peer.peer = "127.0.0.1:52102";
        peer.client = peer.server = State::established;
        peer.seen = "head of the queue, 17 s";
        detail.peers.push_back(peer);
        peer.peer = "127.0.0.1:53988";
        peer.client = State::syn_sent;
        peer.server.reset();
        peer.seen = "SYN not taken, repeated ×3";
        peer.bad = true;
        detail.peers.push_back(peer);
        detail.more_peers = 599;
        view.detail = detail;
        frame.attach = view;
    }

    void show_on(gui::Stage& stage) {
        stage.show([this](ui::Screen& screen) {
            view::Commands commands;
            panels::desk(screen, frame, commands, state);
            kept.insert(kept.end(), commands.begin(), commands.end());
        });
    }
    template <typename C>
    std::vector<C> asked() const {
        std::vector<C> found;
        for (const auto& c : kept)
            if (const auto* one = std::get_if<C>(&c))
                found.push_back(*one);
        return found;
    }
};

} // namespace

TEST_CASE("My server is readable at every size, in every theme and both languages") {
    for (const auto language : {view::Language::en, view::Language::zh})
        for (const auto theme : ui::all_themes)
            for (const auto& [width, height, scale] : {std::tuple{1024.f, 640.f, 1.f},
                                                       {1440.f, 900.f, 1.f},
                                                       {3840.f, 2160.f, 2.f},
                                                       {1280.f, 720.f, 1.5f}}) {
                speak(language);
                Attached attached;
                attached.frame.language = language;
                gui::Stage stage(
                    {.width = width, .height = height, .scale = scale, .theme = theme});
                attached.show_on(stage);
                INFO(width << "x" << height << " at " << scale);
                gui::nothing_collides(stage);
                CHECK(stage.has("verdict.open.accept_queue_full.8080"));
                CHECK(stage.has("listener.8080.100"));
                for (const char* absent : {"next", "back", "play", "step"})
                    CHECK_FALSE(stage.has(absent)); // absent, not dead
            }
    speak(view::Language::en);
}

TEST_CASE(
    "in a wide window a verdict stands beside what can be done, and leaves the list its room") {
    speak(view::Language::en);
    Attached attached;
    gui::Stage stage({.width = 1920, .height = 1080});
    attached.show_on(stage);
    const ui::Rect verdict = stage.control("verdict.accept_queue_full.8080").rect;
    const ui::Rect open = stage.control("verdict.open.accept_queue_full.8080").rect;
    CHECK(verdict.h < 100);
    CHECK(open.y < verdict.y + 30);
    CHECK(open.x > verdict.centre().x);
    CHECK(stage.control("attach.list").rect.h > 600);
}

TEST_CASE("typing a port, a name or a pid brings what matches to the top") {
    speak(view::Language::en);
    Attached attached;
    gui::Stage stage({.width = 1440, .height = 900});
    attached.show_on(stage);
    stage.type("attach.filter", "9003");
    CHECK(stage.sees("1 match, 13 others below"));
    CHECK(stage.control("listener.9003.103").rect.y < stage.control("listener.8080.100").rect.y);
    const auto rows = attached.frame.attach->listeners;
    CHECK(panels::filter_listeners(rows, "NODE").matching == 1);
    CHECK(panels::filter_listeners(rows, "982").matching == 13);
    CHECK(panels::filter_listeners(rows, "").matching == 0);
    CHECK(panels::filter_listeners(rows, "").order.size() == rows.size());
}

TEST_CASE("a verdict opens its listener or process, its lesson, and copies its command") {
    speak(view::Language::en);
    Attached attached;
    gui::Stage stage({.width = 1440, .height = 900});
    attached.show_on(stage);
    stage.click("verdict.open.accept_queue_full.8080");
    stage.click("verdict.open.close_wait_leak.982");
    const auto opened = attached.asked<cmd::AttachOpen>();
    REQUIRE(opened.size() == 2);
    CHECK(opened[0].port == 8080);
    CHECK(opened[1].pid == 982);
    stage.click("verdict.lesson.accept_queue_full.8080");
    REQUIRE(attached.asked<cmd::OpenLesson>().size() == 1);
    CHECK(attached.asked<cmd::OpenLesson>()[0].place == 11);
    stage.click("verdict.ss.accept_queue_full.8080");
    REQUIRE(attached.asked<cmd::Copy>().size() == 1);
    CHECK(attached.asked<cmd::Copy>()[0].text == "ss -lnt 'sport = :8080'");
    stage.click("attach.sample");
    REQUIRE(attached.asked<cmd::AttachSample>().size() == 1);
    CHECK(attached.asked<cmd::AttachSample>()[0].on);
}

TEST_CASE("a click selects a listener, a second one opens it") {
    speak(view::Language::en);
    Attached attached;
    gui::Stage stage({.width = 1440, .height = 900});
    attached.show_on(stage);
    stage.click("listener.9001.101");
    REQUIRE(attached.asked<cmd::AttachSelect>().size() == 1);
    CHECK(attached.asked<cmd::AttachSelect>()[0].cookie == 101);
    CHECK(attached.asked<cmd::AttachOpen>().empty());
    attached.frame.attach->selected = 101;
    stage.click("listener.9001.101");
    REQUIRE(attached.asked<cmd::AttachOpen>().size() == 1);
    CHECK(attached.asked<cmd::AttachOpen>()[0].cookie == 101);
}
