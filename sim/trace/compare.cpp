// Two stories, sequence by sequence.
#include "compare.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace trace {
namespace {

constexpr Duration nothing{};

const Field* first_other(const Fact& expected, const Fact& got, const Field*& mine) {
    for (std::size_t i = 0; i < expected.fields.size() && i < got.fields.size(); ++i) {
        const Field &a = expected.fields[i], &b = got.fields[i];
        if (a.value == b.value || a.value == "?" || b.value == "?")
            continue;
        mine = &a;
        return &b;
    }
    return nullptr;
}

std::string summary(const Fact& f) {
    std::string text;
    for (const Field& field : f.fields) {
        if (field.value == "-" || field.value == "?" || field.value.empty())
            continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", field.name, field.value);
    }
    return text;
}

Difference between(const Sequence& s, const Fact& expected, const Fact& got, std::string field,
                   std::string wanted, std::string found) {
    return {expected.at,      s.name,   std::move(field), std::move(wanted),
            std::move(found), got.rule, got.event};
}

// Lateness is carried on: what follows a late timer is as late as that, and may be later by as much
// as its own interval allows.
struct Lateness {
    Duration last{};
    Instant before{};

    bool fits(Instant expected, Instant got, const Slack& slack) {
        const Duration late = expected - got;
        const Duration interval = got - before;
        const Duration most = std::max(nothing, last) + interval / slack.late_part + slack.late;
        const Duration part = slack.early_part > 0 ? interval / slack.early_part : nothing;
        const Duration least = std::min(nothing, last) - part - slack.early;
        last = late;
        before = got;
        return least <= late && late <= most;
    }
    // The latest at which this may be seen in the first log.
    Instant latest(Instant got, const Slack& slack) const {
        return got + std::max(nothing, last) + (got - before) / slack.late_part + slack.late;
    }
};

// Two steps at (nearly) one time are one step, as looks would see it; false: they are not.
bool merge(Sequence& s, std::size_t i, const Slack& slack) {
    if (i + 1 >= s.facts.size() || s.facts[i + 1].at - s.facts[i].at > slack.between_looks)
        return false;
    s.facts[i + 1].fields.front() = s.facts[i].fields.front();
    s.facts.erase(s.facts.begin() + static_cast<std::ptrdiff_t>(i));
    return true;
}

// A state that only one of the two shows, and that lasted no longer than looks are apart, is left
// out.
void leave_out_unseen(Sequence& a, Sequence& b, const Slack& slack) {
    for (std::size_t i = 0; i < a.facts.size() && i < b.facts.size(); ++i) {
        while (!(a.facts[i].fields == b.facts[i].fields))
            if (!merge(b, i, slack) && !merge(a, i, slack))
                return;
    }
}

std::optional<Difference> compare_changes(const Sequence& expected, const Sequence& got,
                                          const Slack& slack, Instant end) {
    if (expected.by_looks && !(expected.facts.empty() || got.facts.empty())) {
        Sequence a = expected, b = got;
        a.by_looks = false;
        leave_out_unseen(a, b, slack);
        return compare_changes(a, b, slack, end);
    }
    Lateness lateness;
    for (std::size_t i = 0; i < expected.facts.size() || i < got.facts.size(); ++i) {
        if (i >= got.facts.size()) {
            const Fact& a = expected.facts[i];
            return Difference{a.at,      expected.name, "missing", summary(a),
                              "nothing", Rule::none,    none};
        }
        const Fact& b = got.facts[i];
        if (i >= expected.facts.size() && lateness.latest(b.at, slack) > end)
            return std::nullopt;
        if (i >= expected.facts.size())
            return Difference{b.at,       expected.name, "too many", "nothing",
                              summary(b), b.rule,        b.event};
        const Fact& a = expected.facts[i];
        const Field* mine = nullptr;
        if (const Field* other = first_other(a, b, mine))
            return between(expected, a, b, mine->name, mine->value, other->value);
        if (!lateness.fits(a.at, b.at, slack))
            return between(expected, a, b, "time", format(a.at), format(b.at));
    }
    return std::nullopt;
}

// Looking takes a while: a look in the moment of a change has some of it from before, some from
// after.
bool torn_between(const Fact& look, const Fact& before, const Fact& after, const Slack& slack) {
    const Duration most = (look.at - Instant{}) / (slack.late_part + 1) + slack.late;
    if (look.at + slack.early < after.at || after.at + slack.between_looks + most < look.at)
        return false;
    if (look.fields == before.fields || look.fields == after.fields)
        return false;
    for (std::size_t i = 0; i < look.fields.size(); ++i)
        if (!(look.fields[i] == before.fields[i]) && !(look.fields[i] == after.fields[i]))
            return false;
    return true;
}

bool find_torn(const Fact& look, const Sequence& got, std::size_t from, const Slack& slack,
               std::size_t& at) {
    for (std::size_t i = from; i + 1 < got.facts.size(); ++i) {
        if (!torn_between(look, got.facts[i], got.facts[i + 1], slack))
            continue;
        at = i;
        return true;
    }
    return false;
}

// Walks through the second log as the looks of the first come by.
struct Looker {
    const Sequence &expected, &got;
    const Slack& slack;
    std::size_t at = 0; // in got
    Duration late{};
    const Fact* previous = nullptr;
    Instant previous_there{};

    bool lasting(Instant from, Instant until) const {
        const Duration lasted = until == never ? seconds(1) : until - from;
        return lasted > slack.between_looks + std::max(late, nothing);
    }
    // Back at what was seen last: no change was seen, so nothing was kept.
    bool should_be_seen(const Fact& there) const {
        const Field* mine = nullptr;
        return expected.telling == Telling::looks && previous &&
               first_other(*previous, there, mine) != nullptr;
    }
    Instant end_of(std::size_t i) const {
        return i + 1 < got.facts.size() ? got.facts[i + 1].at : got.over;
    }

    // The look finds the value it found, at about that time; nothing that lasted was skipped.
    std::optional<Difference> find(const Fact& look) {
        bool torn = false;
        const Fact* last = nullptr;
        const std::size_t from = at;
        for (;; ++at) {
            if (at >= got.facts.size() && find_torn(look, got, from, slack, at)) {
                torn = true;
                break;
            }
            if (at >= got.facts.size())
                return Difference{look.at,
                                  expected.name,
                                  "missing",
                                  summary(look),
                                  last ? summary(*last) : "nothing",
                                  last ? last->rule : Rule::none,
                                  last ? last->event : none};
            const Fact& there = got.facts[at];
            const Instant end = end_of(at);
            const Duration most = (look.at - Instant{}) / (slack.late_part + 1) + slack.late;
            const Field* mine = nullptr;
            const Field* other = first_other(look, there, mine);
            const Duration early =
                slack.early +
                (slack.early_part > 0 ? (look.at - Instant{}) / slack.early_part : nothing);
            if (!other && there.at <= look.at + early && look.at - most <= end)
                break;
            // Was it there long enough to be seen, and not only because we are early?
            if (should_be_seen(there) && lasting(there.at, end)) {
                torn = find_torn(look, got, from, slack, at);
                if (torn)
                    break;
                if (other)
                    return between(expected, look, there, mine->name, mine->value, other->value);
                return between(expected, look, there, "time", format(look.at), format(there.at));
            }
            last = &there;
        }
        previous = &look;
        previous_there = got.facts[at].at;
        late = look.at - previous_there;
        // Of looks only changes were kept: the next found something else, so this one is over.
        if (expected.telling == Telling::looks && !torn)
            ++at;
        return std::nullopt;
    }

    // What came after the last look, and would have been seen.
    std::optional<Difference> rest(Instant until) const {
        for (std::size_t i = at; i < got.facts.size(); ++i) {
            const Fact& there = got.facts[i];
            if (!should_be_seen(there) || !lasting(there.at, end_of(i)))
                continue;
            const Instant latest = there.at + std::max(late, nothing) +
                                   (there.at - previous_there) / slack.late_part + slack.late;
            if (latest + slack.between_looks < until)
                return Difference{there.at,       expected.name, "too many", "nothing",
                                  summary(there), there.rule,    there.event};
        }
        return std::nullopt;
    }
};

// Things that happen at one time pass through values that depend on their order.
bool is_passing(const Sequence& s, std::size_t i, const Slack& slack) {
    return s.telling == Telling::looks && i + 1 < s.facts.size() &&
           s.facts[i + 1].at - s.facts[i].at < slack.moment;
}

std::optional<Difference> compare_looks(const Sequence& expected, const Sequence& got,
                                        const Slack& slack, Instant end) {
    Looker looker{expected, got, slack};
    for (std::size_t i = 0; i < expected.facts.size(); ++i) {
        const std::size_t from = looker.at;
        auto difference = looker.find(expected.facts[i]);
        if (!difference)
            continue;
        if (!is_passing(expected, i, slack))
            return difference;
        looker.at = from;
    }
    return got.to_the_end ? looker.rest(end) : std::nullopt;
}

} // namespace

std::optional<Difference> compare(const Sequence& expected, const Sequence& got, const Slack& slack,
                                  Instant end) {
    return expected.telling == Telling::changes ? compare_changes(expected, got, slack, end)
                                                : compare_looks(expected, got, slack, end);
}

std::optional<Difference> compare(const Story& expected, const Story& got, const Slack& slack) {
    std::optional<Difference> first;
    const auto consider = [&](std::optional<Difference> d) {
        if (d && (!first || d->at < first->at))
            first = std::move(d);
    };
    for (const Sequence& a : expected.sequences) {
        const Sequence* b = got.find(a.name);
        consider(compare(a, b ? *b : Sequence{a.name, a.telling, {}}, slack, expected.end));
    }
    for (const Sequence& b : got.sequences)
        if (!expected.find(b.name) && b.telling == Telling::changes)
            consider(compare(Sequence{b.name, b.telling, {}}, b, slack, expected.end));
        else if (!expected.find(b.name) && b.to_the_end) // still as it began
            consider(
                compare(Sequence{b.name, b.telling, {b.facts.front()}}, b, slack, expected.end));
    return first;
}

std::string format(const Difference& d) {
    std::string line =
        fmt::format("{} {}: {} expected {}, got {}", format(d.at), d.sequence, d.field,
                    d.expected.empty() ? "nothing" : d.expected, d.got.empty() ? "nothing" : d.got);
    if (d.rule != Rule::none)
        line += fmt::format(" ({})", text(d.rule).key);
    return line;
}

} // namespace trace
