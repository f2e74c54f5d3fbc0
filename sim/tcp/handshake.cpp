// Options as Linux sends them: MSS 1460, SACK permitted, timestamps, window scale
// (tcp_syn_options()).
#include "handshake.hpp"

#include <algorithm>

#include "headers.hpp"
#include "keepalive.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "rto.hpp"
#include "window.hpp"

namespace tcp {

Agreed offer(const Stack& stack, std::uint32_t receive_buffer, bool buffer_was_set,
             const Options& options) {
    Agreed a;
    const std::int8_t scale =
        window_scale(stack, receive_buffer, buffer_was_set, limits(options).window_clamp);
    a.scaling = scale >= 0;
    a.receive_scale = a.scaling ? scale : std::int8_t{0};
    a.timestamps = stack[Sysctl::tcp_timestamps] != 0;
    a.sack = stack[Sysctl::tcp_sack] != 0;
    return a;
}

std::uint16_t effective_mss(std::uint16_t announced, bool timestamps) {
    // RFC 9293 §3.7.1; no more than the wire takes, no less than net.ipv4.tcp_min_snd_mss.
    const std::uint16_t mss =
        announced == 0 ? std::uint16_t{536} : std::clamp<std::uint16_t>(announced, 48, 1460);
    return static_cast<std::uint16_t>(mss - usual_options(timestamps));
}

Agreed agree(const Agreed& ours, const trace::Segment& theirs, std::uint16_t most) {
    Agreed a = ours;
    a.timestamps = ours.timestamps && theirs.has_timestamps;
    a.sack = ours.sack && theirs.sack_permitted;
    a.scaling = ours.scaling && theirs.window_scale >= 0;
    if (!a.scaling)
        a.receive_scale = 0;
    constexpr std::int8_t widest = 14; // TCP_MAX_WSCALE, RFC 7323 §2.3
    a.send_scale = a.scaling ? std::min(theirs.window_scale, widest) : std::int8_t{0};
    a.mss = effective_mss(std::min(theirs.mss, most), a.timestamps);
    return a;
}

void become_child(Connection& c, const Request& r, const Listener& l, const Moment& m) {
    const Stack& stack = m.stack;
    c.status = r.status;
    c.cookie = r.cookie;
    c.host = r.host;
    c.local = r.local;
    c.remote = r.remote;
    c.listener = r.listener;
    c.agreed = r.agreed;
    c.snd.iss = r.iss;
    c.snd.una = r.iss + 1;
    c.snd.nxt = c.snd.end = r.iss + 1;
    c.snd.wnd = c.snd.max_wnd = r.peer_window;
    c.snd.wl1 = r.irs;
    c.rcv.irs = r.irs;
    c.rcv.nxt = c.rcv.wup = c.rcv.copied = r.irs + 1;
    c.rcv.wnd = c.rcv.ceiling = r.window;
    c.receive_buffer = l.receive_buffer ? l.receive_buffer : default_receive_buffer(stack);
    c.send_buffer = l.send_buffer ? l.send_buffer : default_send_buffer(stack);
    c.buffer_was_set = l.receive_buffer != 0;
    c.memory.unaccepted = true;
    c.send_buffer_was_set = l.send_buffer != 0;
    c.options = l.inherited;
    c.rtt.bounds = limits(c.options).timers;
    begin_path(c, m);
    c.path.advertised = r.mss;
    peer_is_known(c, m);
    c.ts_recent = r.ts_recent;
    c.ecn = EcnState{};
    c.ecn.on = r.ecn;
    start_send_queue(c);
    c.queue.nodelay = l.options.nodelay;
    c.queue.corked = l.options.corked;
    if (l.options.interactive)
        become_interactive(c, stack);
    c.recovery.repeats = r.synacks_resent;
    c.retransmitting_since = r.born;
}

namespace {

// What the repetitions of a SYN, or of a SYN+ACK, leave behind.
[[gnu::cold]] void remember_repeated_syn(Connection& c, std::uint32_t repeats, bool in_vain,
                                         const Stack& stack) {
    Recovery& r = c.recovery;
    const bool active = c.listener == trace::none;
    r.repeats = repeats;
    if (!in_vain) {
        // The timeout may still be undone: tcp_enter_loss(), tcp_create_openreq_child().
        r.can_undo = true;
        r.undo_from = c.snd.iss;
        r.undo_repeats = active ? static_cast<std::int32_t>(repeats) : 0;
    }
    if (active && !c.agreed.sack) {
        // Only what lies above the SYN ends it: tcp_is_non_sack_preventing_reopen().
        r.phase = Phase::loss;
        r.high = c.snd.una;
        r.frto = detects_spurious_timeouts(stack);
    }
}

} // namespace

void handshake_done(Connection& c, const trace::Segment& s, trace::Duration sample, Moment& m) {
    c.was_connected = true;
    if (m.stack[Sysctl::tcp_mtu_probing] != 0) [[unlikely]]
        begin_search(c, m); // tcp_init_transfer()
    begin_keepalive(c, m);
    // tcp_try_undo_spurious_syn(): the first copy came through, so it was repeated in vain.
    const bool in_vain =
        c.agreed.timestamps && s.has_timestamps && s.ts_echo == timestamp(c.retransmitting_since);
    const std::uint32_t repeats = c.recovery.repeats;
    start_congestion(c, in_vain ? 0 : repeats, m);
    c.recovery = nothing_lost;
    c.recovery.reordering = usual_reordering(m.stack, limits(c.options));
    if (repeats > 0)
        remember_repeated_syn(c, repeats, in_vain, m.stack);
    c.retransmitting_since = trace::never;
    c.awaits = Awaits::timeout;
    start_receive_memory(c, m);
    expand_send_buffer(c, m.stack);
    if (c.rtt.measured) {
        // the request knew: handshake_waits()
    } else if (sample > trace::Duration{}) {
        round_trip_measured(c.rtt, sample, c.snd.una, c.snd.nxt, m.stack);
    } else if (c.agreed.timestamps && s.has_timestamps && s.ts_echo != 0) {
        // A SYN or SYN+ACK was repeated: the echo tells which copy came through.
        const std::uint32_t ms = timestamp(m.now()) - s.ts_echo;
        round_trip_measured(c.rtt, trace::milliseconds(ms == 0 ? 1 : ms), c.snd.una, c.snd.nxt,
                            m.stack);
    } else {
        assume_round_trip(c.rtt, m.stack);
        return;
    }
    c.recovery.shortest = c.rtt.srtt;
    update_pacing(c, m.stack);
}

void handshake_waits(Connection& c, trace::Duration sample, const Moment& m) {
    start_receive_memory(c, m);
    if (sample > trace::Duration{}) // tcp_synack_rtt_meas()
        round_trip_measured(c.rtt, sample, c.snd.una, c.snd.nxt, m.stack);
}

} // namespace tcp
