// Bounds that a program may set on a socket and most never do: how much must be there before it is
// ready, how long a call sleeps, how large a segment and the window may be. They inherit.
#pragma once
#include <cstdint>
#include <string_view>

#include "path_mtu.hpp"
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;
struct Stack;

inline constexpr std::uint32_t least_receive_buffer = 2304; // SOCK_MIN_RCVBUF
inline constexpr std::uint32_t least_window_clamp = least_receive_buffer / 2;

// Of a connection's timers, as far as the program has set them; 0: the kernel's.
struct TimerBounds {
    std::uint32_t rto_most = 0;  // TCP_RTO_MAX_MS, in ms
    std::uint16_t rto_least = 0; // TCP_RTO_MIN_US, in ticks
    std::uint16_t ack_most = 0;  // TCP_DELACK_MAX_US, in ticks
    friend bool operator==(const TimerBounds&, const TimerBounds&) = default;
};

struct Limits {
    std::uint32_t receive_low_water = 1;  // SO_RCVLOWAT: ready only when so much can be read
    std::uint32_t notsent_low_water = 0;  // TCP_NOTSENT_LOWAT; 0: tcp_notsent_lowat
    std::uint32_t window_clamp = 0;       // TCP_WINDOW_CLAMP; 0: none
    std::uint32_t receive_timeout_ms = 0; // SO_RCVTIMEO, SO_SNDTIMEO; 0: for ever
    std::uint32_t send_timeout_ms = 0;
    std::uint32_t max_segment = 0; // TCP_MAXSEG; 0: what the wire takes
    TimerBounds timers;
    std::uint16_t reordering = 0; // tcp_reordering when the socket was made; 0: as it is now
    friend bool operator==(const Limits&, const Limits&) = default;
};

struct Options;
const Limits& limits(const Options&);
// Whether it was one of these: sock_setsockopt(), do_tcp_setsockopt().
bool keep_limit(Options&, std::string_view name, std::int64_t value);
// What they mean for a connection that there is already: tcp_set_rcvlowat(),
// tcp_set_window_clamp().
void limit_was_set(Connection&, std::string_view name, Moment&);

// Whether what can be read makes the socket ready: tcp_epollin_ready().
bool enough_to_read(const Connection&, std::uint32_t target);
// Whether more may be written although so much waits unsent already: tcp_stream_memory_free().
// `woken`: whoever waited, or polls, is told only below half of it.
bool notsent_allows(const Connection&, const Stack&, bool woken);
// The largest segment that we ask for in a SYN, where the path is so wide: tcp_mss_clamp(),
// ipv4_default_advmss().
std::uint16_t advertised_mss(const Options&, std::uint16_t mtu = link_mtu);

} // namespace tcp
