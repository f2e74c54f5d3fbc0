// What each stack answers about data: acknowledging, memory, small segments. Linux first.
#include "jiffy.hpp"
#include "policy.hpp"

#include <algorithm>
#include <bit>

namespace tcp {

using trace::Duration;
using trace::milliseconds;
using S = Sysctl;

namespace {

// Buffers count payload, half of a receive buffer being window, and stay as they are.
bool counts_payload(const Stack& s) {
    return !s.goes(Way::buffers_count_memory);
}

// sizeof(struct sk_buff) and sizeof(struct skb_shared_info), as x86-64 aligns them.
constexpr std::uint32_t head_memory = 256, end_memory = 320;
constexpr std::uint32_t small_head = 576; // net/core/skbuff.c, SKB_SMALL_HEAD_CACHE_SIZE

// kmalloc() hands out powers of two; small packets have a cache of their own.
BufferSize linear_buffer(std::uint32_t reserved, std::uint32_t bytes) {
    const std::uint32_t all = (reserved + bytes + 63) / 64 * 64 + end_memory;
    const std::uint32_t linear = all <= small_head ? small_head : std::bit_ceil(all);
    return {linear + head_memory, linear - end_memory - reserved - bytes};
}

// What does not fit in one page is kept in others beside the first: tun_alloc_skb(),
// alloc_skb_with_frags().
constexpr std::uint32_t page = 4096;
BufferSize paged_buffer(std::uint32_t reserved, std::uint32_t bytes) {
    const std::uint32_t first = page - end_memory - reserved;
    const std::uint32_t beside = (bytes - first + page - 1) / page * page;
    return {page + head_memory + beside, 0};
}

} // namespace

bool acknowledges_at_once(const Stack& s) {
    return !s.goes(Way::acks_wait);
}

AckDelay ack_delay(const Stack& s, const TimerBounds& bounds) {
    // tcp_delack_max(): never as late as a retransmission could be.
    const Duration before_rto = std::max(rto_min(s, bounds), jiffy * 2) - jiffy;
    const Duration most = bounds.ack_most != 0 ? jiffy * bounds.ack_most : milliseconds(200);
    return {std::min(most, before_rto), milliseconds(500), jiffy};
}

BufferSize memory_of_received(const Stack& s, std::uint32_t length, std::uint32_t headers) {
    if (counts_payload(s))
        return {2 * length, 0};
    if (s.before_header + headers + length >= page)
        return paged_buffer(s.before_header, headers + length);
    BufferSize buffer = linear_buffer(s.before_header + headers, length);
    buffer.room += s.given_back;
    return buffer;
}

BufferSize memory_of_copy(const Stack& s, std::uint32_t length) {
    if (counts_payload(s))
        return {2 * length, 0};
    return linear_buffer(0, length);
}

std::uint32_t most_receive_buffer(const Stack& s) {
    return static_cast<std::uint32_t>(trace::unpack_triple(s[S::tcp_rmem]).most);
}

bool window_follows_memory(const Stack& s) {
    return !counts_payload(s);
}

bool predicts_headers(const Stack& s) {
    return !counts_payload(s);
}

std::uint32_t send_buffer_overhead(const Stack& s) {
    return counts_payload(s) ? 0
                             : small_head + head_memory; // of a buffer whose payload is in pages
}

std::uint32_t send_buffer_for_window(const Stack& s, std::uint32_t segments, std::uint32_t mss) {
    if (counts_payload(s))
        return 0;
    const std::uint32_t each = std::bit_ceil(mss + 256 + end_memory) + head_memory;
    return std::min<std::uint32_t>(
        2 * std::max(10u, segments) * each,
        static_cast<std::uint32_t>(trace::unpack_triple(s[S::tcp_wmem]).most));
}

bool small_may_follow_full(const Stack& s) {
    return s.goes(Way::small_may_follow_full);
}

bool buffers_grow(const Stack& s) {
    return s.goes(Way::buffers_grow);
}

bool defers_buffers(const Stack& s) {
    return s.goes(Way::buffers_span_segments);
}

Duration longest_deferral(const Stack& s) {
    return s.goes(Way::defers_for_near_acks) ? milliseconds(1) : trace::seconds(3600);
}

std::uint32_t segments_per_buffer(const Stack& s, std::uint32_t mss, std::uint64_t rate,
                                  Duration shortest) {
    if (!s.goes(Way::buffers_span_segments))
        return 1;
    // A thousandth of a second at a time; near peers get more. The processor shifts by five bits.
    const std::uint64_t near =
        static_cast<std::uint64_t>(shortest.ns / 1000) >> (s[S::tcp_tso_rtt_log] & 31);
    const std::uint64_t bytes =
        std::min(rate >> 10, largest_buffer) + (near < 32 ? largest_buffer >> near : 0);
    // In 32 bits: a division of 64 takes twice as long.
    return std::max(static_cast<std::uint32_t>(std::min(bytes, largest_buffer)) / mss,
                    static_cast<std::uint32_t>(s[S::tcp_min_tso_segs]));
}

std::uint64_t too_little_to_leave(const Stack& s, std::uint32_t window, std::uint32_t mss) {
    const auto divisor = static_cast<std::uint32_t>(s[S::tcp_tso_win_divisor]);
    return divisor != 0 ? window / divisor : 3 * mss + 1; // tcp_max_tso_deferred_mss()
}

std::uint32_t usual_reordering(const Stack& s, const Limits& set) {
    return set.reordering != 0 ? set.reordering : static_cast<std::uint32_t>(s[S::tcp_reordering]);
}

std::uint32_t most_reordering(const Stack& s) {
    return static_cast<std::uint32_t>(s[S::tcp_max_reordering]);
}

bool duplicates_end_late_window(const Stack& s) {
    return (s[S::tcp_recovery] & 4) == 0; // TCP_RACK_NO_DUPTHRESH
}

bool pointer_names_urgent_byte(const Stack& s) {
    return s[S::tcp_stdurg] != 0;
}

bool moderates_receive_buffer(const Stack& s) {
    return s[S::tcp_moderate_rcvbuf] != 0;
}

bool tells_duplicates(const Stack& s) {
    return s[S::tcp_dsack] != 0;
}

bool trims_to_window(const Stack& s) {
    return s.goes(Way::trims_to_window);
}

std::uint32_t default_receive_buffer(const Stack& s) {
    return static_cast<std::uint32_t>(trace::unpack_triple(s[S::tcp_rmem]).standard);
}
std::uint32_t default_send_buffer(const Stack& s) {
    return static_cast<std::uint32_t>(trace::unpack_triple(s[S::tcp_wmem]).standard);
}

namespace {

// sk_setsockopt(): the number is taken as unsigned, bounded, and doubled.
std::uint32_t doubled(std::int64_t asked, std::int64_t most, std::uint32_t least) {
    const std::int64_t bounded =
        std::min<std::int64_t>({static_cast<std::uint32_t>(asked), most, 0x3fffffff});
    return std::max(static_cast<std::uint32_t>(bounded * 2), least);
}

} // namespace

std::uint32_t receive_buffer_for(const Stack& s, std::int64_t asked) {
    return doubled(asked, s[S::rmem_max], least_receive_buffer);
}

std::uint32_t send_buffer_for(const Stack& s, std::int64_t asked) {
    return doubled(asked, s[S::wmem_max], 4608); // SOCK_MIN_SNDBUF
}

std::uint32_t window_of_buffer(const Stack&, std::uint32_t buffer) {
    return buffer / 2;
}

std::int8_t window_scale(const Stack& s, std::uint32_t buffer, bool buffer_was_set,
                         std::uint32_t clamp) {
    if (s[S::tcp_window_scaling] == 0)
        return -1;
    // tcp_select_initial_window(): room for tcp_rmem[2] unless the program fixed the buffer.
    std::uint32_t space = window_of_buffer(s, buffer);
    if (!buffer_was_set)
        space =
            std::max({space, static_cast<std::uint32_t>(trace::unpack_triple(s[S::tcp_rmem]).most),
                      static_cast<std::uint32_t>(s[S::rmem_max])});
    if (clamp != 0)
        space = std::min(space, clamp);
    const int width = static_cast<int>(std::bit_width(space)); // ilog2 + 1
    return static_cast<std::int8_t>(std::clamp(width - 16, 0, 14));
}

} // namespace tcp
