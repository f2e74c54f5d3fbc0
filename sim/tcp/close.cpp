// CLOSE and ABORT, RFC 9293 §3.10.4 and §3.10.5: __tcp_close().
#include "calls.hpp"

#include "arrival.hpp"
#include "handshake.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "window.hpp"

namespace tcp {

using trace::Rule;
using trace::Trigger;
using S = trace::State;

void abort(Connection& c, Moment& m, Rule why) {
    // CLOSING and LAST_ACK end silently unless something is still unsent: tcp_need_reset().
    const S state = c.status.state();
    const bool ending = state == S::closing || state == S::last_ack;
    const bool unsent = c.snd.nxt != c.snd.end + (c.snd.fin ? 1u : 0u);
    const trace::Transition* row = advance(c.status, c.cookie, Trigger::abort, m, why);
    if (!row)
        return;
    if (row->emission == trace::Emission::rst || (ending && unsent))
        send_active_reset(c, m, why);
    bury(c, trace::Errno::ok);
}

namespace {

bool is_closing(S state) {
    return state == S::fin_wait_1 || state == S::closing || state == S::last_ack;
}

// adjudge_to_death of __tcp_close(): from here on nobody holds the connection.
Progress leave_behind(Connection& c, Moment& m, Rule why) {
    c.orphan = true;
    c.lingering = false;
    c.linger_until = trace::never;
    if (c.status.state() == S::fin_wait_2 && c.options.linger2 < 0) {
        advance(c.status, c.cookie, Trigger::abort, m, Rule::linger2_negative);
        send_active_reset(c, m, Rule::linger2_negative);
        m.bump(trace::Counter::TCPAbortOnLinger);
        bury(c, trace::Errno::ok);
    }
    return {true, 0, why};
}

// sk_stream_wait_close(): O_NONBLOCK makes no difference.
Progress linger(Connection& c, Moment& m) {
    if (!is_closing(c.status.state()))
        return leave_behind(c, m, Rule::call_returns);
    if (c.linger_until == trace::never || m.now() >= c.linger_until)
        return leave_behind(c, m, Rule::linger_over);
    return {}; // it sleeps
}

} // namespace

[[gnu::noinline]] Progress close(Connection& c, Moment& m) {
    if (c.lingering)
        return linger(c, m);
    const bool data_unread = unread(c) > 0;
    const S state = c.status.state();
    c.shut_rd = c.shut_wr = true;
    free_everything(c); // before anything is sent: a RST tells the window that is open again
    // In TIME_WAIT the small record goes on; the descriptor's socket is CLOSED already.
    if (state == S::closed || state == S::time_wait)
        return leave_behind(c, m, Rule::call_returns);
    if (state == S::syn_sent) {
        if (c.options.linger == 0)
            m.bump(trace::Counter::TCPAbortOnData);
        advance(c.status, c.cookie, Trigger::close_call, m);
        bury(c, trace::Errno::ok);
        return leave_behind(c, m, Rule::call_returns);
    }
    if (data_unread) { // even if the FIN has gone already
        m.bump(trace::Counter::TCPAbortOnClose);
        const trace::Transition* row =
            advance(c.status, c.cookie, Trigger::abort, m, Rule::close_with_unread_data);
        if (row)
            send_active_reset(c, m, Rule::close_with_unread_data);
        bury(c, trace::Errno::ok);
        return leave_behind(c, m, Rule::call_returns);
    }
    if (c.options.linger == 0) {
        m.bump(trace::Counter::TCPAbortOnData);
        abort(c, m, Rule::linger_zero);
        return leave_behind(c, m, Rule::call_returns);
    }
    if (trace::transition(state, Trigger::close_call, policies(m.stack))) {
        c.snd.fin = true;
        advance(c.status, c.cookie, Trigger::close_call, m);
        send_what_fits(c, m, Rule::close_sends_fin);
    }
    if (c.options.linger > 0 && is_closing(c.status.state())) {
        c.lingering = true;
        c.linger_until = m.now() + trace::seconds(c.options.linger);
        return {false, 0, Rule::linger_waits};
    }
    return leave_behind(c, m, Rule::call_returns);
}

} // namespace tcp
