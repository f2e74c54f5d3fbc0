// Low-water marks, timeouts, TCP_MAXSEG and TCP_WINDOW_CLAMP.
#include "limits.hpp"

#include <algorithm>

#include "headers.hpp"
#include "jiffy.hpp"
#include "policy.hpp"
#include "receive_memory.hpp"
#include "window.hpp"

namespace tcp {
namespace {

constexpr std::uint32_t no_limit = 0xffffffff;

std::uint16_t ticks(std::int64_t microseconds) {
    return static_cast<std::uint16_t>(jiffies_in(trace::microseconds(microseconds)));
}

Limits& own(Options& o) {
    if (o.limits.empty())
        o.limits.push_back({});
    return o.limits.front();
}

std::uint32_t unread_bytes(const Connection& c) {
    return c.rcv.nxt - c.rcv.copied;
}

// The buffer must hold what the program waits for; a program that has set it knows better.
void make_low_water_reachable(Connection& c, const Stack& stack) {
    Limits& l = own(c.options);
    const std::uint32_t most =
        (c.buffer_was_set ? c.receive_buffer : most_receive_buffer(stack)) / 2;
    l.receive_low_water = std::max(std::min(l.receive_low_water, most), 1u);
    if (c.buffer_was_set || c.receive_buffer == 0)
        return;
    const auto space = static_cast<std::uint32_t>((std::uint64_t{l.receive_low_water} << 8) /
                                                  std::max<std::uint32_t>(c.memory.ratio, 1));
    if (space <= c.receive_buffer)
        return;
    c.receive_buffer = space;
    c.memory.clamp = std::max(c.memory.clamp, l.receive_low_water);
}

} // namespace

const Limits& limits(const Options& o) {
    static constexpr Limits none{};
    return o.limits.empty() ? none : o.limits.front();
}

bool keep_limit(Options& o, std::string_view name, std::int64_t value) {
    const auto number = static_cast<std::uint32_t>(value);
    if (name == "SO_RCVLOWAT")
        own(o).receive_low_water =
            value < 0 ? 0x7fffffffu : std::max(number, 1u); // sock_setsockopt()
    else if (name == "TCP_NOTSENT_LOWAT")
        own(o).notsent_low_water = number;
    else if (name == "TCP_WINDOW_CLAMP")
        own(o).window_clamp = value == 0 ? 0 : std::max(number, least_window_clamp);
    else if (name == "TCP_MAXSEG")
        own(o).max_segment = number;
    else if (name == "SO_RCVTIMEO")
        own(o).receive_timeout_ms = number;
    else if (name == "SO_SNDTIMEO")
        own(o).send_timeout_ms = number;
    else if (name == "TCP_RTO_MAX_MS")
        own(o).timers.rto_most = static_cast<std::uint32_t>(
            (jiffy * jiffies_in(trace::milliseconds(value))).ns / 1'000'000);
    else if (name == "TCP_RTO_MIN_US")
        own(o).timers.rto_least = ticks(value);
    else if (name == "TCP_DELACK_MAX_US")
        own(o).timers.ack_most = ticks(value);
    else
        return false;
    return true;
}

void limit_was_set(Connection& c, std::string_view name, Moment& m) {
    c.rtt.bounds = limits(c.options).timers;
    if (name == "SO_RCVLOWAT")
        make_low_water_reachable(c, m.stack);
    else if (name == "IP_MTU_DISCOVER")
        discovery_was_set(c, m);
    else if (name == "TCP_WINDOW_CLAMP" && c.was_connected && limits(c.options).window_clamp != 0)
        set_window_clamp(c, limits(c.options).window_clamp);
}

bool enough_to_read(const Connection& c, std::uint32_t target) {
    const std::uint32_t there = unread_bytes(c);
    // A window that is nearly shut would keep the rest from ever coming.
    return there > 0 && (there >= target || receive_window(c) <= c.acks.mss);
}

bool notsent_allows(const Connection& c, const Stack& stack, bool woken) {
    const std::uint32_t own_mark = limits(c.options).notsent_low_water;
    const std::uint32_t mark =
        own_mark != 0 ? own_mark : static_cast<std::uint32_t>(stack[Sysctl::tcp_notsent_lowat]);
    if (mark == no_limit)
        return true;
    const std::uint32_t waits = before(c.snd.nxt, c.snd.end) ? c.snd.end - c.snd.nxt : 0;
    return (waits << (woken ? 1 : 0)) < mark;
}

std::uint16_t advertised_mss(const Options& o, std::uint16_t mtu) {
    constexpr std::uint32_t least = 256; // net.ipv4.route.min_adv_mss
    const std::uint32_t asked = limits(o).max_segment, most = std::max(mtu - bare_headers, least);
    return static_cast<std::uint16_t>(asked != 0 ? std::min(asked, most) : most);
}

} // namespace tcp
