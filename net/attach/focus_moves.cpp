// From one state to another: what must have happened between is written down as inferred.
#include "net/attach/focus.hpp"

#include "net/told_path.hpp"

#include <algorithm>
#include <utility>

namespace net::attach {
namespace {

// What the two states do not say.
std::string end_told(trace::Rule rule, trace::Trigger trigger, const LikelyPath& path) {
    if (rule == trace::Rule::time_wait_overflow)
        return "no room for TIME_WAIT: net.ipv4.tcp_max_tw_buckets";
    if (rule == trace::Rule::end_not_seen)
        return "by a RST, a timeout or an orderly close: not seen";
    if (trigger == trace::Trigger::rst && path.has_alternatives)
        return "by a RST of one of the two ends";
    return "";
}

} // namespace

void Focus::move(Followed& socket, trace::State to, trace::Instant at, const How& how) {
    const bool told = how.certainty == trace::Certainty::exact;
    Stimulus seen = how.seen;
    seen.retransmitting = seen.retransmitting || socket.row.retransmissions > 0;
    if (to == trace::State::closed && !told && socket.state == trace::State::fin_wait_2)
        seen.cannot_time_out = socket.kind != trace::RecordKind::time_wait ||
                               socket.timer_due - at > trace::milliseconds(100);
    auto path = likely_path(socket.state, to, seen);
    // Nobody saw how it came to this.
    const bool is_past = socket.first_seen == at && how.certainty == trace::Certainty::sampled;
    const bool end_not_seen = path.is_unknown && !seen.one_step;
    if (path.is_unknown && seen.one_step) // that it ended is known, and not what ended it
        path.legs.back().rule = trace::Rule::observed;
    PathTold way;
    way.of.at = at;
    way.of.host = static_cast<trace::HostId>(socket.side);
    way.of.socket = socket.cookie;
    way.of.cause = how.cause;
    way.from = socket.state;
    way.to = to;
    if (end_not_seen)
        way.unclear = trace::Rule::end_not_seen;
    way.is_past = is_past;
    way.arrival = end_not_seen ? trace::Certainty::unknown
                  : path.has_alternatives && to == trace::State::closed
                      ? std::max(how.certainty, trace::Certainty::inferred)
                      : how.certainty;
    recorder_.use_beat(recorder_.new_beat());
    const PathEvents events = tell_path(recorder_, path, way);
    socket.last_transition = events.last;
    for (const trace::Event& event : events.legs) {
        if (is_past)
            break;
        Change made;
        made.from = event.from;
        made.to = event.to;
        made.certainty = event.certainty;
        made.text = end_told(event.rule, event.trigger(), path);
        change(socket, Change::What::state, at, std::move(made));
    }
    socket.certainty = told ? how.certainty : trace::Certainty::sampled;
    socket.change_seen = !is_past || !first_look_;
    socket.state = to;
    socket.since = at;
}

void Focus::end(Followed& socket, trace::Instant at, const How& how) {
    if (socket.gone)
        return;
    if (socket.state != trace::State::closed)
        move(socket, trace::State::closed, at, how);
    socket.gone = true;
    socket.row.timer = KernelTimer::off;
    trace::Event event;
    event.at = at;
    event.kind = trace::EventKind::socket_gone;
    event.host = static_cast<trace::HostId>(socket.side);
    event.socket = socket.cookie;
    event.rule = trace::Rule::observed;
    event.certainty = how.certainty;
    recorder_.add(event);
    Change made;
    made.certainty = how.certainty;
    change(socket, Change::What::gone, at, std::move(made));
}

void Focus::start_over(std::int64_t at_ns) {
    std::vector<Followed> before;
    for (const std::size_t i : living())
        before.push_back(std::move(followed_[i]));
    std::stable_partition(before.begin(), before.end(), [](const Followed& socket) {
        return socket.kind == trace::RecordKind::listener; // others name them
    });
    recorder_.start_over();
    followed_.clear();
    living_.clear();
    by_cookie_.clear();
    by_address_.clear();
    by_pair_.clear();
    sent_.clear();
    for (Followed& old : before) {
        const bool listens = old.kind == trace::RecordKind::listener;
        Followed& made = begin(old.row.pair, old.row.cookie, old.side, old.listener, listens,
                               instant(at_ns), trace::Certainty::sampled);
        const trace::State state = std::exchange(old.state, made.state);
        old.cookie = made.cookie;
        old.first_seen = made.first_seen;
        old.last_arrival = old.last_departure = old.last_transition = trace::none;
        made = std::move(old);
        if (made.address != 0)
            by_address_[made.address] = followed_.size() - 1;
        const auto [since, certainty] = std::pair(made.since, made.certainty);
        if (state != made.state)
            move(made, state, instant(at_ns), {});
        made.since = since;
        made.certainty = certainty;
    }
}

} // namespace net::attach
