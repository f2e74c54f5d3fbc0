// What falls due in the order in which it is put in, as what travels on one wire mostly does: two
// rows that are added to at the back and taken from the front, with no search in between. Part of
// the index of deadlines, which keeps what does not come in order.
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
        std::uint32_t slot = 0; // gone: it was removed before its time
        friend bool operator==(const Entry&, const Entry&) = default;
    };
    static constexpr std::uint32_t gone = 0xffffffff;
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
    // Where an entry is, until it is taken: a lane, and how many were put into it before.
    using Place = std::uint32_t;
    static constexpr unsigned place_bits = 30;
    static constexpr Place none = 0xffffffff;

    std::uint32_t size() const { return size_; }
    std::size_t bytes() const { return lanes_[0].bytes() + lanes_[1].bytes(); }

    // none: either lane has had something that is due later.
    Place add(std::int64_t at, std::uint32_t slot) {
        Lane* lane = lanes_.data();
        Place place = 0;
        if (at < lane->last) {
            ++lane;
            place = 1u << (place_bits - 1);
            if (at < lane->last)
                return none;
        }
        ++size_;
        return place | (lane->push_back({at, slot}) & index_mask);
    }
    // Which record it is of.
    std::uint32_t slot_of(Place p) const { return lanes_[p >> (place_bits - 1)].at(p).slot; }
    void remove(Place p) {
        Lane& lane = lanes_[p >> (place_bits - 1)];
        lane.at(p).slot = gone;
        lane.come_forward();
        --size_;
    }
    // never: there is nothing.
    std::int64_t first() const { return std::min(lanes_[0].first, lanes_[1].first); }
    // REQUIRES: there is one. Of two at one instant the one in the first lane was put in first:
    // what is in the second found something later in the first, where nothing earlier followed.
    Entry take_first() {
        --size_;
        Lane* lane = lanes_.data();
        if (lane[1].first < lane[0].first)
            ++lane;
        return lane->pop_front();
    }
    friend bool operator==(const Lanes&, const Lanes&) = default;

private:
    static constexpr std::uint32_t index_mask = (1u << (place_bits - 1)) - 1;

    // A ring; its front is never one that is gone.
    struct Lane {
        std::int64_t first = never; // when its front is due ...
        std::int64_t last = 0;      // ... and the last that it ever took

        Entry& at(std::uint32_t index) { return ring_[index & mask_]; }
        const Entry& at(std::uint32_t index) const { return ring_[index & mask_]; }
        std::uint32_t push_back(const Entry& e) {
            if (tail_ - head_ >= mask_) [[unlikely]]
                grow();
            if (head_ == tail_)
                first = e.at;
            last = e.at;
            at(tail_) = e;
            return tail_++;
        }
        Entry pop_front() {
            const Entry front = at(head_++);
            come_forward();
            return front;
        }
        void come_forward() {
            while (head_ != tail_ && at(head_).slot == gone)
                ++head_;
            first = head_ == tail_ ? never : at(head_).at;
        }
        std::size_t bytes() const { return ring_.capacity() * sizeof(Entry); }
        friend bool operator==(const Lane&, const Lane&) = default;

    private:
        [[gnu::noinline, gnu::cold]] void grow() {
            const std::uint32_t mask = mask_ * 2 + 1;
            std::vector<Entry> larger(mask + std::size_t{1});
            for (std::uint32_t i = head_; i != tail_; ++i)
                larger[i & mask] = at(i);
            ring_ = std::move(larger);
            mask_ = mask;
        }

        std::vector<Entry> ring_; // mask_ + 1 of them, a power of two; or none
        std::uint32_t mask_ = 0, head_ = 0, tail_ = 0;
    };

    std::array<Lane, 2> lanes_; // one for each direction, where two hosts talk
    std::uint32_t size_ = 0;
};

} // namespace world
