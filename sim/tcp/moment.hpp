// What a step of the machine is given: the instant, its host's stack and counters, the journal to
// write, and where departing segments go. It lives for one step and is no part of the world.
#pragma once
#include <algorithm>
#include <cstddef>
#include <vector>

#include "journal.hpp"
#include "profile.hpp"
#include "record.hpp"

namespace tcp {

// A segment that has left; the wire decides the rest.
struct Departure {
    trace::Segment segment;
    trace::SegmentId id = trace::none;
    trace::EventId sent = trace::none;   // its segment_sent event
    trace::HostId from = trace::no_host; // whose wire it leaves on, whatever its source says
    std::uint32_t likeness = 0;          // how many just like it went before: for the wire's chance
    friend bool operator==(const Departure&, const Departure&) = default;
};

// To begin anew with. A copy of what is elsewhere: the compiler would fill a new one with zeros by
// `rep stos`, which takes longer than everything else about it.
extern const Departure new_departure;

// What leaves within one step, oldest first. The room for it stays, but for copies.
class Departures {
public:
    Departures() = default;
    Departures(const Departures& o) : all_(o.begin(), o.end()), count_(o.count_), room_(o.count_) {}
    Departures& operator=(const Departures& o) {
        all_.assign(o.begin(), o.end());
        count_ = room_ = o.count_;
        return *this;
    }
    bool empty() const { return count_ == 0; }
    bool is_full() const { return count_ == room_; }
    void make_room() { all_.resize(room_ = 2 * room_ + 4); }
    // One more, like a new one. REQUIRES: it is not full.
    Departure& add() { return all_[count_++] = new_departure; }
    Departure& back() { return all_[count_ - 1]; }
    const Departure* begin() const { return all_.data(); }
    const Departure* end() const { return all_.data() + count_; }
    void clear() { count_ = 0; }
    friend bool operator==(const Departures& a, const Departures& b) {
        return std::equal(a.begin(), a.end(), b.begin(), b.end());
    }

private:
    std::vector<Departure> all_;
    std::size_t count_ = 0, room_ = 0;
};

struct Moment {
    Journal& journal;
    const Stack& stack;
    Counters& counters;
    Departures& departures;
    Paths& paths; // what the host knows of ways narrower than its link

    trace::Instant now() const { return journal.now(); }
    // By the host's clock of ticks, where it has one: tcp_jiffies32.
    trace::Duration since(trace::Instant then) const { return stack.wheel.between(then, now()); }
    // What every connection does, and what every segment does: a total, and no event.
    void count(trace::Counter);
    void count_segment(trace::Counter c) {
        const auto i = static_cast<std::size_t>(c);
        ++counters.value[i];
        counters.last[i] = trace::none;
    }
    void uncount_segment(trace::Counter c) { --counters.value[static_cast<std::size_t>(c)]; }
    // The counters of what goes wrong or seldom happens. Cold, as all that is rare: the machine is
    // larger than a processor's first cache of instructions, and a branch that ends in something
    // cold is laid out apart from the way of ordinary segments, which then fits much better.
    [[gnu::cold]] void bump(trace::Counter);
    [[gnu::cold]] void add(trace::Counter, std::uint32_t by);
    // The arriving segment ends here, and this is why / was taken, and this is what it did.
    [[gnu::cold]] void refuse(trace::Rule why);
    void explain(trace::Rule why) { journal.explain(why); }
};

// The one writer of states: looks the row up, changes the status, notes the event. What follows in
// this step follows that event. nullptr: the fact changes nothing in this state.
// `why` replaces the row's reason where one trigger has several.
[[gnu::noinline]] const trace::Transition* advance(Status&, trace::Cookie, trace::Trigger, Moment&,
                                                   trace::Rule why = trace::Rule::none);
// The first state of a record that a row spawned (a request, or the textbook's new listener).
void spawn(Status&, trace::Cookie, const trace::Transition&, Moment&,
           trace::Rule why = trace::Rule::none);

} // namespace tcp
