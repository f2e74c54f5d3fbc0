// What our acknowledgements tell by SACK of bytes beyond a gap, the latest arrival first (RFC
// 2018), and of bytes that came twice (RFC 2883): tcp_sack_new_ofo_skb(), tcp_dsack_set().
#pragma once
#include <array>
#include <cstdint>

#include "trace/segment.hpp"

namespace tcp {

struct Connection;
struct Moment;

struct SackList {
    std::array<trace::SackBlock, 4> block{};
    std::uint8_t count = 0;
    bool duplicate = false; // `twice` is to be told, once
    trace::SackBlock twice;
    bool empty() const { return count == 0 && !duplicate; }
    friend bool operator==(const SackList&, const SackList&) = default;
};

// [begin, end) arrives beyond a gap. Called before it is kept.
[[gnu::cold]] void tell_early(Connection&, trace::Seq begin, trace::Seq end, Moment&);
// [begin, end) had been received before: tcp_dsack_set().
[[gnu::cold]] void tell_duplicate(Connection&, trace::Seq begin, trace::Seq end, Moment&);
// The gap has closed up to rcv.nxt: tcp_sack_remove().
void forget_told(Connection&);
// The option that the next segment carries, with its padding.
std::uint32_t told_length(const Connection&);
// Into an acknowledgement that leaves.
void tell_blocks(Connection&, trace::Segment&);

} // namespace tcp
