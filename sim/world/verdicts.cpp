// Verdicts on what is on a wire: by rule as it leaves, and by hand.
#include "wire.hpp"

#include <algorithm>

#include "turn.hpp"
#include "under_way.hpp"

namespace world {

using trace::EventKind;
using trace::Rule;
using What = scenario::WireRule::What;

namespace {

// The first rule whose turn it is with this segment decides; all that match count it.
std::optional<scenario::WireRule> judge(Contents& w, const Flying& f) {
    std::optional<scenario::WireRule> verdict;
    for (std::size_t i = 0; i < w.rules.size();) {
        ActiveRule& a = w.rules[i];
        const bool matches =
            a.rule.from == f.from && a.rule.to == f.to && scenario::is_about(a.rule, f.segment);
        if (!matches) {
            ++i;
            continue;
        }
        ++a.seen;
        const bool its_turn = !a.rule.nth || a.seen == *a.rule.nth;
        if (its_turn && !verdict)
            verdict = a.rule;
        if (a.rule.nth && a.seen >= *a.rule.nth)
            w.rules.erase(w.rules.begin() + static_cast<std::ptrdiff_t>(i));
        else
            ++i;
    }
    return verdict;
}

// A copy made by the wire is a segment of its own.
void duplicate(Turn& t, const Flying& f, trace::Instant arrives) {
    Flying copy = f;
    trace::SegmentRecord record;
    record.segment = f.segment;
    record.sent = t.w.now;
    record.from = f.from;
    record.to = f.to;
    record.original = f.id;
    record.copy = true;
    copy.id = t.journal.record(record);
    trace::Event e;
    e.kind = EventKind::segment_sent;
    e.ref = copy.id;
    e.rule = Rule::wire_duplicated;
    copy.sent_event = t.journal.note_on_wire(e, f.sent_event);
    copy.sent = t.w.now;
    copy.due = arrives;
    copy.fate = Fate::arrives;
    copy.likeness = f.likeness + 1;
    copy.held = false;
    launch(t, copy);
}

void hold(Turn& t, Flying& f) {
    f.held = true;
    f.left = f.due - t.w.now;
    f.hold_order = t.w.holds++;
    note_on_wire(t, EventKind::segment_held, f, Rule::wire_held);
}

void release(Turn& t, Slot slot) {
    Flying& f = t.w.flying[slot];
    f.held = false;
    f.due = t.w.now + f.left;
    f.rule = Rule::wire_released;
    note_on_wire(t, EventKind::segment_released, f, Rule::wire_released);
    reindex(t.w, DueKind::segment, slot);
}

// Only whose sender understands it is marked: RFC 3168 §5.
void mark(Turn& t, Flying& f) {
    if (f.segment.ecn == trace::Ecn::not_capable)
        return;
    f.segment.ecn = trace::Ecn::congestion;
    f.rule = Rule::wire_marked;
    if (auto* log = t.journal.log())
        log->segments[f.id].segment.ecn = f.segment.ecn;
}

void remove_flying(Contents& w, Slot slot) {
    if (w.flying.all[slot].due != Deadlines::nothing)
        w.deadlines.remove(w.flying.all[slot].due);
    w.flying.remove(slot);
}

} // namespace

void obey(Turn& t, Slot slot, trace::Duration delay) {
    Contents& w = t.w;
    const auto rule = judge(w, w.flying[slot]);
    if (!rule)
        return;
    Flying& f = w.flying[slot];
    switch (rule->what) {
    case What::drop:
        f.fate = Fate::lost_by_hand;
        f.due = w.now + delay / 2;
        break;
    case What::delay:
        if (f.fate == Fate::arrives) {
            f.due = w.now + rule->time;
            f.rule = Rule::wire_delayed;
        }
        break;
    case What::duplicate: {
        const Flying original = f; // the copy may move the records
        trace::Instant due = w.now + delay;
        if (const Wire* wire = wire_between(w, f.from, f.to);
            wire && wire->taken < wire->late.size()) [[unlikely]]
            due = handed_over(wire->late[wire->taken], due, w.now);
        duplicate(t, original, due + rule->time);
        break;
    }
    case What::unreachable:
        f.fate = Fate::unreachable;
        f.icmp = rule->icmp;
        f.due = w.now + delay / 2;
        break;
    case What::narrow:
        f.fate = rule->silent ? Fate::too_large : Fate::unreachable;
        f.icmp = rule->icmp;
        f.due = w.now + delay / 2;
        break;
    case What::mark: mark(t, f); break;
    case What::hold: hold(t, f); break;
    case What::pass:
    case What::release: break;
    }
}

void apply(Turn& t, const scenario::WireRule& rule) {
    Contents& w = t.w;
    if (rule.what == What::pass) {
        std::erase_if(w.rules, [&](const ActiveRule& a) { return scenario::ends(rule, a.rule); });
        return;
    }
    if (rule.what != What::release) {
        w.rules.push_back({rule, 0});
        return;
    }
    // The nth of those held, oldest hold first.
    std::vector<Slot> held;
    for (Slot s = 0; s < w.flying.all.size(); ++s) {
        const auto& f = w.flying.all[s];
        if (f.used && f.record.held && f.record.from == rule.from && f.record.to == rule.to &&
            trace::is_kind(f.record.segment, rule.kind))
            held.push_back(s);
    }
    std::sort(held.begin(), held.end(),
              [&](Slot a, Slot b) { return w.flying[a].hold_order < w.flying[b].hold_order; });
    if (!rule.nth) {
        for (Slot s : held)
            release(t, s);
    } else if (*rule.nth >= 1 && *rule.nth <= held.size()) {
        release(t, held[*rule.nth - 1]);
    }
}

void apply(Turn& t, const scenario::Verdict& v) {
    using V = scenario::Verdict::What;
    Contents& w = t.w;
    for (Slot s = 0; s < w.flying.all.size(); ++s) {
        if (!w.flying.all[s].used || w.flying[s].id != v.segment || w.flying[s].fate == Fate::told)
            continue;
        Flying& f = w.flying[s];
        switch (v.what) {
        case V::drop: {
            const Flying gone = f;
            remove_flying(w, s);
            note_on_wire(t, EventKind::segment_lost, gone, Rule::wire_lost_by_hand);
            return;
        }
        case V::delay:
            f.rule = Rule::wire_delayed;
            if (f.held)
                f.left = f.left + v.time;
            else
                f.due = f.due + v.time;
            break;
        case V::duplicate: {
            const Flying original = f;
            duplicate(t, original, (original.held ? w.now + original.left : original.due) + v.time);
            return;
        }
        case V::mark: mark(t, f); return;
        case V::hold:
            if (!f.held)
                hold(t, f);
            break;
        case V::release:
            if (f.held)
                release(t, s);
            return;
        }
        reindex(w, DueKind::segment, s);
        return;
    }
}

} // namespace world
