// The boxes of a listener's queue.
#include "catch.hpp"

#include "panels/queue_layout.hpp"

using namespace panels;
using Kind = QueueBox::Kind;

namespace {

const QueueMeasures measures{100, 30, 8};

std::size_t shown(const QueueLayout& l) {
    std::size_t n = 0;
    for (const auto& b : l.boxes)
        n += b.kind == Kind::entry ? 1 : b.kind == Kind::folded ? b.count : 0;
    return n;
}

} // namespace

TEST_CASE("the head of the queue is the rightmost box, at the accept() side") {
    const auto l = lay_out_queue(2, 2, 3, 340, measures);
    REQUIRE(l.boxes.size() == 3);
    CHECK(l.boxes[0].kind == Kind::entry);
    CHECK(l.boxes[0].entry == 0);
    CHECK(l.boxes[0].rect.x > l.boxes[1].rect.x);
    CHECK(l.boxes[2].kind == Kind::empty);
}

TEST_CASE("the bar stands between the limit and the one more that fits") {
    const auto l = lay_out_queue(2, 1, 2, 340, measures);
    REQUIRE(l.boxes.size() == 2);
    CHECK(l.limit_bar.x > l.boxes[1].rect.right());
    CHECK(l.limit_bar.right() < l.boxes[0].rect.x);
}

TEST_CASE("a limit of 0 holds one connection and the bar stands right of it") {
    const auto l = lay_out_queue(1, 0, 1, 340, measures);
    REQUIRE(l.boxes.size() == 1);
    CHECK(l.limit_bar.x > l.boxes[0].rect.centre().x);
    CHECK(l.limit_bar.right() <= 342);
}

TEST_CASE("eight entries are drawn one by one, in rows, none on another") {
    const auto l = lay_out_queue(8, 7, 8, 340, measures);
    REQUIRE(l.boxes.size() == 8);
    for (std::size_t i = 0; i < 8; ++i)
        for (std::size_t j = 0; j < i; ++j)
            CHECK_FALSE(ui::overlap(l.boxes[i].rect, l.boxes[j].rect));
    CHECK(l.height == 3 * 30 + 2 * 8);
}

TEST_CASE("more than eight fold to head, tail and how many lie between") {
    const auto l = lay_out_queue(42, 41, 42, 340, measures);
    REQUIRE(l.boxes.size() == 3);
    CHECK(l.boxes[0].entry == 0);
    CHECK(l.boxes[1].kind == Kind::folded);
    CHECK(l.boxes[1].count == 40);
    CHECK(l.boxes[2].entry == 41);
    // full: the tail is the one beyond the limit
    CHECK(l.limit_bar.x > l.boxes[2].rect.right());
    CHECK(l.limit_bar.right() < l.boxes[1].rect.x);
}

TEST_CASE("a long queue that is not full says how many more fit") {
    const auto l = lay_out_queue(3, 511, 512, 700, measures);
    REQUIRE(l.boxes.size() == 5);
    CHECK(l.boxes[3].kind == Kind::room);
    CHECK(l.boxes[3].count == 508);
    CHECK(l.boxes[4].kind == Kind::empty);
    CHECK(l.limit_bar.right() < l.boxes[3].rect.x);
    CHECK(l.limit_bar.x > l.boxes[4].rect.right());
}

TEST_CASE("every entry is shown or counted, inside the width, at any length and width") {
    for (std::size_t length : {0u, 1u, 2u, 7u, 8u, 9u, 10u, 100u, 4097u})
        for (std::size_t limit : {0u, 1u, 7u, 8u, 9u, 4096u})
            for (float width : {60.0f, 120.0f, 240.0f, 400.0f, 900.0f}) {
                INFO(length << " of " << limit << " in " << width);
                const auto l = lay_out_queue(length, limit, limit + 1, width, measures);
                CHECK(shown(l) == length);
                for (const auto& b : l.boxes) {
                    CHECK(b.rect.x >= -0.01f);
                    CHECK(b.rect.right() <= width + 0.01f);
                    CHECK(b.rect.bottom() <= l.height + 0.01f);
                }
            }
}
