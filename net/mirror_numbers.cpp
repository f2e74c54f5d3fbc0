// Sequence numbers and the projection into views. RFC 9293 §3.3.1 unless said.
//
// The wire shows each segment; tcp_info counts bytes acknowledged and received. Together they give
// SND.* and RCV.*: bytes_acked counts the SYN of an active opener (not of a passive one) and the
// own FIN, bytes_received the peer's FIN.
#include "net/mirror.hpp"

#include <algorithm>

namespace net {
namespace {

trace::Seq later(trace::Seq a, trace::Seq b) {
    return trace::before(a, b) ? b : a;
}

std::uint32_t scaled(const Life& life, const trace::Segment& segment, std::int8_t scale) {
    // RFC 7323 §2.2: the window of a SYN is never scaled, and scaling needs the option from both
    // sides.
    const bool both = life.snd_scale >= 0 && life.rcv_scale >= 0;
    if (segment.flags.has(trace::flag::syn) || !both)
        return segment.window;
    return static_cast<std::uint32_t>(segment.window) << scale;
}

void add_timer(const Life& life, trace::SocketView& view) {
    trace::Timer kind = trace::Timer::retransmit;
    switch (life.row.timer) {
    case KernelTimer::off: return;
    case KernelTimer::retransmit:
        kind = life.kind == trace::RecordKind::request ? trace::Timer::syn_ack
                                                       : trace::Timer::retransmit;
        break;
    case KernelTimer::keepalive: kind = trace::Timer::keepalive; break;
    case KernelTimer::time_wait:
        kind = life.state == trace::State::fin_wait_2 ? trace::Timer::fin_wait_2
                                                      : trace::Timer::time_wait;
        break;
    case KernelTimer::zero_window_probe: kind = trace::Timer::persist; break;
    }
    view.timers.push_back({kind, life.timer_armed, life.timer_due, life.row.retransmissions});
}

} // namespace

void tell_pace(const TcpInfo& info, trace::SocketView& view) {
    constexpr std::uint32_t infinite = 0x7fffffff; // TCP_INFINITE_SSTHRESH
    view.cwnd = info.cwnd;
    view.ssthresh = info.ssthresh == infinite ? 0 : info.ssthresh;
    view.srtt = trace::microseconds(info.rtt_us);
    view.rto = trace::microseconds(info.rto_us);
}

namespace {

void fill_numbers(const Life& life, trace::SocketView& view) {
    view.numbers_known =
        life.iss.has_value() && (life.irs.has_value() || life.state == trace::State::syn_sent);
    if (!view.numbers_known)
        return;
    view.iss = *life.iss;
    view.irs = life.irs.value_or(trace::Seq{});
    view.snd_una = life.snd_una;
    view.snd_nxt = life.snd_nxt;
    view.rcv_nxt = life.rcv_nxt;
    view.snd_wnd = life.snd_wnd;
    view.rcv_wnd = life.rcv_wnd;
    // Only the newest look counts; what has become a TIME_WAIT record or is closed goes by the
    // segments.
    if (!life.present || life.kind != trace::RecordKind::connection || !life.row.info || !life.irs)
        return;
    tell_pace(*life.row.info, view);
    if (life.row.info->bytes_received)
        view.rcv_nxt = *life.irs + 1 + static_cast<std::uint32_t>(*life.row.info->bytes_received);
    if (life.row.info->bytes_acked)
        view.snd_una = *life.iss + (life.opened_actively ? 0 : 1) +
                       static_cast<std::uint32_t>(*life.row.info->bytes_acked);
}

trace::SocketView view_of(const Life& life, const trace::Trace& trace) {
    trace::SocketView view;
    view.cookie = life.cookie;
    view.name = trace::socket_name(trace, life.cookie);
    view.kind = life.kind;
    view.state = life.state;
    view.since = life.since;
    view.certainty = life.certainty;
    view.local = traced(life.row.pair.local);
    view.remote = traced(life.row.pair.remote);
    view.fd = life.descriptor;
    view.orphan = life.closed_by_program;
    view.listener = life.listener;
    const bool fin_counts = life.state == trace::State::fin_wait_1 ||
                            life.state == trace::State::closing ||
                            life.state == trace::State::last_ack;
    view.send_queue = {life.row.send_queue, life.row.send_buffer,
                       fin_counts && life.row.send_queue > 0, life.row.send_memory};
    // A FIN that nobody has read yet counts one in the kernel's Recv-Q; read() takes the data and
    // then says 0.
    const bool fin_arrived = life.state == trace::State::close_wait ||
                             life.state == trace::State::closing ||
                             life.state == trace::State::last_ack;
    view.recv_queue = {life.row.recv_queue, life.row.receive_buffer,
                       fin_arrived && life.row.recv_queue > 0, life.row.receive_memory};
    add_timer(life, view);
    fill_numbers(life, view);
    view.error = life.error;
    view.blocked_in = life.blocked_in;
    view.blocked_since = life.blocked_since;
    view.last_call = life.last_call;
    view.last_result = life.last_result;
    return view;
}

trace::QueueEntry entry_of(const Life& life) {
    return {life.cookie, traced(life.row.pair.remote), life.since,
            life.state,  life.row.retransmissions,     life.third_ack_refused};
}

} // namespace

void Mirror::note_sent(trace::HostId from, const trace::Segment& segment) {
    Life* life = find(owner(from, segment.source, segment.destination));
    if (!life)
        return;
    const auto end = segment.seq + trace::seg_len(segment);
    if (segment.flags.has(trace::flag::syn)) {
        if (!life->iss)
            life->snd_una = life->snd_nxt = segment.seq;
        life->iss = segment.seq;
        life->opened_actively = life->opened_actively || !segment.flags.has(trace::flag::ack);
        life->rcv_scale = segment.window_scale;
    }
    if (!segment.flags.has(trace::flag::rst))
        life->snd_nxt = later(life->snd_nxt, end);
    if (segment.flags.has(trace::flag::ack))
        life->rcv_wnd = scaled(*life, segment, life->rcv_scale);
    changed_ = true;
}

void Mirror::note_arrived(trace::HostId to, const trace::Segment& segment) {
    Life* life = find(owner(to, segment.destination, segment.source));
    if (!life || segment.flags.has(trace::flag::rst))
        return;
    const auto end = segment.seq + trace::seg_len(segment);
    if (segment.flags.has(trace::flag::syn) && !life->irs) {
        life->irs = segment.seq;
        life->rcv_nxt = end;
        life->snd_scale = segment.window_scale;
    } else if (!trace::after(segment.seq, life->rcv_nxt) && trace::after(end, life->rcv_nxt)) {
        life->rcv_nxt = end;
    }
    if (segment.flags.has(trace::flag::ack) && !trace::after(segment.ack, life->snd_nxt)) {
        life->snd_una = later(life->snd_una, segment.ack);
        life->snd_wnd = scaled(*life, segment, life->snd_scale);
    }
    changed_ = true;
}

void Mirror::fill(trace::HostId host, trace::HostView& view) const {
    for (const Life& life : lives_) {
        if (life.host != host || life.gone)
            continue;
        if (life.kind != trace::RecordKind::listener) {
            view.sockets.push_back(view_of(life, recorder_.trace()));
            continue;
        }
        trace::ListenerView listener;
        listener.cookie = life.cookie;
        listener.name = trace::socket_name(recorder_.trace(), life.cookie);
        listener.local = traced(life.row.pair.local);
        listener.fd = life.descriptor;
        listener.backlog = life.backlog;
        listener.somaxconn = life.somaxconn;
        listener.limit = life.row.send_queue;
        listener.accept_fits = listener.limit + 1; // sk_acceptq_is_full() is >
        listener.syn_fits = listener.limit + 1;
        listener.drops = life.row.drops.value_or(0);
        listener.blocked_in = life.blocked_in;
        listener.certainty = life.certainty;
        std::vector<const Life*> waiting;
        for (const Life& other : lives_) {
            if (is_in_accept_queue(other, life))
                waiting.push_back(&other);
            else if (other.listener == life.cookie && other.present && !other.gone &&
                     other.kind == trace::RecordKind::request)
                listener.syn_queue.push_back(entry_of(other));
        }
        std::stable_sort(waiting.begin(), waiting.end(), [](const Life* a, const Life* b) {
            return a->established < b->established;
        });
        for (const Life* other : waiting)
            listener.accept_queue.push_back(entry_of(*other));
        view.listeners.push_back(std::move(listener));
    }
}

} // namespace net
