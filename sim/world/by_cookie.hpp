// Records found by cookie, numbers that are never given twice: what is forgotten leaves no room
// behind, but for four bytes until its neighbours are forgotten too.
#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "paged.hpp"
#include "trace/event.hpp"

namespace world {

template <class Record>
class ByCookie {
public:
    // How many there have ever been.
    std::size_t size() const { return size_; }

    trace::Cookie push_back(const Record& r) {
        if (size_ % page == 0)
            pages_.emplace_back();
        Page& p = pages_.back();
        if (p.places.empty() && size_ > 0)
            p.places.reserve(page); // the first one grows: a small world stays small
        std::uint32_t place = static_cast<std::uint32_t>(records_.size());
        if (free_.empty()) {
            records_.push_back(Record(r));
        } else {
            place = free_.back();
            free_.pop_back();
            records_[place] = r;
            records_.used(place);
        }
        p.places.push_back(place);
        ++p.kept;
        const auto cookie = static_cast<trace::Cookie>(size_++);
        known_[cookie % known] = {cookie, place};
        return cookie;
    }

    // One that is forgotten looks like a record of nothing.
    [[gnu::always_inline]] Record& operator[](std::size_t c) {
        const std::uint32_t place = place_of(c);
        if (place == none) [[unlikely]]
            return nobody();
        return records_[place];
    }
    [[gnu::always_inline]] const Record& operator[](std::size_t c) const {
        const std::uint32_t place = place_of(c);
        if (place == none) [[unlikely]]
            return no_record;
        return records_[place];
    }

    void forget(trace::Cookie c) {
        const std::uint32_t place = place_of(c);
        if (place == none)
            return;
        known_[c % known] = {};
        Page& p = pages_[c / page];
        p.places[c % page] = none;
        records_[place] = Record{};
        free_.push_back(place);
        if (--p.kept == 0 && p.places.size() == page)
            std::vector<std::uint32_t>().swap(p.places);
    }

    // While no reference to a record is held: what nobody has used for long takes less room.
    void rest() { records_.rest(); }

    std::size_t bytes() const {
        std::size_t sum = pages_.capacity() * sizeof(Page) + records_.capacity() * sizeof(Record) +
                          free_.capacity() * sizeof(std::uint32_t);
        for (const Page& p : pages_)
            sum += p.places.capacity() * sizeof(std::uint32_t);
        return sum;
    }
    friend bool operator==(const ByCookie& a, const ByCookie& b) {
        return a.size_ == b.size_ && a.pages_ == b.pages_ && a.records_ == b.records_ &&
               a.free_ == b.free_;
    }

private:
    static constexpr std::size_t page = 1024;
    static constexpr std::uint32_t none = 0xffffffff;
    struct Page {
        std::vector<std::uint32_t> places; // in records_; empty: all are forgotten
        std::uint32_t kept = 0;
        friend bool operator==(const Page&, const Page&) = default;
    };
    // The youngest are asked for again and again, by turns.
    [[gnu::always_inline]] std::uint32_t place_of(std::size_t c) const {
        Known& last = known_[c % known];
        if (last.cookie != c)
            last = {static_cast<trace::Cookie>(c), find(c)};
        return last.place;
    }
    std::uint32_t find(std::size_t c) const {
        if (c >= size_)
            return none;
        const Page& p = pages_[c / page];
        return p.kept == 0 ? none : p.places[c % page];
    }

    [[gnu::noinline, gnu::cold]] Record& nobody() { return nobody_ = Record{}; }
    inline static const Record no_record{};

    std::vector<Page> pages_;
    Paged<Record, true> records_;
    std::vector<std::uint32_t> free_;
    std::size_t size_ = 0;
    // No part of the value: what an unknown cookie leads to, and where some were found.
    Record nobody_{};
    static constexpr std::size_t known = 64;
    struct Known {
        trace::Cookie cookie = trace::none;
        std::uint32_t place = none;
    };
    mutable std::array<Known, known> known_;
};

} // namespace world
