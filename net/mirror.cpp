// Comparing each look with the one before it.
#include "net/mirror.hpp"

#include "net/told_path.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>

namespace net {

trace::State state_of(KernelState state) {
    switch (state) {
    case KernelState::established: return trace::State::established;
    case KernelState::syn_sent: return trace::State::syn_sent;
    case KernelState::syn_recv: return trace::State::syn_recv;
    case KernelState::fin_wait_1: return trace::State::fin_wait_1;
    case KernelState::fin_wait_2: return trace::State::fin_wait_2;
    case KernelState::time_wait: return trace::State::time_wait;
    case KernelState::closed: return trace::State::closed;
    case KernelState::close_wait: return trace::State::close_wait;
    case KernelState::last_ack: return trace::State::last_ack;
    case KernelState::listen: return trace::State::listen;
    case KernelState::closing: return trace::State::closing;
    }
    return trace::State::closed;
}

trace::Endpoint traced(const Endpoint& endpoint) {
    const auto& a = endpoint.address;
    if (endpoint.family == AF_INET6) {
        std::uint32_t mixed = 2166136261u; // FNV-1a
        for (const std::uint8_t byte : a)
            mixed = (mixed ^ byte) * 16777619u;
        return {{is_any(endpoint) ? 0 : 0xf0000000u | mixed >> 4}, endpoint.port};
    }
    const std::uint32_t raw = static_cast<std::uint32_t>(a[0]) << 24 |
                              static_cast<std::uint32_t>(a[1]) << 16 |
                              static_cast<std::uint32_t>(a[2]) << 8 | a[3];
    return {{raw}, endpoint.port};
}

Endpoint untraced(const trace::Endpoint& at) {
    const std::uint32_t raw = at.address.raw;
    return ipv4({static_cast<std::uint8_t>(raw >> 24), static_cast<std::uint8_t>(raw >> 16),
                 static_cast<std::uint8_t>(raw >> 8), static_cast<std::uint8_t>(raw)},
                at.port);
}

trace::RecordKind kind_of(const SocketRow& row) {
    switch (record_of(row)) {
    case Record::listener: return trace::RecordKind::listener;
    case Record::request: return trace::RecordKind::request;
    case Record::connection: return trace::RecordKind::connection;
    case Record::time_wait: return trace::RecordKind::time_wait;
    }
    return trace::RecordKind::connection;
}

namespace {

bool looks_different(const SocketRow& a, const SocketRow& b) {
    return a.state != b.state || a.timer != b.timer || a.retransmissions != b.retransmissions ||
           a.recv_queue != b.recv_queue || a.send_queue != b.send_queue || a.inode != b.inode ||
           a.drops != b.drops || a.receive_buffer != b.receive_buffer ||
           a.send_buffer != b.send_buffer || a.shutdown != b.shutdown;
}

// What of the host's latest news concerns this socket.
Stimulus seen_by(const Look& look, const Life& life) {
    Stimulus seen = look.seen;
    if (look.socket != trace::none && look.socket != life.cookie) {
        const bool lost_its_listener =
            life.listener == look.socket && seen.call == trace::Call::close;
        seen.abort.reset();
        if (lost_its_listener)
            seen.abort = trace::Rule::listener_closed_resets_children;
        seen.call.reset();
    }
    if (seen.arrived && (seen.arrived->destination != traced(life.row.pair.local) ||
                         seen.arrived->source != traced(life.row.pair.remote)))
        seen.arrived.reset();
    if (seen.arrived && seen.arrived->length > 0 && life.closed_by_program)
        seen.abort = trace::Rule::data_to_closed_reader;
    return seen;
}

// What is still alive comes before what is gone, the newest first: a pair of addresses may be used
// again.
bool is_better(const Life& one, const Life* other) {
    return !other || (other->gone && !one.gone) ||
           (other->gone == one.gone && one.cookie > other->cookie);
}

} // namespace

Mirror::Mirror(Recorder& recorder, bool segments_are_seen)
    : recorder_(recorder), segments_are_seen_(segments_are_seen) {}

trace::Cookie Mirror::make(trace::HostId host, trace::RecordKind kind, std::uint16_t number,
                           trace::Instant at, trace::EventId cause) {
    trace::SocketRecord record;
    record.host = host;
    record.number = number;
    record.is_listener = kind == trace::RecordKind::listener;
    Life life;
    life.host = host;
    life.kind = kind;
    life.since = at;
    life.cookie = recorder_.add(record);
    lives_.push_back(life);
    trace::Event event;
    event.at = at;
    event.kind = trace::EventKind::socket_created;
    event.value = -1;
    event.cause = cause;
    event.host = host;
    event.socket = life.cookie;
    event.rule = trace::Rule::call_made;
    recorder_.add(event);
    changed_ = true;
    return life.cookie;
}

Life* Mirror::find(trace::Cookie cookie) {
    return cookie < lives_.size() ? &lives_[cookie] : nullptr;
}

Life* Mirror::find_kernel(std::uint64_t kernel_cookie) {
    if (kernel_cookie == 0)
        return nullptr;
    const auto at = std::find_if(lives_.rbegin(), lives_.rend(), [&](const Life& life) {
        return life.kernel_cookie == kernel_cookie;
    });
    return at == lives_.rend() ? nullptr : &*at;
}

Life* Mirror::find_listener(trace::HostId host, const trace::Endpoint& at) {
    Life* best = nullptr;
    int best_rank = 0;
    for (Life& life : lives_) {
        if (life.kind != trace::RecordKind::listener || life.host != host ||
            life.row.pair.local.port != at.port)
            continue;
        const trace::Address address = traced(life.row.pair.local).address;
        const bool fits = address == at.address || address.raw == 0;
        if (!fits)
            continue;
        const int rank = life.gone ? 0 : life.cookie == expected_ ? 3 : address.raw != 0 ? 2 : 1;
        if (!best || rank > best_rank || (rank == best_rank && is_better(life, best))) {
            best = &life;
            best_rank = rank;
        }
    }
    return best;
}

trace::Cookie Mirror::owner(trace::HostId host, const trace::Endpoint& local,
                            const trace::Endpoint& remote) const {
    const Life* best = nullptr;
    for (const Life& life : lives_) {
        if (life.host != host || life.kind == trace::RecordKind::listener)
            continue;
        if (traced(life.row.pair.local) != local || traced(life.row.pair.remote) != remote)
            continue;
        if (is_better(life, best))
            best = &life;
    }
    return best && !best->gone ? best->cookie : trace::none;
}

void Mirror::look(const Look& look, const std::vector<SocketRow>& rows) {
    for (Life& life : lives_)
        if (life.host == look.host)
            life.present = false;
    for (const bool listeners : {true, false}) // so that a connection finds its listener
        for (const SocketRow& row : rows) {
            if ((row.state == KernelState::listen) != listeners)
                continue;
            if (Life* life = find_kernel(row.cookie))
                update(look, *life, row);
            else
                appear(look, row);
        }
    for (std::size_t i = 0; i < lives_.size(); ++i)
        if (lives_[i].host == look.host && !lives_[i].present)
            vanish(look, lives_[i]);
    count_queues(look);
}

void Mirror::appear(const Look& look, const SocketRow& row) {
    const Life* parent = find_listener(look.host, traced(row.pair.local));
    // Not out of a listener: a socket of ours whose call is still on its way to us. The next look
    // will know it.
    if (!parent)
        return;
    const trace::Cookie listener = parent->cookie;
    trace::SocketRecord record;
    record.host = look.host;
    record.local = traced(row.pair.local);
    record.remote = traced(row.pair.remote);
    record.listener = listener;
    Life life;
    life.host = look.host;
    life.kernel_cookie = row.cookie;
    life.kind = kind_of(row);
    life.listener = record.listener;
    life.since = look.at;
    life.state = trace::State::listen; // its life begins there
    life.cookie = recorder_.add(record);
    lives_.push_back(life);
    trace::Event event;
    event.at = look.at;
    event.kind = trace::EventKind::socket_created;
    event.value = static_cast<std::int64_t>(listener);
    event.cause = look.cause;
    event.host = look.host;
    event.socket = life.cookie;
    event.rule = trace::Rule::syn_spawns_request;
    event.certainty = look.certainty;
    recorder_.add(event);
    update(look, lives_.back(), row);
}

void Mirror::update(const Look& look, Life& life, const SocketRow& row) {
    const bool first = life.row.cookie == 0;
    if (first || looks_different(life.row, row))
        changed_ = true;
    if (row.timer != KernelTimer::off) {
        // The kernel tells the time left in steps of its tick (4 ms at HZ 250): less than three is
        // no news.
        const auto due = look.at + trace::milliseconds(row.expires_ms);
        // Overdue: the wheel comes by later than asked, and until then nothing is left to count.
        const bool overdue = !first && life.row.timer == row.timer && row.expires_ms == 0 &&
                             life.row.retransmissions == row.retransmissions;
        const bool restarted = first || life.row.timer != row.timer ||
                               life.row.retransmissions != row.retransmissions ||
                               std::llabs((due - life.timer_due).ns) > 12'000'000;
        if (restarted && !overdue) {
            life.timer_armed = look.at;
            life.timer_due = due;
            changed_ = true;
        }
    }
    life.present = true;
    life.kind = kind_of(row);
    const bool keep_facts = life.kind == trace::RecordKind::time_wait && life.row.cookie != 0;
    const auto info = life.row.info;
    life.row = row;
    if (keep_facts && !row.info)
        life.row.info = info; // bytes counted so far: a TIME_WAIT record no longer says
    trace::SocketRecord record = recorder_.trace().sockets[life.cookie];
    record.local = traced(row.pair.local);
    record.remote = traced(row.pair.remote);
    record.listener = life.listener;
    recorder_.change_socket(life.cookie, record);
    if (const auto to = state_of(row.state); to != life.state)
        move(look, life, to);
}

void Mirror::move(const Look& look, Life& life, trace::State to) {
    Stimulus seen = seen_by(look, life);
    seen.retransmitting = life.row.retransmissions > 0;
    seen.was_request = segments_are_seen_ && life.kind == trace::RecordKind::request;
    const LikelyPath path = likely_path(life.state, to, seen);
    PathTold way;
    way.of.at = look.at;
    way.of.cause = look.cause;
    way.of.host = look.host;
    way.of.socket = life.cookie;
    way.from = life.state;
    way.to = to;
    // The last state is seen; between two looks it is not known when it began.
    way.arrival = path.legs.size() > 1 ? trace::Certainty::sampled : look.certainty;
    tell_path(recorder_, path, way);
    life.certainty = way.arrival;
    life.state = to;
    life.since = look.at;
    if (to == trace::State::established)
        life.established = look.at;
    changed_ = true;
}

void Mirror::vanish(const Look& look, Life& life) {
    if (life.gone || life.kernel_cookie == 0 || life.row.cookie == 0)
        return; // gone already, or not shown yet
    if (life.state != trace::State::closed)
        move(look, life, trace::State::closed);
    life.row.timer = KernelTimer::off;
    life.row.recv_queue = life.row.send_queue = 0;
    // A socket whose descriptor is still open goes on as CLOSED, and so does one that nobody has
    // accepted; anything else is no more.
    life.waits_dead = keeps_its_place(life);
    if (life.descriptor < 0 && !life.waits_dead)
        end(look, life);
}

// The kernel shows nothing of a connection that was reset before accept(), but its listener counts
// it until somebody takes it out.
bool Mirror::keeps_its_place(const Life& life) const {
    if (life.listener == trace::none || life.kind != trace::RecordKind::connection ||
        life.row.inode != 0 || life.descriptor >= 0 || life.closed_by_program)
        return false;
    const Life& listener = lives_[life.listener];
    if (!listener.present)
        return false;
    const auto others = std::count_if(lives_.begin(), lives_.end(), [&](const Life& other) {
        return other.cookie != life.cookie && is_in_accept_queue(other, listener);
    });
    return listener.row.recv_queue > static_cast<std::uint32_t>(others);
}

// inode 0 and a full socket: nobody has accepted it yet.
bool is_in_accept_queue(const Life& life, const Life& listener) {
    return life.listener == listener.cookie && !life.gone && (life.present || life.waits_dead) &&
           life.kind == trace::RecordKind::connection && life.row.inode == 0 &&
           !life.closed_by_program;
}

void Mirror::end(const Look& look, Life& life) {
    if (life.gone)
        return;
    life.gone = true;
    trace::Event event;
    event.at = look.at;
    event.kind = trace::EventKind::socket_gone;
    event.cause = look.cause;
    event.host = look.host;
    event.socket = life.cookie;
    event.rule = trace::Rule::observed;
    event.certainty = look.certainty;
    recorder_.add(event);
    changed_ = true;
}

void Mirror::close_descriptor(trace::Cookie cookie, const Look& look) {
    Life* life = find(cookie);
    if (!life)
        return;
    life->descriptor = -1;
    life->closed_by_program = true;
    changed_ = true;
    if (!life->present && life->state == trace::State::closed)
        end(look, *life);
}

void Mirror::count_queues(const Look& look) {
    for (Life& listener : lives_) {
        if (listener.kind != trace::RecordKind::listener || listener.host != look.host)
            continue;
        const auto requests = static_cast<std::uint32_t>(
            std::count_if(lives_.begin(), lives_.end(), [&](const Life& life) {
                return life.listener == listener.cookie && life.present &&
                       life.kind == trace::RecordKind::request;
            }));
        if (!listener.present)
            continue; // its queues are gone with it
        set_queue(look, listener, trace::Queue::syn, listener.syn_length, requests);
        // A second listen() changes what fits into the same queue.
        if (listener.accept_limit.value_or(listener.row.send_queue) != listener.row.send_queue)
            listener.accept_length = ~0u;
        listener.accept_limit = listener.row.send_queue;
        set_queue(look, listener, trace::Queue::accept, listener.accept_length,
                  listener.row.recv_queue);
    }
}

void Mirror::set_queue(const Look& look, Life& listener, trace::Queue queue, std::uint32_t& length,
                       std::uint32_t now) {
    if (length == now)
        return;
    length = now;
    trace::Event event;
    event.at = look.at;
    event.kind = trace::EventKind::queue_changed;
    event.cause = look.cause;
    event.host = look.host;
    event.socket = listener.cookie;
    event.what = static_cast<std::uint8_t>(queue);
    event.value = now;
    event.limit = static_cast<std::int32_t>(listener.row.send_queue);
    event.rule = trace::Rule::observed;
    event.certainty = look.certainty;
    recorder_.add(event);
    changed_ = true;
}

} // namespace net
