// What programs can be asked for, one function each. What never blocks is done here; the rest goes
// to an actor.
#include "net/observer.hpp"
#include "trace/sysctl.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace net {

trace::CallId Observer::perform(const scenario::Action& action) {
    last_call_ = trace::none;
    std::visit([this](const auto& one) { act(one); }, action);
    return last_call_;
}

void Observer::settle(trace::CallId call) {
    constexpr auto patience = trace::milliseconds(5);
    const trace::Instant give_up = now() + patience;
    while (now() < give_up) {
        take_news();
        const auto waiting = pending_.find(call);
        if (waiting == pending_.end() || !waiting->second.actor)
            return;
        if (waiting->second.actor->sleeps_in_call())
            return take_news(); // what it sent before it fell asleep
        pollfd bell{inbox_.bell(), POLLIN, 0};
        const timespec a_little{0, 50'000};
        ::ppoll(&bell, 1, &a_little, nullptr);
    }
}

// A scenario may leave out what stands before a sysctl's own name.
std::string full_sysctl_name(const std::string& name) {
    if (name.rfind("net.", 0) == 0)
        return name;
    const bool of_ip = name.rfind("tcp_", 0) == 0 || name.rfind("ip_", 0) == 0;
    return (of_ip ? "net.ipv4." : "net.core.") + name;
}

void Observer::act(const scenario::Connect& action) {
    const ConnectionName name{action.host, action.number};
    hosts_[action.host].beat = recorder_.new_beat();
    Connection& connection = connections_[name];
    if (!connection.actor) { // else: connect() once more on the same socket
        connection.cookie = mirror_.make(action.host, trace::RecordKind::connection, action.number,
                                         now(), trace::none);
        connection.actor = std::make_unique<Actor>(inbox_);
    }
    Order made;
    made.call = trace::Call::connect;
    made.set_nonblocking = action.nonblocking;
    made.to = ground_->address(action.to);
    if (action.address.raw != 0)
        made.to = untraced({action.address, 0});
    made.to.port = ground_->real_port(action.to, action.port);
    made.from_port = action.from_port;
    made.fastopen = action.fastopen;
    const auto host = action.host;
    made.make_socket = [this, host]() -> Descriptor {
        auto socket = ground_->tcp_socket(host);
        if (socket)
            return std::move(*socket);
        complain_(describe(socket.failure()));
        return {};
    };
    trace::CallRecord record;
    record.call = trace::Call::connect;
    record.argument = made.to.port;
    record.text = text(made.to);
    order(name, std::move(record), std::move(made));
}

void Observer::act(const scenario::Accept& action) {
    const auto listener =
        listeners_.find({action.host, action.port, std::max<std::uint16_t>(action.which, 1)});
    Host& host = hosts_[action.host];
    std::unique_ptr<Actor>& actor = action.which <= 1 ? host.main : host.workers[action.which];
    if (!actor)
        actor = std::make_unique<Actor>(inbox_);
    connections_[{action.host, action.number}];
    Pending pending;
    pending.host = action.host;
    pending.socket = listener == listeners_.end() ? trace::none : listener->second.cookie;
    pending.name = {action.host, action.number};
    pending.actor = actor.get();
    trace::CallRecord record;
    record.call = trace::Call::accept;
    record.argument = action.port;
    Order made;
    made.call = trace::Call::accept;
    made.listener = listener == listeners_.end() ? std::make_shared<std::atomic<int>>(-1)
                                                 : listener->second.number;
    made.id = record_call(std::move(record), pending);
    actor->order(std::move(made));
}

void Observer::act(const scenario::Write& action) {
    trace::CallRecord record;
    record.call = trace::Call::write;
    record.argument = action.bytes;
    Order made;
    made.call = trace::Call::write;
    made.bytes = action.bytes;
    made.flags = (action.urgent ? MSG_OOB : 0) | (action.more ? MSG_MORE : 0) |
                 (action.end_of_record ? MSG_EOR : 0) | (action.dont_wait ? MSG_DONTWAIT : 0);
    made.text = action.text;
    order(action.socket, std::move(record), std::move(made));
}

void Observer::act(const scenario::Read& action) {
    trace::CallRecord record;
    record.call = trace::Call::read;
    record.argument = action.most ? *action.most : -1;
    Order made;
    made.call = trace::Call::read;
    made.bytes = action.most.value_or(1u << 20);
    made.flags = (action.urgent ? MSG_OOB : 0) | (action.peek ? MSG_PEEK : 0) |
                 (action.wait_all ? MSG_WAITALL : 0) | (action.dont_wait ? MSG_DONTWAIT : 0);
    order(action.socket, std::move(record), std::move(made));
}

void Observer::act(const scenario::ShutDown& action) {
    trace::CallRecord record;
    record.call = trace::Call::shutdown;
    record.how = action.how;
    if (Listener* listener = listener_of(action.socket)) {
        const int descriptor = listener->descriptor.number();
        constexpr int how[] = {SHUT_RD, SHUT_WR, SHUT_RDWR};
        return call_at_once(action.socket.host, listener->cookie, std::move(record), descriptor,
                            [&]() -> std::int64_t {
                                return ::shutdown(descriptor,
                                                  how[static_cast<std::size_t>(action.how)]) < 0
                                           ? -errno
                                           : 0;
                            });
    }
    Order made;
    made.call = trace::Call::shutdown;
    made.how = action.how;
    order(action.socket, std::move(record), std::move(made));
}

void Observer::act(const scenario::Close& action) {
    if (action.socket.kind == scenario::SocketName::Kind::listener)
        return close_listener({action.socket.host, action.socket.port,
                               std::max<std::uint16_t>(action.socket.number, 1)});
    if (const auto name = resolve(action.socket); name && connections_.contains(*name))
        if (Connection& held = connections_[*name]; !held.copies.empty())
            return close_copy(name->first, held.cookie, held.copies);
    trace::CallRecord record;
    record.call = trace::Call::close;
    Order made;
    made.call = trace::Call::close;
    order(action.socket, std::move(record), std::move(made));
}

void Observer::act(const scenario::SetOption& action) {
    trace::CallRecord record;
    record.call = trace::Call::setsockopt;
    record.argument = action.value;
    record.text = fmt::format("{}, {}", action.name, action.value);
    if (Listener* listener = listener_of(action.socket)) {
        const int descriptor = listener->descriptor.number();
        return call_at_once(action.socket.host, listener->cookie, std::move(record), descriptor,
                            [&] { return -set_option(descriptor, action.name, action.value); });
    }
    Order made;
    made.call = trace::Call::setsockopt;
    made.option = action.name;
    made.option_value = action.value;
    order(action.socket, std::move(record), std::move(made));
}

void Observer::act(const scenario::NonBlocking& action) {
    trace::CallRecord record;
    record.call = trace::Call::setsockopt;
    record.text = "O_NONBLOCK";
    if (Listener* listener = listener_of(action.socket)) {
        const int descriptor = listener->descriptor.number();
        return call_at_once(action.socket.host, listener->cookie, std::move(record), descriptor,
                            [&]() -> std::int64_t {
                                const int flags = ::fcntl(descriptor, F_GETFL);
                                return ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno
                                                                                            : 0;
                            });
    }
    Order made;
    made.call = trace::Call::setsockopt;
    made.set_nonblocking = true;
    order(action.socket, std::move(record), std::move(made));
}

void Observer::act(const scenario::SetSysctl& action) {
    const std::string name = full_sysctl_name(action.name);
    trace::CallRecord record;
    record.call = trace::Call::sysctl;
    record.argument = action.value;
    record.text = fmt::format("{} = {}", name, trace::format_value(name, action.value));
    call_at_once(action.host, trace::none, std::move(record), -1, [&]() -> std::int64_t {
        const auto written =
            ground_->write_sysctl(action.host, name, trace::format_value(name, action.value));
        if (written)
            return 0;
        complain_(describe(written.failure()));
        return -written.failure().error;
    });
    read_sysctls();
}

// The programs of the laboratory are threads of one process. What a child would hold is held by
// copies of the descriptors: the kernel counts the holders of a file, not who they are.
void Observer::act(const scenario::Fork& action) {
    constexpr std::int64_t first_child = 1001; // a process number, as fork() returns it
    trace::CallRecord record;
    record.call = trace::Call::fork;
    call_at_once(action.host, trace::none, std::move(record), -1, [&]() -> std::int64_t {
        const auto copy = [](int descriptor, std::vector<Descriptor>& copies) {
            if (Descriptor one(::fcntl(descriptor, F_DUPFD_CLOEXEC, 0)); one.is_open())
                copies.push_back(std::move(one));
        };
        for (auto& [name, connection] : connections_)
            if (const Life* life = mirror_.find(connection.cookie);
                life && name.first == action.host && life->descriptor >= 0)
                copy(life->descriptor, connection.copies);
        for (auto& [where, listener] : listeners_)
            if (where.host == action.host && listener.descriptor.is_open())
                copy(listener.descriptor.number(), listener.copies);
        return first_child + hosts_[action.host].children++;
    });
}

void Observer::close_copy(trace::HostId host, trace::Cookie socket,
                          std::vector<Descriptor>& copies) {
    Descriptor one = std::move(copies.back());
    copies.pop_back();
    trace::CallRecord record;
    record.call = trace::Call::close;
    call_at_once(
        host, socket, std::move(record), one.number(),
        [&]() -> std::int64_t { return ::close(one.give_up()) < 0 ? -errno : 0; }, Holders::others);
}

} // namespace net
