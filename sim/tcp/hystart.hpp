// HyStart: slow start ends before anything is lost, when the round trip grows by an eighth, or when
// a train of ACKs lasts half a round trip. tcp_cubic.c.
#pragma once
#include "trace/time.hpp"

namespace tcp {

struct Connection;
struct Moment;

// A new round of samples begins: bictcp_hystart_reset().
void begin_hystart_round(Connection&, const Moment&);
// All is forgotten after a handshake or a timeout: cubictcp_init(), cubictcp_state().
void reset_cubic(Connection&, const Moment&);
// An ACK gave a round trip: cubictcp_acked().
void cubic_acked(Connection&, trace::Duration round_trip, Moment&);
// Data leaves after a pause; time that nothing was sent in does not count as time to grow in:
// cubictcp_cwnd_event().
void cubic_resumes(Connection&, const Moment&);

} // namespace tcp
