// Loss and what is done about it: fast retransmit, RACK, tail-loss probes, timeouts that double,
// F-RTO, and the congestion window through all of it.
#include <initializer_list>

#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::Counter;
using trace::milliseconds;
using trace::seconds;
namespace flag = trace::flag;

namespace {

// A peer with these options and this round trip, which acknowledges by hand.
struct Receiver : Peer {
    using Peer::inject;
    bool sack, stamps;
    std::uint16_t mss;

    Receiver(trace::Duration round_trip, bool with_sack, bool with_stamps = false,
             std::uint16_t size = 1000, const std::string& header = "")
        : Peer(header), sack(with_sack), stamps(with_stamps), mss(size) {
        submit(listen(8));
        trace::Segment syn = segment(flag::syn, 0, 0);
        syn.mss = mss;
        syn.sack_permitted = sack;
        inject(syn);
        read_isn();
        advance(round_trip);
        inject(segment(flag::ack, 1, 1));
        submit(scenario::Accept{0, 1, 80});
        REQUIRE(state() == trace::State::established);
    }

    trace::Segment segment(trace::Flags flags, std::int64_t seq, std::int64_t ack) const {
        const auto& hosts = world.contents().hosts;
        trace::Segment s;
        s.source = {hosts[1].address, port};
        s.destination = {hosts[0].address, host_port};
        s.seq = {static_cast<std::uint32_t>(isn + seq)};
        if (flags.has(flag::ack))
            s.ack = {static_cast<std::uint32_t>(host_isn + ack)};
        s.flags = flags;
        s.window = window;
        if (stamps) {
            s.has_timestamps = true;
            s.ts_value = 500'000 + static_cast<std::uint32_t>(world.now().ns / 1'000'000);
            s.ts_echo = echo;
        }
        return s;
    }
    void acknowledge(std::int64_t ack,
                     std::initializer_list<std::pair<std::int64_t, std::int64_t>> blocks = {}) {
        trace::Segment s = segment(flag::ack, 1, ack);
        for (const auto& [first, last] : blocks) {
            s.sack[s.sack_blocks].first = {static_cast<std::uint32_t>(host_isn + first)};
            s.sack[s.sack_blocks++].last = {static_cast<std::uint32_t>(host_isn + last)};
        }
        inject(s);
    }
    void write(std::uint32_t bytes) { submit(scenario::Write{first(), bytes, ""}); }
    void set(const std::string& option, std::int64_t value) {
        submit(scenario::SetOption{first(), option, value});
    }
    const tcp::Connection& connection() const {
        const auto& w = world.contents();
        return w.connections[w.sockets[w.hosts[0].names.at(0).socket].connection];
    }
    std::uint64_t count(Counter c) const {
        return world.contents().hosts[0].counters.value[static_cast<std::size_t>(c)];
    }
    // When the host sends next, in milliseconds from now; -1: not within a minute.
    int until_something_leaves() {
        const std::size_t before = sent_since(0).size();
        for (int ms = 1; ms <= 60'000; ++ms) {
            advance(milliseconds(1));
            if (sent_since(0).size() > before)
                return ms;
        }
        return -1;
    }
    std::uint32_t echo = 0;
};

} // namespace

TEST_CASE("the third duplicate ACK repeats the segment that is missing, not the second",
          "[recovery]") {
    Receiver p(milliseconds(30), false);
    p.write(7000);
    const std::size_t mark = p.mark();
    p.advance(milliseconds(30));
    p.acknowledge(1001);
    p.acknowledge(1001);
    p.acknowledge(1001);
    CHECK(p.tell_since(mark).empty());
    p.acknowledge(1001);
    CHECK(p.tell_since(mark) == ".:1001:1:1000");
    CHECK(p.count(Counter::TCPRenoRecovery) == 1);
    // Partial ACK: the next hole at once (RFC 6582).
    p.acknowledge(3001);
    CHECK(p.tell_since(mark) == ".:1001:1:1000 .:3001:1:1000");
    CHECK(p.count(Counter::TCPTimeouts) == 0);
}

TEST_CASE("a window update is no duplicate ACK", "[recovery]") {
    Receiver p(milliseconds(30), false);
    p.write(7000);
    const std::size_t mark = p.mark();
    p.advance(milliseconds(30));
    for (int i = 0; i < 6; ++i) {
        p.window = static_cast<std::uint16_t>(60000 + i);
        p.acknowledge(1001);
    }
    CHECK(p.tell_since(mark).empty());
    // A smaller one is: nobody takes back what he has offered.
    for (int i = 0; i < 3; ++i)
        p.inject(flag::ack, 1, 1001);
    p.window = 50000;
    p.acknowledge(1001);
    CHECK(p.tell_since(mark) == ".:1001:1:1000");
}

TEST_CASE("RACK: what was sent before a later segment that has arrived is lost, a little later",
          "[recovery]") {
    Receiver p(milliseconds(80), true);
    p.write(3000);
    p.advance(milliseconds(80));
    const std::size_t mark = p.mark();
    p.acknowledge(1, {{1001, 2001}});
    CHECK(p.tell_since(mark).empty()); // one segment out of order may only be late
    // A quarter of the shortest round trip, 2 ms, and the rest of a jiffy.
    CHECK(p.until_something_leaves() == 24);
    CHECK(p.tell_since(mark) == ".:1:1:1000");
    CHECK(p.count(Counter::TCPSackRecovery) == 1);
}

TEST_CASE("three segments that SACK tells of are proof enough", "[recovery]") {
    Receiver p(milliseconds(80), true);
    p.write(8000);
    p.advance(milliseconds(80));
    const std::size_t mark = p.mark();
    p.acknowledge(1001, {{2001, 3001}});
    p.acknowledge(1001, {{2001, 4001}});
    CHECK(p.tell_since(mark).empty());
    p.acknowledge(1001, {{2001, 5001}});
    CHECK(p.tell_since(mark) == ".:1001:1:1000");
    CHECK(p.count(Counter::TCPSackRecovery) == 1);
    // Only the hole: what has arrived is not sent again.
    p.acknowledge(5001);
    CHECK(p.tell_since(mark) == ".:1001:1:1000");
}

TEST_CASE("a fast retransmit leaves seven tenths of the congestion window", "[recovery]") {
    Receiver p(milliseconds(50), true);
    p.write(60000);
    CHECK(p.connection().congestion.cwnd == 10);
    p.advance(milliseconds(50));
    p.acknowledge(4001); // slow start: one more for each of the four
    CHECK(p.connection().congestion.cwnd == 14);
    p.acknowledge(4001, {{5001, 8001}});
    CHECK(p.connection().recovery.phase == tcp::Phase::recovery);
    CHECK(p.connection().congestion.ssthresh == 9); // 14 * 717 / 1024
    const auto all = p.connection().snd.nxt - trace::Seq{p.host_isn};
    p.advance(milliseconds(50));
    p.acknowledge(static_cast<std::int64_t>(all));
    CHECK(p.connection().recovery.phase == tcp::Phase::open);
    CHECK(p.connection().congestion.cwnd <= 10);
    CHECK(p.connection().congestion.cwnd >= 9);
}

TEST_CASE("slow start: each segment acknowledged lets two leave", "[recovery]") {
    Receiver p(milliseconds(50), false);
    const std::size_t mark = p.mark();
    p.write(60000);
    CHECK(p.sent_since(mark).size() == 10);
    p.advance(milliseconds(50));
    p.acknowledge(3001);
    CHECK(p.sent_since(mark).size() == 16);
    p.acknowledge(5001);
    CHECK(p.sent_since(mark).size() == 20);
}

TEST_CASE("a tail-loss probe comes after two round trips, or one and a delayed ACK", "[recovery]") {
    SECTION("several segments are out") {
        Receiver p(milliseconds(70), true);
        p.write(2500);
        const std::size_t mark = p.mark();
        CHECK(p.until_something_leaves() == 144); // 2 * 70 + 2, in jiffies
        CHECK(p.tell_since(mark) == "P.:2001:1:500");
    }
    SECTION("one segment is out") {
        Receiver p(milliseconds(70), true);
        p.write(500);
        const std::size_t mark = p.mark();
        CHECK(p.until_something_leaves() == 272); // never later than the timeout, 70 + 200
        CHECK(p.tell_since(mark) == "P.:1:1:500");
    }
    SECTION("without SACK there is none") {
        Receiver p(milliseconds(70), false);
        p.write(2500);
        const std::size_t mark = p.mark();
        CHECK(p.until_something_leaves() == 272);
        CHECK(p.tell_since(mark) == ".:1:1:1000");
    }
}

TEST_CASE("the answer to a tail-loss probe shows the loss: the window is reduced once",
          "[recovery]") {
    Receiver p(milliseconds(70), true);
    p.write(2500);
    p.until_something_leaves();
    CHECK(p.count(Counter::TCPLossProbes) == 1);
    p.advance(milliseconds(70));
    const std::size_t mark = p.mark();
    // The last had been lost; the probe has filled the hole, and nothing tells of two copies.
    p.acknowledge(2501);
    p.write(100);
    p.advance(milliseconds(70));
    p.acknowledge(2601);
    CHECK(p.tell_since(mark) == "P.:2501:1:100");
    CHECK(p.count(Counter::TCPLossProbeRecovery) == 1);
    CHECK(p.connection().congestion.cwnd < 10);
}

TEST_CASE("both copies of a probed segment arrived: D-SACK says so, and nothing is reduced",
          "[recovery]") {
    Receiver p(milliseconds(70), true);
    p.write(2500);
    p.until_something_leaves();
    p.acknowledge(2501);
    p.acknowledge(2501, {{2001, 2501}});
    p.write(100);
    p.advance(milliseconds(70));
    p.acknowledge(2601);
    CHECK(p.count(Counter::TCPLossProbeRecovery) == 0);
    CHECK(p.connection().congestion.cwnd == 10);
}

TEST_CASE("the retransmission timeout doubles each time, and starts anew with a new measurement",
          "[recovery]") {
    Receiver p(milliseconds(61), false);
    p.write(300);
    const std::size_t mark = p.mark();
    // 61 + max(4 * 30.5, 200), in jiffies
    CHECK(p.until_something_leaves() == 264);
    CHECK(p.until_something_leaves() == 528);
    CHECK(p.until_something_leaves() == 1056);
    CHECK(p.tell_since(mark) == "P.:1:1:300 P.:1:1:300 P.:1:1:300");
    CHECK(p.count(Counter::TCPTimeouts) == 3);
    p.acknowledge(301);
    p.write(300);
    // Karn: what was repeated is no sample, so the doubled timeout stays until there is one.
    CHECK(p.until_something_leaves() == 2112);
    p.acknowledge(601);
    p.write(300);
    p.advance(milliseconds(61));
    p.acknowledge(901);
    p.write(300);
    CHECK(p.until_something_leaves() == 264);
}

TEST_CASE("after a timeout the window is one segment, and grows again", "[recovery]") {
    Receiver p(milliseconds(60), false);
    p.write(6000);
    p.until_something_leaves();
    CHECK(p.connection().recovery.phase == tcp::Phase::loss);
    CHECK(p.connection().congestion.cwnd == 1);
    const std::size_t mark = p.mark();
    p.acknowledge(1001);
    CHECK(p.connection().congestion.cwnd == 2);
    CHECK(p.sent_since(mark).size() == 2);
    // Without SACK the phase lasts until something new is acknowledged (RFC 6582 §4).
    p.acknowledge(6001);
    CHECK(p.connection().recovery.phase == tcp::Phase::loss);
    p.write(100);
    p.acknowledge(6101);
    CHECK(p.connection().recovery.phase == tcp::Phase::open);
}

TEST_CASE("F-RTO: an ACK of what was not repeated shows that the timeout was spurious",
          "[recovery]") {
    Receiver p(milliseconds(60), true);
    p.write(20000);
    const std::uint32_t before = p.connection().congestion.cwnd;
    p.until_something_leaves(); // the probe
    p.until_something_leaves(); // the timeout repeats the first
    REQUIRE(p.connection().recovery.phase == tcp::Phase::loss);
    const std::size_t mark = p.mark();
    p.acknowledge(1001); // may be of either copy: new data leaves instead of more repetitions
    CHECK(p.tell_since(mark).starts_with(".:11001:1:1000"));
    CHECK(p.connection().recovery.phase == tcp::Phase::loss);
    p.acknowledge(3001);
    CHECK(p.connection().recovery.phase == tcp::Phase::open);
    CHECK(p.connection().congestion.cwnd >= before);
    CHECK(p.count(Counter::TCPSpuriousRTOs) == 1);
}

TEST_CASE("the echo of a first copy's timestamp shows that the timeout was spurious",
          "[recovery]") {
    Receiver p(milliseconds(60), true, true);
    p.echo = 1060;
    p.write(5000);
    const std::uint32_t before = p.connection().congestion.cwnd;
    p.until_something_leaves(); // the probe
    p.until_something_leaves(); // the timeout
    REQUIRE(p.connection().recovery.phase == tcp::Phase::loss);
    CHECK(p.connection().congestion.cwnd < before);
    // The first copies were only slow: their timestamps are echoed.
    p.acknowledge(2001);
    CHECK(p.connection().recovery.phase == tcp::Phase::open);
    CHECK(p.connection().congestion.cwnd >= before);
    CHECK(p.count(Counter::TCPLossUndo) == 1);
}

TEST_CASE("a repetition is cut to a window that has shrunk into it", "[recovery]") {
    Receiver p(milliseconds(60), false);
    p.write(4000);
    p.advance(milliseconds(60));
    p.window = 600;
    p.acknowledge(1001);
    const std::size_t mark = p.mark();
    p.until_something_leaves();
    CHECK(p.tell_since(mark) == ".:1001:1:600");
    // Bare ACKs stay inside it as well: beyond it they would be thrown away.
    p.inject(flag::ack, 1, 9001);
    CHECK(p.tell_since(mark) == ".:1001:1:600 .:1601:1");
    // A closed window lets one segment through, which serves as its probe.
    p.window = 0;
    p.acknowledge(1601);
    CHECK(p.tell_since(mark) == ".:1001:1:600 .:1601:1 .:1601:1:400");
}

TEST_CASE("repetitions carry PSH only where a write ended", "[recovery]") {
    Receiver p(milliseconds(60), true);
    std::size_t mark = p.mark();
    p.write(3700);
    // What leaves together ends with PSH.
    CHECK(p.tell_since(mark) == ".:1:1:1000 P.:1001:1:1000 .:2001:1:1000 P.:3001:1:700");
    mark = p.mark();
    p.advance(milliseconds(60));
    p.acknowledge(1001, {{2001, 3001}});
    p.advance(milliseconds(20));
    CHECK(p.tell_since(mark) == ".:1001:1:1000");
    p.acknowledge(3001);
    p.until_something_leaves();
    CHECK(p.tell_since(mark) == ".:1001:1:1000 P.:3001:1:700");
}

TEST_CASE("more than one segment waits for an ACK that is near, at most a millisecond away",
          "[recovery]") {
    Receiver p(milliseconds(50), true);
    p.write(40000);
    p.advance(milliseconds(50));
    const std::size_t mark = p.mark();
    p.acknowledge(1, {{1001, 2001}});
    CHECK(p.tell_since(mark) == ".:10001:1:1000"); // nothing had left for a while
    p.acknowledge(1, {{1001, 3001}});
    CHECK(p.tell_since(mark) == ".:10001:1:1000"); // room for one, but something is coming
    p.acknowledge(2001);
    CHECK(p.sent_since(mark).size() > 1);
}

TEST_CASE("keepalive probes an idle peer and gives up after the last", "[recovery]") {
    Receiver p(milliseconds(20), true);
    p.set("TCP_KEEPIDLE", 7);
    p.set("TCP_KEEPINTVL", 3);
    p.set("TCP_KEEPCNT", 2);
    p.set("SO_KEEPALIVE", 1);
    std::size_t mark = p.mark();
    CHECK(p.until_something_leaves() == 7000);
    CHECK(p.tell_since(mark) == ".:0:1");
    p.acknowledge(1); // alive: the idle time starts over
    mark = p.mark();
    CHECK(p.until_something_leaves() == 7000);
    CHECK(p.until_something_leaves() == 3000);
    CHECK(p.until_something_leaves() == 3000);
    CHECK(p.tell_since(mark) == ".:0:1 .:0:1 R.:1:1");
    CHECK(p.pending_error() == trace::Errno::etimedout);
}

TEST_CASE("window probes end when TCP_USER_TIMEOUT says, answered or not", "[recovery]") {
    Receiver p(milliseconds(41), true);
    p.set("TCP_USER_TIMEOUT", 1700);
    p.write(500);
    p.advance(milliseconds(41));
    p.window = 0;
    p.acknowledge(501);
    p.write(500);
    const int first_probe = p.until_something_leaves();
    CHECK(first_probe == 244); // the retransmission timeout
    p.acknowledge(501);
    int waited = 0;
    while (p.state() == trace::State::established && waited < 5000) {
        p.advance(milliseconds(4));
        waited += 4;
        if (p.log.segments.back().from == 0)
            p.acknowledge(501);
    }
    CHECK(waited >= 1700);
    CHECK(waited <= 1708);
    CHECK(p.pending_error() == trace::Errno::etimedout);
}
