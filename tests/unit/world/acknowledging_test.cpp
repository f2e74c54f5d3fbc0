// When an ACK leaves: at once at first, later by the rules for delaying it.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::milliseconds;
namespace flag = trace::flag;

namespace {

// Data segments of `length`, one a millisecond: which of them were answered before the next.
std::string answered(Peer& p, std::int64_t& seq, int count, std::uint32_t length) {
    std::string told;
    for (int i = 0; i < count; ++i) {
        const std::size_t mark = p.mark();
        p.inject(flag::ack, seq, 1, length);
        seq += length;
        p.advance(milliseconds(1));
        told += p.sent_since(mark).empty() ? '-' : 'A';
    }
    return told;
}

std::int64_t greet(Peer& p) { // a request and its prompt answer: from then on the ends are talking
    p.inject(flag::ack | flag::psh, 1, 1, 100);
    p.submit(scenario::Read{first(), {}});
    p.submit(scenario::Write{first(), 10, ""});
    p.inject(flag::ack, 101, 11);
    return 101;
}

} // namespace

TEST_CASE("the first sixteen segments of a connection are acknowledged one by one", "[ack]") {
    Peer p;
    p.establish();
    std::int64_t seq = 1;
    CHECK(answered(p, seq, 18, 100) == "AAAAAAAAAAAAAAAA--");
    const std::size_t mark = p.mark();
    p.advance(milliseconds(40));
    CHECK(p.tell_since(mark) == ".:1:1801"); // one delayed ACK for both
}

TEST_CASE("a segment that opens the window further is acknowledged at once", "[ack]") {
    Peer p;
    p.establish();
    std::int64_t seq = 1;
    // Full segments use memory well, so the window grows, as far as memory goes: each keeps the
    // count of quick ACKs where it was.
    const std::string told = answered(p, seq, 24, 1460);
    CHECK(told.substr(0, 20) == "AAAAAAAAAAAAAAAAAAAA");
    CHECK(told.find('-') != std::string::npos);
}

TEST_CASE("two full segments are acknowledged at once only while the window moves on", "[ack]") {
    Peer p;
    p.establish();
    std::int64_t seq = 1;
    answered(p, seq, 40, 1460);
    p.advance(milliseconds(100));
    p.submit(scenario::Read{first(), {}}); // frees everything: the window can open
    p.advance(milliseconds(10));
    std::string read_at_once;
    for (int i = 0; i < 6; ++i) {
        read_at_once += answered(p, seq, 1, 1460);
        p.submit(scenario::Read{first(), {}});
    }
    CHECK(read_at_once.find("-A") != std::string::npos); // every second one

    // Nobody reads: the window only shrinks, and two, or seven, are no reason.
    Peer slow;
    slow.establish();
    seq = 1;
    answered(slow, seq, 24, 1460);
    slow.advance(milliseconds(100));
    CHECK(answered(slow, seq, 7, 1460) == "-------");
}

TEST_CASE("after an answer that came soon, an ACK waits 40 ms for the next one", "[ack]") {
    Peer p;
    p.establish();
    std::int64_t seq = greet(p);
    std::size_t mark = p.mark();
    p.inject(flag::ack | flag::psh, seq, 11, 100);
    p.advance(milliseconds(39));
    CHECK(p.tell_since(mark).empty());
    p.submit(scenario::Read{first(), {}});
    p.submit(scenario::Write{first(), 10, ""});
    CHECK(p.tell_since(mark) == "P.:11:201:10"); // the answer takes it along
    p.inject(flag::ack, 201, 21);
    mark = p.mark();
    p.inject(flag::ack | flag::psh, 201, 21, 100);
    p.advance(milliseconds(40));
    CHECK(p.tell_since(mark) == ".:21:301"); // no answer this time ...
    mark = p.mark();
    p.advance(milliseconds(10));
    p.inject(flag::ack | flag::psh, 301, 21, 100);
    CHECK(p.tell_since(mark) == ".:21:401"); // ... so it is no conversation any more
}

TEST_CASE("an idle time longer than the timeout brings quick ACKs back", "[ack]") {
    Peer p;
    p.establish();
    std::int64_t seq = 1;
    REQUIRE(answered(p, seq, 18, 100).back() == '-');
    p.advance(milliseconds(100));
    REQUIRE(answered(p, seq, 1, 100) == "-");
    p.advance(milliseconds(3500)); // nothing was measured: the timeout is 3 s
    CHECK(answered(p, seq, 2, 100) == "AA");
}

TEST_CASE("TCP_QUICKACK 0 delays even the first ACK, 1 sends what is pending", "[ack]") {
    Peer p;
    p.establish();
    p.submit(scenario::SetOption{first(), "TCP_QUICKACK", 0});
    std::int64_t seq = 1;
    CHECK(answered(p, seq, 1, 100) == "-");
    // As the kernel has it, the option sends only what a read would: with the data read it leaves.
    p.submit(scenario::Read{first(), {}});
    const std::size_t mark = p.mark();
    p.submit(scenario::SetOption{first(), "TCP_QUICKACK", 1});
    CHECK(p.tell_since(mark) == ".:1:101");
    CHECK(answered(p, seq, 2, 100) == "AA");
}

TEST_CASE("children of a listener begin with its TCP_QUICKACK", "[ack]") {
    Peer p;
    p.submit(listen(8));
    scenario::SocketName listener;
    listener.kind = scenario::SocketName::Kind::listener;
    listener.host = 0;
    listener.port = 80;
    p.submit(scenario::SetOption{listener, "TCP_QUICKACK", 0});
    p.inject(flag::syn, 0);
    p.read_isn();
    p.inject(flag::ack, 1, 1);
    std::int64_t seq = 1;
    CHECK(answered(p, seq, 1, 100) == "-");
}

TEST_CASE("what came already is acknowledged at once, conversation or not", "[ack]") {
    Peer p;
    p.establish();
    const std::int64_t seq = greet(p);
    const std::size_t mark = p.mark();
    p.inject(flag::ack | flag::psh, seq - 100, 11, 100);
    CHECK(p.tell_since(mark) == ".:11:101");
}

TEST_CASE("the ACK of a FIN waits for the next tick, or 40 ms once data has been received",
          "[ack]") {
    Peer silent;
    silent.establish();
    std::size_t mark = silent.mark();
    silent.inject(flag::fin | flag::ack, 1, 1);
    CHECK(silent.tell_since(mark).empty());
    silent.advance(milliseconds(4));
    CHECK(silent.tell_since(mark) == ".:1:2");

    Peer talking;
    talking.establish();
    std::int64_t seq = 1;
    answered(talking, seq, 1, 100);
    mark = talking.mark();
    talking.inject(flag::fin | flag::ack, seq, 1);
    talking.advance(milliseconds(39));
    CHECK(talking.tell_since(mark).empty());
    talking.advance(milliseconds(1));
    CHECK(talking.tell_since(mark) == ".:1:102");

    Peer textbook("profile rfc9293\n");
    textbook.establish();
    mark = textbook.mark();
    textbook.inject(flag::fin | flag::ack, 1, 1);
    CHECK(textbook.tell_since(mark) == ".:1:2");
}

TEST_CASE("with TCP_QUICKACK 0 the third segment of the handshake waits for data", "[ack]") {
    Peer p;
    p.submit(scenario::Connect{0, 1, 1, 9000, 40000});
    p.read_isn();
    p.host_port = 40000;
    p.port = 9000;
    p.make_nonblocking();
    p.submit(scenario::SetOption{first(), "TCP_QUICKACK", 0});
    std::size_t mark = p.mark();
    p.inject(flag::syn | flag::ack, 0, 1);
    p.advance(milliseconds(50));
    REQUIRE(p.tell_since(mark).empty());
    p.submit(scenario::Write{first(), 7, ""});
    CHECK(p.tell_since(mark) == "P.:1:1:7");
}
