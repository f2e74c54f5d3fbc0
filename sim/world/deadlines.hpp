// The index of everything that is due: lanes for what comes in the order of its due times anyhow,
// as segments on a wire and timers of one length; and beside them, for what does not, a
// hierarchical timing wheel of plain arrays, exact to the nanosecond, 64 slots a level, O(1) to add
// and to remove.
//
// A deadline of the wheel goes to the level of the highest bit in which its time differs from the
// wheel's, so equal times always share a slot and stay in insertion order. The order is (due,
// insertion), without a comparison in the wheel; between it and the lanes, at equal times, a number
// tells who was put in first. It is part of the world: copied and compared with it.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "lanes.hpp"
#include "trace/time.hpp"

namespace world {

enum class DueKind : std::uint8_t { segment, connection, request, time_wait, flood, wake };

struct Due {
    trace::Instant at;
    std::uint32_t slot = 0; // of the record, in the array of its kind
    DueKind kind = DueKind::segment;
};

// Which of several things due at the very same instant happens first.
enum class Ties : std::uint8_t { as_inserted, arrivals_first, timers_first };

// Whether timers fire when they are due, or when the kernel's timer wheel comes by
// (tcp::on_wheel()).
enum class Timers : std::uint8_t { exact, by_wheel };

class Deadlines {
public:
    using Handle = std::uint32_t;
    static constexpr Handle nothing = 0xffffffff;

    // Its handle is written to `to`. REQUIRES: at is not before the last popped time; slot < 2^29.
    void add(Handle& to, trace::Instant at, DueKind kind, std::uint32_t slot) {
        if (kind != DueKind::segment) {
            add_timer(to, at, kind, slot);
            return;
        }
        const Lanes::Place place = lanes_.add_segment({at.ns, order_, slot});
        if (place == Lanes::none) [[unlikely]] {
            add_apart(to, at, kind, slot);
            return;
        }
        ++order_;
        to = in_lane + place;
    }
    Handle add(trace::Instant at, DueKind kind, std::uint32_t slot) {
        Handle to = nothing;
        add(to, at, kind, slot);
        return to;
    }
    [[gnu::noinline]] void remove(Handle);
    // As removing and adding again.
    void move(Handle&, trace::Instant at);
    bool empty() const { return size() == 0; }
    std::uint32_t size() const { return size_ + lanes_.size(); }
    std::size_t bytes() const { return nodes_.capacity() * sizeof(Node) + lanes_.bytes(); }
    std::optional<trace::Instant> first() const;
    // REQUIRES: !empty()
    Due pop(Ties);
    // The next thing if it is due at or before `limit`. Nothing may be added before `limit`
    // afterwards.
    std::optional<Due> pop_by(trace::Instant limit, Ties ties) {
        return segment_is_next(limit, ties) ? pop_segment() : pop_other_by(limit, ties);
    }
    // The same in two steps: what is next mostly is a segment in a lane.
    bool segment_is_next(trace::Instant limit, Ties ties) {
        const std::int64_t at = lanes_.first_segment();
        return at <= limit.ns &&
               (at < quiet_until_ || (at != Lanes::never && goes_before_others(at, ties)));
    }
    // REQUIRES: segment_is_next()
    Due pop_segment() {
        const Lanes::Entry next = lanes_.take_segment();
        now_ = next.at;
        return {{next.at}, next.what, DueKind::segment};
    }
    // REQUIRES: !segment_is_next()
    std::optional<Due> pop_other_by(trace::Instant limit, Ties ties) {
        if (limit.ns < quiet_until_)
            return std::nullopt;
        return pop_late_by(limit, ties);
    }
    friend bool operator==(const Deadlines&, const Deadlines&) = default;

private:
    static constexpr unsigned levels = 11, slots = 64; // 66 bits of nanoseconds
    static constexpr std::uint32_t few = 8;            // are searched sooner than dealt out
    struct Node {
        std::int64_t at = 0;
        Handle previous = nothing, next = nothing;
        std::uint32_t slot = 0;
        std::uint32_t order = 0; // of insertion, among all that is due
        DueKind kind = DueKind::segment;
        std::uint8_t level = 0, place = 0;
        friend bool operator==(const Node&, const Node&) = default;
    };
    // Handles of what is in a lane: its place there, beside this.
    static constexpr Handle in_lane = 1u << Lanes::place_bits;
    // What a lane holds: a slot, and above it of what kind; of a segment the slot alone.
    static constexpr unsigned slot_bits = 29;
    static std::uint32_t packed(DueKind kind, std::uint32_t slot) {
        return static_cast<std::uint32_t>(kind) << slot_bits | slot;
    }
    static Due due_of(const Lanes::Entry& e) {
        return {
            {e.at}, e.what & ((1u << slot_bits) - 1), static_cast<DueKind>(e.what >> slot_bits)};
    }
    // Apart, and mostly the last thing that somebody does: so few registers have to be saved.
    [[gnu::noinline]] void add_timer(Handle& to, trace::Instant at, DueKind, std::uint32_t slot);
    [[gnu::noinline]] void add_apart(Handle& to, trace::Instant at, DueKind, std::uint32_t slot);
    [[gnu::noinline, gnu::cold]] void make_nodes();
    [[gnu::noinline]] void remove_from_wheel(Handle);
    [[gnu::noinline]] void move_in_wheel(Handle, trace::Instant at);
    [[gnu::noinline, gnu::cold]] void move_from_lane(Handle&, trace::Instant at);
    [[gnu::noinline, gnu::cold]] void link_behind(Handle, unsigned level);
    void put(Handle, unsigned level);
    void link(Handle);
    void unlink(Handle);
    void give_back(Handle);
    void is_empty(unsigned level, unsigned place);
    [[gnu::noinline]] void deal_out(unsigned level, unsigned place);
    Due take(Handle);
    Handle earliest(Handle, std::uint32_t most) const;
    trace::Instant slot_begins(unsigned level, unsigned place) const;
    [[gnu::noinline]] bool goes_before_others(std::int64_t at, Ties);
    [[gnu::noinline]] std::optional<Due> pop_late_by(trace::Instant limit, Ties);
    bool wheel_is_next(const Lanes::Entry&, Ties);
    bool goes_first(const Node&, const Lanes::Entry&, Ties) const;
    [[gnu::noinline]] std::optional<Due> turn_by(trace::Instant limit, Ties);

    Lanes lanes_;
    std::vector<Node> nodes_;
    Handle free_ = nothing;
    std::uint32_t size_ = 0;
    std::int64_t now_ = 0;
    std::uint32_t order_ = 0; // of the next that is put in
    // Nothing but segments in lanes is due before, and no slot of the wheel that holds something
    // begins.
    std::int64_t quiet_until_ = Lanes::never;
    std::array<std::uint64_t, levels> used_{}; // the places of each level that hold something ...
    std::uint32_t used_levels_ = 0;            // ... and the levels
    // Of this level, the slot that the wheel is in may still hold something; no lower level does.
    std::uint32_t open_level_ = 0;
    struct Ends {
        Handle head = nothing, tail = nothing;
        friend bool operator==(const Ends&, const Ends&) = default;
    };
    std::array<std::array<Ends, slots>, levels> ends_{};
};

} // namespace world
