// What a look at one socket changes: its state, its queues, its timer.
#include "net/attach/focus.hpp"

#include "net/mirror.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace net::attach {

void Focus::update(Followed& socket, const SocketRow& row, trace::Instant at) {
    const SocketRow old = std::exchange(socket.row, row);
    const bool fresh = old.pair.local.family == 0; // only its cookie was known
    socket.last_look_ns = at.ns + start_ns_;
    if (row.info)
        use_scales(socket.numbers, *row.info);
    if (!row.info && kind_of(row) == trace::RecordKind::time_wait)
        socket.row.info = old.info; // a TIME_WAIT record no longer counts
    socket.kind = kind_of(row);
    if (const trace::State to = state_of(row.state); to != socket.state)
        move(socket, to, at, {});
    if (socket.kind == trace::RecordKind::listener) {
        update_listener(socket, old, fresh, at);
    } else {
        if (!fresh && old.inode == 0 && row.inode != 0 && socket.listener != 0)
            change(socket, Change::What::accepted, at);
        update_buffers(socket, old, at);
        update_timer(socket, old, fresh, at);
    }
    socket.last_look = at;
}

void Focus::tell_queue(const Followed& listener, trace::Queue queue, std::uint32_t length,
                       trace::Instant at) {
    trace::Event event;
    event.at = at;
    event.kind = trace::EventKind::queue_changed;
    event.host = static_cast<trace::HostId>(listener.side);
    event.socket = listener.cookie;
    event.what = static_cast<std::uint8_t>(queue);
    event.value = length;
    event.limit = static_cast<std::int32_t>(listener.row.send_queue);
    event.rule = trace::Rule::observed;
    event.certainty = trace::Certainty::sampled;
    recorder_.add(event);
}

void Focus::update_listener(const Followed& listener, const SocketRow& old, bool fresh,
                            trace::Instant at) {
    const SocketRow& row = listener.row;
    if (old.recv_queue != row.recv_queue || fresh) {
        tell_queue(listener, trace::Queue::accept, row.recv_queue, at);
        Change made;
        made.value = row.recv_queue;
        made.before = old.recv_queue;
        made.limit = row.send_queue;
        change(listener, Change::What::accept_queue, at, std::move(made));
    }
    if (row.drops.value_or(0) != old.drops.value_or(0) && !fresh) {
        Change made;
        made.value = row.drops.value_or(0);
        made.before = old.drops.value_or(0);
        change(listener, Change::What::drops, at, std::move(made));
    }
}

void Focus::update_buffers(const Followed& socket, const SocketRow& old, trace::Instant at) {
    using trace::State;
    const auto queue = [&](Change::What what, std::uint32_t now, std::uint32_t before,
                           bool one_more) {
        if (now == before)
            return;
        Change made;
        made.value = now;
        made.before = before;
        made.syn = one_more && now > 0 && socket.state == State::syn_sent;
        made.fin = one_more && now > 0 && socket.state != State::syn_sent;
        change(socket, what, at, std::move(made));
    };
    const bool sends_fin = socket.state == State::fin_wait_1 || socket.state == State::closing ||
                           socket.state == State::last_ack || socket.state == State::syn_sent;
    const bool has_fin = socket.state == State::close_wait || socket.state == State::closing ||
                         socket.state == State::last_ack;
    queue(Change::What::send_queue, socket.row.send_queue, old.send_queue, sends_fin);
    queue(Change::What::recv_queue, socket.row.recv_queue, old.recv_queue, has_fin);
}

void Focus::update_timer(Followed& socket, const SocketRow& old, bool fresh, trace::Instant at) {
    const SocketRow& row = socket.row;
    if (row.timer != KernelTimer::off) {
        // Time left comes in steps of the kernel's tick: less than three of them is no news.
        const trace::Instant due = at + trace::milliseconds(row.expires_ms);
        if (fresh || old.timer != row.timer || old.retransmissions != row.retransmissions ||
            std::llabs((due - socket.timer_due).ns) > 12'000'000) {
            socket.timer_armed = at;
            socket.timer_due = due;
        }
        if ((fresh || old.timer != row.timer) &&
            (row.timer == KernelTimer::time_wait || row.timer == KernelTimer::zero_window_probe)) {
            Change made;
            made.text = name(row.timer);
            if (row.timer == KernelTimer::time_wait && socket.state == trace::State::fin_wait_2)
                made.text = "fin_wait_2"; // the kernel keeps both in one kind of record
            made.value = row.expires_ms;
            change(socket, Change::What::timer, at, std::move(made));
        }
    }
    if (row.retransmissions > 0 && row.retransmissions != old.retransmissions) {
        Change made;
        made.value = row.retransmissions;
        made.text = name(row.timer);
        change(socket, Change::What::repeated, at, std::move(made));
    }
}

void Focus::count_requests(const Selected& selected, trace::Instant at) {
    waiting_.clear();
    const auto queued_before = std::exchange(queued_since_, {});
    for (const std::size_t i : living()) {
        Followed& listener = followed_[i];
        if (listener.kind != trace::RecordKind::listener)
            continue;
        std::uint32_t requests = 0;
        auto& entries = waiting_[listener.row.cookie];
        for (const Member& member : selected.members) {
            const Index l = selected.table.listener[member.row];
            const SocketRow& row = selected.table.rows[member.row];
            if (l == nobody || row.state == KernelState::listen ||
                selected.table.rows[selected.table.listeners[l].sockets.front()].cookie !=
                    listener.row.cookie)
                continue;
            const bool request = record_of(row) == Record::request;
            if (!request && !waits_for_accept(selected.table, member.row))
                continue;
            requests += request;
            const Followed* followed = find(row.cookie);
            trace::QueueEntry entry;
            entry.cookie = followed ? followed->cookie : trace::none;
            entry.remote = traced(canonical(row.pair.remote));
            entry.since = (followed ? followed->first_seen : at);
            if (const auto quiet = quiet_for_ns(row))
                entry.since = std::min(entry.since, at - trace::nanoseconds(*quiet));
            if (!request) {
                const auto told = queued_before.find(row.cookie);
                entry.since = told == queued_before.end() ? entry.since : told->second;
                queued_since_.emplace(row.cookie, entry.since);
            }
            entry.state = state_of(row.state);
            entry.synacks_resent = row.retransmissions;
            entry.acked = request && selected.table.peer[member.row] != nobody &&
                          selected.table.rows[selected.table.peer[member.row]].state ==
                              KernelState::established;
            entries.push_back(entry);
        }
        std::stable_sort(entries.begin(), entries.end(),
                         [](const trace::QueueEntry& a, const trace::QueueEntry& b) {
                             return a.since < b.since;
                         });
        if (listener.syn_length == requests)
            continue;
        Change made;
        made.value = requests;
        made.before = listener.syn_length;
        made.limit = listener.row.send_queue;
        listener.syn_length = requests;
        change(listener, Change::What::syn_queue, at, std::move(made));
        tell_queue(listener, trace::Queue::syn, requests, at);
    }
}

} // namespace net::attach
