// Records in one array, their numbers reused: the world's arrays of connections, requests, ...
#pragma once
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

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
    bool used = false;
    friend bool operator==(const Held&, const Held&) = default;
};

template <class Record, bool folds = false>
struct Slots {
    Paged<Held<Record>, folds> all;
    std::vector<Slot> free;

    // A new record, to be filled in: plain ones hold what they held before.
    Slot add() {
        Slot s = static_cast<Slot>(all.size());
        if (free.empty())
            all.emplace_back();
        else {
            s = free.back();
            free.pop_back();
        }
        all[s].used = true;
        if constexpr (folds)
            all.used(s);
        return s;
    }
    Slot add(Record&& r) {
        const Slot s = add();
        all[s].record = static_cast<Record&&>(r);
        return s;
    }
    void remove(Slot s) {
        Held<Record>& held = all[s];
        if constexpr (!std::is_trivially_copyable_v<Record>) { // gives its memory back
            std::destroy_at(&held.record);
            std::construct_at(&held.record);
        }
        held.at = trace::never;
        held.due = Deadlines::nothing;
        held.used = false;
        free.push_back(s);
    }
    Record& operator[](Slot s) { return all[s].record; }
    const Record& operator[](Slot s) const { return all[s].record; }
    std::size_t size() const { return all.size() - free.size(); }
    friend bool operator==(const Slots&, const Slots&) = default;
};

} // namespace world
