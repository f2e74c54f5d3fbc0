// Silly-window avoidance at the receiver, RFC 9293 §3.8.6.2.2, as the kernel does it.
#include "window.hpp"

#include <algorithm>

#include "headers.hpp"
#include "policy.hpp"
#include "receive_memory.hpp"
#include "sack.hpp"

namespace tcp {

namespace {

// Whole units of the window scale: a power of two, so nothing has to be divided.
std::int64_t down_to(std::int64_t room, std::int8_t scale) {
    return room >> scale << scale;
}
std::int64_t up_to(std::int64_t room, std::int8_t scale) {
    return down_to(room + (std::int64_t{1} << scale) - 1, scale);
}

} // namespace

std::uint32_t bound_to_half_window(const Connection& c, std::uint32_t bytes) {
    constexpr std::uint32_t default_mss = 536, least_packet = 68; // TCP_MSS_DEFAULT, RFC 791
    const std::uint32_t most = c.snd.max_wnd > default_mss ? c.snd.max_wnd >> 1 : c.snd.max_wnd;
    if (most == 0 || bytes <= most)
        return bytes;
    return std::max(most, least_packet - (c.agreed.timestamps ? 32u : 20u));
}

std::uint32_t mss_now(const Connection& c) {
    // tcp_current_mss(): SACK blocks that wait to be told take their room.
    return bound_to_half_window(c, c.agreed.mss) - told_length(c);
}

std::uint32_t unread(const Connection& c) {
    const std::uint32_t all = c.rcv.nxt - c.rcv.copied;
    return c.rcv.fin && all > 0 ? all - 1 : all;
}

std::uint32_t receive_window(const Connection& c) {
    const std::uint32_t used = c.rcv.nxt - c.rcv.wup;
    return c.rcv.wnd > used ? c.rcv.wnd - used : 0;
}

std::uint32_t own_mss(const Connection& c) {
    return c.memory.own_mss;
}

namespace {

bool may_shrink(const Connection& c, const Stack& stack) {
    return stack[Sysctl::tcp_shrink_window] != 0 && c.agreed.receive_scale > 0;
}

// __tcp_select_window(), shrink_window_allowed: what there is room for, whatever was promised.
std::uint32_t room_there_is(Connection& c, std::int64_t full, std::int64_t allowed,
                            std::int64_t mss) {
    const std::int8_t scale = c.agreed.receive_scale;
    const std::int64_t room = down_to(std::max<std::int64_t>(free_window(c), 0), scale);
    if (room < full / 2) {
        c.acks.quick = 0;
        if (room < allowed / 16 || room < mss || room < (std::int64_t{1} << scale))
            return 0;
    }
    return static_cast<std::uint32_t>(room > c.rcv.ceiling ? up_to(c.rcv.ceiling, scale) : room);
}

} // namespace

std::uint32_t window_to_offer(Connection& c, const Stack& stack) {
    const std::int64_t allowed = window_from(c, c.receive_buffer);
    const std::int64_t full = std::min<std::int64_t>(c.memory.clamp, allowed);
    const std::int64_t mss = std::min<std::int64_t>(c.acks.mss, full);
    std::int64_t room = free_window(c);
    if (mss <= 0)
        return 0;
    if (may_shrink(c, stack)) [[unlikely]]
        return room_there_is(c, full, allowed, mss);
    if (room < full / 2) {
        c.acks.quick = 0;
        room = room > 0 ? down_to(room, c.agreed.receive_scale) : 0;
        if (room < allowed / 16 || room < mss)
            return 0; // better none than a silly one
    }
    room = std::min<std::int64_t>(room, c.rcv.ceiling);
    if (c.agreed.receive_scale > 0)
        return static_cast<std::uint32_t>(up_to(room, c.agreed.receive_scale));
    std::int64_t window = c.rcv.wnd;
    if (window + mss <= room || window > room)
        window = room - room % mss;
    else if (mss == full && room > window + full / 2)
        window = room;
    return static_cast<std::uint32_t>(window);
}

namespace {

std::uint16_t announce(Connection& c, std::uint32_t window) {
    c.rcv.wnd = window;
    c.rcv.wup = c.rcv.nxt;
    if (window == 0)
        c.memory.predicted = false;
    return static_cast<std::uint16_t>(std::min(window >> c.agreed.receive_scale, 65535u));
}

// Less than was promised, or none before or now. Apart, as all that has to call others.
[[gnu::noinline]] std::uint16_t announce_change(Connection& c, std::uint32_t window, Moment& m) {
    const bool was_open = c.rcv.wnd > 0;
    const std::uint32_t promised = receive_window(c);
    if (window < promised && may_shrink(c, m.stack)) [[unlikely]] {
        m.explain(trace::Rule::window_shrinks);
    } else if (window < promised) {
        if (window == 0)
            m.bump(trace::Counter::TCPWantZeroWindowAdv);
        window = static_cast<std::uint32_t>(up_to(promised, c.agreed.receive_scale));
    }
    const std::uint16_t field = announce(c, window);
    if (field == 0 && was_open)
        m.bump(trace::Counter::TCPToZeroWindowAdv);
    else if (field > 0 && !was_open)
        m.bump(trace::Counter::TCPFromZeroWindowAdv);
    return field;
}

} // namespace

std::uint16_t announce_window(Connection& c, Moment& m) {
    if (c.acks.no_memory) [[unlikely]]
        return announce(c, 0);
    const std::uint32_t window = window_to_offer(c, m.stack);
    if (window < receive_window(c) || window >> c.agreed.receive_scale == 0 || c.rcv.wnd == 0)
        return announce_change(c, window, m);
    return announce(c, window);
}

std::uint32_t first_window(const Stack& stack, std::uint32_t buffer, const Options& options,
                           bool timestamps, std::uint16_t mtu) {
    return first_window(stack, buffer, options,
                        advertised_mss(options, mtu) - usual_options(timestamps));
}

std::uint32_t first_window(const Stack& stack, std::uint32_t buffer, const Options& options,
                           std::uint32_t mss) {
    std::uint32_t space = window_of_buffer(stack, buffer);
    if (const std::uint32_t clamp = limits(options).window_clamp; clamp != 0)
        space = std::min(space, clamp);
    if (space > mss)
        space -= space % mss;
    // tcp_select_initial_window(): a SYN cannot tell more than 65535, but more is ready. Elsewhere
    // whole segments of what it can tell.
    const bool whole = window_follows_memory(stack) || space <= 65535;
    return whole ? space : 65535 - 65535 % mss;
}

bool update_is_due(Connection& c, const Stack& stack) {
    const std::uint32_t now = receive_window(c);
    if (2 * now > c.memory.clamp)
        return false;
    const std::uint32_t offer = window_to_offer(c, stack);
    return offer > 0 && offer >= 2 * now;
}

trace::Seq window_end(const SendSequence& snd) {
    return snd.una + snd.wnd;
}

trace::Seq acceptable_seq(const Connection& c) {
    const trace::Seq end = window_end(c.snd);
    // What scaling has cut off the window is no shrinking.
    const std::uint32_t unit = c.agreed.scaling ? 1u << c.agreed.receive_scale : 0u;
    return !before(end, c.snd.nxt) || c.snd.nxt - end < unit ? c.snd.nxt : end;
}

} // namespace tcp
