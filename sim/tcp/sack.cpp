// Blocks that touch become one, and move to the front.
#include "sack.hpp"

#include <algorithm>

#include "moment.hpp"
#include "policy.hpp"
#include "record.hpp"

namespace tcp {

using trace::Counter;
using trace::SackBlock;

namespace {

// Four blocks fit in the options, three beside timestamps.
std::uint8_t room(const Connection& c) {
    return c.agreed.timestamps ? 3 : 4;
}

} // namespace

void tell_early(Connection& c, Seq begin, Seq end, Moment& m) {
    if (!c.agreed.sack)
        return;
    for (const Range& r : c.out_of_order) { // tcp_data_queue_ofo(): part of it was here already
        const Seq last = r.end + (r.fin ? 1u : 0u);
        if (before(begin, last) && before(r.begin, end)) {
            tell_duplicate(c, before(begin, r.begin) ? r.begin : begin,
                           before(last, end) ? last : end, m);
            if (!before(begin, r.begin) && !after(end, last))
                return; // all of it: nothing new to tell
            break;
        }
    }
    SackBlock front{begin, end};
    std::array<SackBlock, 4> kept{};
    std::size_t n = 1;
    for (std::size_t i = 0; i < c.told.count; ++i) {
        const SackBlock& b = c.told.block[i];
        if (!before(b.last, front.first) && !before(front.last, b.first)) {
            front.first = before(b.first, front.first) ? b.first : front.first;
            front.last = after(b.last, front.last) ? b.last : front.last;
        } else if (n < kept.size()) {
            kept[n++] = b;
        }
    }
    kept[0] = front;
    c.told.block = kept;
    c.told.count = static_cast<std::uint8_t>(n);
}

void tell_duplicate(Connection& c, Seq begin, Seq end, Moment& m) {
    if (!c.agreed.sack || !tells_duplicates(m.stack) || !before(begin, end))
        return;
    m.bump(before(begin, c.rcv.nxt) ? Counter::TCPDSACKOldSent : Counter::TCPDSACKOfoSent);
    c.told.duplicate = true;
    c.told.twice = {begin, end};
}

void forget_told(Connection& c) {
    if (c.out_of_order.empty()) {
        c.told.count = 0;
        return;
    }
    std::uint8_t n = 0;
    for (std::uint8_t i = 0; i < c.told.count; ++i)
        if (after(c.told.block[i].first, c.rcv.nxt))
            c.told.block[n++] = c.told.block[i];
    c.told.count = n;
}

std::uint32_t told_length(const Connection& c) {
    const std::uint32_t blocks = c.told.count + (c.told.duplicate ? 1u : 0u);
    return blocks == 0 ? 0 : 4 + 8 * std::min<std::uint32_t>(blocks, room(c));
}

void tell_blocks(Connection& c, trace::Segment& s) {
    s.sack_blocks = 0;
    if (c.told.duplicate)
        s.sack[s.sack_blocks++] = c.told.twice;
    c.told.duplicate = false;
    for (std::uint8_t i = 0; i < c.told.count && s.sack_blocks < room(c); ++i)
        s.sack[s.sack_blocks++] = c.told.block[i];
}

} // namespace tcp
