// The small record that outlives a connection.
#pragma once
#include "moment.hpp"

namespace tcp {

// Takes over a connection in TIME_WAIT, or an orphan's in FIN_WAIT_2: tcp_time_wait().
// Fills in a record that may have held another.
void leave_behind(TimeWait&, const Connection&, trace::Duration lasts, Moment&);
// Its clock has run out: the socket is CLOSED, nothing is sent.
void time_wait_expires(TimeWait&, Moment&);

} // namespace tcp
