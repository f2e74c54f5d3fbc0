// Probes of the path's size, and what is done where only small segments get through.
#include "mtu_search.hpp"

#include <algorithm>

#include "headers.hpp"
#include "hystart.hpp"
#include "output.hpp"
#include "policy.hpp"
#include "window.hpp"

namespace tcp {

using trace::Counter;
using trace::Rule;
using trace::Segment;
namespace flag = trace::flag;

namespace {

// tcp_mtu_to_mss(), tcp_mss_to_mtu()
std::uint32_t payload_of(const Connection& c, std::uint32_t mtu, const Moment& m) {
    return mss_for(c, static_cast<std::uint16_t>(mtu), m);
}
std::uint16_t packet_of(const Connection& c, std::uint32_t payload) {
    return static_cast<std::uint16_t>(
        std::min(payload + usual_headers(c.agreed.timestamps), 65535u));
}

std::uint16_t largest(const Connection& c) {
    return static_cast<std::uint16_t>(c.path.peer_takes + bare_headers);
}

std::uint32_t sysctl(const Moment& m, Sysctl s) {
    return static_cast<std::uint32_t>(m.stack[s]);
}

// tcp_mtu_check_reprobe(): the path may have widened.
void begin_anew_in_time(Connection& c, MtuSearch& search, const Moment& m) {
    if (m.now() - search.since < trace::seconds(m.stack[Sysctl::tcp_probe_interval]))
        return;
    search.probe = 0;
    search.high = largest(c);
    search.low = packet_of(c, mss_now(c));
    search.since = m.now();
}

// tcp_can_coalesce_send_queue_head()
bool may_join(const Connection& c, std::uint32_t bytes) {
    const Seq end = c.snd.nxt + bytes;
    for (const SendQueue::Buffer& b : c.queue.waiting) {
        if (!before(b.end, end))
            return true;
        if (b.closed)
            return false;
    }
    return true;
}

trace::EventId send_probe_of(Connection& c, MtuSearch& search, std::uint32_t bytes, Moment& m) {
    const Seq begin = c.snd.nxt, end = begin + bytes;
    bool pushed = false;
    auto& waiting = c.queue.waiting;
    while (!waiting.empty() && !after(waiting.front().end, end)) {
        pushed = pushed || waiting.front().pushed;
        waiting.erase(waiting.begin());
    }
    if (in_flight(c) == 0)
        cubic_resumes(c, m);
    c.snd.nxt = end;
    data_has_left(c, m);
    Segment& s = new_segment(c, pushed ? flag::ack | flag::psh : flag::ack, begin, bytes, m);
    if (c.ecn.on)
        new_data_is_capable(c, s, true);
    const Left left = leave(m, c.cookie, Rule::mtu_probe);
    c.sent.push_back({begin, end, m.now(), left.segment, 1, true, pushed, false, false, false,
                      false, false, ++c.recovery.transmissions});
    --c.congestion.cwnd; // it is two segments in one
    search.probe = packet_of(c, bytes);
    search.begin = begin;
    search.end = end;
    space_was_freed(c, m.stack);
    return left.event;
}

} // namespace

void begin_search(Connection& c, const Moment& m) {
    const std::int64_t mode = m.stack[Sysctl::tcp_mtu_probing];
    c.path.search.clear();
    if (mode == 0)
        return;
    MtuSearch search;
    search.enabled = mode > 1;
    search.high = largest(c);
    search.low = packet_of(c, sysctl(m, Sysctl::tcp_base_mss));
    search.since = m.now();
    c.path.search.push_back(search);
}

std::uint32_t found_to_pass(const Connection& c, std::uint32_t payload, const Moment& m) {
    if (c.path.search.empty() || !c.path.search.front().enabled)
        return payload;
    return std::min(payload, payload_of(c, c.path.search.front().low, m));
}

[[gnu::noinline]] Probed probe_path(Connection& c, Moment& m) {
    MtuSearch& search = c.path.search.front();
    if (!search.enabled || search.probe != 0 || c.recovery.phase != Phase::open ||
        c.congestion.cwnd < 11 || c.told.count > 0 || c.told.duplicate)
        return {};
    const std::uint32_t bytes = payload_of(c, (search.high + search.low) / 2u, m);
    if (bytes > payload_of(c, search.high, m) ||
        search.high - search.low < m.stack[Sysctl::tcp_probe_threshold]) {
        begin_anew_in_time(c, search, m);
        return {};
    }
    // Enough must follow it for duplicate ACKs to tell its loss.
    const std::uint32_t needed =
        bytes + (c.recovery.reordering + 1) * bound_to_half_window(c, c.agreed.mss);
    const std::uint32_t unsent = c.snd.end + (c.snd.fin ? 1u : 0u) - c.snd.nxt;
    if (unsent < needed || c.snd.wnd < needed)
        return {};
    if (after(c.snd.nxt + needed, window_end(c.snd)))
        return {Probing::waits, trace::none};
    if (in_flight(c) + 2 > c.congestion.cwnd)
        return {in_flight(c) == 0 ? Probing::no : Probing::waits, trace::none};
    if (!may_join(c, bytes))
        return {};
    return {Probing::sent, send_probe_of(c, search, bytes, m)};
}

void probe_may_have_passed(Connection& c, Moment& m) {
    MtuSearch& search = c.path.search.front();
    if (search.probe == 0 || after(search.end, c.snd.una))
        return;
    Congestion& g = c.congestion;
    g.old_ssthresh = current_threshold(c);
    // As many bytes as before, in larger segments.
    const std::uint64_t bytes =
        std::uint64_t{g.cwnd} * packet_of(c, bound_to_half_window(c, c.agreed.mss));
    g.cwnd = std::max(static_cast<std::uint32_t>(bytes / search.probe), 1u);
    g.counted = 0;
    g.stamp = m.now();
    g.ssthresh = current_threshold(c);
    search.low = search.probe;
    search.probe = 0;
    fit_segments(c, c.path.mtu, m);
    m.bump(Counter::TCPMTUPSuccess);
    m.explain(Rule::mtu_probe_passed);
}

bool probe_is_lost(Connection& c, Moment& m) {
    if (c.path.search.empty())
        return false;
    MtuSearch& search = c.path.search.front();
    if (c.recovery.phase >= Phase::cwr || search.probe == 0 || c.snd.una != search.begin)
        return false;
    search.high = static_cast<std::uint16_t>(search.probe - 1);
    search.probe = 0;
    m.bump(Counter::TCPMTUPFail);
    m.explain(Rule::mtu_probe_lost);
    ++c.congestion.cwnd;
    repeat_too_large(c, m, Rule::mtu_probe_lost, m.now());
    return true;
}

void probe_tells_nothing(Connection& c) {
    if (!c.path.search.empty())
        c.path.search.front().probe = 0;
}

bool suspect_black_hole(Connection& c, Moment& m) {
    if (m.stack[Sysctl::tcp_mtu_probing] == 0 ||
        !retried_for_long(m.stack, c.retransmissions, m.now() - c.retransmitting_since,
                          c.rtt.bounds))
        return false;
    if (c.path.search.empty())
        begin_search(c, m);
    MtuSearch& search = c.path.search.front();
    if (!search.enabled) {
        search.enabled = true;
        search.since = m.now();
    } else {
        const std::uint32_t half =
            std::min(payload_of(c, search.low, m) / 2, sysctl(m, Sysctl::tcp_base_mss));
        search.low = packet_of(c, std::max({half, sysctl(m, Sysctl::tcp_mtu_probe_floor),
                                            sysctl(m, Sysctl::tcp_min_snd_mss)}));
    }
    const std::uint16_t before_this = c.agreed.mss;
    fit_segments(c, c.path.mtu, m);
    return c.agreed.mss < before_this;
}

} // namespace tcp
