// How numbers, calls and queues are put into words.
#include "panels/wording.hpp"

#include <algorithm>
#include <cmath>

namespace panels {

std::string rounded(trace::Duration d) {
    const double seconds = trace::in_seconds(d);
    const double size = std::abs(seconds);
    // Three digits, no zeros at the end of a fraction.
    const auto digits = [](double value, const char* unit) {
        const double v = std::abs(value);
        std::string text = fmt::format("{:.{}f}", value, v < 9.995 ? 2 : v < 99.95 ? 1 : 0);
        if (text.find('.') != std::string::npos) {
            text.erase(text.find_last_not_of('0') + 1);
            if (text.back() == '.')
                text.pop_back();
        }
        return text + " " + unit;
    };
    if (d.ns == 0)
        return "0 ms";
    if (size < 0.9995e-6)
        return fmt::format("{} ns", d.ns);
    if (size < 0.9995e-3)
        return digits(seconds * 1e6, "µs");
    if (size < 0.9995)
        return digits(seconds * 1e3, "ms");
    if (size < 99.95)
        return digits(seconds, "s");
    const auto whole = static_cast<std::int64_t>(std::llround(size));
    if (whole < 3600)
        return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole / 60 % 60);
}

std::string host_title(const std::string& name) {
    if (name == "client")
        return view::tr("client");
    return name == "server" ? view::tr("server") : name;
}

std::string call_text(const trace::CallRecord& call) {
    // The family and type are the same for every socket here.
    if (call.call == trace::Call::socket)
        return "socket()";
    return fmt::format("{}({})", trace::name(call.call), call.text);
}

std::string result_text(std::int64_t result) {
    if (result >= 0)
        return fmt::format("{}", result);
    return std::string(trace::name(static_cast<trace::Errno>(-result)));
}

std::string bytes_text(const trace::BufferView& buffer) {
    std::string text = fmt::format("{} B", buffer.bytes);
    if (buffer.fin)
        text += view::tr(", FIN included");
    // The kernel counts memory, not bytes, against a buffer.
    if (buffer.size > 0 && buffer.bytes > 0)
        text += say(" · {} % full",
                    (std::uint64_t{buffer.memory} * 100 + buffer.size / 2) / buffer.size);
    return text;
}

std::string queue_text(std::size_t length, std::uint32_t limit, std::uint32_t fits) {
    if (fits > limit)
        return say("{} · limit {} (+{} fits)", length, limit, fits - limit);
    return say("{} · limit {}", length, limit);
}

std::string limit_text(const trace::ListenerView& listener) {
    if (listener.backlog < 0) // somebody else's: the kernel keeps only the smaller of the two
        return view::tr("limit = min(backlog, somaxconn), as it was at listen()");
    return say("limit = min(backlog {}, somaxconn {})", listener.backlog, listener.somaxconn);
}

std::string lookup_text(const trace::Trace& trace, const trace::Event& e) {
    const bool arrival =
        e.kind == trace::EventKind::segment_arrived || e.kind == trace::EventKind::segment_refused;
    if (!arrival || e.ref >= trace.segments.size())
        return {};
    const trace::Endpoint& to = trace.segments[e.ref].segment.destination;
    const std::string exact = trace::format(to), any = fmt::format("0.0.0.0:{}", to.port);
    trace::Cookie found = e.socket;
    if (found < trace.sockets.size() && !trace.sockets[found].is_listener &&
        e.lookup() != trace::Lookup::four_tuple)
        found = trace.sockets[found].listener;
    const std::string name = trace::socket_name(trace, found);
    switch (e.lookup()) {
    case trace::Lookup::unseen: return {};
    case trace::Lookup::four_tuple: return say("Look-up: its 4-tuple is known, {}.", name);
    case trace::Lookup::listener_exact:
        return say("Look-up: no socket has its 4-tuple; a listener on {}: {}.", exact, name);
    case trace::Lookup::listener_any:
        return say("Look-up: no socket has its 4-tuple, none listens on {}; one on {}: {}.", exact,
                   any, name);
    case trace::Lookup::nothing:
        return say("Look-up: no socket has its 4-tuple, none listens on {} nor on {}.", exact, any);
    }
    return {};
}

std::uint32_t syn_queue_limit(const trace::ListenerView& listener) {
    const bool smaller = listener.syn_fits > 0 && listener.syn_fits < listener.limit;
    return smaller ? listener.syn_fits : listener.limit;
}
std::string syn_limit_text(const trace::ListenerView& listener) {
    if (listener.max_syn_backlog == 0)
        return {};
    return say("limit {} = 3/4 of tcp_max_syn_backlog {}, + 1", listener.syn_fits,
               listener.max_syn_backlog);
}

bool syn_queue_full(const trace::ListenerView& listener) {
    return listener.syn_fits > 0 && listener.syn_queue.size() >= listener.syn_fits;
}
bool accept_queue_full(const trace::ListenerView& listener) {
    return listener.accept_queue.size() >= listener.accept_fits;
}

const char* meaning(trace::State state) {
    using view::tr;
    switch (state) {
    case trace::State::closed: return tr("no connection");
    case trace::State::listen: return tr("waits for SYNs");
    case trace::State::syn_sent: return tr("waits for SYN+ACK");
    case trace::State::syn_recv: return tr("waits for the ACK");
    case trace::State::established: return tr("connected");
    case trace::State::fin_wait_1: return tr("sent FIN, waits for its ACK");
    case trace::State::fin_wait_2: return tr("waits for the peer's FIN");
    case trace::State::close_wait: return tr("peer closed, we have not");
    case trace::State::closing: return tr("both closed at once");
    case trace::State::last_ack: return tr("waits for the last ACK");
    case trace::State::time_wait: return tr("waits for 2MSL");
    }
    return "";
}

const char* timer_text(trace::Timer timer) {
    using view::tr;
    switch (timer) {
    case trace::Timer::retransmit: return tr("retransmit");
    case trace::Timer::persist: return tr("persist");
    case trace::Timer::keepalive: return tr("keepalive");
    case trace::Timer::delayed_ack: return tr("delayed ACK");
    case trace::Timer::syn_ack: return tr("SYN+ACK again");
    case trace::Timer::fin_wait_2: return "FIN_WAIT_2";
    case trace::Timer::time_wait: return "2MSL";
    }
    return "";
}

} // namespace panels
