// The timer is not pushed back by every segment: when it fires it looks how long ago something was
// heard, as in the kernel.
#include "keepalive.hpp"

#include "arrival.hpp"
#include "output.hpp"
#include "policy.hpp"

namespace tcp {

using trace::Duration;
using trace::Rule;
using trace::Timer;
using S = trace::State;

namespace {

bool has_timer(S state) {
    return state != S::closed && state != S::listen && state != S::syn_sent;
}

void arm(Connection& c, Duration wait, Moment& m) {
    c.keep.kind = Timer::keepalive;
    c.keep.armed = m.now();
    c.keep.due = m.now() + wait;
    c.keep.by = m.journal.cause();
    c.keep.repetitions = c.probes_out;
}

Duration heard_ago(const Connection& c, const Moment& m) {
    return m.now() - c.heard;
}

void note_expiry(Connection& c, Rule why, Moment& m) {
    trace::Event e;
    e.kind = trace::EventKind::timer_fired;
    e.socket = c.cookie;
    e.what = static_cast<std::uint8_t>(Timer::keepalive);
    e.value = c.probes_out + 1;
    e.cause = c.keep.by;
    e.rule = why;
    m.journal.follow(m.journal.note(e));
}

} // namespace

void set_keepalive(Connection& c, bool on, Moment& m) {
    const bool was_on = c.options.keepalive;
    c.options.keepalive = on;
    if (!has_timer(c.status.state()))
        return;
    if (on && !was_on)
        arm(c, keepalive_idle(m.stack, c.options), m);
    else if (!on && c.keep.kind == Timer::keepalive)
        c.keep.stop();
}

void set_keepalive_idle(Connection& c, std::uint16_t seconds, Moment& m) {
    c.options.keep_idle = seconds;
    if (!c.options.keepalive || !has_timer(c.status.state()))
        return;
    const Duration idle = keepalive_idle(m.stack, c.options), elapsed = heard_ago(c, m);
    arm(c, idle > elapsed ? idle - elapsed : Duration{}, m);
}

void begin_keepalive(Connection& c, Moment& m) {
    c.heard = m.now();
    if (c.options.keepalive)
        arm(c, keepalive_idle(m.stack, c.options), m);
}

void keepalive_fires(Connection& c, Moment& m) {
    const Duration idle = keepalive_idle(m.stack, c.options);
    // While anything is to be acknowledged its own timer watches the peer.
    if (c.snd.una != c.snd.end + (c.snd.fin ? 1u : 0u)) {
        arm(c, idle, m);
        return;
    }
    const Duration elapsed = heard_ago(c, m);
    if (elapsed < idle) {
        arm(c, idle - elapsed, m);
        return;
    }
    if (keepalive_gives_up(m.stack, c.options, c.probes_out, elapsed)) {
        const Rule why =
            c.options.user_timeout > Duration{} ? Rule::user_timeout : Rule::keepalive_gave_up;
        note_expiry(c, why, m);
        send_active_reset(c, m, why);
        m.bump(trace::Counter::TCPAbortOnTimeout);
        advance(c.status, c.cookie, trace::Trigger::gave_up, m, why);
        bury(c, c.soft_error != trace::Errno::ok ? c.soft_error : trace::Errno::etimedout);
        return;
    }
    note_expiry(c, Rule::keepalive_probe, m);
    m.bump(trace::Counter::TCPKeepAlive);
    send_probe(c, m, Rule::keepalive_probe);
    ++c.probes_out;
    arm(c, keepalive_interval(m.stack, c.options), m);
}

} // namespace tcp
