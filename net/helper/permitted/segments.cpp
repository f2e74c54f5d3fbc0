// A packet socket that sees the headers of some TCP ports and nothing else.
#include "net/helper/permitted/serve.hpp"

#include "net/permitted/filter.hpp"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace net::permitted {
namespace {

constexpr unsigned retire_after_ms = 8; // a block that is not full is handed over after this

template <typename T>
bool set(int socket, int level, int option, const T& value) {
    return ::setsockopt(socket, level, option, &value, sizeof value) == 0;
}

} // namespace

int serve_segments(const Request& request) {
    // Protocol 0: it sees nothing before it is bound, and it is bound when its filter is locked.
    const int packets = ::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (packets < 0)
        return refuse(Step::packet_socket, errno), 3;
    const auto loopback = static_cast<int>(::if_nametoindex("lo"));
    auto code = headers_of({request.port, request.ports}, loopback);
    const sock_fprog program{static_cast<unsigned short>(code.size()), code.data()};
    if (!set(packets, SOL_SOCKET, SO_ATTACH_FILTER, program) ||
        !set(packets, SOL_SOCKET, SO_LOCK_FILTER, 1))
        return refuse(Step::packet_filter, errno), 3;
    tpacket_req3 ring{};
    ring.tp_block_size = ring_block_bytes;
    ring.tp_block_nr = ring_blocks;
    ring.tp_frame_size = 2048;
    ring.tp_frame_nr = ring.tp_block_size / ring.tp_frame_size * ring.tp_block_nr;
    ring.tp_retire_blk_tov = retire_after_ms;
    const int version = TPACKET_V3;
    if (!set(packets, SOL_PACKET, PACKET_VERSION, version) ||
        !set(packets, SOL_PACKET, PACKET_RX_RING, ring))
        return refuse(Step::packet_ring, errno), 3;
    sockaddr_ll where{};
    where.sll_family = AF_PACKET;
    where.sll_protocol = htons(ETH_P_ALL);
    where.sll_ifindex = request.everywhere ? 0 : loopback;
    if (::bind(packets, reinterpret_cast<const sockaddr*>(&where), sizeof where) < 0)
        return refuse(Step::packet_bind, errno), 3;
    if (!drop_privileges(Keep::nothing))
        return refuse(Step::packet_socket, errno), 3;
    Reply message;
    message.part = Part::packets;
    message.number = ring_block_bytes * ring_blocks;
    return reply(message, {packets}) && reply({}) ? 0 : 3;
}

} // namespace net::permitted
