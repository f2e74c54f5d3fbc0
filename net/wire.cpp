// Rules by kind and count, verdicts by hand, delays; a frame leaves `frames_` only to be delivered
// or thrown away.
#include "net/wire.hpp"

#include "net/frame.hpp"

#include <algorithm>

namespace net {
namespace {

std::uint64_t mix(std::uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// Chance is a function of the seed and of which frame of its wire this is. (A simulated wire goes
// by the segment's numbers; those of a real kernel are its own secret, and differ each time.)
bool is_lost_by_chance(std::uint64_t seed, trace::HostId from, trace::HostId to,
                       std::uint64_t frame, double loss) {
    const std::uint64_t mixed =
        mix(mix(mix(seed) ^ (static_cast<std::uint64_t>(from) << 8 | to)) ^ frame);
    return static_cast<double>(mixed >> 11) * 0x1.0p-53 < loss;
}

} // namespace

Wire::Wire(std::size_t hosts) : hosts_(hosts), lines_(hosts * hosts) {}

const Wire::Line& Wire::line(trace::HostId from, trace::HostId to) const {
    return lines_[from * hosts_ + to];
}

void Wire::hold_everything(trace::Instant now, bool on) {
    holds_everything_ = on;
    if (on)
        return;
    for (WireFrame& frame : frames_)
        if (frame.held) {
            frame.held = false;
            frame.due = now + frame.left;
        }
}

void Wire::set(const scenario::SetWire& setting) {
    if (setting.from >= hosts_ || setting.to >= hosts_)
        return;
    Line& way = lines_[setting.from * hosts_ + setting.to];
    way.delay = setting.delay;
    way.loss = setting.loss;
}

void Wire::set(const scenario::WireLine& line) {
    if (line.from < hosts_ && line.to < hosts_)
        lines_[line.from * hosts_ + line.to] = {line.delay, line.loss, line.seed, 0};
}

void Wire::add_rule(const scenario::WireRule& rule) {
    using What = scenario::WireRule::What;
    if (rule.what == What::pass) {
        std::erase_if(rules_, [&](const ActiveRule& active) { return ends(rule, active.rule); });
        return;
    }
    if (rule.what != What::release)
        rules_.push_back({rule, 0});
}

std::vector<trace::SegmentId> Wire::held_for(const scenario::WireRule& rule) const {
    std::vector<std::pair<std::uint64_t, trace::SegmentId>> held;
    for (const WireFrame& frame : frames_)
        if (frame.held && frame.from == rule.from && frame.to == rule.to &&
            trace::is_kind(frame.segment, rule.kind))
            held.emplace_back(frame.hold_order, frame.id);
    std::sort(held.begin(), held.end());
    std::vector<trace::SegmentId> wanted;
    for (std::size_t i = 0; i < held.size(); ++i)
        if (!rule.nth || i + 1 == *rule.nth)
            wanted.push_back(held[i].second);
    return wanted;
}

// Every rule that the frame matches counts it; the first that it fulfils decides.
std::optional<scenario::WireRule> Wire::matching_rule(const WireFrame& frame) {
    std::optional<scenario::WireRule> decided;
    std::erase_if(rules_, [&](ActiveRule& active) {
        if (active.rule.from != frame.from || active.rule.to != frame.to)
            return false;
        if (!is_about(active.rule, frame.segment))
            return false;
        ++active.seen;
        if (active.rule.nth && active.seen != *active.rule.nth)
            return false;
        if (!decided)
            decided = active.rule;
        return active.rule.nth.has_value();
    });
    return decided;
}

Verdict Wire::take(WireFrame frame, trace::Instant now) {
    using What = scenario::WireRule::What;
    Line& way = lines_[frame.from * hosts_ + frame.to];
    frame.place = way.seen++;
    frame.due = now + way.delay;
    Verdict verdict;
    const auto rule = matching_rule(frame);
    if (rule && rule->what == What::drop)
        return {Fate::lost_by_rule, {}, {}};
    if (rule && rule->what == What::narrow && rule->silent)
        return {Fate::too_large, {}, {}};
    if (rule && (rule->what == What::unreachable || rule->what == What::narrow)) {
        frame.told = rule->icmp; // by a router half-way, and half-way back
        frame.due = now + way.delay / 2 + line(frame.to, frame.from).delay / 2;
        frames_.push_back(std::move(frame));
        return {rule->icmp.wants_fragments() ? Fate::too_large_told : Fate::unreachable, {}, {}};
    }
    if (!rule && is_lost_by_chance(way.seed, frame.from, frame.to, way.seen, way.loss))
        return {Fate::lost_by_chance, {}, {}};
    if (rule && rule->what == What::delay)
        frame.due = now + rule->time;
    if (rule && rule->what == What::duplicate)
        verdict.duplicate_after = rule->time;
    if (rule && rule->what == What::mark) {
        verdict.marked = frame.segment.ecn != trace::Ecn::not_capable;
        mark_congestion(frame.bytes, frame.segment);
    }
    if (rule && rule->what == What::hold) {
        verdict.fate = Fate::held;
        frame.left = way.delay;
    }
    if (verdict.fate == Fate::in_flight && holds_everything_) {
        // Holding a segment does not stop its sender's timer. In step mode its repetitions join the
        // one that is held, which carries the newest acknowledgement and timestamp from then on.
        const auto held = std::find_if(frames_.begin(), frames_.end(), [&](const WireFrame& other) {
            return other.held && is_same_segment(other.segment, frame.segment);
        });
        if (held != frames_.end()) {
            ++held->repetitions;
            held->bytes = std::move(frame.bytes);
            return {Fate::merged, held->id, std::nullopt};
        }
        verdict.fate = Fate::held;
    }
    if (verdict.fate == Fate::held) {
        frame.held = true;
        frame.hold_order = ++holds_;
        frame.due = trace::never;
    }
    frames_.push_back(std::move(frame));
    return verdict;
}

void Wire::insert(WireFrame frame) {
    frames_.push_back(std::move(frame));
}

std::optional<WireFrame> Wire::next_delivery(trace::Instant now) {
    const auto first =
        std::min_element(frames_.begin(), frames_.end(),
                         [](const WireFrame& a, const WireFrame& b) { return a.due < b.due; });
    if (first == frames_.end() || first->due > now)
        return std::nullopt;
    WireFrame frame = std::move(*first);
    frames_.erase(first);
    return frame;
}

std::optional<trace::Instant> Wire::next_due() const {
    std::optional<trace::Instant> least;
    for (const WireFrame& frame : frames_)
        if (!frame.held && (!least || frame.due < *least))
            least = frame.due;
    return least;
}

std::vector<WireFrame>::iterator Wire::position(trace::SegmentId id) {
    return std::find_if(frames_.begin(), frames_.end(),
                        [&](const WireFrame& frame) { return frame.id == id && !frame.told; });
}

bool Wire::hold(trace::SegmentId id, trace::Instant now) {
    const auto at = position(id);
    if (at == frames_.end())
        return false;
    if (at->held)
        return true;
    at->held = true;
    at->hold_order = ++holds_;
    at->left = at->due - now;
    at->due = trace::never;
    return true;
}

bool Wire::mark(trace::SegmentId id) {
    const auto at = position(id);
    if (at == frames_.end() || at->segment.ecn == trace::Ecn::not_capable)
        return false;
    mark_congestion(at->bytes, at->segment);
    return true;
}

bool Wire::release(trace::SegmentId id, trace::Instant now) {
    const auto at = position(id);
    if (at == frames_.end() || !at->held)
        return false;
    at->held = false;
    at->due = now + at->left;
    return true;
}

bool Wire::delay(trace::SegmentId id, trace::Duration by, trace::Instant now) {
    const auto at = position(id);
    if (at == frames_.end())
        return false;
    at->due = (at->held ? now : at->due) + by;
    at->held = false;
    return true;
}

std::optional<WireFrame> Wire::remove(trace::SegmentId id) {
    const auto at = position(id);
    if (at == frames_.end())
        return std::nullopt;
    WireFrame frame = std::move(*at);
    frames_.erase(at);
    return frame;
}

const WireFrame* Wire::find(trace::SegmentId id) const {
    const auto at = std::find_if(frames_.begin(), frames_.end(), [&](const WireFrame& frame) {
        return frame.id == id && !frame.told;
    });
    return at == frames_.end() ? nullptr : &*at;
}

} // namespace net
