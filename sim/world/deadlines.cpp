// The wheel turns: a slot of a higher level is dealt out to the lower ones when its time comes.
#include "deadlines.hpp"

#include <algorithm>
#include <bit>

namespace world {

trace::Instant on_wheel(trace::Instant due, trace::Instant now) {
    constexpr std::int64_t jiffy = 4'000'000; // HZ=250
    // Whole jiffies from the tick that was last: timers are set in jiffies.
    const std::int64_t away = (due.ns - now.ns + jiffy - 1) / jiffy, at = now.ns / jiffy + away;
    unsigned shift = 0; // every level has 64 slots, each eight times as wide as those below
    while (shift < 24 && away >= (std::int64_t{63} << shift))
        shift += 3;
    return {(((at >> shift) + 1) << shift) * jiffy};
}

namespace {

// By the highest bit in which a time differs from the wheel's.
unsigned level_of(std::int64_t differs) {
    return (63u -
            static_cast<unsigned>(std::countl_zero(static_cast<std::uint64_t>(differs) | 1))) /
           6u;
}

unsigned place_of(std::int64_t at, unsigned level) {
    return static_cast<unsigned>(static_cast<std::uint64_t>(at) >> (6 * level)) & 63u;
}

} // namespace

// Behind whatever is there.
void Deadlines::put(Handle h, unsigned level) {
    Node& n = nodes_[h];
    const unsigned place = place_of(n.at, level);
    n.level = static_cast<std::uint8_t>(level);
    n.place = static_cast<std::uint8_t>(place);
    n.next = nothing;
    Ends& ends = ends_[level][place];
    n.previous = ends.tail;
    if (ends.tail != nothing) {
        nodes_[ends.tail].next = h;
    } else {
        ends.head = h;
        used_[level] |= std::uint64_t{1} << place;
        used_levels_ |= 1u << level;
    }
    ends.tail = h;
}

void Deadlines::link(Handle h) {
    const unsigned level = level_of(nodes_[h].at ^ now_);
    // Into the slot that the wheel is in, where others stayed: they come before it.
    if (level < open_level_) [[unlikely]] {
        deal_out(open_level_, place_of(now_, open_level_));
        open_level_ = 0;
    }
    put(h, level);
}

void Deadlines::unlink(Handle h) {
    const Node& n = nodes_[h];
    Ends& ends = ends_[n.level][n.place];
    if (n.previous != nothing)
        nodes_[n.previous].next = n.next;
    else
        ends.head = n.next;
    if (n.next != nothing)
        nodes_[n.next].previous = n.previous;
    else
        ends.tail = n.previous;
    if (ends.head == nothing)
        is_empty(n.level, n.place);
}

void Deadlines::is_empty(unsigned level, unsigned place) {
    used_[level] &= ~(std::uint64_t{1} << place);
    if (!used_[level])
        used_levels_ &= ~(1u << level);
}

void Deadlines::move(Handle h, trace::Instant at) {
    unlink(h);
    nodes_[h].at = at.ns;
    link(h);
}

// A node more than there ever was.
Deadlines::Handle Deadlines::another() {
    nodes_.emplace_back();
    return static_cast<Handle>(nodes_.size() - 1);
}

Deadlines::Handle Deadlines::add(trace::Instant at, DueKind kind, std::uint32_t slot) {
    const Handle h = free_ != nothing ? free_ : another();
    free_ = nodes_[h].next;
    Node& n = nodes_[h];
    n.at = at.ns;
    n.kind = kind;
    n.slot = slot;
    link(h);
    ++size_;
    return h;
}

void Deadlines::remove(Handle h) {
    unlink(h);
    nodes_[h].next = free_;
    free_ = h;
    --size_;
}

Due Deadlines::take(Handle h) {
    const Due due{{nodes_[h].at}, nodes_[h].slot, nodes_[h].kind};
    now_ = nodes_[h].at;
    remove(h);
    return due;
}

// Of a slot's list, from its head on; of several at one instant the first. nothing: there are more
// than `most`.
Deadlines::Handle Deadlines::earliest(Handle h, std::uint32_t most) const {
    Handle least = h;
    for (std::uint32_t n = 0; h != nothing; h = nodes_[h].next) {
        if (n++ == most)
            return nothing;
        if (nodes_[h].at < nodes_[least].at)
            least = h;
    }
    return least;
}

// Everything in a slot moves to the levels where it belongs now.
void Deadlines::deal_out(unsigned level, unsigned place) {
    Handle h = ends_[level][place].head;
    ends_[level][place] = {};
    is_empty(level, place);
    while (h != nothing) {
        const Handle next = nodes_[h].next;
        put(h, level_of(nodes_[h].at ^ now_));
        h = next;
    }
}

std::optional<trace::Instant> Deadlines::first() const {
    if (size_ == 0)
        return std::nullopt;
    const auto level = static_cast<unsigned>(std::countr_zero(used_levels_));
    const auto place = static_cast<unsigned>(std::countr_zero(used_[level]));
    return trace::Instant{nodes_[earliest(ends_[level][place].head, size_)].at};
}

Due Deadlines::pop(Ties ties) {
    return *pop_by(trace::never, ties);
}

std::optional<Due> Deadlines::pop_by(trace::Instant limit, Ties ties) {
    if (size_ == 0)
        return std::nullopt;
    while (const auto level = static_cast<unsigned>(std::countr_zero(used_levels_))) {
        const auto place = static_cast<unsigned>(std::countr_zero(used_[level]));
        const Handle h = ends_[level][place].head;
        // The first of a few happens, and the others stay where they are.
        if (ties == Ties::as_inserted || nodes_[h].next == nothing) {
            if (const Handle first = earliest(h, few); first != nothing) {
                if (nodes_[first].at > limit.ns)
                    return std::nullopt;
                open_level_ = level;
                return take(first);
            }
        }
        const std::uint64_t span = std::uint64_t{1} << (6 * level);
        const std::uint64_t above = level == levels - 1 ? 0 : ~((span << 6) - 1);
        const auto begins = static_cast<std::int64_t>((static_cast<std::uint64_t>(now_) & above) |
                                                      (std::uint64_t{place} << (6 * level)));
        if (begins > limit.ns)
            return std::nullopt;
        // The wheel turns to the first of them at once, if it may: what is due then needs no level
        // between.
        const std::int64_t first = nodes_[earliest(h, size_)].at;
        now_ = first <= limit.ns ? first : begins;
        open_level_ = 0;
        deal_out(level, place);
    }
    const auto place = static_cast<unsigned>(std::countr_zero(used_[0]));
    Handle h = ends_[0][place].head;
    if (nodes_[h].at > limit.ns)
        return std::nullopt;
    if (ties != Ties::as_inserted) {
        const bool want_arrival = ties == Ties::arrivals_first;
        for (Handle other = h; other != nothing; other = nodes_[other].next)
            if ((nodes_[other].kind == DueKind::segment) == want_arrival) {
                h = other;
                break;
            }
    }
    return take(h);
}

} // namespace world
