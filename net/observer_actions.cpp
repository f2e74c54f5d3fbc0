// What can be asked for from outside, one function each. What never blocks is done here; the rest
// goes to an actor.
#include "net/observer.hpp"
#include "trace/sysctl.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace net {
namespace {

constexpr std::int64_t default_somaxconn = 4096;

Endpoint on_wire(const trace::Endpoint& at) {
    const std::uint32_t raw = at.address.raw;
    return ipv4({static_cast<std::uint8_t>(raw >> 24), static_cast<std::uint8_t>(raw >> 16),
                 static_cast<std::uint8_t>(raw >> 8), static_cast<std::uint8_t>(raw)},
                at.port);
}

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
        frames_are_ours_ ? on_wire({action.address, action.port}) : ground_->address(action.host);
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
        made.to = on_wire({action.address, 0});
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

Observer::Listener* Observer::listener_of(const scenario::SocketName& name) {
    const auto at =
        name.kind == scenario::SocketName::Kind::listener
            ? listeners_.find({name.host, name.port, std::max<std::uint16_t>(name.number, 1)})
            : listeners_.end();
    return at == listeners_.end() ? nullptr : &at->second;
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

void Observer::act(const scenario::WireRule& action) {
    if (!frames_are_ours_)
        return;
    if (action.what != scenario::WireRule::What::release)
        return wire_.add_rule(action);
    for (const trace::SegmentId held : wire_.held_for(action))
        act(scenario::Verdict{scenario::Verdict::What::release, held, {}});
}

void Observer::act(const scenario::Verdict& action) {
    using What = scenario::Verdict::What;
    const WireFrame* there = wire_.find(action.segment);
    if (!there)
        return; // delivered meanwhile
    const WireFrame frame = *there;
    switch (action.what) {
    case What::drop:
        wire_.remove(action.segment);
        put_on_wire(trace::EventKind::segment_lost, trace::Rule::wire_lost_by_hand, frame);
        break;
    case What::delay:
        if (frame.held)
            put_on_wire(trace::EventKind::segment_released, trace::Rule::wire_delayed, frame);
        wire_.delay(action.segment, action.time, now());
        break;
    case What::duplicate: duplicate(frame, (frame.held ? now() : frame.due) + action.time); break;
    case What::mark:
        if (wire_.mark(action.segment))
            recorder_.mark_congestion(action.segment);
        break;
    case What::hold:
        if (!frame.held && wire_.hold(action.segment, now()))
            put_on_wire(trace::EventKind::segment_held, trace::Rule::wire_held, frame);
        break;
    case What::release:
        if (wire_.release(action.segment, now()))
            put_on_wire(trace::EventKind::segment_released, trace::Rule::wire_released, frame);
        break;
    }
    mirror_.touch();
}

void Observer::act(const scenario::SetWire& action) {
    wire_.set(action);
    mirror_.touch();
}

void Observer::hold_everything(bool on) {
    for (const WireFrame& frame : wire_.frames())
        if (!on && frame.held)
            put_on_wire(trace::EventKind::segment_released, trace::Rule::wire_released, frame);
    wire_.hold_everything(now(), on);
    mirror_.touch();
}

void Observer::step() {
    for (const WireFrame& frame : wire_.frames()) {
        if (!frame.held)
            continue;
        act(scenario::Verdict{scenario::Verdict::What::release, frame.id, {}});
        return;
    }
}

void Observer::set_delay(trace::Duration delay) {
    for (std::size_t from = 0; from < hosts_.size(); ++from)
        for (std::size_t to = 0; to < hosts_.size(); ++to)
            wire_.set(scenario::SetWire{static_cast<trace::HostId>(from),
                                        static_cast<trace::HostId>(to), delay, 0});
}

} // namespace net
