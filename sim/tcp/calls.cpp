// Calls on a connection; tcp.c and af_inet.c.
#include "calls.hpp"

#include <algorithm>
#include <utility>

#include "arrival.hpp"
#include "handshake.hpp"
#include "keepalive.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "urgent.hpp"
#include "window.hpp"

namespace tcp {

using trace::Call;
using trace::Rule;
using trace::Trigger;
using S = trace::State;

namespace {

std::int64_t code(trace::Errno e) {
    return -static_cast<std::int64_t>(e);
}

// Asks the table; an error that is reported is no longer pending.
std::optional<Progress> refusal(Connection& c, Call call, bool would_block) {
    const auto row = trace::refused(c.status.state(), call, context(c, would_block));
    if (!row)
        return std::nullopt;
    if (row->condition == trace::Condition::error_pending)
        c.error = trace::Errno::ok;
    return Progress{true, code(row->error), row->why};
}

constexpr Progress sleeps{};

} // namespace

trace::CallContext context(const Connection& c, bool would_block) {
    trace::CallContext x;
    x.error_pending = c.error != trace::Errno::ok;
    x.pending_error = c.error;
    x.was_connected = c.was_connected;
    x.disconnecting = c.disconnecting;
    x.shut_wr = c.shut_wr;
    x.would_block = would_block;
    x.nonblocking = c.nonblocking;
    return x;
}

void open(Connection& c, Seq iss, Moment& m) {
    c.snd.iss = c.snd.una = iss;
    c.snd.nxt = c.snd.end = iss + 1;
    start_send_queue(c);
    c.receive_buffer = c.receive_buffer ? c.receive_buffer : default_receive_buffer(m.stack);
    c.send_buffer = c.send_buffer ? c.send_buffer : default_send_buffer(m.stack);
    c.agreed = offer(m.stack, c.receive_buffer, c.buffer_was_set, c.options);
    begin_path(c, m);
    c.rcv.wnd = c.rcv.ceiling =
        first_window(m.stack, c.receive_buffer, c.options, false, c.path.mtu);
    c.memory.clamp = std::min(window_of_buffer(m.stack, c.receive_buffer),
                              65535u << c.agreed.receive_scale); // tcp_select_initial_window()
    c.rtt.rto = initial_rto(m.stack);
    c.retransmitting_since = m.now();
    if (!c.fast_open.deferred)
        advance(c.status, c.cookie, Trigger::connect_call, m);
    c.fast_open.deferred = false;
    m.count(trace::Counter::ActiveOpens);
    send_syn(c, m, Rule::active_open, false);
    // The rest of sendto() waits.
    c.queue.asleep = !c.nonblocking && c.fast_open.promised > c.fast_open.in_syn;
    start_retransmission_timer(c, m, c.resend.by);
}

namespace {

// tcp_disconnect(): no direction is shut any more. What the program has set stays. Numbers of the
// next life begin past the window of this one, which SIOCOUTQ shows as bytes not acknowledged.
void as_new(Connection& c) {
    c.shut_rd = c.shut_wr = c.done_reading = false;
    c.was_connected = c.connecting = false;
    c.rcv.fin = false;
    c.rcv.copied = c.rcv.nxt;
    c.urgent.clear();
    c.snd.end = c.snd.end + (c.snd.fin ? 1u : 0u) + c.snd.max_wnd + 2;
    c.snd.fin = false;
}

} // namespace

Progress connect_result(Connection& c) {
    const S state = c.status.state();
    if (state == S::syn_sent || state == S::syn_recv) {
        if (!c.nonblocking)
            return sleeps;
        c.connecting = true;
        if (c.fast_open.in_syn > 0)
            return {true, c.fast_open.in_syn, Rule::write_accepted};
        return {true, code(trace::Errno::einprogress), Rule::call_returns};
    }
    c.connecting = false;
    if (state != S::closed)
        return {true, 0, Rule::call_returns};
    // The error may have been told by SO_ERROR before.
    const trace::Errno e = c.error == trace::Errno::ok ? trace::Errno::econnaborted : c.error;
    c.error = trace::Errno::ok;
    as_new(c);
    return {true, code(e), Rule::error_reported};
}

void disconnect(Connection& c, Moment& m) {
    const S state = c.status.state();
    const bool told =
        state == S::closed || state == S::closing || state == S::last_ack || state == S::time_wait;
    if (state == S::syn_sent)
        advance(c.status, c.cookie, Trigger::close_call, m);
    else if (state != S::closed && state != S::time_wait)
        abort(c, m, Rule::linger_zero);
    bury(c, told ? trace::Errno::ok : trace::Errno::econnreset);
    as_new(c);
}

namespace {

// Takes what there is, at most `most`, up to an urgent byte.
Progress take(Connection& c, std::optional<std::uint32_t> most, Moment& m, bool goes_on) {
    const std::uint32_t there = unread(c);
    std::uint32_t n = most ? std::min(*most, there) : there;
    Rule why = Rule::read_returns_data;
    if (!c.urgent.empty()) [[unlikely]] {
        const std::uint32_t whole = n;
        n = up_to_urgent(c, n);
        if (n < whole)
            why = Rule::read_stops_at_urgent;
    }
    // tcp_recvmsg_locked() asks for right-sizing after each buffer: the first one's answer holds.
    const Seq taken = c.rcv.copied + n;
    const bool several = !c.memory.queue.empty() && before(c.memory.queue.front().end, taken);
    c.rcv.copied = several ? c.memory.queue.front().end : taken;
    right_size(c, m);
    c.rcv.copied = taken;
    if (!c.urgent.empty()) [[unlikely]]
        forget_urgent(c);
    // A reader that asked for more runs into the FIN and takes it along.
    if (c.rcv.fin && n == there && (!most || *most > n))
        c.rcv.copied = c.rcv.nxt;
    else if (c.rcv.fin && n == there && !c.memory.queue.empty() &&
             before(c.memory.queue.back().begin + 1, c.rcv.nxt))
        c.rcv.copied = c.rcv.nxt; // it came in the same buffer
    free_what_was_read(c);
    if (c.status.state() != S::closed && !goes_on)
        acknowledge_reading(c, n, m);
    return {true, n, why};
}

// Nothing to read: the end, an error, or sleep.
[[gnu::noinline]] Progress nothing_to_read(Connection& c, bool peek) {
    if (c.done_reading) { // before any error: SOCK_DONE
        if (!peek) {
            c.rcv.copied = c.rcv.nxt;
            free_what_was_read(c);
        }
        return {true, 0, Rule::read_returns_eof};
    }
    if (c.error != trace::Errno::ok && c.status.state() != S::closed) {
        const trace::Errno e = c.error;
        c.error = trace::Errno::ok;
        return {true, code(e), Rule::error_reported};
    }
    if (c.shut_rd && c.error == trace::Errno::ok)
        return {true, 0, Rule::read_returns_eof};
    if (auto r = refusal(c, Call::read, true))
        return *r;
    if (c.status.state() == S::closed)
        return {true, 0, Rule::read_returns_eof};
    return sleeps;
}

// With what it has got a reader sleeps on only while more can come: tcp_recvmsg_locked().
bool no_more_comes(const Connection& c) {
    return c.nonblocking || c.done_reading || c.shut_rd || c.error != trace::Errno::ok ||
           c.status.state() == S::closed;
}

[[gnu::noinline]] Progress peek(Connection& c, std::optional<std::uint32_t> most,
                                std::uint32_t target) {
    const std::uint32_t there = unread(c), n = most ? std::min(*most, there) : there;
    if (there > 0 && (there >= target || no_more_comes(c)))
        return {true, n, Rule::peek_takes_nothing};
    return there > 0 ? sleeps : nothing_to_read(c, true);
}

} // namespace

Progress read(Connection& c, std::optional<std::uint32_t> most, std::uint32_t& taken, Moment& m,
              ReceiveFlags flags) {
    if (most == 0u && unread(c) > 0)
        return {true, 0, Rule::read_returns_data};
    // sock_rcvlowat(): so much at least, before it stops sleeping.
    const std::uint32_t wanted = most ? *most : 0x7fffffffu;
    const std::uint32_t low = limits(c.options).receive_low_water;
    const std::uint32_t target = flags.wait_all && most ? wanted : std::min(low, wanted);
    if (flags.woken && low > 1 && !enough_to_read(c, low) && !no_more_comes(c))
        return {false, 0, Rule::low_water_not_reached};
    if (flags.peek)
        return peek(c, most, target);
    if (!c.urgent.empty() && pass_over_urgent(c) && unread(c) == 0) [[unlikely]] {
        free_what_was_read(c);
        if (c.status.state() != S::closed)
            acknowledge_reading(c, 0, m);
    }
    if (unread(c) > 0) {
        const auto rest = most ? std::optional(*most - taken) : std::nullopt;
        Progress p = take(c, rest, m, flags.goes_on);
        taken += static_cast<std::uint32_t>(p.value);
        p.value = taken;
        const bool stopped = p.why == Rule::read_stops_at_urgent;
        if (taken >= target || stopped || no_more_comes(c))
            return p;
        return {false, 0, low > 1 ? Rule::low_water_not_reached : Rule::waits_for_all};
    }
    if (taken > 0 && no_more_comes(c))
        return {true, taken, Rule::read_returns_data};
    return taken > 0 ? sleeps : nothing_to_read(c, false);
}

void finish_reading(Connection& c, std::uint32_t taken, Moment& m) {
    if (c.status.state() != S::closed)
        acknowledge_reading(c, taken, m);
}

Progress timed_out(Connection& c, std::uint32_t so_far) {
    c.queue.asleep = false;
    if (so_far > 0)
        return {true, so_far, Rule::call_timed_out};
    return {true, code(trace::Errno::eagain), Rule::call_timed_out};
}

Progress write(Connection& c, std::uint32_t bytes, std::uint32_t& written, Moment& m,
               SendFlags flags) {
    if (c.fast_open.deferred) { // tcp_sendmsg_fastopen(): now the SYN leaves
        c.fast_open.promised = bytes;
        open(c, c.snd.iss, m);
        written = c.fast_open.in_syn;
        if (c.nonblocking)
            return {true, written, Rule::write_accepted};
        return sleeps;
    }
    const S state = c.status.state();
    if (state == S::syn_sent || (state == S::syn_recv && !c.fast_open.passive)) {
        if (written > 0 && !c.nonblocking)
            return sleeps;
        if (auto r = refusal(c, Call::write, true))
            return *r;
        c.queue.asleep = true;
        return sleeps;
    }
    // An error in the middle of a write is told by the next one; this one says how far it came.
    if (written > 0 && (c.error != trace::Errno::ok || c.shut_wr))
        return {true, written, Rule::write_accepted};
    if (auto r = refusal(c, Call::write, false))
        return *r;

    // sk_stream_wait_memory(): woken by room a third is free, woken by something else any will do.
    const bool poked = std::exchange(c.queue.poked, false);
    if (c.queue.asleep && !is_writable(c, m.stack) && !(poked && has_memory_free(c, m.stack)))
        return sleeps;
    c.queue.asleep = false;
    written += take_written(c, bytes - written, written == 0, flags, m);
    if (written == bytes) {
        if (flags.urgent && bytes > 0)
            return {true, written, Rule::urgent_byte_written};
        const std::uint32_t unsent = before(c.snd.nxt, c.snd.end) ? c.snd.end - c.snd.nxt : 0;
        const bool waits = unsent > 0 && unsent < mss_now(c) &&
                           nagle_holds(c, flags.more ? Push::held : Push::as_set, m.stack);
        if (waits && flags.more)
            return {true, written, Rule::more_holds};
        return {true, written,
                !waits           ? Rule::write_accepted
                : c.queue.corked ? Rule::cork_holds
                                 : Rule::nagle_holds};
    }
    if (c.nonblocking) {
        if (written > 0)
            return {true, written, Rule::send_buffer_full};
        if (auto r = refusal(c, Call::write, true))
            return *r;
    }
    c.queue.asleep = true;
    return sleeps;
}

Progress shut_down(Connection& c, trace::Shutdown how, Moment& m) {
    const bool rd = how != trace::Shutdown::wr, wr = how != trace::Shutdown::rd;
    const S before_this = c.status.state();
    // inet_shutdown(): whether connect() was asked again or not, SS_CONNECTED, or SS_DISCONNECTING.
    if (std::exchange(c.connecting, before_this == S::syn_sent && c.connecting))
        c.disconnecting = before_this == S::syn_recv || before_this == S::closed;
    if (auto r = refusal(c, Call::shutdown, false)) {
        c.shut_rd = c.shut_rd || rd; // inet_shutdown(): ENOTCONN, and yet it takes effect
        c.shut_wr = c.shut_wr || wr;
        return *r;
    }
    const Trigger trigger = wr ? Trigger::shutdown_wr_call : Trigger::shutdown_rd_call;
    if (c.status.state() == S::syn_sent) {
        if (advance(c.status, c.cookie, trigger, m)) {
            bury(c, trace::Errno::econnreset);
            as_new(c); // inet_shutdown() disconnects
        }
        return {true, 0, Rule::shutdown_aborts_connect};
    }
    if (rd)
        c.shut_rd = true;
    if (!wr)
        return {true, 0, Rule::shutdown_rd_sends_nothing};
    const bool first = !c.snd.fin; // whatever was shut before there was a connection
    c.shut_wr = true;
    const bool opening = c.status.state() == S::syn_recv;
    if (opening && shutdown_waits_for_establishing(m.stack))
        return {true, 0, Rule::call_returns};
    const Trigger closes = opening ? Trigger::close_call : trigger;
    if (first && trace::transition(c.status.state(), closes, policies(m.stack))) {
        c.snd.fin = true;
        advance(c.status, c.cookie, closes, m);
        send_what_fits(c, m, Rule::shutdown_sends_fin);
    }
    return {true, 0, Rule::call_returns};
}

trace::Errno take_error(Connection& c) {
    const trace::Errno hard = std::exchange(c.error, trace::Errno::ok);
    return hard != trace::Errno::ok ? hard : std::exchange(c.soft_error, trace::Errno::ok);
}

Progress set_option(Connection& c, std::string_view name, std::int64_t value, Moment& m) {
    const OptionText* option = find_option(name);
    if (!option)
        return {true, code(trace::Errno::enoprotoopt), Rule::call_refused};
    if (!takes(*option, value, c.status.state()))
        return {true, code(trace::Errno::einval), Rule::call_refused};
    if (name == "SO_RCVBUF") {
        c.receive_buffer = receive_buffer_for(m.stack, value);
        c.buffer_was_set = true;
    } else if (name == "SO_SNDBUF") {
        c.send_buffer = send_buffer_for(m.stack, value);
        c.send_buffer_was_set = true;
    } else if (name == "TCP_NODELAY") {
        set_nodelay(c, value != 0, m);
    } else if (name == "TCP_CORK") {
        set_cork(c, value != 0, m);
    } else if (name == "TCP_QUICKACK") {
        set_quickack(c, value, m);
    } else if (name == "SO_KEEPALIVE") {
        set_keepalive(c, value != 0, m);
    } else if (name == "TCP_KEEPIDLE") {
        set_keepalive_idle(c, static_cast<std::uint16_t>(value), m);
    } else {
        keep(c.options, name, value);
        limit_was_set(c, name, m);
        if (name == "IP_RECVERR" && value == 0) // ip_setsockopt() empties the error queue
            c.error_queued = false;
    }
    set_listener_option(c.listening, name, value, m.stack);
    return {true, 0, Rule::call_returns};
}

} // namespace tcp
