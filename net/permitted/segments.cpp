// TPACKET_V3: the kernel fills blocks, we give them back.
#include "net/permitted/segments.hpp"

#include "net/clock.hpp"
#include "net/permitted/steps.hpp"

#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <utility>

namespace net::permitted {
namespace {

constexpr std::size_t remembered = 64;
constexpr std::int64_t same_packet_within_ns = 10'000'000;

} // namespace

Result<Segments> Segments::adopt(std::vector<Handed> handed) {
    for (Handed& one : handed) {
        if (one.part != Part::packets || one.descriptors.size() != 1)
            continue;
        const std::size_t size = one.number;
        void* ring = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED,
                            one.descriptors[0].number(), 0);
        if (ring == MAP_FAILED || size != std::size_t{ring_block_bytes} * ring_blocks)
            return explain(Step::map_ring, ring == MAP_FAILED ? errno : EPROTO, "");
        return Segments(std::move(one.descriptors[0]), static_cast<std::byte*>(ring), size,
                        static_cast<int>(::if_nametoindex("lo")));
    }
    return explain(Step::understand, EPROTO, "");
}

Segments::Segments(Descriptor socket, std::byte* ring, std::size_t size, int loopback)
    : socket_(std::move(socket)), ring_(ring), size_(size), loopback_(loopback) {}

Segments::Segments(Segments&& other) noexcept
    : socket_(std::move(other.socket_)),
      ring_(std::exchange(other.ring_, nullptr)),
      size_(other.size_),
      next_block_(other.next_block_),
      loopback_(other.loopback_),
      recent_(std::move(other.recent_)) {}

Segments::~Segments() {
    if (ring_)
        ::munmap(ring_, size_);
}

// A bridge or a VLAN shows one packet under several names.
bool Segments::seen_on_another_interface(const Packet& packet) {
    while (!recent_.empty() && packet.at_ns - recent_.front().at_ns > same_packet_within_ns)
        recent_.pop_front();
    for (const Packet& one : recent_)
        if (one.interface != packet.interface && one.pair == packet.pair &&
            one.ip_id == packet.ip_id && one.segment == packet.segment)
            return true;
    recent_.push_back(packet);
    if (recent_.size() > remembered)
        recent_.pop_front();
    return false;
}

void Segments::read_block(std::byte* block, std::int64_t realtime_ahead_ns, std::size_t most,
                          News& news) {
    const auto& head = reinterpret_cast<const tpacket_block_desc*>(block)->hdr.bh1;
    std::uint32_t at = head.offset_to_first_pkt;
    for (std::uint32_t i = 0; i < head.num_pkts; ++i) {
        if (at + sizeof(tpacket3_hdr) > ring_block_bytes)
            return;
        const auto* one = reinterpret_cast<const tpacket3_hdr*>(block + at);
        const auto* link =
            reinterpret_cast<const sockaddr_ll*>(block + at + TPACKET_ALIGN(sizeof *one));
        if (at + one->tp_net + one->tp_snaplen > ring_block_bytes)
            return;
        if (news.packets.size() >= most) {
            ++news.passed_over;
        } else if (auto packet =
                       parse_packet({block + at + one->tp_net, one->tp_snaplen}, one->tp_len)) {
            packet->at_ns =
                std::int64_t{one->tp_sec} * 1'000'000'000 + one->tp_nsec - realtime_ahead_ns;
            packet->interface = link->sll_ifindex;
            packet->loopback = link->sll_ifindex == loopback_;
            packet->leaves = link->sll_pkttype == PACKET_OUTGOING;
            if (packet->loopback || !seen_on_another_interface(*packet))
                news.packets.push_back(std::move(*packet));
        }
        if (one->tp_next_offset == 0)
            return;
        at += one->tp_next_offset;
    }
}

Segments::News Segments::read(std::size_t most) {
    News news;
    const std::int64_t ahead = realtime_minus_monotonic_ns();
    std::uint32_t blocks = 0;
    for (; blocks < ring_blocks; ++blocks) {
        std::byte* block = ring_ + next_block_ * ring_block_bytes;
        auto& status = reinterpret_cast<tpacket_block_desc*>(block)->hdr.bh1.block_status;
        const std::atomic_ref shared(status);
        if ((shared.load(std::memory_order_acquire) & TP_STATUS_USER) == 0)
            break;
        read_block(block, ahead, most, news);
        shared.store(TP_STATUS_KERNEL, std::memory_order_release);
        next_block_ = (next_block_ + 1) % ring_blocks;
    }
    // Nothing is lost while the ring is empty, and one system call a look is worth saving.
    if (blocks == 0)
        return news;
    tpacket_stats_v3 statistics{}; // reading sets them to zero
    socklen_t size = sizeof statistics;
    if (::getsockopt(socket_.number(), SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0)
        news.lost = statistics.tp_drops;
    return news;
}

} // namespace net::permitted
