// What a row of the text ladder holds, before it is drawn.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "ladder.hpp"
#include "trace/event.hpp"

namespace view {

// A piece of a segment's way: from its lane, to its lane, or between.
struct Stretch {
    enum class What : std::uint8_t { leaves, arrives, refused, lost, held, released, in_flight };
    What what;
    std::size_t from, to; // lanes
    std::string label;
    bool again = false;   // a repetition
    bool at_once = false; // lost, held: right where it left, in the row in which it left
};

struct Row {
    trace::Instant at;
    std::vector<std::string> texts; // by lane: what happened at that host
    std::optional<Stretch> stretch;
    int flying = 0; // segments between hosts after this row
};

// Names as they were at an event: a connection has its number only when accept() has returned it.
class LadderNames {
public:
    explicit LadderNames(const trace::Trace&);
    const trace::Trace& trace() const { return trace_; }
    // Without the host, which the column already says: "#3", "~client#1", ":80".
    std::string short_name(trace::Cookie, trace::EventId then) const;
    const trace::Event* enters(trace::CallId) const;  // nullptr: the log does not say
    const trace::Event* returns(trace::CallId) const; // ... or it has not

private:
    const trace::Trace& trace_;
    std::vector<trace::EventId> named_;            // by socket: when accept() returned it
    std::vector<trace::EventId> enters_, returns_; // by call
};

// The rows of the events [first, last), in order; `flying` segments were between hosts before.
std::vector<Row> rows(const LadderNames&, std::uint32_t first, std::uint32_t last,
                      const std::string& language, int flying);
// What a ladder tells, in order: a row, or what stands between two rows.
struct Part {
    std::optional<Row> row;
    const Aside* aside = nullptr;
};
std::vector<Part> parts(const LadderNames&, const LadderOptions&);
// What is between the hosts at the end.
std::vector<Row> rows_in_flight(const trace::Trace&, const trace::Snapshot&);
// Nothing happens and nothing flies: so long a time is folded.
inline constexpr trace::Duration folded_from = trace::milliseconds(30);

struct LadderWords {
    std::string_view again, lost, held, released, in_flight, later;
};
const LadderWords& ladder_words(const std::string& language);

// What an event says beside its host's lane; "" if nothing.
std::string lane_text(const LadderNames&, trace::EventId, const std::string& language);

} // namespace view
