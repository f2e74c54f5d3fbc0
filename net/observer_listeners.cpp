// A host's listeners: which of them a line means, how they come and how they go.
#include "net/observer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace net {
namespace {

constexpr std::int64_t default_somaxconn = 4096;

int bind_to(int descriptor, const Endpoint& to) {
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    std::memcpy(&address.sin_addr, to.address.data(), 4);
    address.sin_port = htons(to.port);
    return ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0
               ? errno
               : 0;
}

} // namespace

// The listener that a line means: one that there is, or the next of its port.
Observer::ListenerName Observer::name_of(const scenario::Listen& action) const {
    ListenerName name{action.host, action.port, std::max<std::uint16_t>(action.which, 1)};
    if (action.which != 0)
        return name;
    for (const auto& [known, listener] : listeners_)
        if (known.host == action.host && known.port == action.port && !action.reuse_port &&
            listener.address == action.address)
            return known;
    while (listeners_.contains(name))
        ++name.which;
    return name;
}

Observer::Listener* Observer::listener_of(const scenario::SocketName& name) {
    const auto at =
        name.kind == scenario::SocketName::Kind::listener
            ? listeners_.find({name.host, name.port, std::max<std::uint16_t>(name.number, 1)})
            : listeners_.end();
    return at == listeners_.end() ? nullptr : &at->second;
}

void Observer::act(const scenario::Listen& action) {
    Host& host = hosts_[action.host];
    const ListenerName name = name_of(action);
    Listener& listener = listeners_[name];
    const bool again = listener.descriptor.is_open();
    host.beat = recorder_.new_beat();
    Pending pending;
    pending.host = action.host;
    if (!again)
        listener.cookie =
            mirror_.make(action.host, trace::RecordKind::listener, 0, now(), trace::none);
    pending.socket = listener.cookie;
    trace::CallRecord record;
    record.call = trace::Call::listen;
    record.argument = action.backlog;
    const auto id = record_call(record, pending);
    CallReport report;
    report.call = id;
    if (!again) {
        if (auto made = ground_->tcp_socket(action.host))
            listener.descriptor = std::move(*made);
        else
            complain_(describe(made.failure()));
        listener.number = std::make_shared<std::atomic<int>>(listener.descriptor.number());
    }
    report.descriptor = listener.descriptor.number();
    Life* life = mirror_.find(listener.cookie);
    life->descriptor = report.descriptor;
    life->kernel_cookie = socket_cookie(report.descriptor);
    life->backlog = action.backlog;
    const auto somaxconn = ground_->read_sysctl(action.host, "net.core.somaxconn");
    life->somaxconn = somaxconn ? std::strtoll(somaxconn->c_str(), nullptr, 10) : default_somaxconn;
    report.at_ns = now().ns + start_ns_;
    call_entered(report, pending_[id]);

    // On loopback the machine chooses a free port.
    Endpoint where =
        frames_are_ours_ ? untraced({action.address, action.port}) : ground_->address(action.host);
    const int on = 1;
    if (action.reuse_port)
        ::setsockopt(listener.descriptor.number(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    listener.address = action.address;
    listener.reuse_port = action.reuse_port;
    int error = listener.descriptor.is_open() ? 0 : EMFILE;
    if (error == 0 && !again) {
        trace::SocketRecord socket = recorder_.trace().sockets[listener.cookie];
        socket.local = {action.address, action.port};
        socket.which = name.which;
        recorder_.change_socket(listener.cookie, socket);
        error = bind_to(listener.descriptor.number(), where);
        if (error != 0)
            report.failed_in = trace::Call::bind;
    }
    if (error == 0 && ::listen(listener.descriptor.number(), static_cast<int>(action.backlog)) < 0)
        error = errno;
    if (error == 0 && !again && action.reuse_port && action.address.raw == 0)
        groups_[{action.host, action.port}].push_back(name.which);
    if (error == 0 && !again)
        ground_->map_port(action.host, action.port,
                          pair_of(listener.descriptor.number()).local.port);
    report.returned = true;
    report.value = -error;
    report.at_ns = now().ns + start_ns_;
    report.descriptor = -1;
    Pending copy = pending_[id];
    pending_.erase(id);
    call_returned(report, copy);
    if (error != 0 && !again) { // what could not be bound is closed again
        close_listener(name);
        last_call_ = id;
    }
}

void Observer::close_listener(const ListenerName& name) {
    const trace::HostId host = name.host;
    const auto at = listeners_.find(name);
    trace::CallRecord record;
    record.call = trace::Call::close;
    if (at == listeners_.end())
        return call_at_once(host, trace::none, std::move(record), -1, [] { return -EBADF; });
    if (!at->second.copies.empty())
        return close_copy(host, at->second.cookie, at->second.copies);
    // The listener's name is free again; a thread that sleeps in accept() keeps the socket.
    Listener listener = std::move(at->second);
    listeners_.erase(at);
    *listener.number = -1;
    // reuseport_detach_sock(): the last takes the place of the one that goes.
    if (const auto group = groups_.find({name.host, name.port}); group != groups_.end())
        if (const auto place = std::find(group->second.begin(), group->second.end(), name.which);
            place != group->second.end()) {
            *place = group->second.back();
            group->second.pop_back();
        }
    call_at_once(
        host, listener.cookie, std::move(record), listener.descriptor.number(),
        [&]() -> std::int64_t { return ::close(listener.descriptor.give_up()) < 0 ? -errno : 0; });
}

} // namespace net
