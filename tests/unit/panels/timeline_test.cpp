// The timeline's axis, marks and branches.
#include "catch.hpp"

#include "panels/timeline_layout.hpp"

using namespace panels;
using Kind = view::TimelineMark::Kind;

namespace {

trace::Instant ms(std::int64_t n) {
    return trace::Instant{} + trace::milliseconds(n);
}

view::TimelineView story() {
    view::TimelineView view;
    view.end = ms(60520);
    view.marks = {{ms(0), 0, Kind::call},        {ms(10), 1, Kind::transition},
                  {ms(20), 2, Kind::transition}, {ms(500), 3, Kind::refused},
                  {ms(510), 4, Kind::lost},      {ms(60510), 5, Kind::timer}};
    return view;
}

TimelineStyle style() {
    TimelineStyle made;
    made.width = [](std::string_view text) { return 8.0f * static_cast<float>(text.size()); };
    made.name = [](const view::TimelineMark& mark) {
        return mark.kind == Kind::transition ? std::string() : std::string("a name");
    };
    return made;
}

} // namespace

TEST_CASE("the bar leads from an instant to a place and back, in order, from end to end") {
    const TimelineAxis axis = lay_timeline_axis(story(), 100, 900);
    CHECK(axis.x(ms(0)) == 100);
    CHECK(axis.x(ms(60520)) == Approx(900));
    float last = 99;
    for (const std::int64_t at : {0, 5, 10, 15, 20, 300, 500, 505, 510, 30000, 60510, 60520}) {
        const float x = axis.x(ms(at));
        CHECK(x > last);
        CHECK(trace::in_seconds(axis.at(x) - ms(at)) == Approx(0).margin(0.5));
        last = x;
    }
    CHECK(axis.at(0) == ms(0));
    CHECK(axis.at(2000) == ms(60520));
}

TEST_CASE("a minute of waiting does not leave the handshake without room") {
    const TimelineAxis axis = lay_timeline_axis(story(), 0, 800);
    CHECK(axis.x(ms(20)) - axis.x(ms(0)) > 60);
}

TEST_CASE("names of marks never lie over each other nor beyond the bar") {
    const TimelineAxis axis = lay_timeline_axis(story(), 0, 300);
    const TimelineLayout layout =
        lay_timeline(story(), axis, trace::never, {0, 20, 300, 80}, style());
    REQUIRE(layout.labels.size() >= 2);
    for (std::size_t i = 1; i < layout.labels.size(); ++i) {
        CHECK(layout.labels[i].left >= layout.labels[i - 1].right);
    }
    CHECK(layout.labels.back().right <= 300);
}

TEST_CASE("while a question stands, marks after it do not exist") {
    const TimelineAxis axis = lay_timeline_axis(story(), 0, 800);
    const TimelineLayout layout = lay_timeline(story(), axis, ms(20), {0, 20, 800, 80}, style());
    CHECK(layout.marks.size() == 3);
    CHECK(layout.labels.size() == 1);
}

TEST_CASE("branches appear below once there is more than the story, from their fork on") {
    view::TimelineView view = story();
    view.branches = {{"script", ms(0), true}};
    const TimelineAxis axis = lay_timeline_axis(view, 0, 800);
    CHECK(lay_timeline(view, axis, trace::never, {0, 20, 800, 80}, style()).branches.empty());
    view.branches.push_back({"what if", ms(500), false});
    const auto branches =
        lay_timeline(view, axis, trace::never, {0, 20, 800, 80}, style()).branches;
    REQUIRE(branches.size() == 2);
    CHECK(branches[1].fork_x == axis.x(ms(500)));
    CHECK_FALSE(overlap(branches[0].box, branches[1].box));
    CHECK(branches[1].box.right() <= 800);
}
