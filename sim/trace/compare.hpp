// Do two logs tell the same story? One function answers, for Compare mode, recordings and tests.
//
// Order is compared inside one sequence at a time; between sequences only cause and effect fix an
// order, and times keep what matters of it. The first log may come from a kernel, whose timers are
// never early and late by up to an eighth; the second has them at their nominal times.
#pragma once
#include <optional>
#include <string>

#include "story.hpp"

namespace trace {

// An interval T of the second log fits an observed t:
// T - T / early_part - early <= t <= T + T / late_part + late.
struct Slack {
    Duration early = milliseconds(5);
    std::int64_t early_part = 0; // 0: none, for a second log with nominal times
    Duration late = milliseconds(15);
    std::int64_t late_part = 8;
    // Looks come this far apart: what lasted no longer may have been missed.
    Duration between_looks = milliseconds(12);
    // What happens at one time in the second log may come in any order within this in the first.
    Duration moment = milliseconds(5);
};

struct Difference {
    Instant at;           // in the first log; where it says nothing, in the second
    std::string sequence; // "states server:80-client:40002"
    std::string field;    // "seq", "time", "missing", "too many"
    std::string expected, got;
    Rule rule = Rule::none; // that the second log followed
    EventId event = none;   // in the second log
};

// For a second log whose timers are late as a kernel's are, though not by as much as the first's.
constexpr Slack both_late() {
    Slack s;
    s.early = s.early + s.late;
    s.early_part = s.late_part + 1;
    return s;
}

// The difference that comes first in time; nullopt: they agree.
std::optional<Difference> compare(const Story& expected, const Story& got, const Slack& = {});
// `end`: of what the first log tells; what would have come later than that is not missed.
std::optional<Difference> compare(const Sequence& expected, const Sequence& got, const Slack& = {},
                                  Instant end = never);
// "1.215 s states client:40002-server:80: to is FIN_WAIT2, expected CLOSE (fin_arrived)"
std::string format(const Difference&);

} // namespace trace
