// Windows: what is offered as the reader falls behind and catches up.
#include "catch.hpp"
#include "tcp/policy.hpp"
#include "tcp/window.hpp"

using namespace tcp;

namespace {
const Stack kernel = make_stack(ProfileId::linux_6_18);

// A receiver with SO_RCVBUF 4096, as in the recordings: 8192 bytes, half of it window.
Connection small_receiver() {
    Connection c;
    c.agreed.mss = 1448;
    c.receive_buffer = receive_buffer_for(kernel, 4096);
    c.rcv.nxt = c.rcv.wup = c.rcv.copied = Seq{1};
    c.rcv.wnd = c.rcv.ceiling = first_window(kernel, c.receive_buffer, 1448);
    return c;
}
void receive(Connection& c, std::uint32_t bytes) {
    c.rcv.nxt = c.rcv.nxt + bytes;
}
} // namespace

TEST_CASE("setsockopt doubles the buffer and half of it is window", "[window]") {
    CHECK(receive_buffer_for(kernel, 4096) == 8192);
    CHECK(receive_buffer_for(kernel, 1) == 2304);
    CHECK(first_window(kernel, 8192, 1448) == 2896); // whole segments
    CHECK(first_window(kernel, default_receive_buffer(kernel), 1460) == 64240);
    CHECK(first_window(kernel, default_receive_buffer(kernel), 1448) == 65160);
    CHECK(window_scale(kernel, default_receive_buffer(kernel), false) == 7);
    CHECK(window_scale(kernel, 8192, true) == 0);
}

TEST_CASE("a promised window is never taken back", "[window]") {
    Connection c = small_receiver();
    receive(c, 1000);
    const Seq promised = c.rcv.wup + c.rcv.wnd;
    const std::uint32_t offered = announce_window(c, kernel);
    CHECK_FALSE(before(c.rcv.nxt + offered, promised));
}

TEST_CASE("less than a segment of room is announced as no window", "[window]") {
    Connection c = small_receiver();
    receive(c, 2896);
    announce_window(c, kernel);
    CHECK(receive_window(c) == 0);
    receive(c, 0);
    CHECK(window_to_offer(c, kernel) == 0);
    CHECK_FALSE(update_is_due(c, kernel));
    // Small reads do not reopen it, a segment's worth does.
    c.rcv.copied = c.rcv.copied + 200;
    CHECK_FALSE(update_is_due(c, kernel));
    c.rcv.copied = c.rcv.copied + 1448;
    CHECK(update_is_due(c, kernel));
}

TEST_CASE("an unread FIN is no unread data", "[window]") {
    Connection c = small_receiver();
    receive(c, 11);
    c.rcv.fin = true; // the last of the eleven numbers
    CHECK(unread(c) == 10);
    c.rcv.copied = c.rcv.copied + 10;
    CHECK(unread(c) == 0);
    c.rcv.copied = c.rcv.nxt;
    CHECK(unread(c) == 0);
}

TEST_CASE("windows work across the wrap of sequence numbers", "[window]") {
    Connection c = small_receiver();
    c.rcv.nxt = c.rcv.wup = c.rcv.copied = Seq{0xfffffff0u};
    receive(c, 0x20);
    CHECK(unread(c) == 0x20);
    CHECK(receive_window(c) == 2896 - 0x20);
}
