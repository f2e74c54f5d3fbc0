// The wheel turns: a slot of a higher level is dealt out to the lower ones when its time comes.
#include "deadlines.hpp"

#include <algorithm>
#include <bit>

namespace world {

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
    quiet_until_ = std::min(quiet_until_, n.at >> (6 * level) << (6 * level));
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
    if (level < open_level_) [[unlikely]]
        link_behind(h, level);
    else
        put(h, level);
}

// Into the slot that the wheel is in, where others stayed: they come before it.
void Deadlines::link_behind(Handle h, unsigned level) {
    deal_out(open_level_, place_of(now_, open_level_));
    open_level_ = 0;
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

void Deadlines::move_from_lane(Handle& h, trace::Instant at) {
    const Due was = due_of(lanes_[h - in_lane]);
    lanes_.remove(h - in_lane);
    add(h, at, was.kind, was.slot);
}

void Deadlines::move(Handle& h, trace::Instant at) {
    if (h >= in_lane) [[likely]] {
        if (lanes_.postpone(h - in_lane, at.ns, order_))
            ++order_;
        else
            move_from_lane(h, at);
        return;
    }
    move_in_wheel(h, at);
}

void Deadlines::move_in_wheel(Handle h, trace::Instant at) {
    Node& n = nodes_[h];
    n.order = order_++;
    // Often a little later: the slot's last stays its last.
    const unsigned level = level_of(at.ns ^ now_);
    if (n.next == nothing && level == n.level && place_of(at.ns, level) == n.place) {
        n.at = at.ns;
        return;
    }
    unlink(h);
    n.at = at.ns;
    link(h);
}

// More nodes than there ever were, a few at once.
void Deadlines::make_nodes() {
    const std::size_t before = nodes_.size();
    nodes_.resize(before + std::min<std::size_t>(before / 8 + 1, 64));
    for (std::size_t i = nodes_.size(); i-- > before;) {
        nodes_[i].next = free_;
        free_ = static_cast<Handle>(i);
    }
}

void Deadlines::add_timer(Handle& to, trace::Instant at, DueKind kind, std::uint32_t slot) {
    const Lanes::Place place = lanes_.add_timer({at.ns, order_, packed(kind, slot)});
    if (place == Lanes::none) [[unlikely]] {
        add_apart(to, at, kind, slot);
        return;
    }
    ++order_;
    to = in_lane + place;
    quiet_until_ = std::min(quiet_until_, at.ns);
}

// Into a lane that has to grow for it, or into the wheel.
void Deadlines::add_apart(Handle& to, trace::Instant at, DueKind kind, std::uint32_t slot) {
    if (kind == DueKind::segment ? lanes_.make_room_for_segment(at.ns)
                                 : lanes_.make_room_for_timer(at.ns)) {
        add(to, at, kind, slot);
        return;
    }
    if (free_ == nothing)
        make_nodes();
    const Handle h = free_;
    Node& n = nodes_[h];
    free_ = n.next;
    n.at = at.ns;
    n.kind = kind;
    n.slot = slot;
    n.order = order_++;
    ++size_;
    to = h;
    link(h);
}

void Deadlines::remove(Handle h) {
    if (h >= in_lane)
        lanes_.remove(h - in_lane);
    else
        remove_from_wheel(h);
}

void Deadlines::remove_from_wheel(Handle h) {
    unlink(h);
    give_back(h);
}

void Deadlines::give_back(Handle h) {
    nodes_[h].next = free_;
    free_ = h;
    --size_;
}

Due Deadlines::take(Handle h) {
    const Due due{{nodes_[h].at}, nodes_[h].slot, nodes_[h].kind};
    now_ = nodes_[h].at;
    unlink(h);
    give_back(h);
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

// When the first instant of a slot is.
trace::Instant Deadlines::slot_begins(unsigned level, unsigned place) const {
    const std::uint64_t span = std::uint64_t{1} << (6 * level);
    const std::uint64_t above = level == levels - 1 ? 0 : ~((span << 6) - 1);
    return {static_cast<std::int64_t>((static_cast<std::uint64_t>(now_) & above) |
                                      (std::uint64_t{place} << (6 * level)))};
}

std::optional<trace::Instant> Deadlines::first() const {
    if (empty())
        return std::nullopt;
    std::int64_t least = lanes_.first();
    if (size_ > 0) {
        const auto level = static_cast<unsigned>(std::countr_zero(used_levels_));
        const auto place = static_cast<unsigned>(std::countr_zero(used_[level]));
        least = std::min(least, nodes_[earliest(ends_[level][place].head, size_)].at);
    }
    return trace::Instant{least};
}

Due Deadlines::pop(Ties ties) {
    return *pop_by(trace::never, ties);
}

// Whether something of the wheel goes before something of a lane that is due at the same instant.
bool Deadlines::goes_first(const Node& n, const Lanes::Entry& lane, Ties ties) const {
    const bool segment = n.kind == DueKind::segment;
    if (ties != Ties::as_inserted && segment != (due_of(lane).kind == DueKind::segment))
        return segment == (ties == Ties::arrivals_first);
    return Lanes::is_earlier(n.order, lane.order);
}

// Whether the wheel has something that comes before what is first in the lanes. If not, the wheel
// turns to that.
bool Deadlines::wheel_is_next(const Lanes::Entry& lane, Ties ties) {
    quiet_until_ = Lanes::never;
    open_level_ = 0;
    while (used_levels_ != 0) {
        const auto level = static_cast<unsigned>(std::countr_zero(used_levels_));
        const auto place = static_cast<unsigned>(std::countr_zero(used_[level]));
        const trace::Instant begins = slot_begins(level, place);
        quiet_until_ = begins.ns;
        if (lane.at < begins.ns)
            break;
        const Handle head = ends_[level][place].head;
        const Handle first = level == 0 ? head : earliest(head, few);
        if (first == nothing) {
            now_ = std::max(now_, begins.ns);
            deal_out(level, place);
            continue;
        }
        open_level_ = level;
        if (nodes_[first].at < lane.at)
            return true;
        for (Handle h = first; h != nothing; h = nodes_[h].next)
            if (nodes_[h].at == lane.at && goes_first(nodes_[h], lane, ties))
                return true;
        break;
    }
    now_ = lane.at;
    return false;
}

// A segment that is due when other things may be.
bool Deadlines::goes_before_others(std::int64_t at, Ties ties) {
    const std::int64_t timer = lanes_.first_timer();
    if (timer < at)
        return false;
    const Lanes::Entry& segment = lanes_.next_segment();
    if (timer == at) {
        if (ties == Ties::timers_first)
            return false;
        if (ties == Ties::as_inserted &&
            Lanes::is_earlier(lanes_.next_timer().order, segment.order))
            return false;
    }
    const bool wheel = wheel_is_next(segment, ties);
    quiet_until_ = std::min(quiet_until_, timer);
    return !wheel;
}

// What is due by then, but for segments in lanes, which are not next.
std::optional<Due> Deadlines::pop_late_by(trace::Instant limit, Ties ties) {
    std::optional<Due> due;
    if (lanes_.first_timer() <= limit.ns && lanes_.first_timer() != Lanes::never &&
        !wheel_is_next(lanes_.next_timer(), ties))
        due = due_of(lanes_.take_timer());
    else if (size_ > 0)
        due = turn_by(limit, ties);
    else
        quiet_until_ = Lanes::never;
    quiet_until_ = std::min(quiet_until_, lanes_.first_timer());
    return due;
}

std::optional<Due> Deadlines::turn_by(trace::Instant limit, Ties ties) {
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
        const trace::Instant begins = slot_begins(level, place);
        if (begins > limit) {
            quiet_until_ = begins.ns;
            return std::nullopt;
        }
        // The wheel turns to the first of them at once, if it may: what is due then needs no level
        // between.
        const std::int64_t first = nodes_[earliest(h, size_)].at;
        now_ = first <= limit.ns ? first : begins.ns;
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
