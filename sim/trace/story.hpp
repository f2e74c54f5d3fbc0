// A log taken apart into sequences, one per thing that has an order of its own: what two logs are
// compared by.
//
// Segments are told per connection and direction, states per socket, queue lengths per listener.
// Numbers are relative to the SYN of their side, so that two runs with other ISNs tell the same.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event.hpp"

namespace trace {

struct Field {
    std::string name, value; // "?" is not known here, and agrees with everything
    friend bool operator==(const Field&, const Field&) = default;
};

struct Fact {
    Instant at;
    std::vector<Field> fields; // the same names in the same order within one sequence
    Rule rule = Rule::none;    // why, if the log knows
    EventId event = none;
    friend bool operator==(const Fact&, const Fact&) = default;
};

// `changes`: every fact is there. `looks`: a value looked at now and then, kept when it had
// changed; what was there only between two looks is missing. `glances`: looked at a few times only.
enum class Telling : std::uint8_t { changes, looks, glances };

struct Sequence {
    std::string name; // "segments client:40002>server:80", "states server:80-client:40002"
    Telling telling = Telling::changes;
    std::vector<Fact> facts;
    // States that were looked at: one that lasted no longer than looks are apart may be missing.
    bool by_looks = false;
    bool to_the_end = false; // looks: nobody stopped looking before the end of the story
    Instant over = never;    // what was looked at was no more from then on
    friend bool operator==(const Sequence&, const Sequence&) = default;
};

struct Story {
    std::vector<Sequence> sequences; // by name
    Instant end = never;             // nobody looked longer than this
    // The sequence of this name, made if it is not there.
    Sequence& sequence(std::string_view name, Telling = Telling::changes);
    const Sequence* find(std::string_view name) const;
};

// Whose address is whose, for addresses that no host of the log has too.
using Addresses = std::vector<std::pair<Address, std::string>>;

// Gives the numbers of one wire relative to the first SYNs, and its connections a name each.
// Segments are to be shown in the order of leaving.
class Numbering {
public:
    struct Seen {
        std::string direction; // "client:40002>server:80", with "#2" for the port's second life
        std::string seq, ack;  // "1", "-12", or "abs:2000": no SYN of that side was seen
    };
    // `by_hand`: not sent by a TCP; its SYN counts only where no other was seen. `opens`: the first
    // SYN of a socket of its own.
    Seen look(const Segment&, const std::string& source, const std::string& destination,
              bool by_hand, bool opens);
    // Numbers of a socket that outlived its port's life are told as "earlier:1", by the SYNs of
    // then.
    void remember_lives(bool on) { remembers_lives_ = on; }
    // The life that the connection between these two (in either order) is in.
    std::string suffix(const std::string& one, const std::string& other) const;

private:
    struct Side {
        std::string name;
        Seq isn;
        bool known = false, opened = false;
        bool counted = false; // from its SYN, in this life or an earlier one
        Seq earlier, last_ack;
        bool had_earlier = false, acked_earlier = false;
        // A SYN by hand made its TCP count anew, and some still speaks of the numbers before.
        Seq replaced;
        bool was_replaced = false;
        Seq nearest(Seq) const;
    };
    struct Flow {
        Side sides[2];
        std::uint32_t life = 1;
        bool reset = false;
    };
    std::vector<Flow> flows_;
    bool remembers_lives_ = false;
};

// What is told beside the segments. `tracepoint`: states as sock:inet_sock_set_state shows them,
// and accept queues. `everything`: states of every record (requests and TIME_WAIT too), both
// queues, calls with their results, counters.
enum class Detail : std::uint8_t { tracepoint, everything };
struct Story tell(const Trace&, const Addresses&, Detail = Detail::tracepoint);
// The facts of one segment, as `tell` makes them.
Fact segment_fact(Instant, const Segment&, const Numbering::Seen&);
Fact state_fact(Instant, State from, State to);
Fact queue_fact(Instant, std::int64_t length, std::int64_t limit);

} // namespace trace
