// ICMP about one of our segments: tcp_v4_err(), and what icmp_unreach() keeps from it.
#pragma once
#include <cstdint>

#include "arrival.hpp"
#include "moment.hpp"
#include "trace/icmp.hpp"

namespace tcp {

// What the program is told of a code: icmp_err_convert.
trace::Errno error_of_unreachable(std::uint8_t code);
// `seq` is the number of the segment that could not be delivered.
void icmp_arrives(Connection&, trace::Icmp, Seq seq, Moment&);
// Only "net", "host", "time exceeded" and "parameter problem" remove a half-open request:
// tcp_req_err().
Fate icmp_arrives(Request&, Listener&, trace::Icmp, Seq seq, Moment&);

} // namespace tcp
