// Keepalive: is the other end of an idle connection still there? RFC 9293 §3.8.4,
// tcp_keepalive_timer().
#pragma once
#include "moment.hpp"

namespace tcp {

// SO_KEEPALIVE; the timer starts or stops.
void set_keepalive(Connection&, bool on, Moment&);
// TCP_KEEPIDLE; what is left of the idle time is counted anew.
void set_keepalive_idle(Connection&, std::uint16_t seconds, Moment&);
// The handshake is done: the idle time begins.
void begin_keepalive(Connection&, Moment&);
// The timer fires: too early after all, a probe, or the end.
void keepalive_fires(Connection&, Moment&);

} // namespace tcp
