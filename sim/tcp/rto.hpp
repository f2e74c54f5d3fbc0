// The retransmission timeout: RFC 6298 with the kernel's estimator.
#pragma once
#include "profile.hpp"
#include "record.hpp"

namespace tcp {

// A round trip was measured on a segment sent once (Karn). Ends back-off.
void round_trip_measured(RoundTrip&, trace::Duration sample, Seq una, Seq nxt, const Stack&);
// The timeout from what was measured, without back-off; whole jiffies on Linux.
trace::Duration base_rto(const RoundTrip&, const Stack&);
// The handshake gave no sample.
void assume_round_trip(RoundTrip&, const Stack&);
void back_off(RoundTrip&, const Stack&);
// The next timeout is as long as the first: tcp_retransmit_timer() of a thin stream.
void wait_evenly(RoundTrip&, const Stack&);
// The timeout with the back-off that it has now.
trace::Duration backed_off(const RoundTrip&, const Stack&);

// Before its sysctls change: a socket goes by those that it was made with (tcp_init_sock()).
void keep_bounds(Options&, const Stack&);

} // namespace tcp
