// Which segments the recording's wire let through, when, and which it lost.
#include "recorded_wire.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace oracle {

namespace {

bool selects(const WireRule& rule, const std::string& from, const std::string& to,
             const std::string& flags, std::uint32_t length) {
    if (!rule.from.empty() && (rule.from != from || rule.to != to))
        return false;
    if (rule.exact && *rule.exact != flags)
        return false;
    if (rule.has && flags.find(*rule.has) == std::string::npos)
        return false;
    if (rule.least && length < *rule.least)
        return false;
    return !rule.most || length <= *rule.most;
}

} // namespace

RecordedWire::RecordedWire(const Recording& r, Bench& bench, bool paced)
    : r_(r), bench_(bench), paced_(paced), seen_(r.rules.size()) {
    for (const WireRule& rule : r.rules)
        to_pass_.push_back(before_the_rule(rule));
}

// The wire of the recording: a host's segment has just left.
void RecordedWire::judge(trace::SegmentId id) {
    const trace::SegmentRecord record = bench_.log().segments[id];
    const trace::Segment& s = record.segment;
    if (record.from > 1 || record.to > 1)
        return;
    const std::string from = record.from == 0 ? "c" : "s", to = record.to == 0 ? "c" : "s";
    scenario::Verdict verdict{scenario::Verdict::What::drop, id, {}};
    const bool cut = from == "c" ? cut_cs_ : cut_sc_;
    const SegmentRow* row = recorded(from, to, s);
    // Just before the wire was whole again it took later what had left already.
    if (cut && row && !row->lost && row->seq_number == relative(s, record.from) &&
        row->at < bench_.world().now() + trace::milliseconds(10)) {
        const trace::Duration late = row->at - bench_.world().now();
        if (late.ns > 0)
            bench_.submit(scenario::Verdict{scenario::Verdict::What::delay, id, late});
        return;
    }
    const WireRule* decided = cut ? nullptr : decide(from, to, s);
    const trace::Duration late =
        hiccup(row) + (paced_ ? pace(row, s, record.from) : trace::Duration{});
    if (!cut && !decided && late.ns > 0)
        bench_.submit(scenario::Verdict{scenario::Verdict::What::delay, id, late});
    if (!cut && !decided)
        return;
    if (decided && decided->act == "delay") {
        verdict.what = scenario::Verdict::What::delay;
        verdict.time = decided->time - r_.delay;
    } else if (decided && decided->act == "mark") {
        verdict.what = scenario::Verdict::What::mark;
    } else if (decided && decided->act == "dup") {
        verdict.what = scenario::Verdict::What::duplicate;
        verdict.time = decided->time;
    }
    bench_.submit(verdict);
}

// Rules were laid down in the middle of some recordings: how many that they would have counted
// had passed by then, as the first that was hit tells.
std::uint32_t RecordedWire::before_the_rule(const WireRule& rule) const {
    std::uint32_t passed = 0;
    for (const SegmentRow& s : r_.segments) {
        if (!s.is_tcp || s.injected || s.copy || !selects(rule, s.from, s.to, s.flags, s.length))
            continue;
        if (s.ruled)
            return rule.nth.empty() ? passed : passed + 1 - std::min(passed + 1, rule.nth.front());
        ++passed;
    }
    return 0;
}

const WireRule* RecordedWire::decide(const std::string& from, const std::string& to,
                                     const trace::Segment& s) {
    const std::string flags = trace::packetdrill(s.flags);
    for (std::size_t i = 0; i < r_.rules.size(); ++i) {
        const WireRule& rule = r_.rules[i];
        if (!selects(rule, from, to, flags, s.length))
            continue;
        if (to_pass_[i] > 0) {
            --to_pass_[i];
            continue;
        }
        const std::uint32_t n = ++seen_[i];
        if (rule.nth.empty() || std::find(rule.nth.begin(), rule.nth.end(), n) != rule.nth.end())
            return &rule;
    }
    return nullptr;
}

// The row of what has just left: the how-manyth of its direction counts.
const SegmentRow* RecordedWire::recorded(const std::string& from, const std::string& to,
                                         const trace::Segment& s) {
    const auto nth =
        departed_[fmt::format("{}{}>{}{}", from, s.source.port, to, s.destination.port)]++;
    std::uint32_t n = 0;
    for (const SegmentRow& row : r_.segments)
        if (row.is_tcp && !row.injected && !row.copy && row.from == from && row.to == to &&
            row.source == s.source.port && row.destination == s.destination.port && n++ == nth)
            return &row;
    return nullptr;
}

// Relative to the first number that its host used on this connection.
std::int64_t RecordedWire::relative(const trace::Segment& s, trace::HostId from) const {
    for (const trace::SegmentRecord& r : bench_.log().segments)
        if (r.from == from && r.segment.flags.has(trace::flag::syn) &&
            r.segment.source == s.source && r.segment.destination == s.destination)
            return std::int64_t{s.seq - r.segment.seq};
    return -1;
}

// The wire of the recording was late with this one by so much.
trace::Duration RecordedWire::hiccup(const SegmentRow* row) const {
    return row && row->delivered && !row->ruled ? *row->delivered - row->at - r_.delay
                                                : trace::Duration{};
}

// The recorded host let the same segment go so much later: timers and threads of a kernel are
// late by what matters where another thread's call or segment is near.
trace::Duration RecordedWire::pace(const SegmentRow* row, const trace::Segment& s,
                                   trace::HostId from) const {
    if (!row || row->lost || row->seq_number != relative(s, from))
        return {};
    const trace::Duration late = row->at - bench_.world().now() - inside / 2;
    return late.ns > 0 && late < trace::milliseconds(60) ? late : trace::Duration{};
}

void RecordedWire::set(const CallRow& c) {
    const std::string& what = c.call;
    const bool drop = what.starts_with("wire: drop everything"),
               stop = what.starts_with("wire: stop dropping");
    if (!drop && !stop)
        return; // a remark
    if (what.ends_with("c>s") || what.ends_with("all"))
        cut_cs_ = drop;
    if (what.ends_with("s>c") || what.ends_with("all"))
        cut_sc_ = drop;
}

} // namespace oracle
