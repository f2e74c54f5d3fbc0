// Calls as a process makes them: each thread has its own queue; the first call runs or sleeps.
#include <algorithm>

#include <fmt/format.h>

#include "tcp/calls.hpp"
#include "tcp/urgent.hpp"
#include "tcp/window.hpp"
#include "turn.hpp"

namespace world {

using trace::Call;
using trace::Rule;

trace::CallId enter(Turn& t, trace::HostId host, Call call, trace::Cookie socket,
                    std::int64_t argument, std::string text) {
    trace::CallRecord record;
    record.call = call;
    record.host = host;
    record.socket = socket;
    record.argument = argument;
    record.text = std::move(text);
    const trace::CallId id = t.journal.record(record);
    t.w.hosts[host].calls.push_back({id, false, 0});
    return id;
}

void call_entered(Turn& t, trace::HostId host, trace::CallId id, trace::Cookie socket, Rule why) {
    trace::Event e;
    e.kind = trace::EventKind::call_entered;
    e.host = host;
    e.ref = id;
    e.socket = socket;
    e.rule = why;
    t.journal.follow(t.journal.note(e));
    if (auto* log = t.journal.log())
        log->calls[id].socket = socket;
}

void call_returned(Turn& t, trace::HostId host, trace::CallId id, trace::Cookie socket,
                   std::int64_t value, Rule why) {
    trace::Event e;
    e.kind = trace::EventKind::call_returned;
    e.host = host;
    e.ref = id;
    e.socket = socket;
    e.value = value;
    e.rule = value < 0 && why == Rule::call_returns ? Rule::call_refused : why;
    t.journal.note(e);
    auto& calls = t.w.hosts[host].calls;
    // Calls are numbered as they are made.
    const auto made = std::lower_bound(calls.begin(), calls.end(), id,
                                       [](const Made& m, trace::CallId i) { return m.call < i; });
    if (made == calls.end() || made->call != id)
        return;
    made->returned = true;
    made->result = value;
}

namespace {

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

} // namespace

Call call_of(const scenario::Action& a) {
    struct Visitor {
        Call operator()(const scenario::Listen&) const { return Call::listen; }
        Call operator()(const scenario::Connect&) const { return Call::connect; }
        Call operator()(const scenario::Accept&) const { return Call::accept; }
        Call operator()(const scenario::Write&) const { return Call::write; }
        Call operator()(const scenario::Read&) const { return Call::read; }
        Call operator()(const scenario::ShutDown&) const { return Call::shutdown; }
        Call operator()(const scenario::Close&) const { return Call::close; }
        Call operator()(const scenario::SetOption&) const { return Call::setsockopt; }
        Call operator()(const scenario::NonBlocking&) const { return Call::setsockopt; }
        Call operator()(const scenario::SetSysctl&) const { return Call::sysctl; }
        Call operator()(const scenario::Fork&) const { return Call::fork; }
        Call operator()(const scenario::WireRule&) const { return Call::sysctl; }
        Call operator()(const scenario::Verdict&) const { return Call::sysctl; }
        Call operator()(const scenario::SetWire&) const { return Call::sysctl; }
        Call operator()(const scenario::Raw&) const { return Call::sysctl; }
        Call operator()(const scenario::Flood&) const { return Call::sysctl; }
    };
    return std::visit(Visitor{}, a);
}

void release_descriptor(Contents& w, trace::Cookie cookie) {
    Socket& s = w.sockets[cookie];
    if (s.fd >= 0)
        w.hosts[s.host].descriptors[static_cast<std::size_t>(s.fd)] = trace::none;
    s.fd = -1;
}

namespace {

// MSG_DONTWAIT: for one call as if the descriptor did not block.
class Impatient {
public:
    Impatient(tcp::Connection& c, bool dont_wait) : c_(c), was_(c.nonblocking) {
        c.nonblocking = was_ || dont_wait;
    }
    ~Impatient() { c_.nonblocking = was_; }
    Impatient(const Impatient&) = delete;
    Impatient& operator=(const Impatient&) = delete;

private:
    tcp::Connection& c_;
    const bool was_;
};

// SO_RCVTIMEO, SO_SNDTIMEO: how long this call sleeps at most; 0: for ever.
trace::Duration patience(const scenario::Action& a, const tcp::Connection& c) {
    const tcp::Limits& l = tcp::limits(c.options);
    const bool reads = std::holds_alternative<scenario::Read>(a);
    const bool sends =
        std::holds_alternative<scenario::Write>(a) || std::holds_alternative<scenario::Connect>(a);
    return trace::milliseconds(reads ? l.receive_timeout_ms : sends ? l.send_timeout_ms : 0);
}

// connect() has slept for as long as SO_SNDTIMEO lets it: from here on it is as if it had not
// waited (inet_wait_for_connect()).
tcp::Progress connecting_timed_out(tcp::Connection& c) {
    const Impatient now(c, true);
    tcp::Progress p = tcp::connect_result(c);
    p.why = Rule::call_timed_out;
    return p;
}

// One attempt at the call; an unfinished one sleeps.
struct Attempt {
    Turn& t;
    Named& named;
    PendingCall& pending;
    tcp::Connection& c;
    tcp::Moment m;
    const bool again; // it has slept

    tcp::Progress operator()(const scenario::Connect& a) {
        const tcp::Progress p = tcp::connect_result(c);
        return a.fastopen && p.finished && p.value == 0 ? send_rest() : p;
    }
    // sendto(MSG_FASTOPEN): what did not go with the SYN is written now.
    tcp::Progress send_rest() {
        const std::uint32_t rest = c.fast_open.promised - c.fast_open.in_syn;
        tcp::Progress p{true, 0, Rule::write_accepted};
        if (rest > 0)
            p = tcp::write(c, rest, pending.written, m);
        if (p.finished && p.value >= 0)
            p.value += c.fast_open.in_syn;
        return p;
    }
    tcp::Progress operator()(const scenario::Write& a) {
        const Impatient now(c, a.dont_wait);
        return tcp::write(c, a.bytes, pending.written, m, {a.urgent, a.more, a.end_of_record});
    }
    tcp::Progress operator()(const scenario::Read& a) {
        const Impatient now(c, a.dont_wait);
        if (pending.grip.holds() && !a.urgent && !a.peek) [[unlikely]]
            return read_holding(a);
        return a.urgent ? tcp::read_urgent(c, a.most) : read(a);
    }
    [[gnu::noinline]] tcp::Progress read(const scenario::Read& a, bool goes_on = false) {
        return tcp::read(c, a.most, pending.written, m, {a.peek, a.wait_all, again, goes_on});
    }
    // tcp_recvmsg_locked(): with what it wants in hand it looks at the backlog, and copies on if
    // something was there; what comes after its last look is taken in by release_sock().
    tcp::Progress read_holding(const scenario::Read& a) {
        const Grip& grip = pending.grip;
        const std::uint8_t looks = pending.looks;
        const bool left = looks > grip.meets.size();
        if (!left && tcp::unread(c) > 0) {
            const tcp::Progress p = read(a, true);
            if (!p.finished)
                return p;
        } else if (!left && pending.written == 0) {
            return read(a);
        }
        const bool meets_more = looks < grip.meets.size() && grip.meets[looks] > 0;
        if (meets_more) {
            ++pending.looks;
            own(t, c.cookie, grip.meets[looks]);
            return {};
        }
        if (!left)
            tcp::finish_reading(c, pending.written, m);
        if (!left && grip.leaves > 0) {
            pending.looks = static_cast<std::uint8_t>(grip.meets.size() + 1);
            own(t, c.cookie, grip.leaves);
            return {};
        }
        return {true, pending.written, Rule::read_returns_data};
    }
    tcp::Progress operator()(const scenario::ShutDown& a) { return tcp::shut_down(c, a.how, m); }
    tcp::Progress operator()(const scenario::Close&) {
        if (!c.lingering && gives_up_one_of_many(t.w, c.cookie))
            return {true, 0, Rule::close_of_shared_file};
        if (!c.lingering)
            release_descriptor(t.w, c.cookie);
        const tcp::Progress p = tcp::close(c, m);
        named.closed = p.finished;
        return p;
    }
    tcp::Progress operator()(const scenario::SetOption& a) {
        if (share(t.w, c.cookie, a.name, a.value != 0) && a.name == "SO_REUSEADDR")
            return {true, 0, Rule::call_returns};
        return tcp::set_option(c, a.name, a.value, m);
    }
    tcp::Progress operator()(const scenario::NonBlocking&) {
        c.nonblocking = true;
        return {true, 0, Rule::call_returns};
    }
    // Not calls on a connection: performed at once, never queued here.
    tcp::Progress operator()(const scenario::Listen&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::Accept&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::SetSysctl&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::Fork&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::WireRule&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::Verdict&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::SetWire&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::Raw&) { return {true, 0, Rule::call_returns}; }
    tcp::Progress operator()(const scenario::Flood&) { return {true, 0, Rule::call_returns}; }
};

void finished(Turn& t, trace::HostId host, Named& n, const tcp::Progress& p) {
    const PendingCall done = n.thread.calls.front();
    n.thread.calls.erase(n.thread.calls.begin());
    n.thread.asleep = false;
    n.last_call = call_of(done.action);
    n.last_result = p.value;
    call_returned(t, host, done.id, n.socket, p.value, p.why);
}

} // namespace

void run_thread(Turn& t, trace::HostId host, std::uint16_t number) {
    while (true) {
        Named& n = t.w.hosts[host].names[number - 1u];
        if (n.thread.calls.empty() || n.coming)
            return;
        PendingCall& pending = n.thread.calls.front();
        const bool first_time = !n.thread.asleep;
        if (first_time) {
            pending.since = t.w.now;
            // Made while accept() still slept: only now is its descriptor known.
            auto* log = t.journal.log();
            const bool unknown = log && log->calls[pending.id].socket == trace::none;
            call_entered(t, host, pending.id, n.socket, Rule::call_made);
            if (unknown && n.socket != trace::none)
                log->calls[pending.id].text = arguments(pending.action, t.w.sockets[n.socket].fd);
            pending.entered = t.journal.cause();
            n.thread.asleep = true;
            if (!n.thread.grips.empty() && std::holds_alternative<scenario::Read>(pending.action)) {
                pending.grip = n.thread.grips.front();
                n.thread.grips.erase(n.thread.grips.begin());
            }
        }
        if (pending.grip.after > 0 || (!t.w.owned.empty() && is_owned(t.w, n.socket))) [[unlikely]]
            return;
        const Slot slot = n.socket == trace::none ? no_slot : t.w.sockets[n.socket].connection;
        if (n.closed || slot == no_slot) {
            finished(t, host, n, {true, code(trace::Errno::ebadf), Rule::call_refused});
            continue;
        }
        const trace::Cookie cookie = n.socket;
        tcp::Connection& c = t.w.connections[slot];
        Attempt attempt{t, n, pending, c, t.moment(host), !first_time};
        tcp::Progress p = std::visit(attempt, pending.action);
        const trace::Duration patient = patience(pending.action, c);
        if (!p.finished && patient > trace::Duration{}) {
            const trace::Instant over = pending.since + patient;
            if (t.w.now >= over)
                p = std::holds_alternative<scenario::Connect>(pending.action)
                        ? connecting_timed_out(c)
                        : tcp::timed_out(c, pending.written);
            else if (first_time)
                t.w.deadlines.add(over, DueKind::wake, cookie);
        }
        if (!p.finished) {
            if (first_time)
                t.journal.explain(pending.entered,
                                  p.why == Rule::call_returns ? Rule::call_blocks : p.why);
            reindex(t.w, DueKind::connection, slot);
            return;
        }
        finished(t, host, n, p);
        // The call may have ended the connection; that wakes nobody but this thread.
        if (t.w.sockets[cookie].connection == slot)
            settle(t, slot);
    }
}

Thread& acceptor(Host& h, std::uint16_t which) {
    if (which <= 1)
        return h.main;
    if (h.workers.size() < which - 1u)
        h.workers.resize(which - 1u);
    return h.workers[which - 2u];
}

void run_main_thread(Turn& t, trace::HostId host, std::uint16_t which) {
    while (true) {
        Thread& thread = acceptor(t.w.hosts[host], which);
        if (thread.calls.empty())
            return;
        PendingCall& pending = thread.calls.front();
        const auto& accept = std::get<scenario::Accept>(pending.action);
        const Slot l = listener_named(t.w, host, accept.port, accept.which);
        const trace::Cookie listener = l == no_slot ? trace::none : t.w.listeners[l].cookie;
        const bool first_time = !thread.asleep;
        if (first_time) {
            pending.since = t.w.now;
            call_entered(t, host, pending.id, listener, Rule::call_made);
            pending.entered = t.journal.cause();
            thread.asleep = true;
        }
        const std::uint16_t number = accept.number;
        std::int64_t value = code(trace::Errno::ebadf);
        Rule why = Rule::call_refused;
        trace::Cookie made = trace::none;
        if (l != no_slot && !t.w.listeners[l].accept_queue.empty()) {
            made = accept_from(t, l, number);
            value = t.w.sockets[made].fd;
            why = Rule::accept_takes_head;
        } else if (l != no_slot && t.w.listeners[l].nonblocking) {
            value = code(trace::Errno::eagain);
        } else if (l != no_slot) {
            // inet_csk_accept(): SO_RCVTIMEO, when the call was made.
            if (first_time)
                pending.patience =
                    trace::milliseconds(tcp::limits(t.w.listeners[l].inherited).receive_timeout_ms);
            const trace::Instant over = pending.since + pending.patience;
            const bool timed_out = pending.patience > trace::Duration{} && t.w.now >= over;
            if (first_time && pending.patience > trace::Duration{})
                t.w.deadlines.add(over, DueKind::wake, listener);
            if (first_time)
                t.journal.explain(pending.entered, Rule::call_blocks);
            if (!timed_out)
                return;
            value = code(trace::Errno::eagain);
            why = Rule::call_timed_out;
        }
        const trace::CallId id = pending.id;
        thread.calls.erase(thread.calls.begin());
        thread.asleep = false;
        Named& n = t.w.hosts[host].names[number - 1u];
        n.coming = false;
        n.last_call = Call::accept;
        n.last_result = value;
        if (auto* log = t.journal.log())
            log->calls[id].accepted = made;
        call_returned(t, host, id, listener, value, why);
        if (l != no_slot && t.w.listeners[l].closing)
            close_listener(t, l, trace::Trigger::close_call);
        run_thread(t, host, number);
    }
}

} // namespace world
