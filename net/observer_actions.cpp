// What can be asked for from outside, one function each. What never blocks is done here; the rest
// goes to an actor.
#include "net/observer.hpp"

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

namespace net {
namespace {

constexpr std::int64_t default_somaxconn = 4096;

int bind_and_listen(int descriptor, const Endpoint& to, std::int64_t backlog) {
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    std::memcpy(&address.sin_addr, to.address.data(), 4);
    address.sin_port = htons(to.port);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0)
        return errno;
    return ::listen(descriptor, static_cast<int>(backlog)) < 0 ? errno : 0;
}

} // namespace

void Observer::perform(const scenario::Action& action) {
    std::visit([this](const auto& one) { act(one); }, action);
}

void Observer::act(const scenario::Listen& action) {
    Host& host = hosts_[action.host];
    Listener& listener = listeners_[{action.host, action.port}];
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

    Endpoint where = ground_->address(action.host);
    where.port = frames_are_ours_ ? action.port : 0; // on loopback the machine chooses a free one
    int error = 0;
    if (again)
        error = ::listen(listener.descriptor.number(), static_cast<int>(action.backlog)) < 0 ? errno
                                                                                             : 0;
    else
        error = listener.descriptor.is_open()
                    ? bind_and_listen(listener.descriptor.number(), where, action.backlog)
                    : EMFILE;
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
}

void Observer::act(const scenario::Connect& action) {
    const ConnectionName name{action.host, action.number};
    hosts_[action.host].beat = recorder_.new_beat();
    Connection& connection = connections_[name];
    connection.cookie =
        mirror_.make(action.host, trace::RecordKind::connection, action.number, now(), trace::none);
    connection.actor = std::make_unique<Actor>(inbox_);
    Order made;
    made.call = trace::Call::connect;
    made.to = ground_->address(action.to);
    made.to.port = ground_->real_port(action.to, action.port);
    made.from_port = action.from_port;
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
    const auto listener = listeners_.find({action.host, action.port});
    Host& host = hosts_[action.host];
    if (!host.main)
        host.main = std::make_unique<Actor>(inbox_);
    connections_[{action.host, action.number}];
    Pending pending;
    pending.host = action.host;
    pending.socket = listener == listeners_.end() ? trace::none : listener->second.cookie;
    pending.name = {action.host, action.number};
    trace::CallRecord record;
    record.call = trace::Call::accept;
    Order made;
    made.call = trace::Call::accept;
    made.descriptor = listener == listeners_.end() ? -1 : listener->second.descriptor.number();
    made.id = record_call(std::move(record), pending);
    host.main->order(std::move(made));
}

void Observer::act(const scenario::Write& action) {
    const auto name = connection_of(action.socket);
    if (!name)
        return;
    trace::CallRecord record;
    record.call = trace::Call::write;
    record.argument = action.bytes;
    Order made;
    made.call = trace::Call::write;
    made.bytes = action.bytes;
    made.text = action.text;
    order(*name, std::move(record), std::move(made));
}

void Observer::act(const scenario::Read& action) {
    const auto name = connection_of(action.socket);
    if (!name)
        return;
    trace::CallRecord record;
    record.call = trace::Call::read;
    Order made;
    made.call = trace::Call::read;
    made.bytes = action.most.value_or(1u << 20);
    record.argument = made.bytes;
    order(*name, std::move(record), std::move(made));
}

void Observer::act(const scenario::ShutDown& action) {
    const auto name = connection_of(action.socket);
    if (!name)
        return;
    trace::CallRecord record;
    record.call = trace::Call::shutdown;
    record.how = action.how;
    Order made;
    made.call = trace::Call::shutdown;
    made.how = action.how;
    order(*name, std::move(record), std::move(made));
}

void Observer::act(const scenario::Close& action) {
    if (action.socket.kind == scenario::SocketName::Kind::listener)
        return close_listener(action.socket.host, action.socket.port);
    const auto name = connection_of(action.socket);
    if (!name)
        return;
    trace::CallRecord record;
    record.call = trace::Call::close;
    Order made;
    made.call = trace::Call::close;
    order(*name, std::move(record), std::move(made));
}

void Observer::close_listener(trace::HostId host, std::uint16_t port) {
    const auto at = listeners_.find({host, port});
    if (at == listeners_.end())
        return;
    Pending pending;
    pending.host = host;
    pending.socket = at->second.cookie;
    trace::CallRecord record;
    record.call = trace::Call::close;
    CallReport report;
    report.call = record_call(record, pending);
    report.descriptor = at->second.descriptor.number();
    report.at_ns = now().ns + start_ns_;
    call_entered(report, pending_[report.call]);
    report.value = ::close(at->second.descriptor.give_up()) < 0 ? -errno : 0;
    report.returned = true;
    report.descriptor = -1;
    report.at_ns = now().ns + start_ns_;
    const Pending last = pending_[report.call];
    pending_.erase(report.call);
    listeners_.erase(at);
    Pending copy = last;
    call_returned(report, copy);
}

void Observer::act(const scenario::SetOption& action) {
    trace::CallRecord record;
    record.call = trace::Call::setsockopt;
    record.argument = action.value;
    if (action.socket.kind == scenario::SocketName::Kind::listener) {
        const auto at = listeners_.find({action.socket.host, action.socket.port});
        if (at != listeners_.end())
            set_option(at->second.descriptor.number(), action.name, action.value);
        return;
    }
    const auto name = connection_of(action.socket);
    if (!name)
        return;
    Order made;
    made.call = trace::Call::setsockopt;
    made.option = action.name;
    made.option_value = action.value;
    order(*name, std::move(record), std::move(made));
}

void Observer::act(const scenario::NonBlocking& action) {
    const auto name = connection_of(action.socket);
    if (!name)
        return;
    trace::CallRecord record;
    record.call = trace::Call::setsockopt;
    record.text = "O_NONBLOCK";
    Order made;
    made.call = trace::Call::setsockopt;
    made.set_nonblocking = true;
    order(*name, std::move(record), std::move(made));
}

void Observer::act(const scenario::SetSysctl& action) {
    std::string name = action.name;
    if (name.rfind("net.", 0) != 0)
        name =
            (name.rfind("tcp_", 0) == 0 || name.rfind("ip_", 0) == 0 ? "net.ipv4." : "net.core.") +
            name;
    Pending pending;
    pending.host = action.host;
    trace::CallRecord record;
    record.call = trace::Call::sysctl;
    record.argument = action.value;
    record.text = fmt::format("{} = {}", name, action.value);
    CallReport report;
    report.call = record_call(record, pending);
    report.at_ns = now().ns + start_ns_;
    call_entered(report, pending_[report.call]);
    const auto written = ground_->write_sysctl(action.host, name, fmt::format("{}", action.value));
    report.value = written ? 0 : -written.failure().error;
    report.returned = true;
    report.at_ns = now().ns + start_ns_;
    Pending copy = pending_[report.call];
    pending_.erase(report.call);
    call_returned(report, copy);
    read_sysctls();
}

void Observer::act(const scenario::WireRule& action) {
    if (!frames_are_ours_)
        return;
    if (action.what != scenario::WireRule::What::release)
        return wire_.add_rule(action);
    if (const auto held = wire_.nth_held(action))
        act(scenario::Verdict{scenario::Verdict::What::release, *held, {}});
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
    case What::hold:
        if (!frame.held && wire_.hold(action.segment))
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
            wire_.set({static_cast<trace::HostId>(from), static_cast<trace::HostId>(to), delay, 0});
}

} // namespace net
