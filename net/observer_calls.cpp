// Calls: from order to report to events. Every call is a real one; its record shows the arguments
// as strace would.
#include "net/observer.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

namespace net {
namespace {

constexpr std::size_t calls_shown = 200;

std::string arguments(const trace::CallRecord& record, int descriptor, const std::string& given) {
    const std::string fd = descriptor < 0 ? "?" : fmt::format("{}", descriptor);
    switch (record.call) {
    case trace::Call::connect: return fmt::format("{}, {}", fd, given);
    case trace::Call::accept:
    case trace::Call::close: return fd;
    case trace::Call::read:
    case trace::Call::write: return fmt::format("{}, {}", fd, record.argument);
    case trace::Call::shutdown: return fmt::format("{}, SHUT_{}", fd, trace::name(record.how));
    case trace::Call::listen: return fmt::format("{}, {}", fd, record.argument);
    case trace::Call::setsockopt: return fmt::format("{}, {}", fd, given);
    case trace::Call::socket:
    case trace::Call::bind:
    case trace::Call::fork:
    case trace::Call::sysctl: return given;
    }
    return given;
}

} // namespace

trace::CallId Observer::record_call(trace::CallRecord record, const Pending& pending) {
    record.host = pending.host;
    record.socket = pending.socket;
    const auto id = recorder_.add(std::move(record));
    pending_[id] = pending;
    last_call_ = id;
    return id;
}

trace::EventId Observer::call_event(trace::EventKind kind, trace::CallId id, const Pending& pending,
                                    trace::Instant at, std::int64_t value) {
    trace::Event event;
    event.at = at;
    event.kind = kind;
    event.ref = id;
    event.host = pending.host;
    event.socket = pending.socket;
    event.cause = kind == trace::EventKind::call_returned ? pending.entered : trace::none;
    event.value = value;
    event.rule = kind == trace::EventKind::call_entered ? trace::Rule::call_made
                 : value < 0                            ? trace::Rule::call_refused
                                                        : trace::Rule::call_returns;
    mirror_.touch();
    return recorder_.add(event);
}

void Observer::call_at_once(trace::HostId host, trace::Cookie socket, trace::CallRecord record,
                            int descriptor, const std::function<std::int64_t()>& call,
                            Holders left) {
    Pending pending;
    pending.left = left;
    pending.host = host;
    pending.socket = socket;
    CallReport report;
    report.call = record_call(std::move(record), pending);
    report.descriptor = descriptor;
    report.at_ns = now().ns + start_ns_;
    call_entered(report, pending_[report.call]);
    report.value = call();
    report.returned = true;
    report.descriptor = -1;
    report.at_ns = now().ns + start_ns_;
    Pending entered = pending_[report.call];
    pending_.erase(report.call);
    call_returned(report, entered);
}

void Observer::call_nobody(const scenario::SocketName& name, trace::CallRecord record) {
    complain_("no program of the laboratory holds that socket: there is nobody to make the call");
    call_at_once(name.host, trace::none, std::move(record), -1, [] { return -EBADF; });
}

void Observer::order(const scenario::SocketName& name, trace::CallRecord record, Order made) {
    const auto found = resolve(name);
    if (!found || !connections_.contains(*found))
        return call_nobody(name, std::move(record));
    order(*found, std::move(record), std::move(made));
}

void Observer::order(const ConnectionName& name, trace::CallRecord record, Order order) {
    Connection& connection = connections_[name];
    Pending pending;
    pending.host = name.first;
    pending.socket = connection.cookie;
    pending.actor = connection.actor.get();
    record.text = order.option.empty() ? record.text
                                       : fmt::format("{}, {}", order.option, order.option_value);
    order.id = record_call(std::move(record), pending);
    if (connection.actor)
        connection.actor->order(std::move(order));
    else
        connection.waiting.push_back(std::move(order)); // until accept() has returned it
}

void Observer::take_reports() {
    for (const CallReport& report : inbox_.take()) {
        const auto at = pending_.find(report.call);
        if (at == pending_.end())
            continue;
        last_activity_ = now();
        if (!report.returned) {
            pace_.calls[report.call].began = trace::Instant{report.at_ns - start_ns_};
            if (report.idle)
                lateness_ =
                    std::max(lateness_, trace::nanoseconds(report.at_ns - report.ordered_ns));
            call_entered(report, at->second);
            publish_changes();
            continue;
        }
        const Pending pending = at->second;
        pending_.erase(at);
        Pending copy = pending;
        const trace::Duration waited = trace::nanoseconds(report.waited_ns);
        const auto late = trace::nanoseconds(report.idle ? report.began_ns - report.ordered_ns : 0);
        pace_.calls[report.call] = {trace::Instant{report.began_ns - start_ns_}, waited,
                                    trace::Instant{report.at_ns - start_ns_}, report.value};
        lateness_ = std::max({lateness_, waited, late});
        call_returned(report, copy);
        publish_changes();
    }
}

void Observer::call_entered(const CallReport& report, Pending& pending) {
    Host& host = hosts_[pending.host];
    trace::CallRecord record = recorder_.trace().calls[report.call];
    if (record.call == trace::Call::connect)
        if (Life* life = mirror_.find(pending.socket)) {
            life->descriptor = report.descriptor;
            life->kernel_cookie = report.cookie;
        }
    Life* life = mirror_.find(pending.socket);
    if (record.call == trace::Call::accept && life && life->descriptor < 0) {
        life = nullptr; // it was closed while this call waited for its thread
        record.socket = pending.socket = trace::none;
    }
    record.text = arguments(record, life ? life->descriptor : report.descriptor, record.text);
    const trace::Call call = record.call;
    recorder_.change(report.call, record);

    const trace::Instant at{report.at_ns - start_ns_};
    host.beat = recorder_.new_beat();
    pending.entered = call_event(trace::EventKind::call_entered, report.call, pending, at, 0);
    Stimulus seen;
    seen.call = call;
    if (report.aborts)
        seen.abort =
            report.unread > 0 ? trace::Rule::close_with_unread_data : trace::Rule::linger_zero;
    stimulate(pending.host, pending.entered, seen, pending.socket);
    host.calls.push_back({report.call, false, 0});
    if (host.calls.size() > calls_shown)
        host.calls.erase(host.calls.begin());
    if (life) {
        life->blocked_in = call;
        life->blocked_since = at;
    }
}

void Observer::call_returned(const CallReport& report, Pending& pending) {
    Host& host = hosts_[pending.host];
    trace::CallRecord record = recorder_.trace().calls[report.call];
    if (report.failed_in == trace::Call::bind) {
        record.call = trace::Call::bind;
        recorder_.change(report.call, record);
    }
    const trace::Instant at{report.at_ns - start_ns_};
    if (!frames_are_ours_ && report.descriptor >= 0 && report.value >= 0) {
        ground_->track(pending.host, report.pair);
        ground_->track(static_cast<trace::HostId>(1 - pending.host), reversed(report.pair));
    }
    // What the call did to the state of the socket comes before its return.
    const Stimulus since = host.seen;
    if (since.call == record.call || !frames_are_ours_) {
        look(pending.host, at);
        if (!frames_are_ours_) {
            stimulate(static_cast<trace::HostId>(1 - pending.host), pending.entered, {});
            hosts_[1 - pending.host].seen.peer_aborted = since.abort.has_value();
            look(static_cast<trace::HostId>(1 - pending.host), at);
        }
    } else {
        host.beat = recorder_.new_beat();
    }
    recorder_.use_beat(host.beat);
    if (record.call == trace::Call::accept && report.value >= 0)
        accepted(report, pending);
    else if (record.call == trace::Call::accept)
        hand_over(pending.name, trace::none, -1);
    const auto returned =
        call_event(trace::EventKind::call_returned, report.call, pending, at, report.value);
    for (trace::CallView& view : host.calls)
        if (view.call == report.call)
            view = {report.call, true, report.value};
    if (Life* life = mirror_.find(pending.socket)) {
        life->blocked_in.reset();
        life->last_call = record.call;
        life->last_result = report.value;
    }
    Stimulus seen;
    seen.call = record.call;
    seen.abort = since.abort;
    stimulate(pending.host, returned, seen, pending.socket);
    if (record.call == trace::Call::close && pending.left == Holders::none)
        mirror_.close_descriptor(pending.socket,
                                 look_now(pending.host, at, trace::Certainty::exact));
    look(pending.host, now()); // accept() took one from the queue, read() emptied a buffer
}

void Observer::accepted(const CallReport& report, const Pending& pending) {
    look(pending.host, {report.at_ns - start_ns_});
    Life* life = mirror_.find_kernel(report.cookie);
    trace::Cookie cookie = life ? life->cookie : trace::none;
    if (!life || life->gone) { // it came and was reset between two looks
        cookie = mirror_.make(pending.host, trace::RecordKind::connection, pending.name.second,
                              now(), pending.entered);
        life = mirror_.find(cookie);
        life->kernel_cookie = report.cookie;
        life->listener = pending.socket;
    }
    life->descriptor = report.descriptor;
    life->waits_dead = false;
    trace::SocketRecord socket = recorder_.trace().sockets[cookie];
    socket.number = pending.name.second;
    recorder_.change_socket(cookie, socket);
    trace::CallRecord record = recorder_.trace().calls[report.call];
    record.accepted = cookie;
    recorder_.change(report.call, record);

    hand_over(pending.name, cookie, report.descriptor);
}

// What was ordered before accept() returned can be made now; after a failed one, on no descriptor.
void Observer::hand_over(const ConnectionName& name, trace::Cookie cookie, int descriptor) {
    Connection& connection = connections_[name];
    connection.cookie = cookie;
    connection.actor = std::make_unique<Actor>(inbox_, descriptor);
    for (Order& waiting : connection.waiting) {
        trace::CallRecord later = recorder_.trace().calls[waiting.id];
        later.socket = cookie;
        recorder_.change(waiting.id, later);
        pending_[waiting.id].socket = cookie;
        pending_[waiting.id].actor = connection.actor.get();
        connection.actor->order(std::move(waiting));
    }
    connection.waiting.clear();
}

std::optional<Observer::ConnectionName> Observer::resolve(const scenario::SocketName& name) const {
    using Kind = scenario::SocketName::Kind;
    switch (name.kind) {
    case Kind::connection: return ConnectionName{name.host, name.number};
    case Kind::listener: return std::nullopt;
    case Kind::other_end: {
        const auto peer = connections_.find({name.peer, name.number});
        if (peer == connections_.end() || peer->second.cookie == trace::none)
            return std::nullopt;
        const auto& end = recorder_.trace().sockets[peer->second.cookie];
        for (const auto& [other, connection] : connections_) {
            if (other.first != name.host || connection.cookie == trace::none)
                continue;
            const auto& socket = recorder_.trace().sockets[connection.cookie];
            if (socket.local == end.remote && socket.remote == end.local)
                return other;
        }
        return std::nullopt;
    }
    }
    return std::nullopt;
}

} // namespace net
