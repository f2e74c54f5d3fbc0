// What arrives while a program holds its socket waits in the backlog; it is taken in at once, and
// acknowledged by one ACK, when the program looks there or gives the socket back.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::milliseconds;
namespace flag = trace::flag;

namespace {

constexpr std::uint32_t full = 1460;

// The server's program sleeps in a read that falls so among the segments of a burst; then `count`
// of them come.
std::string answers(const world::Grip& grip, int count, Peer& p) {
    p.establish();
    p.world.submit(world::Gripped{first(), grip}, &p.log);
    p.submit(scenario::Read{first(), {}});
    const std::size_t mark = p.mark();
    for (int i = 0; i < count; ++i)
        p.inject(flag::ack, 1 + i * std::int64_t{full}, 1, full);
    return p.tell_since(mark);
}

} // namespace

TEST_CASE("without a backlog the first segments are acknowledged one by one", "[backlog]") {
    Peer p;
    CHECK(answers({1, {}, 0}, 3, p) == ".:1:1461 .:1:2921 .:1:4381");
    CHECK(p.last_result() == full);
}

TEST_CASE("what a reader meets while it copies has one ACK, and is read with the rest",
          "[backlog]") {
    Peer p;
    CHECK(answers({1, {2}, 0}, 3, p) == ".:1:1461 .:1:4381");
    CHECK(p.last_result() == 3 * full);
}

TEST_CASE("what comes after its last look has one ACK, and waits for the next read", "[backlog]") {
    Peer p;
    CHECK(answers({1, {}, 2}, 3, p) == ".:1:1461 .:1:4381");
    CHECK(p.last_result() == full);
    p.submit(scenario::Read{first(), {}});
    CHECK(p.last_result() == 2 * full);
}

TEST_CASE("a reader does not hold its socket for segments that never come", "[backlog]") {
    Peer p;
    answers({1, {}, 5}, 3, p);
    CHECK(p.last_result() != full);
    p.advance(milliseconds(3));
    CHECK(p.last_result() == full);
}
