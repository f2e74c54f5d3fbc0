// A timer fires: RFC 9293 §3.10.8, RFC 6298 §5.4 to §5.7.
#pragma once
#include "arrival.hpp"
#include "moment.hpp"
#include "wheel.hpp"

namespace tcp {

// The earliest deadline of a connection; trace::never if none runs.
trace::Instant next_deadline(const Connection&);
// ... where timers fire as late as the wheel comes by.
trace::Instant next_deadline(const Connection&, const Wheel&);
// Until the next window probe, as far as TCP_USER_TIMEOUT leaves time for it.
trace::Duration probe_interval(const Connection&, const Moment&);
// The retransmission timeout is over, whatever its timer says.
void retransmission_is_due(Connection&, Moment&);
// Whichever of its timers is due now.
void timer_fires(Connection&, Moment&, const Wheel& = {});
// The SYN+ACK again, or the end of the request.
Fate timer_fires(Request&, Listener&, Moment&);

} // namespace tcp
