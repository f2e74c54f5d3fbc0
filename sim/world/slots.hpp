// Records in one plain array, their numbers reused: the world's arrays of connections, requests,
// ...
#pragma once
#include <cstdint>
#include <vector>

#include "deadlines.hpp"

namespace world {

using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xffffffff;

template <class Record>
struct Held {
    Record record;
    Deadlines::Handle due = Deadlines::nothing; // its one entry in the index ...
    trace::Instant at = trace::never;           // ... and for when
    bool used = false;
    friend bool operator==(const Held&, const Held&) = default;
};

template <class Record>
struct Slots {
    std::vector<Held<Record>> all;
    std::vector<Slot> free;

    Slot add(Record&& r) {
        Slot s = static_cast<Slot>(all.size());
        if (free.empty())
            all.emplace_back();
        else {
            s = free.back();
            free.pop_back();
        }
        all[s] = Held<Record>{static_cast<Record&&>(r), Deadlines::nothing, trace::never, true};
        return s;
    }
    void remove(Slot s) {
        all[s] = Held<Record>{};
        free.push_back(s);
    }
    Record& operator[](Slot s) { return all[s].record; }
    const Record& operator[](Slot s) const { return all[s].record; }
    std::size_t size() const { return all.size() - free.size(); }
    friend bool operator==(const Slots&, const Slots&) = default;
};

} // namespace world
