// Windows: what is offered as the reader falls behind and catches up.
#include "catch.hpp"
#include "tcp/limits.hpp"
#include "tcp/policy.hpp"
#include "tcp/window.hpp"

using namespace tcp;

namespace {
const Stack kernel = make_stack(ProfileId::linux_6_18);

// A step of the machine without a log.
struct Step {
    Recorded recorded;
    Journal journal{recorded, nullptr, {}};
    Counters counters;
    Departures departures;
    Paths paths;
    Moment moment{journal, kernel, counters, departures, paths};
    std::uint64_t count(trace::Counter c) const {
        return counters.value[static_cast<std::size_t>(c)];
    }
};

// A receiver with SO_RCVBUF 4096, as in the recordings: 8192 bytes, half of it window at first.
Connection small_receiver(Step& step) {
    Connection c;
    c.agreed.mss = 1448;
    c.agreed.timestamps = true;
    c.receive_buffer = receive_buffer_for(kernel, 4096);
    c.buffer_was_set = true;
    c.rcv.nxt = c.rcv.wup = c.rcv.copied = Seq{1};
    c.rcv.wnd = c.rcv.ceiling = first_window(kernel, c.receive_buffer, {}, true);
    start_receive_memory(c, step.moment);
    return c;
}
void receive(Connection& c, std::uint32_t bytes, Step& step) {
    const auto [memory, room] = memory_of_received(kernel, bytes, 52);
    keep_in_order(c, c.rcv.nxt, c.rcv.nxt + bytes, memory, room);
    c.rcv.nxt = c.rcv.nxt + bytes;
    trace::Segment s;
    s.flags = trace::flag::ack;
    s.length = bytes;
    data_arrived(c, s, memory, step.moment);
}
// The next segment in order, as plain as any.
trace::Segment next_segment(const Connection& c, std::uint32_t bytes) {
    trace::Segment s;
    s.flags = trace::flag::ack;
    s.seq = c.rcv.nxt;
    s.length = bytes;
    s.has_timestamps = true;
    return s;
}
void receive_early(Connection& c, std::uint32_t ahead, std::uint32_t bytes, Step& step) {
    const Seq begin = c.rcv.nxt + ahead;
    c.out_of_order.push_back({begin, begin + bytes});
    keep_early(c, begin, begin + bytes, bytes, memory_of_received(kernel, bytes, 52), kernel);
    (void)step;
}
void read(Connection& c, std::uint32_t bytes) {
    c.rcv.copied = c.rcv.copied + bytes;
    free_what_was_read(c);
}
} // namespace

TEST_CASE("setsockopt doubles the buffer and half of it is window", "[window]") {
    CHECK(receive_buffer_for(kernel, 4096) == 8192);
    CHECK(receive_buffer_for(kernel, 1) == 2304);
    CHECK(first_window(kernel, 8192, {}, true) == 2896); // whole segments
    CHECK(first_window(kernel, default_receive_buffer(kernel), {}) == 64240);
    CHECK(first_window(kernel, default_receive_buffer(kernel), {}, true) == 65160);
    CHECK(window_scale(kernel, default_receive_buffer(kernel), false, 0) == 10);
    CHECK(window_scale(kernel, 8192, true, 0) == 0);
}

TEST_CASE("a promised window is never taken back", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    receive(c, 1000, step);
    const Seq promised = c.rcv.wup + c.rcv.wnd;
    const std::uint32_t offered = announce_window(c, step.moment);
    CHECK_FALSE(before(c.rcv.nxt + offered, promised));
}

TEST_CASE("the window follows from what segments cost in memory", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    REQUIRE(c.rcv.wnd == 2896);
    receive(c, 1000, step); // 1000 bytes in 2304: whole thousands of what is free
    CHECK(announce_window(c, step.moment) == 2000);
    receive(c, 1448, step);
    CHECK(announce_window(c, step.moment) == 2000); // within a segment of what is free: kept
    receive(c, 1448, step);
    receive(c, 552, step);
    CHECK(c.memory.charged == 8192);
    CHECK(announce_window(c, step.moment) == 0);
    CHECK(step.count(trace::Counter::TCPToZeroWindowAdv) == 1);
}

TEST_CASE("a window of zero opens again when a whole buffer's worth has been read", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    for (const std::uint32_t length : {1000u, 1448u, 1448u, 552u})
        receive(c, length, step);
    REQUIRE(announce_window(c, step.moment) == 0);
    // Bytes are freed by buffers: reading 300 at a time, the second buffer's end decides.
    int reads = 0;
    do {
        read(c, 300);
        ++reads;
    } while (!update_is_due(c, kernel) && reads < 20);
    CHECK(reads == 9);
    CHECK(announce_window(c, step.moment) == 1448);
    CHECK(step.count(trace::Counter::TCPFromZeroWindowAdv) == 1);
}

TEST_CASE("small segments are copied behind the last one while its buffer has room", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    receive(c, 1448, step);
    receive(c, 100, step);
    CHECK(c.memory.charged == 2304);
    receive(c, 100, step); // 64 bytes are left behind it
    CHECK(c.memory.charged == 2304 + 832);
}

TEST_CASE("a full buffer of small segments is copied together before anything is thrown away",
          "[window]") {
    Step step;
    Connection c = small_receiver(step);
    c.receive_buffer = 20000;
    for (int i = 0; i < 25; ++i)
        receive(c, 100, step); // 832 bytes of memory each, the last is let in beyond the limit
    REQUIRE(c.memory.charged == 25 * 832);
    c.memory.predicted = false; // else it would be let in unasked while memory is spare
    CHECK(make_room(c, next_segment(c, 100), false, false, step.moment));
    CHECK(c.memory.charged == memory_of_copy(kernel, 2500).memory);
    CHECK(step.count(trace::Counter::PruneCalled) == 1);
    // Full segments waste nothing: there is nothing to gain.
    Connection full = small_receiver(step);
    for (int i = 0; i < 4; ++i)
        receive(full, 1448, step);
    full.memory.predicted = false;
    CHECK_FALSE(make_room(full, next_segment(full, 1448), false, false, step.moment));
    CHECK(step.count(trace::Counter::RcvPruned) == 1);
}

TEST_CASE("what fills the buffer ends no prediction, what finds no room in it does", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    for (int i = 0; i < 4; ++i)
        receive(c, 1448, step);
    REQUIRE(c.memory.charged > c.receive_buffer);
    check_prediction(c);
    CHECK(c.memory.predicted);
    CHECK(make_room(c, next_segment(c, 1448), false, true, step.moment));
    CHECK(step.count(trace::Counter::PruneCalled) == 0);
    CHECK_FALSE(make_room(c, next_segment(c, 1448), false, false, step.moment));
    CHECK(step.count(trace::Counter::PruneCalled) == 1);
    check_prediction(c);
    CHECK_FALSE(c.memory.predicted);
}

TEST_CASE("TCP_MAXSEG on a connection changes nothing of the window: the handshake told the size",
          "[window]") {
    Step step;
    Connection c = small_receiver(step);
    CHECK(own_mss(c) == 1448);
    keep_limit(c.options, "TCP_MAXSEG", 700);
    CHECK(own_mss(c) == 1448);
    start_receive_memory(c, step.moment); // another handshake
    CHECK(own_mss(c) == 688);
}

TEST_CASE("what comes early opens the window before its memory counts", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    c.buffer_was_set = false;
    c.agreed.sack = true;
    c.memory.clamp = 100000;
    c.rcv.ceiling = 2500;
    REQUIRE(free_window(c) == 4096);
    receive_early(c, 1448, 1448, step);
    CHECK(c.rcv.ceiling == 4096); // 2896 if the segment's own memory counted
    CHECK((c.acks.quick & 1) == 1);
}

TEST_CASE("what comes early enlarges no buffer before accept() and after close()", "[window]") {
    Step step;
    for (const bool unaccepted : {true, false}) {
        Connection c = small_receiver(step);
        c.buffer_was_set = false;
        c.memory.unaccepted = unaccepted;
        receive_early(c, 20000, 1448, step);
        CHECK((c.receive_buffer > 8192) == !unaccepted);
    }
}

TEST_CASE("a full buffer loses what came early, the last first", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    receive(c, 1448, step);
    for (std::uint32_t n = 1; n < 5; ++n)
        receive_early(c, 1448 * n, 1448, step);
    REQUIRE(c.memory.charged == 5 * 2304);
    // What comes next in order makes room for itself; what would be the last does not.
    Connection last = c;
    trace::Segment s = next_segment(last, 1448);
    s.seq = s.seq + 5 * 1448;
    CHECK_FALSE(make_room(last, s, true, false, step.moment));
    CHECK(step.count(trace::Counter::OfoPruned) == 0);
    CHECK(make_room(c, next_segment(c, 1448), false, false, step.moment));
    CHECK(step.count(trace::Counter::OfoPruned) == 1);
    CHECK(c.memory.early.size() == 2);
    CHECK(c.out_of_order.back().end == c.rcv.nxt + 3 * 1448);
}

TEST_CASE("an unread FIN is no unread data", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    receive(c, 11, step);
    c.rcv.fin = true; // the last of the eleven numbers
    CHECK(unread(c) == 10);
    c.rcv.copied = c.rcv.copied + 10;
    CHECK(unread(c) == 0);
    c.rcv.copied = c.rcv.nxt;
    CHECK(unread(c) == 0);
}

TEST_CASE("windows work across the wrap of sequence numbers", "[window]") {
    Step step;
    Connection c = small_receiver(step);
    c.rcv.nxt = c.rcv.wup = c.rcv.copied = Seq{0xfffffff0u};
    receive(c, 0x20, step);
    CHECK(unread(c) == 0x20);
    CHECK(receive_window(c) == 2896 - 0x20);
}
