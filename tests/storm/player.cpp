// Deeds become calls and verdicts when their time has come.
#include "player.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace storm {
namespace {

using namespace scenario;

// The nth segment of that kind on the wire, in the order of leaving, as a file means it.
std::optional<Verdict> resolve(const FlyingVerdict& v, const world::Contents& w) {
    std::vector<trace::SegmentId> found;
    for (const auto& held : w.flying.all)
        if (held.used && held.record.from == v.from && held.record.to == v.to &&
            held.record.held == (v.what == Verdict::What::release) &&
            trace::is_kind(held.record.segment, v.kind))
            found.push_back(held.record.id);
    std::sort(found.begin(), found.end());
    if (v.nth == 0 || v.nth > found.size())
        return std::nullopt;
    return Verdict{v.what, found[v.nth - 1], v.time};
}

} // namespace

Player::Player(Play play)
    : play_(std::move(play)),
      world_(world::make_world(play_.header, nullptr)),
      due_(world_.now() + (play_.deeds.empty() ? play_.rest : play_.deeds.front().after)) {}

bool Player::go_on(trace::Trace* log) {
    if (const auto happens = world_.next_due(); happens && *happens <= due_) {
        world_.step(log);
        return true;
    }
    world_.wait_until(due_);
    if (next_ == play_.deeds.size())
        return false;
    std::visit([&](const auto& what) { perform(what, log); }, play_.deeds[next_].what);
    ++next_;
    due_ = due_ + (next_ == play_.deeds.size() ? play_.rest : play_.deeds[next_].after);
    return true;
}

void Player::perform(const Action& action, trace::Trace* log) {
    world_.submit(action, log);
}

void Player::perform(const FlyingVerdict& v, trace::Trace* log) {
    if (const auto verdict = resolve(v, world_.contents()))
        world_.submit(Action{*verdict}, log);
}

} // namespace storm
