// A small segment is copied behind the last byte of the one before it, if there is room: how much
// depends on who handed the frame to the kernel.
#include "catch.hpp"
#include "raw_peer.hpp"

using namespace raw;
namespace flag = trace::flag;

namespace {

// Whether a segment so long takes no memory of its own behind a full one.
bool fits_behind(std::uint32_t length, bool by_packet_socket) {
    constexpr std::uint32_t full = 1460;
    Peer p;
    world::Manner manner;
    manner.by_packet_socket = by_packet_socket;
    p.world.play_in(manner);
    p.establish();
    p.inject(flag::ack, 1, 1, full);
    const auto charged = [&] { return p.world.contents().connections[0].memory.charged; };
    const std::uint32_t before = charged();
    p.inject(flag::ack, 1 + full, 1, length);
    return charged() == before;
}

} // namespace

TEST_CASE("behind a full frame of a TUN device there is room for 164 bytes", "[memory]") {
    CHECK(fits_behind(164, false));
    CHECK_FALSE(fits_behind(165, false));
}

TEST_CASE("behind one of a raw packet socket, which uses the room kept for its header, for 212",
          "[memory]") {
    CHECK(fits_behind(212, true));
    CHECK_FALSE(fits_behind(213, true));
}
