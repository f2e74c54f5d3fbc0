// Records in one array, their numbers reused: the world's arrays of connections, requests, ...
#pragma once
#include <cstdint>
#include <memory>
#include <type_traits>

#include "deadlines.hpp"
#include "paged.hpp"

namespace world {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xffffffff;

template <class Record>
struct Held {
    Record record;
    trace::Instant at = trace::never;           // for when it is in the index ...
    Deadlines::Handle due = Deadlines::nothing; // ... and its one entry there
    bool used = false;                          // else `due` is the next one that is free
    friend bool operator==(const Held&, const Held&) = default;
};

template <class Record, bool folds = false>
struct Slots {
    Paged<Held<Record>, folds> all;
    Slot free = no_slot; // the one that was left last

    // A new record, to be filled in: plain ones hold what they held before.
    Slot add() {
        Slot s = free;
        if (s == no_slot) {
            s = static_cast<Slot>(all.size());
            all.emplace_back();
        }
        Held<Record>& held = all[s];
        if constexpr (folds)
            all.used(s);
        free = held.due;
        held.due = Deadlines::nothing;
        held.used = true;
        ++count_;
        return s;
    }
    Slot add(Record&& r) {
        const Slot s = add();
        all[s].record = static_cast<Record&&>(r);
        return s;
    }
    void remove(Slot s) { remove(s, all[s]); }
    void remove(Slot s, Held<Record>& held) {
        if constexpr (!std::is_trivially_copyable_v<Record>) { // gives its memory back
            std::destroy_at(&held.record);
            std::construct_at(&held.record);
        }
        held.at = trace::never;
        held.due = free;
        held.used = false;
        free = s;
        --count_;
    }
    Record& operator[](Slot s) { return all[s].record; }
    const Record& operator[](Slot s) const { return all[s].record; }
    std::size_t size() const { return count_; }
    friend bool operator==(const Slots&, const Slots&) = default;

private:
    std::uint32_t count_ = 0;
};

static_assert(no_slot == Deadlines::nothing); // which a record that is new has as the next free one

} // namespace world
