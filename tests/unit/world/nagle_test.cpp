// What small writes become on the wire, and how much a send buffer takes.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
using trace::milliseconds;
namespace flag = trace::flag;

namespace {

void write(Peer& p, std::uint32_t bytes) {
    p.submit(scenario::Write{first(), bytes, ""});
}

void set(Peer& p, const std::string& option, std::int64_t value) {
    p.submit(scenario::SetOption{first(), option, value});
}

// Writes of `each` until EAGAIN: bytes taken in all, and by the last.
std::pair<std::int64_t, std::int64_t> fill(Peer& p, std::uint32_t each) {
    p.submit(scenario::NonBlocking{first()});
    std::int64_t all = 0, last = 0;
    for (int i = 0; i < 1000; ++i) {
        write(p, each);
        const std::int64_t n = p.last_result();
        if (n < 0)
            break;
        all += n;
        last = n;
    }
    return {all, last};
}

} // namespace

TEST_CASE("a small segment waits while an earlier small one is unacknowledged", "[nagle]") {
    Peer p;
    p.establish();
    const std::size_t mark = p.mark();
    write(p, 70);
    write(p, 30);
    write(p, 20);
    CHECK(p.tell_since(mark) == "P.:1:1:70");
    p.inject(flag::ack, 1, 71);
    CHECK(p.tell_since(mark) == "P.:1:1:70 P.:71:1:50"); // what waited leaves as one
}

TEST_CASE("a full segment holds back nothing: only small ones wait for small ones", "[nagle]") {
    Peer p;
    p.establish();
    std::size_t mark = p.mark();
    write(p, 1460 + 12);
    CHECK(p.tell_since(mark) == ".:1:1:1460 P.:1461:1:12");
    mark = p.mark();
    write(p, 40);
    CHECK(p.tell_since(mark).empty());

    // The textbook's rule knows no such difference: anything outstanding holds.
    Peer textbook("profile rfc9293\n");
    textbook.establish();
    mark = textbook.mark();
    write(textbook, 1460 + 12);
    CHECK(textbook.tell_since(mark) == ".:1:1:1460");
}

TEST_CASE("waiting bytes leave as soon as they fill a segment", "[nagle]") {
    Peer p;
    p.establish();
    write(p, 100);
    const std::size_t mark = p.mark();
    write(p, 1000);
    CHECK(p.tell_since(mark).empty());
    write(p, 1000);
    CHECK(p.tell_since(mark) == ".:101:1:1460");
}

TEST_CASE("TCP_NODELAY sends small segments, and what waited for an ACK", "[nagle]") {
    Peer p;
    p.establish();
    write(p, 70);
    write(p, 30);
    const std::size_t mark = p.mark();
    set(p, "TCP_NODELAY", 1);
    CHECK(p.tell_since(mark) == "P.:71:1:30");
    write(p, 5);
    CHECK(p.tell_since(mark) == "P.:71:1:30 P.:101:1:5");
    set(p, "TCP_NODELAY", 0);
    write(p, 6);
    CHECK(p.tell_since(mark) == "P.:71:1:30 P.:101:1:5");
}

TEST_CASE("a FIN does not wait, and takes small bytes along", "[nagle]") {
    Peer p;
    p.establish();
    write(p, 70);
    write(p, 30);
    const std::size_t mark = p.mark();
    p.submit(scenario::ShutDown{first(), trace::Shutdown::wr});
    CHECK(p.tell_since(mark) == "FP.:71:1:30");
}

TEST_CASE("TCP_CORK lets only full segments out until it is pulled", "[nagle]") {
    Peer p;
    p.establish();
    set(p, "TCP_CORK", 1);
    std::size_t mark = p.mark();
    write(p, 100);
    CHECK(p.tell_since(mark).empty()); // although nothing is outstanding
    write(p, 1400);
    CHECK(p.tell_since(mark) == ".:1:1:1460");
    mark = p.mark();
    set(p, "TCP_CORK", 0);
    CHECK(p.tell_since(mark) == "P.:1461:1:40"); // only a full segment is outstanding
    set(p, "TCP_CORK", 1);
    write(p, 30);
    set(p, "TCP_CORK", 0);
    CHECK(p.tell_since(mark) == "P.:1461:1:40"); // now a small one: Nagle has his say
    p.inject(flag::ack, 1, 1501);
    CHECK(p.tell_since(mark) == "P.:1461:1:40 P.:1501:1:30");
}

TEST_CASE("a forgotten cork is pulled after one retransmission timeout", "[nagle]") {
    Peer p;
    p.establish();
    write(p, 10);
    p.advance(milliseconds(30));
    p.inject(flag::ack, 1, 11); // a round trip of 30 ms: the timeout is above 200 ms
    set(p, "TCP_CORK", 1);
    write(p, 100);
    const std::size_t mark = p.mark();
    p.advance(milliseconds(200));
    CHECK(p.tell_since(mark).empty());
    p.advance(milliseconds(60));
    CHECK(p.tell_since(mark) == "P.:11:1:100");
}

TEST_CASE("a send buffer takes whole buffers of half the peer's largest window", "[buffers]") {
    Peer p;
    p.establish(); // with a window of 65535: buffers of 22 segments of 1460
    set(p, "SO_SNDBUF", 4096);
    write(p, 10);
    p.window = 2000;
    p.inject(flag::ack, 1, 11);
    const auto [taken, last] = fill(p, 1000);
    // The first left at once; the next buffer is filled although 8192 bytes are long exceeded.
    CHECK(taken == 1000 + 22 * 1460);
    CHECK(last == 22 * 1460 % 1000);
    // What leaves of that buffer leaves room in it, although memory is still above the limit.
    p.window = 65000;
    const std::size_t mark = p.mark();
    p.inject(flag::ack, 1, 1011);
    CHECK(p.sent_since(mark).size() == 10); // the congestion window
    CHECK(fill(p, 1000).first == 10 * 1460);
}

TEST_CASE("a sleeping writer wakes when a third of the buffer is free", "[buffers]") {
    Peer p;
    p.establish();
    set(p, "SO_SNDBUF", 20000); // 40000
    p.window = 8000;            // buffers go by the largest window, 65000
    p.inject(flag::ack, 1, 1);
    write(p, 200000);
    std::int64_t acknowledged = 1;
    std::uint32_t least = 0xffffffff, most = 0;
    for (int i = 0; i < 200 && p.state() == trace::State::established; ++i) {
        const auto snapshot = project(p.world);
        const auto* socket = trace::find_socket(snapshot, 1);
        REQUIRE(socket);
        least = std::min(least, socket->send_queue.bytes);
        most = std::max(most, socket->send_queue.bytes);
        if (!socket->blocked_in)
            break;
        acknowledged += 1460;
        p.inject(flag::ack, 1, acknowledged);
    }
    // One buffer may pass the limit, and as much as leaves of it while it fills.
    CHECK(most <= 40000u + 22u * 1460u + 5u * 1460u);
    CHECK(most > 40000u);
    CHECK(least <= 2u * 40000u / 3u);
    CHECK(least > 40000u / 3); // ... and it did not wait for more
}
