// Peers with small windows, with clocks that nobody asked for, with a FIN before what they sent.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
namespace flag = trace::flag;

namespace {

trace::Segment made(const Peer& p, trace::Flags flags, std::int64_t seq, std::int64_t ack) {
    const auto& hosts = p.world.contents().hosts;
    trace::Segment s;
    s.source = {hosts[1].address, p.port};
    s.destination = {hosts[0].address, p.host_port};
    s.seq = {static_cast<std::uint32_t>(p.isn + seq)};
    if (flags.has(flag::ack))
        s.ack = {static_cast<std::uint32_t>(p.host_isn + ack)};
    s.flags = flags;
    s.window = 65000;
    if (flags.has(flag::syn))
        s.mss = 1460;
    return s;
}

trace::Segment with_window(trace::Segment s, std::uint16_t window) {
    s.window = window;
    return s;
}

trace::Segment stamped(trace::Segment s, std::uint32_t value, std::uint32_t echo) {
    s.has_timestamps = true;
    s.ts_value = value;
    s.ts_echo = echo;
    return s;
}

void establish_with_window(Peer& p, std::uint16_t window, std::uint16_t mss = 1460) {
    p.submit(listen(8));
    auto syn = made(p, flag::syn, 0, 0);
    syn.mss = mss;
    p.inject(syn);
    p.read_isn();
    p.inject(with_window(made(p, flag::ack, 1, 1), window));
    p.submit(scenario::Accept{0, 1, 80});
}

std::uint64_t counted(const Peer& p, trace::Counter counter) {
    return p.world.contents().hosts[0].counters.value[static_cast<std::size_t>(counter)];
}

} // namespace

TEST_CASE("a segment never fills more than half of the largest window that was offered", "[peer]") {
    Peer p;
    establish_with_window(p, 1000);
    const std::size_t mark = p.mark();
    p.submit(scenario::Write{first(), 1200, ""});
    CHECK(p.tell_since(mark) == ".:1:1:500 P.:501:1:500");
}

TEST_CASE("a window that was always small is filled whole, without waiting for a probe", "[peer]") {
    Peer p; // what the SYN offered does not count any more
    establish_with_window(p, 100);
    const std::size_t mark = p.mark();
    p.submit(scenario::Write{first(), 300, ""});
    CHECK(p.tell_since(mark) == "P.:1:1:100");
}

TEST_CASE("an absurdly small MSS is taken for 48", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\n");
    establish_with_window(p, 65000, 10);
    const std::size_t mark = p.mark();
    p.submit(scenario::Write{first(), 40, ""});
    p.submit(scenario::Write{first(), 8, ""});
    CHECK(p.tell_since(mark) == "P.:1:1:40");
}

TEST_CASE("who has no timestamps does not look at those of others", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\n");
    p.submit(listen(8));
    p.inject(stamped(made(p, flag::syn, 0, 0), 7000, 0));
    p.read_isn();
    SECTION("an old one does not spoil the final ACK") {
        p.inject(stamped(made(p, flag::ack, 1, 1), 6000, 123));
        CHECK(p.state() == trace::State::established);
    }
    SECTION("a RST with an old one counts") {
        p.inject(stamped(made(p, flag::rst, 1, 0), 6000, 0));
        CHECK(p.state() == trace::State::closed);
        CHECK(counted(p, trace::Counter::EmbryonicRsts) == 1);
    }
}

TEST_CASE("who has no timestamps takes a cookie back that comes with one", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\nsysctl host tcp_syncookies 2\n");
    p.submit(listen(8));
    p.inject(stamped(made(p, flag::syn, 0, 0), 7000, 0));
    p.read_isn();
    p.inject(stamped(made(p, flag::ack, 1, 1), 7010, 99));
    CHECK(p.state() == trace::State::established);
    CHECK(counted(p, trace::Counter::SyncookiesRecv) == 1);
}

TEST_CASE("what came early from beyond a FIN is thrown away with it", "[peer]") {
    Peer p;
    p.establish();
    p.inject(flag::ack, 2, 1, 1400);
    const std::size_t mark = p.mark();
    p.inject(flag::fin | flag::ack, 1, 1, 100);
    p.advance(trace::milliseconds(50));
    CHECK(p.tell_since(mark) == ".:1:102");
    CHECK(p.state() == trace::State::close_wait);
    p.submit(scenario::Read{first(), 65536});
    CHECK(p.last_result() == 100);
}

TEST_CASE("tcp_rto_max_ms does not hurry the repetitions of a SYN+ACK", "[peer]") {
    Peer p("sysctl host tcp_rto_max_ms 1000\n");
    p.submit(listen(8));
    p.inject(made(p, flag::syn, 0, 0));
    const std::size_t mark = p.mark();
    p.advance(trace::milliseconds(2900));
    CHECK(p.sent_since(mark).size() == 1); // at 1 s; the next at 3 s
    p.advance(trace::milliseconds(200));
    CHECK(p.sent_since(mark).size() == 2);
}

TEST_CASE("the answer to a crossing SYN is no repetition: its round trip is measured", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\n");
    p.submit(scenario::Connect{0, 1, 1, 5555, std::uint16_t{80}});
    p.read_isn();
    p.advance(trace::milliseconds(20));
    p.inject(flag::syn, 0);
    p.advance(trace::milliseconds(20));
    p.inject(flag::ack, 1, 1);
    REQUIRE(p.state() == trace::State::established);
    p.submit(scenario::Write{first(), 10, ""});
    const std::size_t mark = p.mark();
    p.advance(trace::milliseconds(250));
    CHECK(p.sent_since(mark).size() ==
          1); // after 220 ms, not after the second of one who knows none
}

TEST_CASE("the next connection between the same ends begins past the one before", "[peer]") {
    Peer p;
    p.establish();
    const std::uint32_t earlier = p.host_isn;
    p.submit(scenario::Write{first(), 20000, ""});
    p.inject(flag::rst, 1);
    p.advance(trace::milliseconds(2));
    p.isn += 100000;
    p.inject(flag::syn, 0);
    p.read_isn();
    CHECK(p.host_isn - earlier > 20001);
    CHECK(p.host_isn - earlier < 1'000'000);
}

namespace {

// ACKs with SACK blocks, relative to the host's numbers.
void acknowledge(Peer& p, std::int64_t ack,
                 std::initializer_list<std::pair<std::int64_t, std::int64_t>> blocks) {
    trace::Segment s = made(p, flag::ack, 1, ack);
    for (const auto& [from, to] : blocks)
        s.sack[s.sack_blocks++] = {{static_cast<std::uint32_t>(p.host_isn + from)},
                                   {static_cast<std::uint32_t>(p.host_isn + to)}};
    p.inject(s);
}

void establish_with_sack(Peer& p) {
    p.submit(listen(8));
    auto syn = made(p, flag::syn, 0, 0);
    syn.mss = 1000;
    syn.sack_permitted = true;
    p.inject(syn);
    p.read_isn();
    p.advance(trace::milliseconds(20));
    p.inject(made(p, flag::ack, 1, 1));
    p.submit(scenario::Accept{0, 1, 80});
}

} // namespace

TEST_CASE("a peer that takes back what it told of is not waited for", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\n");
    establish_with_sack(p);
    p.submit(scenario::Write{first(), 6000, ""});
    p.advance(trace::milliseconds(20));
    acknowledge(p, 1, {{1001, 6001}}); // all but the first
    p.advance(trace::milliseconds(20));
    std::size_t mark = p.mark();
    acknowledge(p, 3001, {}); // and now nothing beyond 3000
    CHECK(p.tell_since(mark).empty());
    p.advance(trace::milliseconds(40)); // half a round trip, not a timeout of 220 ms
    CHECK(p.tell_since(mark) == ".:3001:1:1000");
}

TEST_CASE("of two SACK blocks the lower one is not late because it is told second", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\n");
    establish_with_sack(p);
    p.submit(scenario::Write{first(), 8000, ""});
    p.advance(trace::milliseconds(20));
    const std::size_t mark = p.mark();
    acknowledge(p, 1, {{6001, 8001}, {2001, 4001}});
    // Nothing was reordered, so three that came tell of every hole below the highest.
    // Each buffer of two leaves again whole, and ends with PSH (__tcp_transmit_skb()).
    CHECK(p.tell_since(mark) == ".:1:1:1000 P.:1001:1:1000 .:4001:1:1000 P.:5001:1:1000");
}

TEST_CASE("tcp_rto_max_ms cuts the timeout of a connection that knows no round trip", "[peer]") {
    Peer p(
        "sysctl host tcp_timestamps 0\nsysctl host tcp_sack 0\nsysctl host tcp_rto_max_ms 1000\n");
    p.submit(listen(8));
    p.inject(made(p, flag::syn, 0, 0));
    p.read_isn();
    p.inject(made(p, flag::syn, 0, 0)); // answered again: not measured, so 3 s
    p.inject(made(p, flag::ack, 1, 1));
    p.submit(scenario::Accept{0, 1, 80});
    p.submit(scenario::Write{first(), 10, ""});
    const std::size_t mark = p.mark();
    p.advance(trace::milliseconds(1010));
    CHECK(p.sent_since(mark).size() == 1);
}

TEST_CASE("closed in SYN_RECV: the SYN+ACK is repeated, the FIN waits for its turn", "[peer]") {
    Peer p("sysctl host tcp_timestamps 0\n");
    p.submit(scenario::Connect{0, 1, 1, 5555, std::uint16_t{80}});
    p.read_isn();
    p.make_nonblocking();
    p.inject(flag::syn, 0);
    p.submit(scenario::Close{first()});
    REQUIRE(p.state() == trace::State::fin_wait_1);
    const std::size_t mark = p.mark();
    p.advance(trace::milliseconds(1100));
    CHECK(p.tell_since(mark) == "S.:0:1");
}
