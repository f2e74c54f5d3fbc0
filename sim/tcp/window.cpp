// Silly-window avoidance at the receiver, RFC 9293 §3.8.6.2.2, as the kernel does it.
#include "window.hpp"

#include <algorithm>

#include "policy.hpp"

namespace tcp {

std::uint32_t unread(const Connection& c) {
    const std::uint32_t all = c.rcv.nxt - c.rcv.copied;
    return c.rcv.fin && all > 0 ? all - 1 : all;
}

std::uint32_t receive_window(const Connection& c) {
    const std::uint32_t used = c.rcv.nxt - c.rcv.wup;
    return c.rcv.wnd > used ? c.rcv.wnd - used : 0;
}

std::uint32_t window_to_offer(const Connection& c, const Stack& stack) {
    const std::uint32_t full = window_of_buffer(stack, c.receive_buffer);
    const std::uint32_t used = unread(c);
    std::uint32_t room = full > used ? full - used : 0;
    const std::uint32_t mss = std::min<std::uint32_t>(c.agreed.mss, full);
    const std::uint32_t unit = 1u << c.agreed.receive_scale;
    if (room < full / 2) {
        room -= room % unit;
        if (room < full / 16 || room < mss)
            return 0; // better none than a silly one
    }
    room = std::min(room, c.rcv.ceiling);
    if (c.agreed.receive_scale > 0)
        return (room + unit - 1) / unit * unit;
    std::uint32_t window = c.rcv.wnd;
    if (window + mss <= room || window > room)
        window = room - room % mss;
    return window;
}

std::uint16_t announce_window(Connection& c, const Stack& stack) {
    const std::uint32_t unit = 1u << c.agreed.receive_scale;
    const std::uint32_t promised = receive_window(c);
    std::uint32_t window = window_to_offer(c, stack);
    if (window < promised)
        window = (promised + unit - 1) / unit * unit;
    c.rcv.wnd = window;
    c.rcv.wup = c.rcv.nxt;
    return static_cast<std::uint16_t>(std::min(window >> c.agreed.receive_scale, 65535u));
}

std::uint32_t first_window(const Stack& stack, std::uint32_t buffer, std::uint16_t mss) {
    std::uint32_t space = window_of_buffer(stack, buffer);
    if (space > mss)
        space -= space % mss;
    // 65535 is the most that an unscaled field can say; whole segments of it.
    return space > 65535 ? 65535 - 65535 % mss : space;
}

bool update_is_due(const Connection& c, const Stack& stack) {
    const std::uint32_t now = receive_window(c);
    if (2 * now > window_of_buffer(stack, c.receive_buffer))
        return false;
    const std::uint32_t offer = window_to_offer(c, stack);
    return offer > 0 && offer >= 2 * now;
}

trace::Seq window_end(const SendSequence& snd) {
    return snd.una + snd.wnd;
}

} // namespace tcp
