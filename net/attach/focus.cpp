// Comparing each look at a target with the one before it.
#include "net/attach/focus.hpp"

#include "net/likely_path.hpp"
#include "net/mirror.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace net::attach {
namespace {

std::string way_text(trace::State from, const LikelyPath& path) {
    std::string text(trace::name(from));
    for (const Leg& leg : path.legs)
        text += fmt::format(" → {}", trace::name(leg.to));
    return path.has_alternatives ? text + " (or another way as short)" : text;
}

// What is worth following comes first: listeners, what is on its way in or out, then the rest.
int rank(const Table& table, Index i) {
    const SocketRow& row = table.rows[i];
    if (row.state == KernelState::listen)
        return 0;
    const Index peer = table.peer[i];
    const bool peer_settled = peer == nobody || table.rows[peer].state == KernelState::established;
    if (row.state == KernelState::time_wait)
        return 3;
    return row.state == KernelState::established && peer_settled && !waits_for_accept(table, i) ? 2
                                                                                                : 1;
}

} // namespace

Focus::Focus(Target target, std::string left, std::string right, std::int64_t start_ns,
             std::function<void()> on_news)
    : target_(std::move(target)),
      recorder_({std::move(left), std::move(right)}, std::move(on_news)),
      start_ns_(start_ns) {}

Followed* Focus::find(std::uint64_t cookie) {
    const auto at = by_cookie_.find(cookie);
    return at == by_cookie_.end() ? nullptr : &followed_[at->second];
}
const Followed* Focus::find(std::uint64_t cookie) const {
    return const_cast<Focus*>(this)->find(cookie);
}

void Focus::change(const Followed& socket, Change::What what, trace::Instant at, Change made) {
    made.at = at;
    made.what = what;
    made.socket = socket.name;
    made.interval = first_look_ ? trace::Duration{} : at - socket.last_look;
    changes_.push_back(std::move(made));
}

void Focus::look(const Selected& selected, std::shared_ptr<const Holdings> holdings,
                 std::int64_t at_ns) {
    const trace::Instant at = instant(at_ns);
    holders_ = std::move(holdings);
    std::vector<Member> members = selected.members;
    std::stable_sort(members.begin(), members.end(), [&](const Member& a, const Member& b) {
        return rank(selected.table, a.row) < rank(selected.table, b.row);
    });
    not_followed_ = 0;
    std::size_t alive = living().size();
    for (const Member& member : members) {
        const SocketRow& row = selected.table.rows[member.row];
        Followed* known = find(row.cookie);
        if (!known && alive >= followed_at_most) {
            ++not_followed_;
            continue;
        }
        if (!known) {
            appear(selected, member, at);
            known = find(row.cookie);
            ++alive;
        }
        // The trace has told something since this walk began, or that the socket is no more.
        if (known->gone || known->last_event_ns >= selected.table.at_ns)
            continue;
        known->far = selected.table.far[member.row];
        known->orphan = is_orphan(selected.table, member.row);
        known->waits = waits_for_accept(selected.table, member.row);
        if (const Index peer = selected.table.peer[member.row]; peer != nobody)
            known->peer = selected.table.rows[peer].cookie;
        update(*known, row, at);
    }
    found_ = found_ || !members.empty();
    count_requests(selected, at);
    first_look_ = false;
}

Followed& Focus::begin(const Pair& pair, std::uint64_t cookie, Side side, std::uint64_t listener,
                       bool listens, trace::Instant at, trace::Certainty certainty) {
    const auto host = static_cast<trace::HostId>(side);
    trace::SocketRecord record;
    record.host = host;
    record.local = traced(canonical(pair.local));
    record.remote = traced(canonical(pair.remote));
    record.is_listener = listens;
    Followed made;
    made.side = side;
    if (listener != 0) {
        made.listener = listener;
        if (const Followed* known = find(listener))
            record.listener = known->cookie;
        made.state = trace::State::listen; // its life begins there
    }
    made.cookie = recorder_.add(record);
    // As trace::socket_name() has it; that goes through all sockets for one that a script named.
    made.name = fmt::format("{}:{}", recorder_.trace().hosts[host], pair.local.port);
    if (!listens)
        made.name += fmt::format("-{}", pair.remote.port);
    made.row.cookie = cookie != 0 ? cookie : made_up + ++cookies_made_up_;
    made.since = made.first_seen = made.last_look = at;
    living_.push_back(followed_.size());
    by_cookie_[made.row.cookie] = followed_.size();
    by_pair_[canonical(pair)] = followed_.size();
    trace::Event event;
    event.at = at;
    event.kind = trace::EventKind::socket_created;
    event.value = record.listener == trace::none ? -1 : static_cast<std::int64_t>(record.listener);
    event.host = host;
    event.socket = made.cookie;
    event.rule = trace::Rule::observed;
    event.certainty = certainty;
    recorder_.use_beat(recorder_.new_beat());
    recorder_.add(event);
    followed_.push_back(std::move(made));
    return followed_.back();
}

void Focus::appear(const Selected& selected, const Member& member, trace::Instant at) {
    const SocketRow& row = selected.table.rows[member.row];
    const bool listens = row.state == KernelState::listen;
    // The trace was faster: it told of this socket, without its cookie.
    if (const auto at_pair = by_pair_.find(canonical(row.pair));
        at_pair != by_pair_.end() && !listens) {
        Followed& told = followed_[at_pair->second];
        if (!told.gone && is_made_up(told.row.cookie))
            return adopt(told, row.cookie);
    }
    std::uint64_t listener = 0;
    if (const Index l = selected.table.listener[member.row]; l != nobody && !listens)
        listener = selected.table.rows[selected.table.listeners[l].sockets.front()].cookie;
    Followed& made =
        begin(row.pair, row.cookie, member.side, listener, listens, at, trace::Certainty::sampled);
    // What was acknowledged tells who opened, whoever listens there now.
    if (const Index peer = selected.table.peer[member.row]; peer != nobody && peer != member.row)
        switch (opener(row, selected.table.rows[peer])) {
        case Opener::unknown:
        case Opener::both: break;
        case Opener::first: made.state = trace::State::closed; break;
        case Opener::second: made.state = trace::State::listen; break;
        }
    Change change_made;
    change_made.text =
        listens ? text(row.pair.local) : text(row.pair.local) + " → " + text(row.pair.remote);
    change_made.to = state_of(row.state);
    change(made, Change::What::appeared, at, std::move(change_made));
    if (row.state == KernelState::syn_sent &&
        take_connecting(made, row.pair.remote, at.ns + start_ns_))
        return;
    if (first_look_ && !listens) {
        const LikelyPath path = likely_path(made.state, state_of(row.state), {});
        Change past;
        past.text = way_text(made.state, path);
        past.certainty = trace::Certainty::inferred;
        change(made, Change::What::past, at, std::move(past));
    }
}

void Focus::adopt(Followed& socket, std::uint64_t cookie) {
    if (!is_made_up(socket.row.cookie) || cookie == 0)
        return;
    by_cookie_.erase(socket.row.cookie);
    socket.row.cookie = cookie;
    by_cookie_[cookie] = static_cast<std::size_t>(&socket - followed_.data());
}

void Focus::look_at(std::uint64_t cookie, const std::optional<SocketRow>& row, std::int64_t at_ns,
                    const Stimulus& seen) {
    Followed* socket = find(cookie);
    if (!socket || socket->gone)
        return;
    if (row)
        adopt(*socket, row->cookie);
    if (row)
        return update(*socket, *row, instant(at_ns));
    How how{.seen = seen};
    // The last segment that came for it says what ended it: of a half-open request nothing else
    // does.
    if (socket->arrived && socket->arrived->flags.has(trace::flag::rst)) {
        how.seen.arrived = socket->arrived;
        how.cause = socket->last_arrival;
    }
    end(*socket, instant(at_ns), how);
}

void Focus::note(const Moment& moment) {
    const std::int64_t at = moment.at_ns;
    if (const auto* looked = std::get_if<Looked>(&moment.what)) {
        const Followed* socket = find(looked->cookie);
        if (socket && socket->last_event_ns < looked->began_ns) {
            Stimulus seen;
            seen.far = looked->far;
            seen.no_time_wait = looked->no_time_wait;
            look_at(looked->cookie, looked->row, at, seen);
        }
    } else if (const auto* discovered = std::get_if<Discovered>(&moment.what)) {
        look(*discovered->selected, discovered->holdings, at);
    } else if (const auto* told = std::get_if<Told>(&moment.what)) {
        note_told(*told, at);
    } else if (const auto* packet = std::get_if<permitted::Packet>(&moment.what)) {
        note_segment(*packet);
    } else if (const auto* ended = std::get_if<Ended>(&moment.what)) {
        note_ended(ended->rows, ended->overflows, at);
    } else if (const auto* lost = std::get_if<Lost>(&moment.what)) {
        note_count(Change::What::lost_events, lost->events, at);
        note_count(Change::What::lost_segments, lost->segments, at);
        note_count(Change::What::passed_over, lost->passed_over, at, lost->one_of);
    }
}

void Focus::note_ended(const std::vector<SocketRow>& ended, std::uint64_t lost,
                       std::int64_t at_ns) {
    // Those of the target that no look has ever met: they came and went in between.
    std::uint64_t unseen = 0;
    for (const SocketRow& row : ended) {
        if (find(row.cookie))
            continue;
        // The trace has told of it. (A socket that nobody asked about has no cookie before its
        // end is announced, when a TIME_WAIT record with a cookie of its own has its place.)
        if (Followed* told = newest(row.pair); told && told->last_event_ns != 0) {
            adopt(*told, row.cookie);
            continue;
        }
        if (const auto* listener = std::get_if<ListenerTarget>(&target_))
            unseen += row.pair.local.port == listener->local.port;
    }
    Change made;
    made.at = instant(at_ns);
    made.socket = text(target_);
    made.certainty = trace::Certainty::exact;
    if (unseen > 0) {
        made.what = Change::What::unseen;
        made.value = static_cast<std::int64_t>(unseen);
        changes_.push_back(made);
    }
    if (lost > 0) {
        made.what = Change::What::lost;
        made.value = static_cast<std::int64_t>(lost);
        changes_.push_back(made);
    }
}

std::vector<SocketRow> Focus::alive() const {
    std::vector<SocketRow> rows;
    for (const std::size_t i : living())
        rows.push_back(followed_[i].row);
    return rows;
}

const std::vector<std::size_t>& Focus::living() const {
    std::erase_if(living_, [&](std::size_t i) { return followed_[i].gone; });
    return living_;
}

Opener opener(const SocketRow& first, const SocketRow& second) {
    if (!first.info || !second.info || !first.info->bytes_acked || !second.info->bytes_acked ||
        !first.info->bytes_received || !second.info->bytes_received || first.send_queue != 0 ||
        second.send_queue != 0)
        return Opener::unknown;
    const auto extra = [](const TcpInfo& sender, const TcpInfo& receiver) {
        return static_cast<std::int64_t>(*sender.bytes_acked - *receiver.bytes_received);
    };
    const std::int64_t one = extra(*first.info, *second.info),
                       other = extra(*second.info, *first.info);
    if (one == 1 && other == 0)
        return Opener::first;
    if (one == 0 && other == 1)
        return Opener::second;
    return one == 1 && other == 1 ? Opener::both : Opener::unknown;
}

} // namespace net::attach
