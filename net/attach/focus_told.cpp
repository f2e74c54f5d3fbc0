// What the kernel's trace adds to the books: each transition at its instant.
//
// The trace does not know TIME_WAIT nor requests: where it says "-> CLOSE", sock_diag was asked
// right after what took the socket's place; where it says LISTEN -> SYN_RECV, the request that this
// child came from was there before.
#include "net/attach/focus.hpp"

#include "net/mirror.hpp"

#include <algorithm>

namespace net::attach {
namespace {

using permitted::KernelEvent;

constexpr auto cause_within = trace::milliseconds(1);
constexpr std::size_t connecting_at_most = 64;

// enum sk_rst_reason, by name: include/net/rstreason.h.
std::optional<trace::Rule> rule_of(std::string_view reason) {
    if (reason == "TCP_ABORT_ON_CLOSE")
        return trace::Rule::close_with_unread_data;
    if (reason == "TCP_ABORT_ON_LINGER")
        return trace::Rule::linger2_negative;
    if (reason == "TCP_STATE") // tcp_disconnect(), of a socket that was accepted
        return trace::Rule::linger_zero;
    return std::nullopt;
}

} // namespace

std::optional<Side> Focus::belongs(const Pair& given) const {
    const Pair pair = canonical(given);
    const auto stands_for = [](const Endpoint& wanted, const Endpoint& end) {
        return wanted.port == end.port &&
               (wanted.family == 0 || is_any(wanted) || canonical(wanted) == end);
    };
    if (const auto* listener = std::get_if<ListenerTarget>(&target_)) {
        if (stands_for(listener->local, pair.local))
            return Side::right;
        return stands_for(listener->local, pair.remote) ? std::optional(Side::left) : std::nullopt;
    }
    if (const auto* connection = std::get_if<ConnectionTarget>(&target_);
        connection && connection->pair.remote.port != 0) {
        const Pair& wanted = connection->pair;
        if (matches(wanted.local, pair.local) && matches(wanted.remote, pair.remote))
            return Side::left;
        if (matches(wanted.local, pair.remote) && matches(wanted.remote, pair.local))
            return Side::right;
        return std::nullopt;
    }
    // One end of it is known, or somebody listens for it.
    const auto other = [](Side side) { return side == Side::left ? Side::right : Side::left; };
    if (const auto at = by_pair_.find(pair); at != by_pair_.end())
        return followed_[at->second].side;
    if (const auto at = by_pair_.find(reversed(pair)); at != by_pair_.end())
        return other(followed_[at->second].side);
    for (const std::size_t i : living()) {
        const Followed& socket = followed_[i];
        if (socket.kind != trace::RecordKind::listener)
            continue;
        if (stands_for(socket.row.pair.local, pair.local))
            return socket.side;
        if (stands_for(socket.row.pair.local, pair.remote))
            return other(socket.side);
    }
    return std::nullopt;
}

bool Focus::follows_address(std::uint64_t address) const {
    const auto at = by_address_.find(address);
    return at != by_address_.end() && !followed_[at->second].gone;
}

bool Focus::is_this(const Pair& pair, std::uint64_t cookie) const {
    const auto at = by_pair_.find(canonical(pair));
    return at != by_pair_.end() && !followed_[at->second].gone &&
           followed_[at->second].row.cookie == cookie;
}

bool Focus::is_another(const Pair& pair, std::uint64_t address, std::uint64_t cookie) const {
    if (!is_this(pair, cookie))
        return false;
    const Followed& socket = followed_[by_pair_.find(canonical(pair))->second];
    return socket.address != 0 && socket.address != address;
}

bool Focus::follows(const Pair& pair) const {
    const auto at = by_pair_.find(canonical(pair));
    return at != by_pair_.end() && !followed_[at->second].gone;
}

Followed* Focus::newest(const Pair& pair) {
    const auto at = by_pair_.find(canonical(pair));
    return at == by_pair_.end() ? nullptr : &followed_[at->second];
}

Followed* Focus::socket_of(const KernelEvent& event) {
    if (const auto at = by_address_.find(event.socket);
        event.socket != 0 && at != by_address_.end() && !followed_[at->second].gone)
        return &followed_[at->second];
    Followed* socket = newest(event.pair);
    if (!socket || socket->gone || socket->kind == trace::RecordKind::listener)
        return nullptr;
    // A new life begins where an old one's TIME_WAIT record still is.
    const bool begins = event.from == KernelState::closed || event.from == KernelState::listen;
    if (event.what == KernelEvent::What::state && begins &&
        socket->kind != trace::RecordKind::request && socket->state != state_of(event.to))
        return nullptr;
    return socket;
}

Focus::How Focus::how_told(const Followed& socket, trace::State to, trace::Instant at) const {
    How how;
    how.certainty = trace::Certainty::exact;
    const auto& events = recorder_.trace().events;
    const auto recent = [&](trace::EventId id) {
        return id != trace::none && at - events[id].at <= cause_within;
    };
    if (recent(socket.last_arrival)) {
        how.seen.arrived = socket.arrived;
        how.cause = socket.last_arrival;
    }
    // What a call makes happen has no segment for its cause.
    const bool by_a_call = to == trace::State::fin_wait_1 || to == trace::State::last_ack ||
                           to == trace::State::syn_sent;
    if (by_a_call) {
        how.seen.arrived.reset();
        how.cause = trace::none;
        how.seen.call = to == trace::State::syn_sent ? trace::Call::connect : trace::Call::close;
        // shutdown(WR) and close() look alike here: a FIN leaves
        if (to != trace::State::syn_sent)
            how.seen.call.reset();
    }
    if (to == trace::State::closed) {
        how.seen.peer_aborted = socket.reset_by_peer;
    }
    return how;
}

void Focus::note_told(const Told& told, std::int64_t at_ns) {
    const KernelEvent& event = told.event;
    const trace::Instant at = instant(at_ns);
    switch (event.what) {
    case KernelEvent::What::state: note_transition(told, at_ns); return;
    case KernelEvent::What::tie: return;
    case KernelEvent::What::destroyed:
        // The announcement of its end will name it by its cookie.
        if (const auto found = by_address_.find(event.socket); found != by_address_.end()) {
            if (!find(event.cookie))
                adopt(followed_[found->second], event.cookie);
            by_address_.erase(found);
        }
        return;
    case KernelEvent::What::reset_received:
        if (Followed* socket = socket_of(event))
            socket->reset_by_peer = true;
        return;
    case KernelEvent::What::reset_sent:
    case KernelEvent::What::retransmitted:
    case KernelEvent::What::synack_again: break;
    }
    Followed* socket = socket_of(event);
    if (!socket) // a RST goes out when its socket is in CLOSE already
        if (Followed* just = newest(event.pair); just && at - just->since <= cause_within)
            socket = just;
    if (!socket && !belongs(event.pair))
        return;
    Change made;
    made.certainty = trace::Certainty::exact;
    made.text = event.what == KernelEvent::What::synack_again ? "SYN+ACK" : event.reason;
    const auto what =
        event.what == KernelEvent::What::reset_sent ? Change::What::reset : Change::What::resent;
    if (socket) {
        change(*socket, what, at, std::move(made));
        return;
    }
    made.at = at; // no socket: a port where nobody listens, a TIME_WAIT record, a listener
    made.what = what;
    made.socket = text(event.pair.local);
    changes_.push_back(std::move(made));
}

// A socket that no look has met.
Followed& Focus::begin_told(const Pair& pair, Side side, bool passive, std::uint64_t cookie,
                            trace::Instant at, trace::Certainty certainty) {
    std::uint64_t listener = 0;
    if (passive)
        for (const std::size_t i : living())
            if (const Followed& known = followed_[i]; known.kind == trace::RecordKind::listener &&
                                                      known.row.pair.local.port == pair.local.port)
                listener = known.row.cookie;
    Followed& made = begin(pair, cookie, side, listener, false, at, certainty);
    made.row.pair = pair;
    if (const Followed* peer = newest(reversed(pair)); peer && !peer->gone)
        made.peer = peer->row.cookie;
    Change appeared;
    appeared.certainty = certainty;
    appeared.text = text(pair.local) + " → " + text(pair.remote);
    appeared.to = passive ? trace::State::syn_recv : trace::State::syn_sent;
    change(made, Change::What::appeared, at, std::move(appeared));
    return made;
}

// Whoever is this socket, if the trace has told of it without its port: one that connects there.
bool Focus::take_connecting(Followed& socket, const Endpoint& remote, std::int64_t before_ns) {
    const auto at = std::find_if(connecting_.begin(), connecting_.end(), [&](const Connecting& c) {
        return c.remote == canonical(remote) && c.at_ns <= before_ns;
    });
    if (at == connecting_.end())
        return false;
    const Connecting told = *at;
    connecting_.erase(at);
    socket.address = told.address;
    by_address_[told.address] = static_cast<std::size_t>(&socket - followed_.data());
    socket.last_event_ns = told.at_ns;
    How how;
    how.certainty = trace::Certainty::exact;
    how.seen.call = trace::Call::connect;
    move(socket, trace::State::syn_sent, instant(told.at_ns), how);
    return true;
}

void Focus::note_listener_end(const KernelEvent& event, std::int64_t at_ns) {
    if (event.to != KernelState::closed)
        return; // a new one is met by the next look
    How how;
    how.certainty = trace::Certainty::exact;
    how.seen.call = trace::Call::close;
    for (const std::size_t i : living()) {
        Followed& socket = followed_[i];
        if (socket.kind == trace::RecordKind::listener &&
            canonical(socket.row.pair.local) == event.pair.local) {
            socket.last_event_ns = at_ns;
            return end(socket, instant(at_ns), how); // with SO_REUSEPORT each has its own event
        }
    }
}

void Focus::note_transition(const Told& told, std::int64_t at_ns) {
    const KernelEvent& event = told.event;
    const trace::Instant at = instant(at_ns);
    if (event.from == KernelState::listen && event.pair.remote.port == 0)
        return note_listener_end(event, at_ns);
    const bool is_end = event.to == KernelState::closed;
    if (is_end && !told.asked)
        return; // what took its place is not known: the next look tells
    Followed* socket = socket_of(event);
    if (!socket) {
        const auto side = belongs(event.pair);
        if (side && event.to == KernelState::syn_sent && event.pair.local.port == 0) {
            if (connecting_.size() >= connecting_at_most)
                connecting_.erase(connecting_.begin());
            connecting_.push_back({event.pair.remote, event.socket, at_ns});
            return;
        }
        if (!side || event.pair.local.port == 0 || event.pair.remote.port == 0)
            return;
        const bool passive =
            event.from == KernelState::listen || event.from == KernelState::syn_recv;
        const std::uint64_t cookie =
            told.after && !find(told.after->cookie) ? told.after->cookie : 0;
        socket = &begin_told(event.pair, *side, passive, cookie, at, trace::Certainty::exact);
        if (socket->listener == 0)
            socket->state = state_of(event.from);
    }
    if (event.socket != 0 && socket->address != event.socket) {
        by_address_.erase(socket->address);
        socket->address = event.socket;
        by_address_[event.socket] = static_cast<std::size_t>(socket - followed_.data());
    }
    socket->last_event_ns = at_ns;
    How how = how_told(*socket, state_of(event.to), at);
    how.seen.one_step = state_of(event.from) == socket->state;
    how.seen.no_time_wait = told.no_time_wait;
    if (told.reset) {
        const bool never_accepted = socket->waits && *told.reset == "TCP_STATE";
        how.seen.abort = never_accepted ? trace::Rule::listener_closed_resets_children
                                        : rule_of(*told.reset).value_or(trace::Rule::observed);
        how.seen.arrived.reset();
        how.cause = trace::none;
    }
    // A half-open request has no event: this child of it comes with the final ACK.
    if (event.to == KernelState::syn_recv && event.from == KernelState::listen)
        how.certainty = trace::Certainty::inferred;
    if (!is_end) {
        socket->kind = event.to == KernelState::syn_recv && event.from == KernelState::listen
                           ? trace::RecordKind::request
                           : trace::RecordKind::connection;
        if (state_of(event.to) != socket->state)
            move(*socket, state_of(event.to), at, how);
        if (event.to == KernelState::established)
            socket->waits = socket->listener != 0;
        return;
    }
    const bool same =
        told.after && (told.after->cookie == socket->row.cookie || !find(told.after->cookie));
    const bool waits = same && told.after->state == KernelState::time_wait;
    const bool orphan = same && told.after->state == KernelState::fin_wait_2 &&
                        event.from == KernelState::fin_wait_2;
    if (!waits && !orphan)
        return end(*socket, at, how);
    adopt(*socket, told.after->cookie);
    if (waits && socket->state != trace::State::time_wait)
        move(*socket, trace::State::time_wait, at, how);
    const auto certainty = socket->certainty;
    update(*socket, *told.after, at);
    socket->certainty = certainty;
}

} // namespace net::attach
