// The places of the views: inside the window, none on another, at every size, scale and choice.
#include "catch.hpp"

#include "panels/window_layout.hpp"

using namespace panels;

namespace {

std::vector<ui::Rect> shown(const WindowLayout& l) {
    std::vector<ui::Rect> all;
    for (const auto& r : {l.toolbar, l.notice, l.lesson, l.sequence, l.machine, l.why,
                          l.queues, l.tools, l.ladder_text, l.script, l.timeline, l.tab_strip})
        if (!r.empty())
            all.push_back(r);
    for (const auto& r : l.hosts)
        if (!r.empty())
            all.push_back(r);
    return all;
}

WindowNeeds lesson(float w, float h, float scale = 1) {
    WindowNeeds n;
    n.size = {w, h};
    n.scale = scale;
    n.lesson_height = 170 * scale;
    return n;
}

} // namespace

TEST_CASE("a lesson shows the pane, the sequence and a host panel at each side, and nothing else") {
    const auto l = lay_out_window(lesson(1600, 1000));
    CHECK(l.tabs.empty());
    CHECK(shown(l).size() == 5);
    CHECK(l.lesson.w == 1580);
    CHECK(l.hosts[0].right() < l.sequence.x);
    CHECK(l.sequence.right() < l.hosts[1].x);
    CHECK(l.sequence.w > 800);
    CHECK(l.sequence.bottom() == 990);
}

TEST_CASE("with all views open the machine stands below left, Why? and the timeline right of it") {
    auto n = lesson(1600, 1000);
    n.lesson_height = 60;
    n.machine = n.why = n.timeline = true;
    const auto l = lay_out_window(n);
    CHECK(l.machine.right() < l.why.x);
    CHECK(l.why.bottom() < l.timeline.y);
    CHECK(l.timeline.bottom() == l.machine.bottom());
    CHECK(l.machine.h > 250);
    CHECK(l.sequence.bottom() < l.machine.y);
}

TEST_CASE("one further view goes below the sequence and the hosts keep their height") {
    auto n = lesson(1600, 1000);
    n.machine = true;
    const auto l = lay_out_window(n);
    CHECK(l.machine.w == l.sequence.w);
    CHECK(l.machine.y > l.sequence.bottom());
    CHECK(l.hosts[0].bottom() == l.machine.bottom());
}

TEST_CASE("the smallest window still shows both hosts and the sequence side by side") {
    const auto l = lay_out_window(lesson(1024, 640));
    CHECK(l.tabs.empty());
    CHECK(l.hosts[0].w >= 248);
    CHECK(l.hosts[1].w >= 270);
    CHECK(l.sequence.w >= 450);
}

TEST_CASE(
    "a high card at a lesson's end scrolls in a small window, and the picture stays beside it") {
    auto n = lesson(1024, 640);
    n.lesson_height = 400;
    const auto l = lay_out_window(n);
    CHECK(l.tabs.empty());
    CHECK_FALSE(l.hosts[0].empty());
    CHECK(l.lesson.h >= 190);
}

TEST_CASE("three hosts: two at the left, the last at the right") {
    auto n = lesson(1600, 1000);
    n.hosts = 3;
    const auto l = lay_out_window(n);
    CHECK(l.hosts[0].x == l.hosts[1].x);
    CHECK(l.hosts[0].bottom() < l.hosts[1].y);
    CHECK(l.hosts[2].x > l.sequence.right());
}

TEST_CASE("text at 200 % in a small window: one view at a time, chosen by tabs") {
    auto n = lesson(1024, 640, 2);
    n.why = true;
    const auto first = lay_out_window(n);
    REQUIRE(first.tabs.size() == 4);
    CHECK_FALSE(first.sequence.empty());
    CHECK(first.hosts[0].empty());
    n.tab = 2;
    CHECK_FALSE(lay_out_window(n).hosts[1].empty());
    n.tab = 99;
    CHECK_FALSE(lay_out_window(n).why.empty());
}

TEST_CASE("a further view takes a low window's place from nobody: one view at a time") {
    auto n = lesson(1024, 640);
    n.lesson_height = 270; // the end of a lesson says much
    n.queues = true;
    const auto low = lay_out_window(n);
    CHECK(low.tabs.size() == 4);
    CHECK(low.sequence.h > 200);
    CHECK(low.queues.empty());
    n.size = {1440, 900};
    const auto roomy = lay_out_window(n);
    CHECK(roomy.tabs.empty());
    CHECK(roomy.sequence.h > 200);
    CHECK(roomy.queues.h >= 150);
}

TEST_CASE("nothing overlaps and nothing leaves the window, whatever is open") {
    for (const ui::Vec size :
         {ui::Vec{1024, 640}, {1280, 720}, {1600, 1000}, {3840, 2160}, {640, 1400}})
        for (const float scale : {0.75f, 1.0f, 1.5f, 3.0f})
            for (unsigned open = 0; open < 32; ++open)
                for (std::size_t hosts = 1; hosts < 6; ++hosts) {
                    auto n = lesson(size.x, size.y, scale);
                    n.hosts = hosts;
                    n.machine = open & 1;
                    n.why = open & 2;
                    n.ladder_text = open & 4;
                    n.script = open & 8;
                    n.queues = open & 1;
                    n.tools = open & 2;
                    n.timeline = open & 16;
                    n.notice_height = hosts == 3 ? 30 * scale : 0;
                    n.tab = open % 7;
                    INFO(size.x << "x" << size.y << " at " << scale << ", open " << open
                                << ", hosts " << hosts);
                    const auto l = lay_out_window(n);
                    const auto all = shown(l);
                    for (std::size_t i = 0; i < all.size(); ++i) {
                        CHECK(all[i].x >= 0);
                        CHECK(all[i].right() <= size.x + 0.1f);
                        CHECK(all[i].bottom() <= size.y + 0.1f);
                        for (std::size_t j = 0; j < i; ++j)
                            CHECK_FALSE(ui::overlap(all[i].inset(0.1f), all[j].inset(0.1f)));
                    }
                    if (l.tabs.empty()) {
                        CHECK(l.machine.empty() == !n.machine);
                        CHECK(l.why.empty() == !n.why);
                        CHECK(l.queues.empty() == !n.queues);
                        CHECK(l.tools.empty() == !n.tools);
                        CHECK(l.script.empty() == !n.script);
                        CHECK(l.ladder_text.empty() == !n.ladder_text);
                        CHECK(l.timeline.empty() == !n.timeline);
                    }
                }
}
