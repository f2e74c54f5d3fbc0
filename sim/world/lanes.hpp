// What falls due in the order in which it is put in, as what travels on one wire mostly does, and
// timers of one length: rows that are added to at the back and taken from the front, with no search
// in between. Part of the index of deadlines, which keeps what does not come in order.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace world {

class Lanes {
public:
    struct Entry {
        std::int64_t at = 0;
        std::uint32_t order = 0; // of insertion
        std::uint32_t what = 0;  // gone: it was removed before its time
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static constexpr std::uint32_t gone = 0xffffffff;
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    // Where an entry is, until it is taken: a lane, and how many were put into it before.
    using Place = std::uint32_t;
    static constexpr unsigned place_bits = 30;
    static constexpr Place none = 0xffffffff;

    // Of two that were put in, at most some 2^31 others in between.
    static bool is_earlier(std::uint32_t order, std::uint32_t than) {
        return static_cast<std::int32_t>(order - than) < 0;
    }

    std::uint32_t size() const {
        std::uint32_t sum = 0;
        for (const Lane& lane : lanes_)
            sum += lane.size();
        return sum;
    }
    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const Lane& lane : lanes_)
            sum += lane.bytes();
        return sum;
    }

    // none: each lane has something that is due later, or the one where it would go has no room.
    Place add_segment(const Entry& e) { return add(e, 0, timers); }
    // The longest come into the first lane, and so on: each length finds a lane of its own.
    Place add_timer(const Entry& e) { return add(e, timers, count); }
    // Whether there is room now where there was none.
    bool make_room_for_segment(std::int64_t at) { return make_room(at, 0, timers); }
    bool make_room_for_timer(std::int64_t at) { return make_room(at, timers, count); }
    const Entry& operator[](Place p) const { return lanes_[p >> index_bits].at(p); }
    void remove(Place p) { lanes_[p >> index_bits].remove(p); }
    // As removing and adding again, if it is the last of its lane and will be. False: it is not.
    bool postpone(Place p, std::int64_t at, std::uint32_t order) {
        return lanes_[p >> index_bits].postpone(p, at, order);
    }

    // never: there is nothing.
    std::int64_t first() const { return std::min(first_segment(), first_timer()); }
    std::int64_t first_segment() const { return std::min(lanes_[0].first, lanes_[1].first); }
    std::int64_t first_timer() const {
        std::int64_t least = never;
        for (unsigned i = timers; i < count; ++i)
            least = std::min(least, lanes_[i].first);
        return least;
    }
    // REQUIRES: there is one.
    Entry take_segment() { return of_segments().pop_front(); }
    Entry take_timer() { return lanes_[of_timers()].pop_front(); }
    const Entry& next_segment() { return of_segments().front(); }
    const Entry& next_timer() const { return lanes_[of_timers()].front(); }
    friend bool operator==(const Lanes&, const Lanes&) = default;

private:
    static constexpr unsigned index_bits = place_bits - 3;
    static constexpr std::uint32_t index_mask = (1u << index_bits) - 1;

    // A ring; its front is never one that is gone.
    struct alignas(64) Lane {
        std::int64_t first = never; // when its front is due ...
        std::int64_t last = 0;      // ... and its back

        const Entry& at(std::uint32_t index) const { return ring_[index & mask_]; }
        const Entry& front() const { return at(head_); }
        bool is_full() const { return tail_ - head_ >= mask_; }
        // REQUIRES: it is not full.
        std::uint32_t push_back(const Entry& e) {
            if (head_ == tail_)
                first = e.at;
            last = e.at;
            ring_[tail_ & mask_] = e;
            return tail_++ & index_mask;
        }
        Entry pop_front() {
            const Entry popped = front();
            ++head_;
            come_forward();
            return popped;
        }
        void remove(std::uint32_t index) {
            ring_[index & mask_].what = gone;
            ++gone_;
            if (((head_ ^ index) & mask_) == 0)
                come_forward();
        }
        bool postpone(std::uint32_t index, std::int64_t until, std::uint32_t order) {
            if (((tail_ - 1 - index) & mask_) != 0 || until < last)
                return false;
            Entry& e = ring_[index & mask_];
            if (tail_ - head_ == 1)
                first = until;
            last = e.at = until;
            e.order = order;
            return true;
        }
        std::uint32_t size() const { return tail_ - head_ - gone_; }
        std::size_t bytes() const { return ring_.capacity() * sizeof(Entry); }
        // Not if most of a large one is taken by what is gone.
        bool grow() {
            constexpr std::uint32_t little = 1024;
            if (mask_ >= little && size() < mask_ / 4)
                return false;
            const std::uint32_t mask = mask_ * 2 + 1;
            std::vector<Entry> larger(mask + std::size_t{1});
            for (std::uint32_t i = head_; i != tail_; ++i)
                larger[i & mask] = at(i);
            ring_ = std::move(larger);
            mask_ = mask;
            return true;
        }
        friend bool operator==(const Lane&, const Lane&) = default;

    private:
        void come_forward() {
            for (; head_ != tail_; ++head_, --gone_) {
                const Entry& next = front();
                if (next.what != gone) {
                    first = next.at;
                    return;
                }
            }
            first = never;
            last = 0; // whatever comes next is welcome
        }

        std::vector<Entry> ring_; // mask_ + 1 of them, a power of two; or none
        std::uint32_t mask_ = 0, head_ = 0, tail_ = 0;
        std::uint32_t gone_ = 0; // between them
    };

    // The first whose back is not due later; `to`: none.
    unsigned lane_for(std::int64_t at, unsigned from, unsigned to) const {
        while (from < to && at < lanes_[from].last)
            ++from;
        return from;
    }
    Place add(const Entry& e, unsigned from, unsigned to) {
        const unsigned i = lane_for(e.at, from, to);
        if (i == to || lanes_[i].is_full()) [[unlikely]]
            return none;
        return i << index_bits | lanes_[i].push_back(e);
    }
    bool make_room(std::int64_t at, unsigned from, unsigned to) {
        const unsigned i = lane_for(at, from, to);
        return i < to && lanes_[i].is_full() && lanes_[i].grow();
    }
    Lane& of_segments() {
        const Lane &a = lanes_[0], &b = lanes_[1];
        const bool second = b.first < a.first ||
                            (b.first == a.first && is_earlier(b.front().order, a.front().order));
        return lanes_[second ? 1 : 0];
    }
    unsigned of_timers() const {
        unsigned least = timers;
        for (unsigned i = timers + 1; i < count; ++i) {
            const Lane &a = lanes_[least], &b = lanes_[i];
            if (b.first < a.first || (b.first == a.first && b.first != never &&
                                      is_earlier(b.front().order, a.front().order)))
                least = i;
        }
        return least;
    }

    // Of segments one for each direction, where two hosts talk; of timers for some lengths:
    // TIME_WAIT, the first RTO, two of those that follow, a delayed ACK.
    static constexpr unsigned timers = 2, count = 7;
    std::array<Lane, count> lanes_;
};

} // namespace world
