// What is drawn of a target: the same views as of a simulated world.
#include "net/attach/attachment.hpp"
#include "net/attach/focus.hpp"

#include "net/mirror.hpp"

#include <algorithm>

#include <sys/socket.h>

namespace net::attach {
namespace {

trace::Timer timer_of(const Followed& socket) {
    switch (socket.row.timer) {
    case KernelTimer::off:
    case KernelTimer::retransmit:
        return socket.kind == trace::RecordKind::request ? trace::Timer::syn_ack
                                                         : trace::Timer::retransmit;
    case KernelTimer::keepalive: return trace::Timer::keepalive;
    case KernelTimer::time_wait:
        return socket.state == trace::State::fin_wait_2 ? trace::Timer::fin_wait_2
                                                        : trace::Timer::time_wait;
    case KernelTimer::zero_window_probe: return trace::Timer::persist;
    }
    return trace::Timer::retransmit;
}

// inet_addr_print() of ss: an IPv6 socket that takes IPv4 too is bound to "*".
std::string as_ss_prints(const Endpoint& end, bool only_ipv6) {
    const bool both = end.family == AF_INET6 && is_any(end) && !only_ipv6;
    const std::string whole = text(end);
    return (both ? std::string("*") : whole.substr(0, whole.rfind(':'))) + ":" +
           (end.port == 0 ? std::string("*") : std::to_string(end.port));
}

} // namespace

void Focus::fill(const Followed& socket, trace::HostView& host) const {
    const auto& row = socket.row;
    int fd = -1;
    if (const auto at = holders_->by_inode.find(row.inode);
        row.inode != 0 && at != holders_->by_inode.end())
        fd = at->second.front().fd;
    if (socket.kind == trace::RecordKind::listener) {
        trace::ListenerView view;
        view.cookie = socket.cookie;
        view.name = socket.name;
        view.local = traced(canonical(row.pair.local));
        view.fd = fd;
        view.backlog = -1; // what listen() was given is not told, only the limit that came of it
        view.limit = row.send_queue;
        view.accept_fits = view.syn_fits = row.send_queue + 1; // sk_acceptq_is_full(): >
        if (const auto at = waiting_.find(row.cookie); at != waiting_.end())
            for (const trace::QueueEntry& entry : at->second)
                (entry.state == trace::State::syn_recv ? view.syn_queue : view.accept_queue)
                    .push_back(entry);
        view.drops = row.drops.value_or(0);
        view.certainty = trace::Certainty::sampled;
        host.listeners.push_back(std::move(view));
        return;
    }
    trace::SocketView view;
    view.cookie = socket.cookie;
    view.name = socket.name;
    view.kind = socket.kind;
    view.state = socket.state;
    view.since = socket.since;
    view.certainty = socket.certainty;
    view.local = traced(canonical(row.pair.local));
    view.remote = traced(canonical(row.pair.remote));
    view.fd = fd;
    view.orphan = socket.orphan;
    if (const Followed* listener = find(socket.listener))
        view.listener = listener->cookie;
    using trace::State;
    const bool fin_counts = socket.state == State::fin_wait_1 || socket.state == State::closing ||
                            socket.state == State::last_ack;
    const bool fin_arrived = socket.state == State::close_wait || socket.state == State::closing ||
                             socket.state == State::last_ack;
    view.send_queue = {row.send_queue, row.send_buffer, fin_counts && row.send_queue > 0,
                       row.send_memory};
    view.recv_queue = {row.recv_queue, row.receive_buffer, fin_arrived && row.recv_queue > 0,
                       row.receive_memory};
    if (row.timer != KernelTimer::off)
        view.timers.push_back(
            {timer_of(socket), socket.timer_armed, socket.timer_due, row.retransmissions});
    // tcp_info counts bytes; where they begin only segments tell.
    view.numbers_known = socket.numbers.known();
    if (view.numbers_known) {
        view.iss = *socket.numbers.iss();
        view.irs = *socket.numbers.irs();
        view.snd_una = socket.numbers.snd_una;
        view.snd_nxt = socket.numbers.snd_nxt;
        view.rcv_nxt = socket.numbers.rcv_nxt;
        view.snd_wnd = socket.numbers.snd_wnd;
        view.rcv_wnd = socket.numbers.rcv_wnd;
    }
    if (row.info) {
        view.snd_wnd = row.info->send_window.value_or(0);
        view.rcv_wnd = row.info->receive_window.value_or(0);
        tell_pace(*row.info, view);
    }
    host.sockets.push_back(std::move(view));
}

trace::Snapshot Focus::snapshot(std::int64_t at_ns) const {
    trace::Snapshot made;
    made.now = instant(at_ns);
    made.hosts.resize(2);
    for (std::size_t i = 0; i < 2; ++i) {
        made.hosts[i].id = static_cast<trace::HostId>(i);
        made.hosts[i].name = recorder_.trace().hosts[i];
    }
    for (const std::size_t i : living())
        fill(followed_[i], made.hosts[static_cast<std::size_t>(followed_[i].side)]);
    return made;
}

void Focus::describe(const Holdings& holdings, Closeup& closeup) const {
    for (const std::size_t i : living()) {
        const Followed& socket = followed_[i];
        Closeup::End end;
        end.local = text(canonical(socket.row.pair.local));
        end.remote = text(canonical(socket.row.pair.remote));
        const bool only_ipv6 = socket.row.only_ipv6.value_or(false);
        end.ss_local = as_ss_prints(socket.row.pair.local, only_ipv6);
        end.ss_remote = as_ss_prints(socket.row.pair.remote, only_ipv6);
        end.far = socket.far;
        end.connecting = socket.state == trace::State::syn_sent;
        end.first_seen_so = !socket.change_seen;
        end.waits = socket.waits;
        end.orphan = socket.orphan;
        if (const auto at = holdings.by_inode.find(socket.row.inode);
            socket.row.inode != 0 && at != holdings.by_inode.end())
            end.who =
                at->second.front().program + " (" + std::to_string(at->second.front().pid) + ")";
        if (const Followed* peer = find(socket.peer); peer && !peer->gone)
            end.opener = opener(socket.row, peer->row);
        closeup.ends.emplace(socket.cookie, std::move(end));
    }
}

void Focus::publish(std::int64_t at_ns) {
    recorder_.publish(snapshot(at_ns));
}

} // namespace net::attach
