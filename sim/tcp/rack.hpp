// RACK: what was sent before a segment that has arrived, and has not arrived itself within a little
// more than its round trip, is lost. RFC 8985, tcp_recovery.c.
#pragma once
#include "moment.hpp"

namespace tcp {

// This segment has arrived.
void rack_advance(Connection&, const Sent&, const Moment&);
// Marks the lost ones. Returns how long to wait for those that may only be late; zero: for none.
trace::Duration rack_detect_loss(Connection&, Moment&);
// The same after an acknowledgement; sets the timer. True: it did.
bool rack_mark_lost(Connection&, Moment&);
// How much longer this segment may take, were late ones waited for by `window`.
trace::Duration rack_time_left(const Connection&, const Sent&, trace::Duration window,
                               const Moment&);
// D-SACKs widen the wait for late arrivals: tcp_rack_update_reo_wnd().
void rack_adapt(Connection&, const Stack&);

} // namespace tcp
