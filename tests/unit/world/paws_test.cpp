// Timestamps from before the last one seen: RFC 7323, protection against wrapped sequence numbers.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
namespace flag = trace::flag;

namespace {

trace::Segment stamped(const Peer& p, trace::Flags flags, std::int64_t seq, std::int64_t ack,
                       std::uint32_t length, std::uint32_t stamp) {
    const auto& hosts = p.world.contents().hosts;
    trace::Segment s;
    s.source = {hosts[1].address, p.port};
    s.destination = {hosts[0].address, p.host_port};
    s.seq = {static_cast<std::uint32_t>(p.isn + seq)};
    if (flags.has(flag::ack))
        s.ack = {static_cast<std::uint32_t>(p.host_isn + ack)};
    s.flags = flags;
    s.length = length;
    s.window = 65000;
    s.has_timestamps = true;
    s.ts_value = stamp;
    s.ts_echo = flags.has(flag::ack) ? 1000 : 0;
    if (flags.has(flag::syn))
        s.mss = 1460;
    return s;
}

void establish(Peer& p) {
    p.submit(listen(8));
    p.inject(stamped(p, flag::syn, 0, 0, 0, 7000));
    p.read_isn();
    p.inject(stamped(p, flag::ack, 1, 1, 0, 7001));
    p.submit(scenario::Accept{0, 1, 80});
    p.inject(stamped(p, flag::ack, 1, 1, 100, 7050));
}

} // namespace

TEST_CASE("data with an old timestamp is acknowledged and thrown away", "[paws]") {
    Peer p;
    establish(p);
    std::size_t mark = p.mark();
    p.inject(stamped(p, flag::ack, 101, 1, 100, 6000));
    CHECK(p.tell_since(mark) == ".:1:101");
    mark = p.mark();
    p.inject(stamped(p, flag::ack, 101, 1, 100, 7049)); // by one: a clock may tick between two
    CHECK(p.tell_since(mark) == ".:1:201");
}

TEST_CASE("a RST is not asked for its timestamp", "[paws]") {
    Peer p;
    establish(p);
    p.inject(stamped(p, flag::rst, 101, 0, 0, 6000));
    CHECK(p.state() == trace::State::closed);
}

TEST_CASE("a bare ACK that was overtaken on the way is no old duplicate", "[paws]") {
    Peer p;
    establish(p);
    p.inject(stamped(p, flag::ack, 101, 1, 0, 7060));
    const std::size_t mark = p.mark();
    p.inject(stamped(p, flag::ack, 101, 1, 0, 7010)); // 50 ms old, and nothing new in it
    CHECK(p.tell_since(mark).empty());
}

TEST_CASE("a bare ACK from before what was received is not answered when its timestamp is old",
          "[paws]") {
    Peer p;
    establish(p);
    std::size_t mark = p.mark();
    p.inject(stamped(p, flag::ack, 51, 1, 0, 100));
    CHECK(p.tell_since(mark).empty());
    const auto counted = [&](trace::Counter counter) {
        return p.world.contents().hosts[0].counters.value[static_cast<std::size_t>(counter)];
    };
    CHECK(counted(trace::Counter::PAWSOldAck) == 1);
    CHECK(counted(trace::Counter::PAWSEstab) == 0);
    mark = p.mark();
    p.inject(stamped(p, flag::ack, 151, 1, 0, 100)); // past it: somebody else's
    CHECK(p.tell_since(mark) == ".:1:101");
    CHECK(counted(trace::Counter::PAWSEstab) == 1);
}

TEST_CASE("a timestamp that is older by one tick is let in and not kept", "[paws]") {
    Peer p;
    establish(p);
    p.inject(stamped(p, flag::ack, 101, 1, 100, 7049));
    const std::size_t mark = p.mark();
    p.inject(stamped(p, flag::ack, 201, 1, 100, 7048));
    CHECK(p.tell_since(mark) == ".:1:201"); // refused: 7050 is the last that counts
}
