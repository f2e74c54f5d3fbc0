// The index of everything that is due: a hierarchical timing wheel of plain arrays, exact to the
// nanosecond, 64 slots a level, O(1) to add and to remove; and lanes beside it for segments that
// come in the order of their due times anyhow.
//
// A deadline of the wheel goes to the level of the highest bit in which its time differs from the
// wheel's, so equal times always share a slot and stay in insertion order: the order is (due,
// insertion), without a comparison and without a sequence number. A segment takes a lane only while
// the slot where it would go is empty. So whatever the wheel has for the same instant was added
// later, and the lane comes first. It is part of the world: copied and compared with it.
#pragma once
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

    // Its handle is written to `to`. REQUIRES: at is not before the last popped time.
    void add(Handle& to, trace::Instant at, DueKind kind, std::uint32_t slot) {
        if (kind == DueKind::segment && (at.ns < quiet_until_ || !has_company(at)))
            if (const Lanes::Place place = lanes_.add(at.ns, slot); place != Lanes::none) {
                to = in_lane + place;
                return;
            }
        add_to_wheel(to, at, kind, slot);
    }
    Handle add(trace::Instant at, DueKind kind, std::uint32_t slot) {
        Handle to = nothing;
        add(to, at, kind, slot);
        return to;
    }
    void remove(Handle);
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
        return lane_is_next(limit, ties) ? pop_lane() : pop_wheel_by(limit, ties);
    }
    // The same in two steps: what is next mostly is a segment in a lane.
    bool lane_is_next(trace::Instant limit, Ties ties) {
        const std::int64_t lane = lanes_.first();
        return lane <= limit.ns && lane != Lanes::never &&
               (lane < quiet_until_ || !wheel_is_next(lane, ties));
    }
    // REQUIRES: lane_is_next()
    Due pop_lane() {
        const Lanes::Entry next = lanes_.take_first();
        now_ = next.at;
        return {{next.at}, next.slot, DueKind::segment};
    }
    // REQUIRES: !lane_is_next()
    std::optional<Due> pop_wheel_by(trace::Instant limit, Ties ties) {
        if (size_ == 0 || limit.ns < quiet_until_)
            return std::nullopt;
        return turn_by(limit, ties);
    }
    friend bool operator==(const Deadlines&, const Deadlines&) = default;

private:
    static constexpr unsigned levels = 11, slots = 64; // 66 bits of nanoseconds
    static constexpr std::uint32_t few = 8;            // are searched sooner than dealt out
    struct Node {
        std::int64_t at = 0;
        Handle previous = nothing, next = nothing;
        std::uint32_t slot = 0;
        DueKind kind = DueKind::segment;
        std::uint8_t level = 0, place = 0;
        friend bool operator==(const Node&, const Node&) = default;
    };
    // Handles of what is in a lane: its place there, beside this.
    static constexpr Handle in_lane = 1u << Lanes::place_bits;
    // What calls others in between is rare and apart: the rest needs no register saved.
    [[gnu::noinline, gnu::cold]] void add_another(Handle& to, trace::Instant at, DueKind,
                                                  std::uint32_t slot);
    [[gnu::noinline, gnu::cold]] void move_from_lane(Handle&, trace::Instant at);
    [[gnu::noinline, gnu::cold]] void link_behind(Handle, unsigned level);
    void add_to_wheel(Handle& to, trace::Instant at, DueKind, std::uint32_t slot);
    void put(Handle, unsigned level);
    void link(Handle);
    void unlink(Handle);
    void give_back(Handle);
    void is_empty(unsigned level, unsigned place);
    [[gnu::noinline]] void deal_out(unsigned level, unsigned place);
    Due take(Handle);
    Handle earliest(Handle, std::uint32_t most) const;
    trace::Instant slot_begins(unsigned level, unsigned place) const;
    bool has_company(trace::Instant at) const;
    [[gnu::noinline]] bool wheel_is_next(std::int64_t lane, Ties);
    [[gnu::noinline]] std::optional<Due> turn_by(trace::Instant limit, Ties);

    Lanes lanes_;
    std::vector<Node> nodes_;
    Handle free_ = nothing;
    std::uint32_t size_ = 0;
    std::int64_t now_ = 0;
    std::int64_t quiet_until_ = Lanes::never;  // no slot that holds something begins before
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
