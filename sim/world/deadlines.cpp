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

void Deadlines::link(Handle h) {
    Node& n = nodes_[h];
    const auto differs = static_cast<std::uint64_t>(n.at ^ now_);
    const unsigned level = (63u - static_cast<unsigned>(std::countl_zero(differs | 1))) / 6u;
    const unsigned place =
        static_cast<unsigned>(static_cast<std::uint64_t>(n.at) >> (6 * level)) & 63u;
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

// It is in no list any more.
void Deadlines::forget(Handle h) {
    nodes_[h].next = free_;
    free_ = h;
    --size_;
}

void Deadlines::remove(Handle h) {
    unlink(h);
    forget(h);
}

Due Deadlines::take(Handle h) {
    unlink(h);
    return happens(h);
}

Due Deadlines::happens(Handle h) {
    const Due due{{nodes_[h].at}, nodes_[h].slot, nodes_[h].kind};
    now_ = nodes_[h].at;
    forget(h);
    return due;
}

// Of a slot's list, from its head on; of several at one instant the first.
Deadlines::Handle Deadlines::earliest(Handle h) const {
    Handle least = h;
    for (h = nodes_[h].next; h != nothing; h = nodes_[h].next)
        if (nodes_[h].at < nodes_[least].at)
            least = h;
    return least;
}

std::optional<trace::Instant> Deadlines::first() const {
    if (size_ == 0)
        return std::nullopt;
    const auto level = static_cast<unsigned>(std::countr_zero(used_levels_));
    const auto place = static_cast<unsigned>(std::countr_zero(used_[level]));
    return trace::Instant{nodes_[earliest(ends_[level][place].head)].at};
}

Due Deadlines::pop(Ties ties) {
    return *pop_by(trace::never, ties);
}

std::optional<Due> Deadlines::pop_by(trace::Instant limit, Ties ties) {
    if (size_ == 0)
        return std::nullopt;
    while (const auto level = static_cast<unsigned>(std::countr_zero(used_levels_))) {
        const auto place = static_cast<unsigned>(std::countr_zero(used_[level]));
        Handle h = ends_[level][place].head;
        if (nodes_[h].next == nothing) { // a single one needs no dealing out
            if (nodes_[h].at > limit.ns)
                return std::nullopt;
            return take(h);
        }
        const std::uint64_t span = std::uint64_t{1} << (6 * level);
        const std::uint64_t above = level == levels - 1 ? 0 : ~((span << 6) - 1);
        const auto begins = static_cast<std::int64_t>((static_cast<std::uint64_t>(now_) & above) |
                                                      (std::uint64_t{place} << (6 * level)));
        if (begins > limit.ns)
            return std::nullopt;
        // The wheel turns to the first of them at once, if it may: what is due then needs no level
        // between, and the first itself no other list, unless others of its instant may go before
        // it.
        const Handle first = earliest(h);
        const bool reached = nodes_[first].at <= limit.ns;
        const bool happens_now = reached && ties == Ties::as_inserted;
        ends_[level][place] = {};
        is_empty(level, place);
        now_ = reached ? nodes_[first].at : begins;
        while (h != nothing) {
            const Handle next = nodes_[h].next;
            if (h != first || !happens_now)
                link(h);
            h = next;
        }
        if (happens_now)
            return happens(first);
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
