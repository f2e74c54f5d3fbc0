// The urgent byte: outside the stream, told by poll(), and pointed at by every segment before it.
#include "catch.hpp"
#include "raw_peer.hpp"
#include "world/by_hand.hpp"

using namespace raw;
namespace flag = trace::flag;

namespace {

// Data of the peer's whose urgent pointer is `pointer`.
void inject_urgent(Peer& p, std::int64_t seq, std::uint32_t length, std::uint16_t pointer) {
    trace::Segment s;
    const auto& hosts = p.world.contents().hosts;
    s.source = {hosts[1].address, p.port};
    s.destination = {hosts[0].address, p.host_port};
    s.seq = {static_cast<std::uint32_t>(p.isn + seq)};
    s.ack = {p.host_isn + 1};
    s.flags = flag::ack | flag::urg;
    s.urgent = pointer;
    s.length = length;
    s.window = p.window;
    p.inject(s);
}

std::string poll(const Peer& p) {
    return world::format(world::readiness(p.world, *p.world.find(first())));
}

std::int64_t read(Peer& p, std::uint32_t most, bool urgent = false) {
    p.submit(scenario::Read{first(), most, urgent});
    return p.last_result();
}

constexpr auto eagain = -static_cast<std::int64_t>(trace::Errno::eagain);
constexpr auto einval = -static_cast<std::int64_t>(trace::Errno::einval);

} // namespace

TEST_CASE("every segment up to the urgent byte points just past it, and Nagle holds none back",
          "[urgent]") {
    Peer p;
    p.establish();
    p.submit(scenario::Write{first(), 20, ""});
    const std::size_t mark = p.mark();
    p.submit(scenario::Write{first(), 3000, "", true});
    const auto sent = p.sent_since(mark);
    REQUIRE(sent.size() == 3);
    for (const trace::Segment& s : sent) {
        CHECK(s.flags.has(flag::urg));
        CHECK(s.seq.raw + s.urgent == p.host_isn + 3021);
    }
    p.inject(flag::ack, 1, 3021);
    const std::size_t later = p.mark();
    p.submit(scenario::Write{first(), 40, ""});
    CHECK(p.tell_since(later) == "P.:3021:1:40"); // all of it is acknowledged: no pointer any more
}

TEST_CASE("reading stops before the urgent byte and goes on behind it", "[urgent]") {
    Peer p;
    p.establish();
    p.submit(scenario::NonBlocking{first()});
    inject_urgent(p, 1, 90, 31); // the 31st byte is urgent
    CHECK(poll(p) == "IN|PRI|OUT");
    CHECK(read(p, 500) == 30);
    CHECK(read(p, 7, true) == 1);
    CHECK(poll(p) == "IN|OUT");
    CHECK(read(p, 7, true) == einval); // once only
    CHECK(read(p, 500) == 59);
    CHECK(poll(p) == "OUT");
}

TEST_CASE("an urgent byte alone is nothing to read, and a read passes over it", "[urgent]") {
    Peer p;
    p.establish();
    p.submit(scenario::NonBlocking{first()});
    CHECK(read(p, 1, true) == einval);
    inject_urgent(p, 1, 0, 4); // told of, not here
    CHECK(poll(p) == "OUT");
    CHECK(read(p, 1, true) == eagain);
    p.inject(flag::ack, 1, 1, 3);
    CHECK(read(p, 10) == 3);
    p.inject(flag::ack, 4, 1, 1);
    CHECK(poll(p) == "PRI|OUT");
    CHECK(read(p, 10) == eagain);
    CHECK(poll(p) == "OUT"); // gone without having been taken
    p.inject(flag::ack, 5, 1, 2);
    CHECK(read(p, 10) == 2);
}

TEST_CASE("with SO_OOBINLINE the urgent byte is read like any other", "[urgent]") {
    Peer p;
    p.establish();
    p.submit(scenario::SetOption{first(), "SO_OOBINLINE", 1});
    inject_urgent(p, 1, 60, 60);
    CHECK(poll(p) == "IN|PRI|OUT");
    CHECK(read(p, 1, true) == einval);
    CHECK(read(p, 500) == 59); // it stops at the mark all the same
    CHECK(read(p, 500) == 1);
    CHECK(poll(p) == "OUT");
}

TEST_CASE("a newer urgent byte makes the older one ordinary data", "[urgent]") {
    Peer p;
    p.establish();
    inject_urgent(p, 1, 10, 10);
    inject_urgent(p, 11, 15, 12);
    inject_urgent(p, 26, 0, 0); // points at what comes next: byte 26
    CHECK(read(p, 500) == 25);
    CHECK(poll(p) == "OUT");
}
